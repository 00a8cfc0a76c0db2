"""CBOR in its one deterministic form (RFC 8949 §4.2.1): the part of it that signed objects need.

Integers of 64 bits, byte and text strings, arrays, maps, booleans and null. Everything that gives one value two spellings, or two
readers two values, is refused: indefinite lengths, lengths and numbers that are not the shortest, a key twice in one map, tags that
the caller does not name, floating point. Maps may come in any order: other encoders do not sort them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from credentials.errors import MalformedValueError, ParsingError, TooLargeError

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = range(8)
_BIGNUM_TAG: Final = 2
_LEAST_BIGNUM: Final = 9  # bytes
_SIMPLE_VALUES: Final[dict[int, bool | None]] = {20: False, 21: True, 22: None}
_FALSE, _TRUE, _NULL = 0xF4, 0xF5, 0xF6
_INLINE: Final = 24
_LAST_SIZE: Final = 27
_SMALLEST: Final = {1: 24, 2: 1 << 8, 4: 1 << 16, 8: 1 << 32}
"""Bytes of an argument to the smallest number that needs them."""
MAX_DEPTH: Final = 16
MAX_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Tagged:
    """A value with a tag in front of it (RFC 8949 §3.4)."""

    number: int
    value: Any


def encode(value: object, *, tag: int | None = None) -> bytes:
    """Return the deterministic encoding of a value; map keys are sorted by their encoding.

    Args:
        value: made of the types that `decode` gives; tuples are arrays.
        tag: written in front.

    Raises:
        MalformedValueError: a value that has no encoding here.
    """
    return (b"" if tag is None else _head(_TAG, tag)) + _item(value)


def _item(value: object) -> bytes:
    if value is None or isinstance(value, bool):
        return bytes([_NULL if value is None else _TRUE if value else _FALSE])
    if isinstance(value, int):
        return _head(_UNSIGNED, value) if value >= 0 else _head(_NEGATIVE, -1 - value)
    if isinstance(value, bytes | str):
        major, data = (_BYTES, value) if isinstance(value, bytes) else (_TEXT, value.encode())
        return _head(major, len(data)) + data
    if isinstance(value, list | tuple):
        return _head(_ARRAY, len(value)) + b"".join(_item(item) for item in value)
    if isinstance(value, Tagged):
        return _head(_TAG, value.number) + _item(value.value)
    if isinstance(value, dict):
        pairs = sorted((_item(key), _item(item)) for key, item in value.items())
        return _head(_MAP, len(pairs)) + b"".join(key + item for key, item in pairs)
    raise MalformedValueError(f"{type(value).__name__} has no encoding in CBOR here")


def _head(major: int, argument: int) -> bytes:
    if argument < _INLINE:
        return bytes([major << 5 | argument])
    for additional, size in enumerate(_SMALLEST, start=_INLINE):
        if argument < 1 << 8 * size:
            return bytes([major << 5 | additional]) + argument.to_bytes(size, "big")
    raise MalformedValueError("a number has more than 64 bits")


def decode(content: bytes, *, tag: int | None = None, bignums: bool = False, tags: Collection[int] = ()) -> Any:  # noqa: ANN401  # whatever stands there
    """Return the value that is the whole of `content`.

    Args:
        content: the encoding.
        tag: the tag that must stand in front; None when there must be none.
        bignums: whether whole numbers of more than 64 bits are read (tag 2, RFC 8949 §3.4.3).
        tags: those that may stand inside, each given as `Tagged`.

    Raises:
        ParsingError: not CBOR, not the part of it that we read, or bytes left over.
        TooLargeError: more bytes than we read.
    """
    if len(content) > MAX_BYTES:
        raise TooLargeError(f"the CBOR has more than {MAX_BYTES // 1024} KiB")
    reader = _Reader(content, bignums=bignums, tags=tags)
    if tag is not None:
        major, found = reader.head()
        if (major, found) != (_TAG, tag):
            raise ParsingError(f"the CBOR does not begin with tag {tag}")
    value = reader.item(0)
    if reader.position != len(content):
        raise ParsingError("bytes are left over after the CBOR")
    return value


class _Reader:
    """Reads one value after the other."""

    def __init__(self, content: bytes, *, bignums: bool, tags: Collection[int]) -> None:
        self.content = content
        self.position = 0
        self.bignums = bignums
        self.tags = tags

    def take(self, size: int) -> bytes:
        end = self.position + size
        if end > len(self.content):
            raise ParsingError("the CBOR ends too early")
        taken = self.content[self.position : end]
        self.position = end
        return taken

    def head(self) -> tuple[int, int]:
        first = self.take(1)[0]
        major, additional = first >> 5, first & 0x1F
        if additional < _INLINE:
            return major, additional
        if additional > _LAST_SIZE:
            raise ParsingError("the CBOR has an item without a length")
        size = 1 << additional - _INLINE
        argument = int.from_bytes(self.take(size), "big")
        if argument < _SMALLEST[size]:
            raise ParsingError("the CBOR has a number that is not in its shortest form")
        return major, argument

    def item(self, depth: int) -> Any:  # noqa: ANN401  # whatever stands there
        if depth > MAX_DEPTH:
            raise ParsingError(f"the CBOR nests deeper than {MAX_DEPTH} levels")
        major, argument = self.head()
        if major == _TAG and argument == _BIGNUM_TAG and self.bignums:
            return self.bignum()
        if major == _TAG and argument in self.tags:
            return Tagged(argument, self.item(depth + 1))
        if major == _TAG:
            raise ParsingError(f"the CBOR has tag {argument} where none is due")
        if major in (_UNSIGNED, _NEGATIVE):
            return argument if major == _UNSIGNED else -1 - argument
        if major == _ARRAY:
            return [self.item(depth + 1) for _ in range(argument)]
        if major == _MAP:
            return self.map(argument, depth)
        return self.simple(argument) if major == _SIMPLE else self.string(major, argument)

    def bignum(self) -> int:
        major, size = self.head()
        data = self.take(size)
        if major != _BYTES or size < _LEAST_BIGNUM or not data[0]:
            raise ParsingError("the CBOR has a number that is not in its shortest form")
        return int.from_bytes(data, "big")

    def string(self, major: int, size: int) -> bytes | str:
        data = self.take(size)
        if major == _BYTES:
            return data
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            raise ParsingError("a text in the CBOR is not UTF-8") from error

    def map(self, size: int, depth: int) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for _ in range(size):
            key = self.item(depth + 1)
            if not isinstance(key, int | str | bytes) or isinstance(key, bool):
                raise ParsingError("a key in the CBOR is neither number nor string")
            if key in found:
                raise ParsingError("a key stands twice in one map of the CBOR")
            found[key] = self.item(depth + 1)
        return found

    def simple(self, argument: int) -> bool | None:
        if argument not in _SIMPLE_VALUES:
            raise ParsingError("the CBOR has a value that is no number, string, array, map, truth value or null")
        return _SIMPLE_VALUES[argument]
