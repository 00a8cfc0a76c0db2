"""The lines of passports and cards in pictures: read as they stand, or not at all."""

from __future__ import annotations

import base64
import json
import random
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from tests.client import ocr_b
from tests.client.node import CLIENT, run_node
from tests.client.test_passports import TD1, TD2, TD3

DAMAGED = {
    "a digit changed": TD3.replace("7408122", "7408132"),
    "the last check digit": f"{TD3[:-1]}1",
    "a personal number changed": TD3.replace("ZE184226B", "ZE184227B"),
    "one line": TD3.partition("\n")[0],
    "too short": TD3.replace("<<<<<10", "<<<10"),
}


def read(folder: Path, pictures: list[Image.Image]) -> list[list[str] | None]:
    path = folder / "pictures.json"
    shown = [(*one.size, base64.b64encode(one.convert("L").tobytes()).decode()) for one in pictures]
    path.write_text(json.dumps([{"width": width, "height": height, "pixels": dots} for width, height, dots in shown]), "utf-8")
    found: list[list[str] | None] = run_node("mrz.mjs", path)
    return found


@pytest.fixture(scope="module")
def rng() -> random.Random:
    return random.Random(9303)  # noqa: S311  # the same each time


def test_lines_are_read_tilted_blurred_noisy_and_unevenly_lit(tmp_path: Path, rng: random.Random) -> None:
    given = [text.split("\n") for text in (TD3, TD2, TD1)]
    pictures = [ocr_b.photographed(lines, pitch, rng) for lines in given for pitch in (10, 14)]
    assert read(tmp_path, pictures) == [lines for lines in given for _ in range(2)]


def test_what_check_digits_do_not_confirm_or_nobody_could_read_is_not_given(tmp_path: Path, rng: random.Random) -> None:
    pictures = [ocr_b.photographed(text.split("\n"), 10, rng) for text in DAMAGED.values()]
    clear = ocr_b.photographed(TD3.split("\n"), 10, rng)
    pictures += [clear.filter(ImageFilter.GaussianBlur(6)), clear.crop((0, 0, clear.width // 2, clear.height))]
    pictures += [
        clear.rotate(90, expand=True),
        Image.new("L", (300, 200), 200),
        Image.effect_noise((300, 200), 90),
        Image.new("L", (1, 1)),
    ]
    assert read(tmp_path, pictures) == [None] * len(pictures)


def test_the_browsers_letters_are_drawn_from_the_sheet() -> None:
    assert (CLIENT / "mrz_letters.ts").read_text("utf-8") == ocr_b.module()
