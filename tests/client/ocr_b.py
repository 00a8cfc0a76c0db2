"""OCR-B, drawn: the letters that the browser compares with, and the lines of passports as cameras see them."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Final

from PIL import Image, ImageFilter

ALPHABET: Final = "<0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SHEET: Final = Path(__file__).with_name("ocr_b.png")
"""The 37 letters side by side, set in `OCRB.otf` of Debian's `fonts-ocr-b` 0.3~dfsg1-1, each as wide as its cell.

Licences: the letters, copyright 1995, 2010 Norbert Schwarz, "You may freely use, modify and/or distribute this file, without
limitation"; the rest of the font, Matthew Skala, public domain.
"""
CELL: Final = (48, 64)
_DOTS: Final = (12, 16)
_MARGIN: Final = 3
"""Around the lines, in letters."""


def glyph(letter: str) -> Image.Image:
    """Return a letter in its cell, which is as wide as letters are apart."""
    place = ALPHABET.index(letter) * CELL[0]
    return Image.open(SHEET).convert("L").crop((place, 0, place + CELL[0], CELL[1]))


def templates() -> dict[str, str]:
    """Return letter to its dots, row by row, 0 (dark) to 3."""
    return {letter: _dots(glyph(letter)) for letter in ALPHABET}


def _dots(drawn: Image.Image) -> str:
    small = drawn.filter(ImageFilter.GaussianBlur(2.5)).resize(_DOTS, Image.Resampling.BOX)
    return "".join(f"{value // 64}" for value in small.tobytes())


def module() -> str:
    """Return the browser's module of letters."""
    rows = "".join(f'  "{letter}": "{dots}",\n' for letter, dots in templates().items())
    said = "// The letters of OCR-B, 12 by 16 dots each, row by row, 0 (dark) to 3: written by `tests.client.ocr_b`.\n"
    return f"{said}export const LETTERS: {{ [letter: string]: string }} = {{\n{rows}}};\n"


def printed(lines: list[str]) -> Image.Image:
    """Return the foot of a document, 48 pixels for each letter."""
    across, down = CELL
    page = Image.new("L", ((len(lines[0]) + 2 * _MARGIN) * across, round((len(lines) * 1.7 + 2) * down)), 226)
    for row, line in enumerate(lines):
        for place, letter in enumerate(line):
            where = ((_MARGIN + place) * across, round((1 + row * 1.7) * down))
            page.paste(40, where, glyph(letter).point(lambda value: 255 - value))
    return page


def photographed(lines: list[str], pitch: float, rng: random.Random) -> Image.Image:
    """Return a photo of lines, about `pitch` pixels from letter to letter: tilted, out of focus, unevenly lit, noisy, squeezed."""
    page = printed(lines)
    scale = pitch / CELL[0]
    width, height = round(page.width * scale * 1.1), round(page.height * scale * 1.6 + page.width * scale * 0.12)
    turn = math.radians(rng.uniform(-3, 3))
    seen = page.transform(
        (width, height),
        Image.Transform.PERSPECTIVE,
        _perspective(page, scale, (width, height), turn, rng),
        Image.Resampling.BICUBIC,
        fillcolor=180,
    )
    blurred = seen.filter(ImageFilter.GaussianBlur(pitch * rng.uniform(0.03, 0.06)))
    light = (
        Image.linear_gradient("L")
        .rotate(rng.choice((0, 90, 180, 270)))
        .resize(blurred.size)
        .point([150 + value * 105 // 255 for value in range(256)])
    )
    lit = Image.composite(blurred, Image.new("L", blurred.size, 60), light)
    return Image.blend(lit, Image.effect_noise(blurred.size, 50), 0.1)


def _perspective(page: Image.Image, scale: float, size: tuple[int, int], turn: float, rng: random.Random) -> tuple[float, ...]:
    """Return PIL's eight numbers, from a place in the photo to one on the page."""
    cos, sin = math.cos(turn) / scale, math.sin(turn) / scale
    bend, lift = rng.uniform(-0.05, 0.05) / size[0], rng.uniform(-0.05, 0.05) / size[1]
    left, top = size[0] / 2, size[1] / 2
    middle = (page.width / 2, page.height / 2)
    whole = 1 - bend * left - lift * top
    a, b = cos + middle[0] * bend, sin + middle[0] * lift
    d, e = -sin + middle[1] * bend, cos + middle[1] * lift
    c = middle[0] * whole - cos * left - sin * top
    f = middle[1] * whole + sin * left - cos * top
    return tuple(value / whole for value in (a, b, c, d, e, f, bend, lift))


if __name__ == "__main__":
    Path(__file__).parents[2].joinpath("web", "client", "mrz_letters.ts").write_text(module(), "utf-8")
