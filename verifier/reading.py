"""From what a person hands over (JSON, a photo, a PDF, a pasted link) to a credential, or to the link that leads to one.

A PDF's pages are drawn and the code is read from the picture, as a camera would; only where no page shows a code is the attached
credential taken.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import zxingcpp
from PIL import Image, UnidentifiedImageError

from credentials.errors import VCError
from credentials.securing import looks_like_cbor
from verifier.errors import CodeUnreadableError, FileTooLargeError
from web.links import ForeignCodeError, LinkCode, parse_link

MAX_FILE: Final = 10 * 1024 * 1024
MAX_PIXELS: Final = 50_000_000
MAX_PAGES: Final = 5
_PDF: Final = b"%PDF-"
_TOKEN: Final = re.compile(rb"\s*[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_~.-]+\s*")
_SCALES: Final = (150 / 72, 300 / 72)
_PAGE_PIXELS: Final = 4000


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found: a credential's bytes, or a link; its `source` is json, token, picture, pdf, pdf-attachment or link."""

    source: str
    credential: bytes | None = None
    link: LinkCode | None = None


def read_input(content: bytes) -> Reading:
    """Return what a file holds.

    Raises:
        FileTooLargeError: over 10 MB, or a picture over 50 megapixels.
        CodeUnreadableError: no code that can be read, or no file that we know.
        ForeignCodeError: a code of somebody else; it is not opened.
    """
    if len(content) > MAX_FILE:
        raise FileTooLargeError(f"the file has {len(content) // 1024 // 1024} MB; at most 10 can be read")
    if content.lstrip()[:1] == b"{":
        return Reading("json", credential=content)
    if looks_like_cbor(content) or _TOKEN.fullmatch(content):
        return Reading("token", credential=content)
    if content[:1024].find(_PDF) >= 0:
        return _read_pdf(content)
    text = content[:300].decode("utf-8", "replace").strip()
    if text.lower().startswith(("http:", "https:")):
        return Reading("link", link=parse_link(text))
    return Reading("picture", link=_link_in(_open_picture(content)))


def _open_picture(content: bytes) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP", "GIF", "BMP"))
        if picture.width * picture.height > MAX_PIXELS:
            raise FileTooLargeError("the picture has more than 50 megapixels")
        return picture.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise CodeUnreadableError("this is no picture, PDF or certificate that we can read") from error


def _link_in(picture: Image.Image) -> LinkCode:
    texts = [
        found.text for found in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    ]
    foreign: VCError = CodeUnreadableError("no code can be read in this picture")
    for text in texts:
        try:
            return parse_link(text)
        except ForeignCodeError as error:
            foreign = error
    raise foreign


def _read_pdf(content: bytes) -> Reading:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise CodeUnreadableError("this PDF cannot be opened") from error
    with document:
        problem: VCError = CodeUnreadableError("no page of this PDF shows a code that can be read")
        for picture in _pages(document):
            try:
                return Reading("pdf", link=_link_in(picture))
            except ForeignCodeError as error:
                problem = error
            except CodeUnreadableError:
                continue
        attached = _attachment(document)
    if attached is None:
        raise problem
    return Reading("pdf-attachment", credential=attached)


def _pages(document: pypdfium2.PdfDocument) -> Iterator[Image.Image]:
    for number in range(min(len(document), MAX_PAGES)):
        page = document[number]
        largest = max(page.get_width(), page.get_height(), 1)
        for scale in _SCALES:
            yield page.render(scale=min(scale, _PAGE_PIXELS / largest), grayscale=True).to_pil()


def _attachment(document: pypdfium2.PdfDocument) -> bytes | None:
    for number in range(min(document.count_attachments(), MAX_PAGES)):
        attachment = document.get_attachment(number)
        if attachment.get_name().endswith(".json"):
            return bytes(attachment.get_data())
    return None
