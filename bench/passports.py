"""How often the page reads the lines of a passport or card in a photo, and how often it gives lines that are not those."""

from __future__ import annotations

import base64
import random  # noqa: TID251  # the same photos each time
from collections.abc import Iterator
from typing import Final

from bench.peers import Node
from bench.rows import Row, at_least, at_most
from tests.client.ocr_b import photographed
from tests.client.test_passports import TD1, TD2, TD3

_PHOTOS: Final = 25
_PITCHES: Final = (10, 14)
"""Pixels from letter to letter: a line of 44 letters fills 440 or 616 pixels of a photo's width."""


def passport_rows(node: Node) -> Iterator[Row]:
    """Yield the rows: synthetic photos, tilted, blurred, noisy and unevenly lit, of the three forms of ICAO Doc 9303."""
    drawn, wrong = random.Random(9303), 0  # noqa: S311  # draws pictures
    given = [text.split("\n") for text in (TD3, TD2, TD1)]
    for pitch in _PITCHES:
        right = 0
        for lines in given * _PHOTOS:
            read = _read(node, lines, pitch, drawn)
            right += read == lines
            wrong += read not in (None, lines)
        share = 100 * right / (len(given) * _PHOTOS)
        yield Row("qr", f"lines of passports and cards, {pitch} pixels a letter, 75 photos", share, "%", at_least(95, "%"))
    yield Row("qr", "lines of passports and cards given that are not those in the photo", wrong, "given", at_most(0, ""))


def _read(node: Node, lines: list[str], pitch: float, drawn: random.Random) -> list[str] | None:
    photo = photographed(lines, pitch, drawn).convert("L")
    pixels = base64.b64encode(photo.tobytes()).decode()
    read: list[str] | None = node.ask("mrz", width=photo.width, height=photo.height, pixels=pixels)
    return read
