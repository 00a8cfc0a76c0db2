"""The two codes of a paper: the link to the full record, and the one that holds the whole certificate and needs no internet."""

from __future__ import annotations

import json

from credentials.errors import MalformedValueError
from credentials.qr import NotEncodableError, to_digits
from issuer_api.service import Issuer
from web import qr
from web.codes import MAX_VERSION, OfflineCode

_GROUP = 4


def offline_code(issuer: Issuer, content: bytes) -> OfflineCode | None:
    """Return the code that holds a secured credential, or None where no code holds it: then the paper has the link alone."""
    codec = issuer.codec()
    if codec is None:
        return None
    try:
        code = OfflineCode(issuer.base_url, to_digits(codec.encode(json.loads(content))))
        qr.matrix(code, most=MAX_VERSION)
    except (NotEncodableError, MalformedValueError, qr.CodeTooLargeError):
        return None
    return code


def modules(code: qr.Segmented, *, most: int = qr.MAX_VERSION) -> tuple[str, ...]:
    """Return a symbol's lines, quiet zone included, as `1` and `0`."""
    return tuple("".join("1" if dark else "0" for dark in line) for line in qr.matrix(code, most=most))


def spoken(link_id: str) -> str:
    """Return a link's id as people read it out: in groups of four."""
    return "-".join(link_id[at : at + _GROUP] for at in range(0, len(link_id), _GROUP))
