"""One claim or array element that can be kept back (RFC 9901 §4.2)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from credentials.encoding import b64url_decode, b64url_encode
from credentials.errors import CryptographicSecurityError, MalformedValueError, ParsingError
from credentials.parsing import parse_json_array

Entropy = Callable[[int], bytes]
"""Number of bytes to that many bytes that nobody can guess."""
Path = tuple[str | int, ...]
"""Names and positions from the top of the claims."""

DEFAULT_HASH: Final = "sha-256"
HASHES: Final[Mapping[str, str]] = MappingProxyType({DEFAULT_HASH: "sha256", "sha-384": "sha384", "sha-512": "sha512"})
"""`_sd_alg` to a name of `hashlib`: hashes that hide and bind (§4.1.1)."""
DIGESTS, ELEMENT, HASH = "_sd", "...", "_sd_alg"
RESERVED: Final = frozenset({DIGESTS, ELEMENT, HASH})
_SALT_BYTES: Final = 16
_ELEMENT_PARTS, _CLAIM_PARTS = 2, 3


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A salt and what it hides.

    Attributes:
        text: the base64url text over which the digest is made, exactly as it came.
        name: the claim's name; None for an array element.
        value: the claim's value or the element; may itself hold digests.
    """

    text: str
    name: str | None
    value: Any

    def digest(self, hash_name: str) -> str:
        """Return the digest that stands in the place of this (§4.2.3)."""
        return digest(self.text, hash_name)


def digest(text: str, hash_name: str) -> str:
    """Return the base64url digest of a text."""
    return b64url_encode(hashlib.new(HASHES[hash_name], text.encode()).digest())


def make_disclosure(name: str | None, value: object, entropy: Entropy) -> Disclosure:
    """Return a disclosure with a fresh salt of 128 bits.

    Raises:
        CryptographicSecurityError: the source of entropy gave less.
    """
    salt = entropy(_SALT_BYTES)
    if len(salt) != _SALT_BYTES:
        raise CryptographicSecurityError("a salt needs 128 bits")
    parts = [b64url_encode(salt), value] if name is None else [b64url_encode(salt), name, value]
    return Disclosure(b64url_encode(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()), name, value)


def parse_disclosure(text: str) -> Disclosure:
    """Return a disclosure off the wire.

    Raises:
        ParsingError: not base64url of a JSON array of two or three.
        CryptographicSecurityError: it would bring a claim whose name means something to SD-JWT itself.
    """
    try:
        parts = parse_json_array(b64url_decode(text))
    except MalformedValueError as error:
        raise ParsingError(f"a disclosure is {error.detail}") from error
    if len(parts) not in (_ELEMENT_PARTS, _CLAIM_PARTS) or not all(isinstance(part, str) for part in parts[:-1]):
        raise ParsingError("a disclosure is an array of a salt, perhaps a name, and a value")
    name = parts[1] if len(parts) == _CLAIM_PARTS else None
    if name in RESERVED:
        raise CryptographicSecurityError(f"a disclosure must not bring a claim named {name}")
    return Disclosure(text, name, parts[-1])
