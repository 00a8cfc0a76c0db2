"""Whatever a person hands over: it is read, or it is said what is wrong, and nothing in it is opened."""

from __future__ import annotations

import sys
import time

import pytest
from PIL import Image, ImageFilter

from tests.conftest import Demonstrated
from tests.verifier.cases import good
from tests.verifier.files import endless_pdf, pdf_with_attachment, pdf_with_pictures, qr_picture, saved
from verifier.errors import CodeUnreadableError, FileTooLargeError
from verifier.reading import MAX_FILE, Reading, decoded, read_input
from web.links import ForeignCodeError, LinkCode, parse_link

LINK = LinkCode("https://v.example", "L", "A" * 13, bytes(range(16)))
OURS = str(LINK)


def test_a_certificates_own_file_is_taken_as_it_is() -> None:
    assert read_input(b"  " + good()) == Reading("json", credential=b"  " + good())


@pytest.mark.parametrize("text", [OURS, OURS.lower(), f"  {OURS}\n", OURS.replace("/L/", "/S/")])
def test_a_pasted_link_is_taken_apart(text: str) -> None:
    found = read_input(text.encode())
    assert found.source == "link"
    assert found.link is not None
    assert found.link.key == bytes(range(16))


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(document.domain)",
        "data:text/html,<script>alert(1)</script>",
        "intent://scan/#Intent;scheme=zxing;end",
        "https://evil.example/",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        OURS[:-1],
        OURS + "0",
        OURS.partition("#")[0] + "#" + "9" * 39,
        OURS.replace("://", "://user@"),
    ],
)
def test_i1_what_is_no_code_of_ours_is_foreign_in_a_code_and_in_a_paste(text: str) -> None:
    for content in (text.encode(), saved(qr_picture(text))):
        with pytest.raises(ForeignCodeError):
            read_input(content)


@pytest.mark.parametrize("content", [b"", b"no picture", b"\xff\xfe\x00", b"<svg/>", saved(Image.new("L", (300, 300), 255))])
def test_what_holds_no_code_is_unreadable(content: bytes) -> None:
    with pytest.raises(CodeUnreadableError):
        read_input(content)


def test_a_file_over_ten_megabytes_is_not_looked_at() -> None:
    with pytest.raises(FileTooLargeError, match="11 MB; at most 10"):
        read_input(b"{" + bytes(MAX_FILE + 1024 * 1024))


def test_a_picture_over_fifty_megapixels_is_refused() -> None:
    with pytest.raises(FileTooLargeError, match="50 megapixels"):
        read_input(saved(Image.new("1", (8_000, 7_000), 1)))


def test_of_several_codes_ours_is_taken() -> None:
    sheet = Image.new("L", (1200, 500), 255)
    sheet.paste(qr_picture("https://shop.example/", 5), (20, 20))
    sheet.paste(qr_picture(OURS, 5), (600, 20))
    assert read_input(saved(sheet)).link == parse_link(OURS)


def test_a_pdf_is_read_from_its_picture_and_else_from_what_is_attached() -> None:
    assert read_input(pdf_with_pictures(qr_picture(OURS))).source == "pdf"
    assert read_input(pdf_with_attachment("c.json", good())) == Reading("pdf-attachment", credential=good())
    with pytest.raises(ForeignCodeError):
        read_input(pdf_with_pictures(qr_picture("https://shop.example/")))


def test_an_attachment_that_unpacks_to_gigabytes_is_left() -> None:
    with pytest.raises(CodeUnreadableError):
        read_input(pdf_with_attachment("c.json", bytes(1_500_000_000)))


def test_a_pdf_that_never_ends_is_stopped() -> None:
    begun = time.monotonic()
    with pytest.raises(CodeUnreadableError, match="too long"):
        decoded(endless_pdf(), seconds=3)
    assert time.monotonic() - begun < 20


def test_a_decoder_that_dies_is_an_unreadable_file() -> None:
    with pytest.raises(CodeUnreadableError):
        decoded(b"x", command=(sys.executable, "-c", "raise SystemExit(1)"))


def photographed(page: Image.Image, tilt: float, blur: float, quality: int) -> bytes:
    """Return a page as a cheap camera sees it: askew, out of focus, grey, squeezed."""
    turned = page.rotate(tilt, expand=True, fillcolor=190, resample=Image.Resampling.BICUBIC)
    grey = turned.point([40 + value * 190 // 255 for value in range(256)])
    return saved(grey.filter(ImageFilter.GaussianBlur(blur)), "JPEG", quality=quality)


@pytest.mark.parametrize(("tilt", "blur", "quality"), [(0, 0, 90), (4, 0.8, 60), (-9, 1.2, 45), (90, 1.0, 50)])
def test_the_printed_code_is_read_from_a_photo_of_the_paper(
    demonstrated: Demonstrated, tilt: float, blur: float, quality: int
) -> None:
    import pypdfium2  # type: ignore[import-untyped]  # noqa: PLC0415  # ships no types; only this test draws a page itself

    path = min(demonstrated.files.glob("*.pdf"))
    with pypdfium2.PdfDocument(path) as document:
        page = document[0].render(scale=150 / 72, grayscale=True).to_pil()
    found = read_input(photographed(page, tilt, blur, quality))
    assert found.link is not None
    assert found.link.origin == demonstrated.composition.deployment.public_url
