"""Codes as they are printed: the one that holds a whole credential, and the lines of any symbol."""

from __future__ import annotations

import json

from credentials.errors import MalformedValueError
from credentials.qr import Codec, NotEncodableError, to_digits
from web import qr
from web.codes import MAX_VERSION, OfflineCode


def code_holding(codec: Codec | None, base_url: str, content: bytes) -> OfflineCode | None:
    """Return the code that holds a secured credential, or None where no code holds it."""
    if codec is None:
        return None
    try:
        code = OfflineCode(base_url, to_digits(codec.encode(json.loads(content))))
        qr.matrix(code, most=MAX_VERSION)
    except (NotEncodableError, MalformedValueError, qr.CodeTooLargeError):
        return None
    return code


def modules(code: qr.Segmented, *, most: int = qr.MAX_VERSION) -> tuple[str, ...]:
    """Return a symbol's lines, quiet zone included, as `1` and `0`."""
    return tuple("".join("1" if dark else "0" for dark in line) for line in qr.matrix(code, most=most))
