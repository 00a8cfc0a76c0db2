from __future__ import annotations

import io

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from web import qr
from web.links import ForeignCodeError, LinkCode, key_digits, new_link_id, parse_link

ORIGIN = "https://skills.example"
LINK = LinkCode(ORIGIN, "L", "ABCDEFGH23456", bytes(range(16)))


def read(picture: Image.Image) -> list[str]:
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return [code.text for code in found]


@given(st.binary(min_size=16, max_size=16), st.sampled_from(["L", "S"]))
def test_a_link_is_read_as_it_was_written(key: bytes, kind: str) -> None:
    link = LinkCode("http://localhost:8000", kind, new_link_id(), key)
    assert parse_link(str(link)) == link
    assert parse_link(f"  {str(link).lower()}\n") == link


def test_a_link_is_spelled_for_the_three_modes_of_a_symbol() -> None:
    assert LINK.segments == ("HTTPS://SKILLS.EXAMPLE/L/ABCDEFGH23456", "#", key_digits(LINK.key))
    assert key_digits(b"\xff" * 16) == str(2**128 - 1)
    assert key_digits(bytes(16)) == "0" * 39


def test_a_key_is_not_shown_by_accident() -> None:
    assert "key" not in repr(LINK)


def test_ids_are_random() -> None:
    found = {new_link_id() for _ in range(500)}
    assert len(found) == 500
    assert all(len(link_id) == 13 for link_id in found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://skills.example",
        "https://skills.example/L/ABCDEFGH23456",
        "https://skills.example/X/ABCDEFGH23456#" + "0" * 39,
        "https://skills.example/L/ABCDEFGH2345#" + "0" * 39,
        "https://skills.example/L/ABCDEFGH23451#" + "0" * 39,
        "https://skills.example/L/ABCDEFGH23456#" + "0" * 38,
        "https://skills.example/L/ABCDEFGH23456#" + str(2**128),
        "https://skills.example/L/ABCDEFGH23456#" + "9" * 39,
        "https://skills.example/L/ABCDEFGH23456#" + "٣" * 39,
        "https://user@skills.example/L/ABCDEFGH23456#" + "0" * 39,
        "https://skills.example/L/ABCDEFGH2345\u017f#" + "0" * 39,
        "https://" + "a" * 65 + "/L/ABCDEFGH23456#" + "0" * 39,
        "javascript:alert(1)//https://skills.example/L/ABCDEFGH23456#" + "0" * 39,
    ],
)
def test_what_is_no_code_of_ours_is_foreign(text: str) -> None:
    with pytest.raises(ForeignCodeError):
        parse_link(text)


def test_a_symbol_is_read_back_from_its_picture_and_from_a_terminal() -> None:
    picture = Image.open(io.BytesIO(qr.png(LINK)))
    assert read(picture) == [str(LINK)]
    assert (picture.width, picture.mode) == (410, "1")
    shown = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}
    lines = qr.terminal(LINK).split("\n")
    drawn = Image.new("L", (len(lines[0]) * 4, len(lines) * 8))
    for row, line in enumerate(lines):
        for column, letter in enumerate(line):
            for half, white in enumerate(shown[letter]):
                drawn.paste(255 * white, (column * 4, row * 8 + half * 4, column * 4 + 4, row * 8 + half * 4 + 4))
    assert read(drawn) == [str(LINK)]


def test_the_path_of_a_symbol_draws_the_same_modules() -> None:
    side, path = qr.svg_path(LINK)
    rows = qr.matrix(LINK)
    assert side == len(rows) == 41
    drawn = {tuple(map(int, move.split("h")[0].split())) for move in path.split("M")[1:]}
    assert drawn == {(x, y) for y, line in enumerate(rows) for x, dark in enumerate(line) if dark}
    assert not any(any(line) for line in (*rows[: qr.QUIET], *rows[-qr.QUIET :]))


def test_an_address_that_is_too_long_for_a_small_symbol_is_told() -> None:
    assert len(qr.matrix(LinkCode("https://" + "a" * 36, "L", "A" * 13, bytes(16)))) == 41
    with pytest.raises(qr.CodeTooLargeError, match="version 5"):
        qr.matrix(LinkCode("https://" + "a" * 56, "L", "A" * 13, bytes(16)))
