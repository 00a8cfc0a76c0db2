"""Reading and writing the payload, strictly: one spelling for each value, nothing left over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from credentials.errors import MalformedValueError

MAX_TEXT: Final = 512
_MAX_VARINT_BYTES: Final = 5


def varint(number: int) -> bytes:
    """Return an unsigned number in groups of seven bits, the lowest first (LEB128)."""
    groups = []
    while number > 0x7F:  # noqa: PLR2004  # seven bits
        groups.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*groups, number])


def text(value: str) -> bytes:
    """Return a text with its length in bytes before it."""
    content = value.encode()
    return varint(len(content)) + content


@dataclass(slots=True)
class Reader:
    """Takes values off the front of a payload."""

    content: bytes
    _at: int = 0

    def take(self, count: int) -> bytes:
        """Return the next `count` bytes.

        Raises:
            MalformedValueError: there are fewer.
        """
        found = self.content[self._at : self._at + count]
        if len(found) < count:
            raise MalformedValueError("the code ends too early")
        self._at += count
        return found

    def varint(self) -> int:
        """Return a number of at most five bytes, in its shortest spelling.

        Raises:
            MalformedValueError: longer, or with zeros that say nothing.
        """
        number = 0
        for position in range(_MAX_VARINT_BYTES):
            byte = self.take(1)[0]
            number |= (byte & 0x7F) << (7 * position)
            if byte < 0x80:  # noqa: PLR2004  # no more groups
                if position and not byte:
                    break
                return number
        raise MalformedValueError("a number in the code is not spelt as it must be")

    def text(self, limit: int = MAX_TEXT) -> str:
        """Return a text of at most `limit` bytes.

        Raises:
            MalformedValueError: longer, or not UTF-8.
        """
        length = self.varint()
        if length > limit:
            raise MalformedValueError("a text in the code is longer than it may be")
        try:
            return self.take(length).decode()
        except UnicodeDecodeError as error:
            raise MalformedValueError("a text in the code is not UTF-8") from error

    def end(self) -> None:
        """Raise unless everything was read.

        Raises:
            MalformedValueError: something is left.
        """
        if self._at != len(self.content):
            raise MalformedValueError("the code has more in it than it may have")
