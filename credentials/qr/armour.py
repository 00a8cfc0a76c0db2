"""Bytes as decimal digits: QR's numeric mode survives every reader, and a URL fragment."""

from __future__ import annotations

import re
from typing import Final

from credentials.errors import MalformedValueError

MAX_DIGITS: Final = 3000
_DIGITS: Final = re.compile(rf"[1-9][0-9]{{0,{MAX_DIGITS - 1}}}")
_SENTINEL: Final = b"\x01"


def to_digits(payload: bytes) -> str:
    """Return a payload as digits; a 0x01 before it keeps leading zeros.

    Raises:
        MalformedValueError: it needs more than 3,000 digits.
    """
    digits = str(int.from_bytes(_SENTINEL + payload, "big"))
    if len(digits) > MAX_DIGITS:
        raise MalformedValueError("the payload is longer than a code holds")
    return digits


def from_digits(digits: str) -> bytes:
    """Return the payload of digits.

    Raises:
        MalformedValueError: not 1 to 3,000 digits, or no 0x01 before the payload.
    """
    if not _DIGITS.fullmatch(digits):
        raise MalformedValueError("this is no code of a certificate")
    number = int(digits)
    content = number.to_bytes((number.bit_length() + 7) // 8, "big")
    if content[:1] != _SENTINEL:
        raise MalformedValueError("this is no code of a certificate")
    return content[1:]
