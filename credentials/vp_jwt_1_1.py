"""Presentations of the older VC Data Model 1.1 as JSON Web Tokens (VC Data Model 1.1 §6.3.1), which are read and never made."""

from __future__ import annotations

from typing import Final

from credentials import members
from credentials.envelope import Envelope, split_claims
from credentials.errors import MalformedValueError, TypeMismatchError
from credentials.jose import parse_jws
from credentials.vc_jwt_1_1 import JWT

_TYPES: Final = frozenset({"jwt", ""})
MAX_CREDENTIALS: Final = 20


def open_vp_jwt_1_1(text: str) -> tuple[Envelope, tuple[str, ...]]:
    """Return (what surrounds the presentation, the credentials in it as tokens), not verified.

    Raises:
        ParsingError, TooLargeError: no JWS, or its payload is no JSON object.
        TypeMismatchError: another `typ`, or no `vp` claim.
        HeaderNotAllowedError, CryptographicSecurityError: a header that is refused.
        MalformedValueError: `iss` names nobody, or a credential is no token.
    """
    jws = parse_jws(text, typ=_TYPES)
    payload = jws.claims()
    document = payload.get("vp")
    if not isinstance(document, dict):
        raise TypeMismatchError("the token carries no presentation")
    members.types(document, "VerifiablePresentation", pointer="/vp")
    holder = payload.get("iss")
    if not isinstance(holder, str) or document.get("holder", holder) != holder:
        raise MalformedValueError("iss is not the holder", pointer="/iss")
    carried = document.get("verifiableCredential")
    tokens = carried if isinstance(carried, list) else [carried]
    if len(tokens) > MAX_CREDENTIALS or not all(isinstance(token, str) for token in tokens):
        raise MalformedValueError("the credentials in the token are tokens", pointer="/vp/verifiableCredential")
    return Envelope(JWT, document, split_claims(payload)[1], jws, jws.kid, holder), tuple(tokens)
