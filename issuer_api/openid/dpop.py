"""DPoP: a token that only the key it was given to can use (RFC 9449)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from credentials.encoding import b64url_encode
from credentials.envelope import numeric_date
from credentials.errors import VCError
from credentials.jcs import canonicalize
from credentials.jose import parse_jws
from credentials.keys import PublicKey, parse_jwk
from issuer_api.openid.nonces import DPOP, is_good, new_nonce
from issuer_api.openid.service import OpenID
from web.oauth_errors import AccessError, OAuthError

TYP: Final = "dpop+jwt"
SLACK: Final = timedelta(minutes=5)
"""How far the wallet's clock may be off; a proof is remembered twice as long."""
_MAX_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as far as proofs speak of it.

    Attributes:
        method: of HTTP.
        url: as it is published, without query.
        proofs: the `DPoP` headers that came.
        authorization: the `Authorization` header; empty where none came.
        attestation: the headers of a wallet attestation and of its proof; empty where none came.
    """

    method: str
    url: str
    proofs: Sequence[str]
    authorization: str = ""
    attestation: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that holds, and was not spent yet.

    Attributes:
        jkt: thumbprint of the key.
        name: what must not come again.
    """

    jkt: str
    name: str


def thumbprint(key: PublicKey) -> str:
    """Return the thumbprint of a key (RFC 7638)."""
    return b64url_encode(hashlib.sha256(canonicalize(key.jwk())).digest())


def check_proof(openid: OpenID, slug: str, asked: Asked, *, access_token: str | None = None) -> Proof | None:
    """Return the proof that came with a request, None where none came.

    Args:
        openid: the service.
        slug: the issuer.
        asked: the request.
        access_token: that the proof must be for; None at the token endpoint.

    Raises:
        OAuthError, AccessError: it does not hold, or carries no nonce of ours; then the error brings one.
    """
    if not asked.proofs:
        return None
    refuse = OAuthError if access_token is None else _refuse_access
    if len(asked.proofs) > 1:
        raise refuse("invalid_dpop_proof", "there is more than one DPoP header")
    try:
        jws = parse_jws(asked.proofs[0], typ={TYP}, allow=("jwk",))
        key = parse_jwk(_object(jws.header.get("jwk")))
        jws.verify(key)
        claims = jws.claims()
        made = numeric_date(claims, "iat")
    except VCError as error:
        raise refuse("invalid_dpop_proof", error.detail) from error
    problem = _problem(claims, asked, access_token)
    if not problem and (made is None or abs(openid.issuer.clock() - made) > SLACK):
        problem = "iat is not now"
    if problem:
        raise refuse("invalid_dpop_proof", problem)
    if not is_good(openid, slug, DPOP, claims.get("nonce")):
        raise refuse("use_dpop_nonce", "the proof carries no nonce of this server", dpop_nonce=new_nonce(openid, slug, DPOP))
    jkt = thumbprint(key)
    return Proof(jkt, f"dpop {jkt} {claims['jti']}")


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _problem(claims: Mapping[str, Any], asked: Asked, access_token: str | None) -> str:
    name, url = claims.get("jti"), claims.get("htu")
    if not isinstance(name, str) or not 1 <= len(name) <= _MAX_NAME:
        return "jti is no name"
    if claims.get("htm") != asked.method:
        return "htm is another method"
    if not isinstance(url, str) or url.partition("#")[0].partition("?")[0] != asked.url:
        return "htu is another address"
    if access_token is not None and claims.get("ath") != b64url_encode(hashlib.sha256(access_token.encode()).digest()):
        return "ath is not of this access token"
    return ""


def _refuse_access(code: str, detail: str, *, dpop_nonce: str = "") -> AccessError:
    return AccessError(code, detail, dpop_nonce=dpop_nonce, scheme="DPoP")
