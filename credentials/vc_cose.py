"""Credentials and presentations as COSE_Sign1 (Securing Verifiable Credentials using JOSE and COSE §3.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from credentials.cose import CONTENT_TYPE, CWT_CLAIMS, KID, CoseSign1, parse_cose, sign_cose
from credentials.envelope import Envelope, agent, check_claims, split_claims
from credentials.errors import MalformedValueError
from credentials.jose import encode_json
from credentials.parsing import parse_json
from credentials.vc_jwt import check_content_type, check_no_wrapper

if TYPE_CHECKING:
    from credentials.keys import Signer

VC_COSE: Final = "application/vc+cose"
VP_COSE: Final = "application/vp+cose"
CONTENT_TYPES: Final = {VC_COSE: "vc", VP_COSE: "vp"}
CLAIM_NAMES: Final = {1: "iss", 2: "sub", 3: "aud", 4: "exp", 5: "nbf", 6: "iat"}
"""Labels of CWT claims to their names in JSON Web Tokens (RFC 8392 §3.1); `cti` is of another type than `jti`."""


def secure_cose(
    document: Mapping[str, Any], signer: Signer, *, media_type: str = VC_COSE, claims: Mapping[str, object] | None = None
) -> bytes:
    """Return a document as a tagged COSE_Sign1 whose payload is the document in JSON.

    Args:
        document: a credential or presentation, signed member for member.
        signer: named by its full URL in `kid`.
        media_type: `VC_COSE` or `VP_COSE`.
        claims: registered claims to add, such as `aud` and `nonce` of a presentation.

    Raises:
        MalformedValueError: the document has a `vc` or `vp` member.
        ProofGenerationError: the key does not sign with COSE.
    """
    check_no_wrapper(document)
    header = {CONTENT_TYPE: f"application/{CONTENT_TYPES[media_type]}", KID: signer.verification_method.encode()}
    return sign_cose(encode_json({**document, **(claims or {})}), signer, typ=media_type, header=header)


def open_cose(content: bytes, *, media_type: str = VC_COSE) -> Envelope:
    """Return what a COSE_Sign1 carries, not verified.

    Raises:
        ParsingError, TooLargeError: no COSE_Sign1, or its payload is no JSON object.
        TypeMismatchError, HeaderNotAllowedError, CryptographicSecurityError: a header that is refused.
        MalformedValueError, IssuerKeyMismatchError: claims that contradict the document.
    """
    signed = parse_cose(content, typ={media_type})
    check_content_type(signed.header.get(CONTENT_TYPE), CONTENT_TYPES[media_type])
    payload = parse_json(signed.payload)
    check_no_wrapper(payload)
    document, claims = split_claims(payload)
    claims |= _header_claims(signed)
    check_claims(document, claims)
    return Envelope(media_type, document, claims, signed, signed.kid, agent(document))


def _header_claims(signed: CoseSign1) -> dict[str, Any]:
    """Return the CWT claims of the header under their names in JSON Web Tokens (RFC 9597)."""
    found = signed.header.get(CWT_CLAIMS, {})
    if not isinstance(found, dict):
        raise MalformedValueError("the CWT claims of the header are no map")
    return {CLAIM_NAMES[label]: value for label, value in found.items() if label in CLAIM_NAMES}
