"""Credentials and presentations as JSON Web Tokens (Securing Verifiable Credentials using JOSE and COSE §3.1).

The document is the payload; there is no `vc` and no `vp` claim.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from credentials.envelope import Envelope, agent, check_claims, split_claims
from credentials.errors import MalformedValueError
from credentials.jose import encode_json, parse_jws, sign_jws

if TYPE_CHECKING:
    from credentials.keys import Signer

VC_JWT: Final = "application/vc+jwt"
VP_JWT: Final = "application/vp+jwt"
CONTENT_TYPES: Final = {VC_JWT: "vc", VP_JWT: "vp"}
"""Media type to the `cty` of what it carries."""


def secure_jwt(
    document: Mapping[str, Any], signer: Signer, *, media_type: str = VC_JWT, claims: Mapping[str, object] | None = None
) -> bytes:
    """Return a document as a signed JWT.

    Args:
        document: a credential or presentation, signed member for member.
        signer: named by its full URL in `kid`.
        media_type: `VC_JWT` or `VP_JWT`.
        claims: registered claims to add, such as `aud` and `nonce` of a presentation.

    Raises:
        MalformedValueError: the document has a `vc` or `vp` member.
        ProofGenerationError: the key does not sign with JOSE.
    """
    check_no_wrapper(document)
    header = {"cty": CONTENT_TYPES[media_type], "kid": signer.verification_method}
    typ = media_type.removeprefix("application/")
    return sign_jws(encode_json({**document, **(claims or {})}), signer, typ=typ, header=header).encode()


def open_jwt(content: bytes, *, media_type: str = VC_JWT) -> Envelope:
    """Return what a JWT carries, not verified.

    Raises:
        ParsingError, TooLargeError: no JWS, or its payload is no JSON object.
        TypeMismatchError, HeaderNotAllowedError, CryptographicSecurityError: a header that is refused.
        MalformedValueError, IssuerKeyMismatchError: claims that contradict the document.
    """
    jws = parse_jws(ascii_text(content), typ={media_type.removeprefix("application/")})
    check_content_type(jws.header.get("cty"), CONTENT_TYPES[media_type])
    payload = jws.claims()
    check_no_wrapper(payload)
    document, claims = split_claims(payload)
    check_claims(document, claims)
    return Envelope(media_type, document, claims, jws, jws.kid, agent(document))


def ascii_text(content: bytes) -> str:
    """Return compact text without the white space around it; what is not ASCII is refused where it is parsed."""
    return content.strip().decode("ascii", "replace")


def check_content_type(cty: object, due: str) -> None:
    """Raise when `cty` says that the payload is something else (§3.1.1).

    Raises:
        MalformedValueError: it does.
    """
    if cty is not None and (not isinstance(cty, str) or cty.lower().removeprefix("application/") != due):
        raise MalformedValueError(f"cty is not {due}")


def check_no_wrapper(payload: Mapping[str, Any]) -> None:
    """Raise when the payload wraps the document as version 1.1 did (§3.1.3).

    Raises:
        MalformedValueError: it has a `vc` or `vp` claim.
    """
    for name in ("vc", "vp"):
        if name in payload:
            raise MalformedValueError(f"a {name} claim must not be there", pointer=f"/{name}")
