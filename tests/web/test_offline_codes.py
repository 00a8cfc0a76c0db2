from __future__ import annotations

import io

import pytest
import zxingcpp
from PIL import Image

from web import qr
from web.codes import MAX_VERSION, OfflineCode, digits_in

DIGITS = "1" + "0123456789" * 40
CODE = OfflineCode("https://v.example.org", DIGITS)


def test_the_symbol_of_a_code_is_read_back_and_is_smaller_than_of_one_segment() -> None:
    picture = Image.open(io.BytesIO(qr.png(CODE, most=MAX_VERSION)))
    found = zxingcpp.read_barcodes(picture)
    assert [code.text for code in found] == [f"HTTPS://V.EXAMPLE.ORG/#{DIGITS}"]
    assert len(qr.matrix(CODE, most=MAX_VERSION)) == 17 + 4 * 10 + 2 * qr.QUIET  # version 10; as one segment it would be 17
    with pytest.raises(qr.CodeTooLargeError):
        qr.matrix(CODE)


@pytest.mark.parametrize("text", [str(CODE), DIGITS, f"#{DIGITS}", f" {CODE}\n", f"http://evil.example/#{DIGITS}"])
def test_only_the_digits_of_a_code_are_taken(text: str) -> None:
    assert digits_in(text) == DIGITS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12345",
        f"0{DIGITS}",
        f"javascript:#{DIGITS}",
        f"https://a.example/b#{DIGITS}",
        f"https://a@b.example/#{DIGITS}",
        f"data:text/html,#{DIGITS}",
        f"{DIGITS}x",
        "1" * 3001,
        "\u0661" * 300,
        f"HTTPS://A.EXAMPLE/L/AAAAAAAAAAAAA#{'1' * 39}",
    ],
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert digits_in(text) is None
