"""Strict text encodings of bytes: base64url, base58btc, multibase, multicodec.

Decoding accepts exactly one spelling of each value: no padding, no white space, no spare bits, so that nothing can be
changed in a signed text without changing its bytes (Controlled Identifiers 1.0 §2.4, §2.5).
"""

from __future__ import annotations

import base64
import binascii
from typing import Final

from credentials.errors import MalformedValueError

_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_VALUE: Final = {letter: value for value, letter in enumerate(_BASE58)}
_MAX_BASE58: Final = 512  # characters: keys and signatures are far shorter, and decoding is quadratic


def b64url_encode(data: bytes) -> str:
    """Return base64url without padding (RFC 4648 §5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def b64url_decode(text: str) -> bytes:
    """Return the bytes of base64url text.

    Raises:
        MalformedValueError: padding, a foreign character, or spare bits that are not zero.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise MalformedValueError("not base64url text") from error
    if b64url_encode(data) != text:
        raise MalformedValueError("not the one base64url spelling of these bytes")
    return data


def base58btc_encode(data: bytes) -> str:
    """Return base58btc text; leading zero bytes become leading `1`s."""
    number, letters = int.from_bytes(data, "big"), []
    while number:
        number, digit = divmod(number, 58)
        letters.append(_BASE58[digit])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "1" * zeros + "".join(reversed(letters))


def base58btc_decode(text: str) -> bytes:
    """Return the bytes of base58btc text of at most 512 characters.

    Raises:
        MalformedValueError: a foreign character, or too long.
    """
    if len(text) > _MAX_BASE58:
        raise MalformedValueError("base58btc text is too long")
    number = 0
    for letter in text:
        value = _BASE58_VALUE.get(letter)
        if value is None:
            raise MalformedValueError("not base58btc text")
        number = number * 58 + value
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def multibase_encode(data: bytes, base: str = "z") -> str:
    """Return multibase text: `z` base58btc, `u` base64url."""
    return base + (base58btc_encode(data) if base == "z" else b64url_encode(data))


def multibase_decode(text: str, *, bases: str = "zu") -> bytes:
    """Return the bytes of multibase text whose header is one of `bases`.

    Raises:
        MalformedValueError: another header, or text that does not fit it.
    """
    header, body = text[:1], text[1:]
    if not header or header not in bases:
        raise MalformedValueError(f"not multibase text that begins with {' or '.join(bases)}")
    return base58btc_decode(body) if header == "z" else b64url_decode(body)
