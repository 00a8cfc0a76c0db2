"""Credentials of the older VC Data Model 1.1 as JSON Web Tokens (VC Data Model 1.1 §6.3.1), which are read and never made.

The credential is the `vc` claim, and registered claims say some of its members again, or instead. Each of them is put back where it
belongs; one that stands in both places must say the same in both.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from credentials.data_integrity.options import parse_datetime
from credentials.data_url import parse_data_url
from credentials.envelope import Envelope, JsonObject, agent, numeric_date, split_claims
from credentials.errors import IssuerKeyMismatchError, MalformedValueError, TypeMismatchError
from credentials.jose import parse_jws, unverified_typ
from credentials.model_1_1 import parse_credential_1_1
from credentials.securing import ENVELOPED, Opened, SecuringMechanism, looks_like_token
from credentials.vc_jwt import ascii_text

JWT: Final = "application/jwt"
_TYPES: Final = frozenset({"jwt", ""})
"""`typ` is `JWT` where it is there at all."""
_SECOND: Final = timedelta(seconds=1)


def open_older(content: bytes | Mapping[str, Any], media_type: str = "") -> Opened | None:
    """Return what a credential of version 1.1 in a token says, not verified; None where the content is no such token.

    Args:
        content: bytes off the wire, or an EnvelopedVerifiableCredential whose envelope is of `application/jwt`.
        media_type: what it was said to be; empty to look.

    Raises:
        VCError: see `open_jwt_1_1`.
    """
    if not isinstance(content, bytes):
        if content.get("type") not in (ENVELOPED, [ENVELOPED]) or not str(content.get("id")).lower().startswith(f"data:{JWT}"):
            return None
        media_type, content = parse_data_url(str(content["id"]))
    if media_type not in {"", JWT} or not looks_like_token(content) or unverified_typ(ascii_text(content)) not in _TYPES:
        return None
    envelope = open_jwt_1_1(content)
    return Opened(MECHANISM, envelope.document, envelope)


def open_jwt_1_1(content: bytes) -> Envelope:
    """Return what a token carries, with the registered claims put back into the credential.

    Raises:
        ParsingError, TooLargeError: no JWS, or its payload is no JSON object.
        TypeMismatchError: another `typ`, or no `vc` claim.
        HeaderNotAllowedError, CryptographicSecurityError: a header that is refused.
        MalformedValueError, IssuerKeyMismatchError: claims that are missing or contradict the credential.
    """
    jws = parse_jws(ascii_text(content), typ=_TYPES)
    payload = jws.claims()
    if "vc" not in payload:
        raise TypeMismatchError("the token carries no credential")
    _, claims = split_claims(payload)
    document = _put_back(payload["vc"], claims)
    return Envelope(JWT, document, claims, jws, jws.kid, agent(document))


def _put_back(credential: object, claims: Mapping[str, Any]) -> JsonObject:
    """Return the credential with the members that the claims stand for (§6.3.1, JWT Decoding)."""
    if not isinstance(credential, dict):
        raise MalformedValueError("vc is no object", pointer="/vc")
    document = dict(credential)
    _put_issuer(document, claims)
    if "jti" in claims and document.setdefault("id", claims["jti"]) != claims["jti"]:
        raise MalformedValueError("jti is not the id of the credential", pointer="/jti")
    if "sub" in claims:
        document["credentialSubject"] = _with_subject(document.get("credentialSubject"), claims["sub"])
    for claim, name in (("nbf", "issuanceDate"), ("exp", "expirationDate")):
        _put_date(document, name, claims, claim)
    return document


def _put_issuer(document: JsonObject, claims: Mapping[str, Any]) -> None:
    issuer = document.setdefault("issuer", claims.get("iss"))
    if (issuer.get("id") if isinstance(issuer, dict) else issuer) != claims.get("iss"):
        raise IssuerKeyMismatchError("iss is not the issuer of the credential", pointer="/iss")


def _with_subject(subject: object, identifier: object) -> JsonObject:
    alone = subject[0] if isinstance(subject, list) and len(subject) == 1 else subject
    if not isinstance(alone, dict):
        raise MalformedValueError("sub names one subject", pointer="/sub")
    if alone.get("id", identifier) != identifier:
        raise MalformedValueError("sub is not the id of the subject", pointer="/sub")
    return {**alone, "id": identifier}


def _put_date(document: JsonObject, name: str, claims: Mapping[str, Any], claim: str) -> None:
    moment = numeric_date(claims, claim)
    if moment is None:
        return
    if name not in document:
        document[name] = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        return
    said = parse_datetime(document[name])
    if said is None or abs(said - moment) >= _SECOND:
        raise MalformedValueError(f"{claim} is not the {name} of the credential", pointer=f"/{claim}")


MECHANISM: Final = SecuringMechanism(JWT, None, open_jwt_1_1, lambda envelope: parse_credential_1_1(envelope.document))
