"""Pictures and PDFs of strangers: what they show is found, and none of them costs much or breaks anything."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
import warnings
from base64 import b64decode
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from tests.verifier.files import (
    FOLDED,
    PNG_SIGNATURE,
    blank_png,
    folded_paper,
    pdf_of_pages,
    pdf_with_attachment,
    pdf_with_pictures,
    qr_picture,
    saved,
)
from verifier import decoding
from verifier.decoding import decode, main

LINK = f"HTTPS://V.EXAMPLE/L/{'A' * 13}#{'1' * 39}"
OTHER = "https://shop.example/"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_a_code_is_read_from_every_kind_of_picture(kind: str) -> None:
    assert decode(saved(qr_picture(LINK), kind)) == {"texts": [LINK], "attachment": None, "problem": None}


def test_every_code_of_a_picture_is_given() -> None:
    sheet = Image.new("L", (900, 400), 255)
    sheet.paste(qr_picture(LINK, 4), (20, 20))
    sheet.paste(qr_picture(OTHER, 4), (500, 20))
    assert set(decode(saved(sheet))["texts"]) == {LINK, OTHER}  # type: ignore[call-overload]  # a list of texts


@pytest.mark.parametrize("place", range(len(FOLDED)))
def test_a_folded_and_stained_paper_is_looked_at_again(place: int) -> None:
    photo = folded_paper("x" * 150, FOLDED[place])
    assert zxingcpp.read_barcodes(photo) == []
    assert decode(saved(photo))["texts"] == ["x" * 150]


def test_a_large_photo_without_a_code_is_looked_at_again_in_little_time() -> None:
    began = time.process_time()
    assert decode(saved(Image.effect_noise((7_000, 7_000), 100), "JPEG"))["texts"] == []
    assert time.process_time() - began < decoding.SECONDS


def test_an_animated_picture_is_read_as_its_first_frame() -> None:
    frames = [qr_picture(LINK), qr_picture(OTHER).resize(qr_picture(LINK).size)]
    content = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100)
    assert decode(content)["texts"] == [LINK]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"no picture", id="text"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", id="svg"),
        pytest.param(PNG_SIGNATURE + b"\x00\x00\x00\rIHDR", id="a PNG that is cut off"),
        pytest.param(saved(qr_picture(LINK))[:200], id="half a picture"),
        pytest.param(b"%PDF-1.7\nnothing", id="no PDF"),
        pytest.param(b"II*\x00" + bytes(100), id="TIFF"),
    ],
)
def test_what_is_no_picture_is_unreadable(content: bytes) -> None:
    assert decode(content) == {"texts": [], "attachment": None, "problem": "unreadable"}


@pytest.mark.parametrize("side", [8_000, 11_000, 30_000, 100_000])
def test_i10_a_picture_with_too_many_pixels_is_refused_before_it_is_unpacked(side: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert decode(blank_png(side, side))["problem"] == "too-large"


def test_a_pdf_shows_its_codes_page_by_page_until_one_is_ours() -> None:
    blank = Image.new("L", (400, 400), 255)
    pages = [qr_picture(OTHER), blank, qr_picture(LINK), qr_picture("https://never.example/")]
    assert decode(pdf_with_pictures(*pages))["texts"] == [OTHER, LINK]


def test_no_more_than_five_pages_are_drawn() -> None:
    blank = Image.new("L", (400, 400), 255)
    assert decode(pdf_with_pictures(*[blank] * 5, qr_picture(LINK)))["texts"] == []
    assert decode(pdf_of_pages(500)) == {"texts": [], "attachment": None, "problem": None}


@pytest.mark.parametrize("box", [b"0 0 1000000 1000000", b"0 0 100000 0.001", b"0 0 0 0", b"0 0 -5 -5"])
def test_a_page_of_any_size_is_drawn_small(box: bytes) -> None:
    assert decode(pdf_of_pages(1, box))["texts"] == []


def test_the_attached_certificate_is_given_and_no_other_file() -> None:
    attached = decode(pdf_with_attachment("c.json", b'{"a": 1}'))
    assert b64decode(str(attached["attachment"])) == b'{"a": 1}'
    assert decode(pdf_with_attachment("c.exe", b"MZ"))["attachment"] is None
    assert decode(pdf_with_attachment("c.json", bytes(decoding.MAX_ATTACHMENT + 1)))["attachment"] is None


def test_a_pdf_that_nothing_can_be_drawn_of_is_unreadable() -> None:
    broken = pdf_of_pages(1).replace(b"/Type/Page/Parent", b"/Type/Nope/Parent")
    assert decode(broken)["texts"] == []
    assert decode(pdf_of_pages(1).replace(b"/Catalog", b"/Nothing").replace(b"/Pages 2 0 R", b"/Pages 9 0 R"))["problem"] in {
        None,
        "unreadable",
    }


def test_the_program_reads_a_file_and_writes_json() -> None:
    told = io.BytesIO()
    main(io.BytesIO(saved(qr_picture(LINK))), told)
    assert json.loads(told.getvalue())["texts"] == [LINK]


def test_the_program_limits_its_own_memory_and_time() -> None:
    program = "import resource, sys; sys.path.insert(0, sys.argv[1]); from verifier.decoding import limit_this_process as limit;"
    program += (
        "limit(); print([resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE)])"
    )
    root = Path(decoding.__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", program, str(root)], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [decoding.MEMORY, decoding.SECONDS, 0]
