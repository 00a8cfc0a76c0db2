"""Texts of certificates as they can stand on paper: of a length that a page bears, and of letters that its fonts have."""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

LONGEST: Final = 300
CUT: Final = "…"
ATTACHMENT: Final = "attachment"
"""What goes into a paper's file as it is."""
_INSTEAD: Final = "\ufffd"
_FORMAT: Final = "Cf"
_SEGMENTS, _GROUPS = 4, 12


def cut(text: str) -> str:
    """Return a text for paper; one that was cut ends with `…`."""
    return text[:LONGEST] + CUT if len(text) > LONGEST else text


def printable(data: Any, fonts: Path) -> Any:  # noqa: ANN401  # JSON
    """Return what stands on a paper with U+FFFD for every letter that no font of a folder has; attachments stay as they are."""
    if isinstance(data, dict):
        return {name: value if name == ATTACHMENT else printable(value, fonts) for name, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [printable(value, fonts) for value in data]
    if not isinstance(data, str) or (data.isascii() and data.isprintable()):
        return data
    known = letters_of(str(fonts))
    return "".join(letter if ord(letter) in known or unicodedata.category(letter) == _FORMAT else _INSTEAD for letter in data)


@cache
def letters_of(folder: str) -> frozenset[int]:
    """Return the code points that the TrueType fonts of a folder have a glyph for."""
    return frozenset(code for path in Path(folder).glob("*.ttf") for code in _letters(path.read_bytes()))


def _letters(font: bytes) -> Iterator[int]:
    """Yield what a font's `cmap` maps (OpenType 1.9, formats 4 and 12)."""
    tables = (struct.unpack_from(">4sIII", font, 12 + 16 * place) for place in range(struct.unpack_from(">H", font, 4)[0]))
    start = next(offset for name, _, offset, _ in tables if name == b"cmap")
    for place in range(struct.unpack_from(">H", font, start + 2)[0]):
        at = start + int(struct.unpack_from(">I", font, start + 8 + 8 * place)[0])
        kind = struct.unpack_from(">H", font, at)[0]
        if kind == _SEGMENTS:
            count = struct.unpack_from(">H", font, at + 6)[0] // 2
            ends = struct.unpack_from(f">{count}H", font, at + 14)
            starts = struct.unpack_from(f">{count}H", font, at + 16 + 2 * count)
            for first, last in zip(starts[:-1], ends[:-1], strict=True):  # the last segment is only an end
                yield from range(first, last + 1)
        elif kind == _GROUPS:
            for number in range(struct.unpack_from(">I", font, at + 12)[0]):
                first, last, _ = struct.unpack_from(">III", font, at + 16 + 12 * number)
                yield from range(first, last + 1)
