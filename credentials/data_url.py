"""`data:` URLs, in which a presentation carries credentials that are secured by an envelope (RFC 2397)."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final
from urllib.parse import unquote_to_bytes

from credentials.errors import MalformedValueError

_DATA_URL: Final = re.compile(r"(?i:data):([^,;]+)((?:;[^,;]+)*),(.*)", re.DOTALL)
_PLAIN: Final = re.compile(rb"[A-Za-z0-9._~-]*")
_BASE64: Final = ";base64"


def data_url(media_type: str, content: bytes) -> str:
    """Return the `data:` URL of some content: text as it is, anything else in base64."""
    if _PLAIN.fullmatch(content):
        return f"data:{media_type},{content.decode()}"
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def parse_data_url(url: str) -> tuple[str, bytes]:
    """Return (media type in lower case, content) of a `data:` URL.

    Tabs and line breaks are no part of a URL (URL Standard §4.4) and are left out.

    Raises:
        MalformedValueError: no such URL, or content that is not in the coding it names.
    """
    match = _DATA_URL.fullmatch(re.sub(r"[\t\n\r]", "", url))
    if match is None:
        raise MalformedValueError("not a data: URL with a media type", pointer="/id")
    media_type, parameters, body = match.groups()
    content = unquote_to_bytes(body)
    if parameters.lower().endswith(_BASE64):
        content = base64_decode(content.decode("ascii", "replace"))
    return media_type.strip().lower(), content


def base64_decode(text: str) -> bytes:
    """Return the bytes of base64 text, with or without its padding.

    Raises:
        MalformedValueError: a foreign character, or spare bits that are not zero.
    """
    unpadded = text.rstrip("=")
    try:
        content = base64.b64decode(unpadded + "=" * (-len(unpadded) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedValueError("not base64 text") from error
    if base64.b64encode(content).decode().rstrip("=") != unpadded:
        raise MalformedValueError("not the one base64 spelling of these bytes")
    return content
