"""Draws a stranger's PDF or picture and looks for codes, in a process of its own that may be stopped.

Run as a program it reads the file from standard input and writes one JSON object: `texts` of the codes found, `attachment` (of a
PDF, base64), `problem` (`unreadable`, `too-large`, or null). It limits its own memory and time; whoever
waits for it limits them too. It decides nothing: what the texts mean is judged by the caller.
"""

from __future__ import annotations

import base64
import io
import json
import re
import resource
import sys
import warnings
from typing import BinaryIO, Final

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import zxingcpp
from PIL import Image, ImageFilter, UnidentifiedImageError

MAX_PIXELS: Final = 50_000_000
MAX_PAGES: Final = 5
MAX_ATTACHMENT: Final = 1024 * 1024
MEMORY: Final = 1024 * 1024 * 1024
SECONDS: Final = 6
_PDF: Final = b"%PDF-"
_FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
_SCALES: Final = (150 / 72, 300 / 72)
_PAGE_PIXELS: Final = 4000
_OURS: Final = re.compile(r"/[LS]/[A-Z2-7]{13}#[0-9]|#[0-9]{200}", re.IGNORECASE)
_AGAIN: Final = (
    (0.6, 0.0, zxingcpp.Binarizer.LocalAverage),
    (0.7, 0.0, zxingcpp.Binarizer.GlobalHistogram),
    (0.8, 0.0, zxingcpp.Binarizer.LocalAverage),
    (1.0, 2.5, zxingcpp.Binarizer.GlobalHistogram),
    (1.0, 4.0, zxingcpp.Binarizer.GlobalHistogram),
    (0.4, 0.0, zxingcpp.Binarizer.LocalAverage),
    (0.5, 0.0, zxingcpp.Binarizer.LocalAverage),
)
"""How a photo is looked at again that shows nothing at first: scale, blur in pixels, what tells dark from light.
`web/client/reading.ts` does the same."""
_AGAIN_PIXELS: Final = 4_000_000
_MAX_TEXTS: Final = 16
_MAX_TEXT: Final = 4096

Found = dict[str, object]


def decode(content: bytes) -> Found:
    """Return what a PDF or a picture shows."""
    return _decode_pdf(content) if _PDF in content[:1024] else _decode_picture(content)


def _found(texts: list[str], attachment: bytes | None = None, problem: str | None = None) -> Found:
    attached = base64.b64encode(attachment).decode() if attachment else None
    return {"texts": [text[:_MAX_TEXT] for text in texts[:_MAX_TEXTS]], "attachment": attached, "problem": problem}


def _decode_picture(content: bytes) -> Found:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=_FORMATS)
        if picture.width * picture.height > MAX_PIXELS:
            return _found([], problem="too-large")
        return _found(texts_in_photo(picture.convert("L")))
    except Image.DecompressionBombError:
        return _found([], problem="too-large")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, MemoryError):
        return _found([], problem="unreadable")


def texts_in_photo(picture: Image.Image) -> list[str]:
    """Return the texts of the codes in a grey picture. A fold or a stain that hides a code at one size may not at another."""
    texts = _texts_in(picture)
    for scale, blur, binarizer in _AGAIN:
        if texts:
            break
        texts = _texts_in(_coarser(picture, scale, blur), binarizer)
    return texts


def _coarser(picture: Image.Image, scale: float, blur: float) -> Image.Image:
    """Return a picture made smaller (of a large one: from what four megapixels show of it), or blurred."""
    most = min(1.0, (_AGAIN_PIXELS / (picture.width * picture.height)) ** 0.5)
    size = [max(1, round(side * scale * most)) for side in picture.size]
    smaller = picture.resize((size[0], size[1]), Image.Resampling.BILINEAR)
    return smaller.filter(ImageFilter.GaussianBlur(blur)) if blur else smaller


def _texts_in(picture: Image.Image, binarizer: zxingcpp.Binarizer = zxingcpp.Binarizer.LocalAverage) -> list[str]:
    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    return [code.text for code in zxingcpp.read_barcodes(picture, formats=formats, binarizer=binarizer)]


def _decode_pdf(content: bytes) -> Found:
    try:
        with pypdfium2.PdfDocument(content) as document:
            return _found(_texts_on_pages(document), _attachment(document))
    except (pypdfium2.PdfiumError, ValueError, MemoryError):
        return _found([], problem="unreadable")


def _texts_on_pages(document: pypdfium2.PdfDocument) -> list[str]:
    texts: list[str] = []
    for number in range(min(len(document), MAX_PAGES)):
        texts += _texts_on(document[number])
        if any(_OURS.search(text) for text in texts):
            break
    return texts


def _texts_on(page: pypdfium2.PdfPage) -> list[str]:
    largest = max(page.get_width(), page.get_height(), 1)
    for scale in _SCALES:
        texts = _texts_in(page.render(scale=min(scale, _PAGE_PIXELS / largest), grayscale=True).to_pil())
        if texts:
            return texts
    return []


def _attachment(document: pypdfium2.PdfDocument) -> bytes | None:
    for number in range(min(document.count_attachments(), MAX_PAGES)):
        attachment = document.get_attachment(number)
        if attachment.get_name().endswith(".json"):
            content = bytes(attachment.get_data())
            return content if len(content) <= MAX_ATTACHMENT else None
    return None


def limit_this_process(memory: int = MEMORY, seconds: int = SECONDS) -> None:
    """Take no more memory and time than is needed for a page, and write no files."""
    for kind, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(kind, (most, most))


def main(source: BinaryIO, target: BinaryIO) -> None:
    """Read a file from `source` and write what it shows to `target`."""
    target.write(json.dumps(decode(source.read())).encode())


if __name__ == "__main__":
    limit_this_process()
    main(sys.stdin.buffer, sys.stdout.buffer)
