"""What makers of wallets say: that a client is a wallet of theirs, and that keys lie in good places.

    wallet attestation   `OAuth-Client-Attestation` with a proof of possession (draft-ietf-oauth-attestation-based-client-auth-10)
    key attestation      `key_attestation` in the header of a key proof (OpenID4VCI 1.0 Appendix D)

Nobody needs one. Where the deployment pins makers of wallets, one that is sent must hold, and its certificates must lead to an
anchor; where it pins none, attestations are left alone, and say nothing. Where wallets are tried out, any maker will do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from credentials.envelope import numeric_date
from credentials.errors import VCError
from credentials.jose import JWS, parse_jws
from credentials.keys import PublicKey, parse_jwk
from credentials.x509 import parse_x5c
from issuer_api.openid.dpop import Asked
from issuer_api.openid.nonces import CHALLENGE, PROOF, is_good
from issuer_api.openid.service import OpenID
from web.oauth_errors import OAuthError

WALLET_TYP: Final = "oauth-client-attestation+jwt"
POP_TYP: Final = "oauth-client-attestation-pop+jwt"
KEYS_TYP: Final = "key-attestation+jwt"
SLACK: Final = timedelta(minutes=5)
_MAX_NAME: Final = 200
_MAX_KEYS: Final = 100
_REFUSED: Final = "invalid_client_attestation"


@dataclass(frozen=True, slots=True)
class Client:
    """A client that a maker of wallets vouches for, and what names its proof, which must not come again."""

    id: str
    proof_name: str


def attested_client(openid: OpenID, slug: str, asked: Asked, client_id: str | None) -> Client | None:
    """Return the client that a wallet attestation names; None where none came, or where no maker is pinned.

    Args:
        openid: the service.
        slug: the issuer.
        asked: the request.
        client_id: whom the request says it is from.

    Raises:
        OAuthError: `invalid_client_attestation`, or `use_attestation_challenge` where all that is wrong is the challenge.
    """
    attestation, pop = asked.attestation
    if not (attestation or pop) or not openid.checks_attestations:
        return None
    try:
        said = _attested(openid, attestation, WALLET_TYP)
        proof = parse_jws(pop, typ={POP_TYP})
        proof.verify(parse_jwk(_object(_object(said.get("cnf")).get("jwk"))))
        claims = proof.claims()
        made = numeric_date(claims, "iat")
    except VCError as error:
        raise OAuthError(_REFUSED, error.detail) from error
    name = said.get("sub")
    if not isinstance(name, str) or not name or client_id not in (None, name):
        raise OAuthError(_REFUSED, "sub is not the client")
    if claims.get("aud") not in (openid.url(slug), [openid.url(slug)]) or claims.get("iss", name) != name:
        raise OAuthError(_REFUSED, "the proof of possession is for another server, or of another client")
    jti = claims.get("jti")
    if made is None or abs(openid.issuer.clock() - made) > SLACK or not isinstance(jti, str) or not 1 <= len(jti) <= _MAX_NAME:
        raise OAuthError(_REFUSED, "the proof of possession has no jti, or is not of now")
    challenge = claims.get("challenge", claims.get("nonce"))
    if challenge is not None and not is_good(openid, slug, CHALLENGE, challenge):
        raise OAuthError("use_attestation_challenge", "the challenge is none of this server, or has run out")
    return Client(name, f"pop {name} {jti}")


def check_key_attestation(openid: OpenID, slug: str, jws: JWS, key: PublicKey) -> None:
    """Raise unless the key attestation in the header of a proof, if there is one, is of the key that made the proof.

    Raises:
        OAuthError: `invalid_proof` or `invalid_nonce`.
    """
    text = jws.header.get("key_attestation")
    if text is None or not openid.checks_attestations:
        return
    try:
        said = _attested(openid, text if isinstance(text, str) else "", KEYS_TYP)
        listed = said.get("attested_keys")
        keys = [parse_jwk(_object(item)) for item in (listed if isinstance(listed, list) else [])[:_MAX_KEYS]]
    except VCError as error:
        raise OAuthError("invalid_proof", f"the key attestation does not hold: {error.detail}") from error
    if key not in keys:
        raise OAuthError("invalid_proof", "the key attestation is of other keys")
    if "nonce" in said and not is_good(openid, slug, PROOF, said["nonce"]):
        raise OAuthError("invalid_nonce", "the nonce of the key attestation is none of this issuer, or has run out")


def _attested(openid: OpenID, text: str, typ: str) -> Mapping[str, Any]:
    """Return what an attestation says, once its signature holds and it is in force.

    Raises:
        VCError: it does not, or is not.
    """
    jws, now = parse_jws(text, typ={typ}, allow=("x5c", "jwk")), openid.issuer.clock()
    jws.verify(_signer(openid, jws))
    claims = jws.claims()
    ends, starts = numeric_date(claims, "exp"), numeric_date(claims, "nbf")
    if (ends is None and typ == WALLET_TYP) or (ends is not None and ends <= now):
        raise OAuthError(_REFUSED, "the attestation has run out, or has no end")
    if starts is not None and starts > now + SLACK:
        raise OAuthError(_REFUSED, "the attestation is not in force yet")
    return claims


def _signer(openid: OpenID, jws: JWS) -> PublicKey:
    anchors = openid.issuer.wallet_makers
    if anchors is not None:
        return anchors.key_of(parse_x5c(jws.header.get("x5c")), openid.issuer.clock())
    if "x5c" in jws.header:
        return parse_x5c(jws.header["x5c"]).unverified_key
    return parse_jwk(_object(jws.header.get("jwk")))


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
