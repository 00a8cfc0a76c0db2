"""Presentations in an envelope: token, CBOR, or an EnvelopedVerifiablePresentation (VC Data Model 2.0 §4.13.5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from credentials import members
from credentials.data_url import parse_data_url
from credentials.envelope import Envelope, JsonObject
from credentials.errors import MalformedValueError, TypeMismatchError
from credentials.jose import unverified_typ
from credentials.model import CREDENTIALS_V2
from credentials.parsing import parse_json
from credentials.securing import looks_like_cbor, looks_like_token
from credentials.vc_cose import VP_COSE, open_cose
from credentials.vc_jwt import VP_JWT, ascii_text, open_jwt
from credentials.vc_sd_jwt import VP_SD_JWT, open_sd_jwt

VP: Final = "application/vp"
ENVELOPED: Final = "EnvelopedVerifiablePresentation"

PRESENTATION_ENVELOPES: Final[Mapping[str, Callable[[bytes], Envelope]]] = MappingProxyType(
    {
        VP_JWT: lambda content: open_jwt(content, media_type=VP_JWT),
        VP_SD_JWT: lambda content: open_sd_jwt(content, media_type=VP_SD_JWT),
        VP_COSE: lambda content: open_cose(content, media_type=VP_COSE),
    }
)
"""Media type to what opens it."""


def open_presentation(content: bytes | Mapping[str, Any], media_type: str = "") -> tuple[JsonObject, Envelope | None]:
    """Return (the presentation, what surrounded it), not verified.

    Args:
        content: bytes off the wire, or a document that was parsed strictly.
        media_type: a key of `PRESENTATION_ENVELOPES`, or `application/vp`; empty to look.

    Raises:
        TypeMismatchError: of a media type that we do not know.
        MalformedValueError: an EnvelopedVerifiablePresentation that holds none.
        VCError: not what it is said to be.
    """
    if not isinstance(content, bytes):
        return _open_document(dict(content))
    named = media_type or _media_type_of(content)
    if named == VP:
        return _open_document(parse_json(content))
    if named not in PRESENTATION_ENVELOPES:
        raise TypeMismatchError("the presentation is secured in no way that we know")
    envelope = PRESENTATION_ENVELOPES[named](content)
    return envelope.document, envelope


def _media_type_of(content: bytes) -> str:
    if looks_like_cbor(content):
        return VP_COSE
    return f"application/{unverified_typ(ascii_text(content))}" if looks_like_token(content) else VP


def _open_document(document: JsonObject) -> tuple[JsonObject, Envelope | None]:
    if ENVELOPED not in members.strings(document.get("type")):
        return document, None
    members.check_context(document, CREDENTIALS_V2)
    if "proof" in document:
        raise MalformedValueError("what is in an envelope has no proof beside it", pointer="/proof")
    media_type, content = parse_data_url(members.required_url(document, "id"))
    if media_type not in PRESENTATION_ENVELOPES:
        raise MalformedValueError("the envelope is of no media type that we know", pointer="/id")
    return open_presentation(content, media_type)
