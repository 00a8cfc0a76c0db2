"""The holder's signature over what is presented: for one verifier, one question, one moment (RFC 9901 §4.3, §7.3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from credentials.envelope import numeric_date
from credentials.errors import KeyBindingError, KeyBindingRequiredError, VCError
from credentials.jose import encode_json, parse_jws, sign_jws
from credentials.keys import PublicKey, Signer, parse_jwk
from credentials.sd_jwt.disclosure import digest

if TYPE_CHECKING:
    from credentials.sd_jwt.reading import SdJwt

TYP: Final = "kb+jwt"
MAX_AGE: Final = timedelta(minutes=5)


def bind(
    sd_jwt: SdJwt,
    signer: Signer,
    *,
    audience: str,
    nonce: str,
    now: datetime,
    claims: Mapping[str, object] = MappingProxyType({}),
) -> str:
    """Return the presentation with the holder's signature.

    Args:
        sd_jwt: what is presented, without a key binding.
        signer: the key that `cnf` names.
        audience: the verifier.
        nonce: the verifier's.
        now: written as `iat`.
        claims: more of them, such as `transaction_data_hashes`.

    Raises:
        KeyBindingError: there is a key binding already, or the credential is bound to another key.
    """
    if sd_jwt.key_binding is not None or holder_key(sd_jwt) != signer.public_key:
        raise KeyBindingError("what is presented is bound already, or to another key")
    payload = {
        "iat": int(now.timestamp()),
        "aud": audience,
        "nonce": nonce,
        "sd_hash": digest(sd_jwt.presented, sd_jwt.hash_name),
        **claims,
    }
    return sd_jwt.presented + sign_jws(encode_json(payload), signer, typ=TYP)


def holder_key(sd_jwt: SdJwt) -> PublicKey:
    """Return the key that the issuer bound the credential to (`cnf.jwk`, RFC 7800 §3.2).

    Raises:
        KeyBindingError: none, or one that we do not know.
    """
    confirmation = sd_jwt.claims.get("cnf")
    jwk = confirmation.get("jwk") if isinstance(confirmation, dict) else None
    if not isinstance(jwk, dict) or "cnf" in sd_jwt.disclosed_names():
        raise KeyBindingError("the credential names no key of its holder", pointer="/cnf")
    try:
        return parse_jwk(jwk)
    except VCError as error:
        raise KeyBindingError(f"the holder's key: {error.detail}", pointer="/cnf/jwk") from error


def verify_key_binding(
    sd_jwt: SdJwt,
    *,
    audience: str,
    nonce: str,
    now: datetime,
    max_age: timedelta = MAX_AGE,
    clock_skew: timedelta = MAX_AGE,
) -> Mapping[str, Any]:
    """Return the claims of the key binding, once the holder is shown to have made this presentation for us and now.

    Args:
        sd_jwt: whose issuer's signature is good.
        audience: who we are.
        nonce: what we asked for.
        now: the moment.
        max_age: how old the signature may be.
        clock_skew: how far the holder's clock may be ahead.

    Raises:
        KeyBindingRequiredError: there is no key binding.
        KeyBindingError: it is not for this presentation, key, verifier, question or moment.
    """
    if sd_jwt.key_binding is None:
        raise KeyBindingRequiredError("the presentation is not signed by the holder")
    key = holder_key(sd_jwt)
    try:
        jws = parse_jws(sd_jwt.key_binding, typ={TYP})
        jws.verify(key)
        claims = jws.claims()
        made = numeric_date(claims, "iat")
    except VCError as error:
        raise KeyBindingError(f"the holder's signature: {error.detail}") from error
    if made is None or not now - max_age - clock_skew <= made <= now + clock_skew:
        raise KeyBindingError("the holder's signature is not from now", pointer="/iat")
    if claims.get("aud") != audience:
        raise KeyBindingError("the holder's signature is for another verifier", pointer="/aud")
    if claims.get("nonce") != nonce:
        raise KeyBindingError("the holder's signature answers another nonce", pointer="/nonce")
    if claims.get("sd_hash") != digest(sd_jwt.presented, sd_jwt.hash_name):
        raise KeyBindingError("the holder's signature is over other disclosures", pointer="/sd_hash")
    return claims
