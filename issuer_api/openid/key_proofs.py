"""The wallet shows the keys that its copies will be bound to (OpenID4VCI 1.0 §8.2, Appendix F.1)."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from credentials.dids import verification_key
from credentials.encoding import b64url_encode
from credentials.envelope import numeric_date
from credentials.errors import FetchBlockedError, VCError
from credentials.fetching import Fetched
from credentials.jose import JWS, parse_jws
from credentials.keys import ALGORITHMS, PublicKey, parse_jwk, parse_multikey
from issuer_api.openid.attestations import check_key_attestation
from issuer_api.openid.nonces import PROOF, is_good
from issuer_api.openid.service import OpenID
from web.oauth_errors import OAuthError

TYP: Final = "openid4vci-proof+jwt"
SLACK: Final = timedelta(minutes=5)
_DIDS: Final = ("did:jwk:", "did:key:")
_NAMES: Final = ("kid", "jwk", "x5c")
_MAX_DID: Final = 1024


@dataclass(frozen=True, slots=True)
class Holder:
    """A key of a wallet, which was shown.

    Attributes:
        key: the public key.
        did: how a credential of the W3C names it.
    """

    key: PublicKey
    did: str

    @classmethod
    def parse(cls, text: str) -> Holder:
        """Return what `stored` made."""
        multibase, did = text.split(" ")
        return cls(parse_multikey(multibase), did)

    @property
    def stored(self) -> str:
        """What is kept while the copies wait."""
        return f"{self.key.multibase} {self.did}"


@dataclass(frozen=True, slots=True)
class Shown:
    """Keys that were shown, and the nonces to be spent for them."""

    holders: tuple[Holder, ...]
    nonces: frozenset[str]


class _Nowhere:
    """The DIDs that are accepted hold their keys: nothing is fetched."""

    def fetch(self, url: str) -> Fetched:
        raise FetchBlockedError(f"{url[:80]} is not fetched for a wallet")


def check_key_proofs(
    openid: OpenID,
    slug: str,
    body: Mapping[str, Any],
    client_id: str | None,
    *,
    compat: bool = False,
    algorithms: Collection[str] = ALGORITHMS,
) -> Shown:
    """Return the keys that a credential request shows, once every signature and every nonce holds; nothing is spent yet.

    Args:
        openid: the service.
        slug: the issuer: the audience of the proofs.
        body: the request.
        client_id: whom the token was given to; None where nobody said.
        compat: whether the forms of older drafts are read too.
        algorithms: of the keys.

    Raises:
        OAuthError: `invalid_proof`, or `invalid_nonce` where all that is wrong is the nonce.
    """
    texts = _texts(_proofs(body, compat=compat))
    if not 1 <= len(texts) <= openid.batch_size:
        raise OAuthError("invalid_proof", f"send one to {openid.batch_size} proofs")
    shown = [_check(openid, slug, text, client_id, compat=compat) for text in texts]
    holders = tuple(holder for holder, _ in shown)
    if len({holder.key for holder in holders}) != len(holders):
        raise OAuthError("invalid_proof", "two proofs are of the same key")
    if not all(holder.key.algorithm in algorithms for holder in holders):
        raise OAuthError("invalid_proof", f"keys are for {' or '.join(sorted(algorithms))}")
    nonces = frozenset(nonce for _, nonce in shown if isinstance(nonce, str))
    if not all(is_good(openid, slug, PROOF, nonce) for _, nonce in shown):
        raise OAuthError("invalid_nonce", "the nonce is none of this issuer, or has run out; get another one")
    return Shown(holders, nonces)


def _proofs(body: Mapping[str, Any], *, compat: bool) -> object:
    """Return the value of `proofs`; in the older form one `proof` stands alone."""
    proof = body.get("proof")
    if compat and "proofs" not in body and isinstance(proof, dict) and proof.get("proof_type") == "jwt":
        return {"jwt": [proof.get("jwt")]}
    found = body.get("proofs")
    if compat and isinstance(found, dict):
        return {name: value for name, value in found.items() if name != "proof_type"}
    return found


def _texts(proofs: object) -> Sequence[str]:
    if not isinstance(proofs, dict):
        raise OAuthError("invalid_proof", "proofs is missing")
    if set(proofs) != {"jwt"} or not isinstance(proofs["jwt"], list):
        raise OAuthError("invalid_proof", "proofs has one member, jwt, which is a list")
    if not all(isinstance(text, str) for text in proofs["jwt"]):
        raise OAuthError("invalid_proof", "a proof is a text")
    return list(proofs["jwt"])


def _check(openid: OpenID, slug: str, text: str, client_id: str | None, *, compat: bool) -> tuple[Holder, object]:
    try:
        jws = parse_jws(text, typ={TYP, "", "jwt"} if compat else {TYP}, allow=("jwk", "x5c"))
        holder = _holder(jws)
        jws.verify(holder.key)
        claims = jws.claims()
        check_key_attestation(openid, slug, jws, holder.key)
        made = numeric_date(claims, "iat" if "iat" in claims or not compat else "nbf")
        ends = numeric_date(claims, "exp")
    except OAuthError:
        raise
    except VCError as error:
        raise OAuthError("invalid_proof", error.detail) from error
    now = openid.issuer.clock()
    if claims.get("aud") != openid.url(slug):
        raise OAuthError("invalid_proof", "aud is not this issuer")
    if "iss" in claims and claims["iss"] != client_id and not compat:
        raise OAuthError("invalid_proof", "iss is not the client; it is left out where there is none")
    if made is None or abs(now - made) > SLACK or (ends is not None and ends <= now - SLACK):
        raise OAuthError("invalid_proof", "iat is missing or not now")
    return holder, claims.get("nonce")


def _holder(jws: JWS) -> Holder:
    """Return the key that the header names, in one way and no more."""
    named = [name for name in _NAMES if name in jws.header]
    if named == ["jwk"]:
        jwk = jws.header["jwk"]
        key = parse_jwk(jwk if isinstance(jwk, dict) else {})
        text = json.dumps(key.jwk(), separators=(",", ":"))
        return Holder(key, f"did:jwk:{b64url_encode(text.encode())}")
    kid = jws.kid or ""
    if named != ["kid"] or not kid.startswith(_DIDS) or len(kid) > _MAX_DID:
        raise OAuthError("invalid_proof", "the header names its key in one way: jwk, or a kid of did:jwk or did:key")
    return Holder(key_of(kid), kid.partition("#")[0])


def key_of(name: str) -> PublicKey:
    """Return the only key of a did:jwk or did:key, by its URL or by the DID alone, as some wallets send it.

    Raises:
        VCError: it is none of these, or of a key that we do not know; nothing is fetched.
    """
    did, mark, _ = name.partition("#")
    only = "0" if did.startswith("did:jwk:") else did.removeprefix("did:key:")
    return verification_key(name if mark else f"{did}#{only}", "authentication", _Nowhere())
