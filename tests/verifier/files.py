"""Files that people and attackers hand over."""

from __future__ import annotations

import io
import zlib

from PIL import Image, ImageDraw, ImageFilter
from qrcode.main import QRCode

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def qr_picture(text: str, module: int = 6) -> Image.Image:
    code = QRCode(border=4)
    code.add_data(text)
    rows = code.get_matrix()
    symbol = Image.new("L", (len(rows), len(rows)), 255)
    symbol.putdata([0 if dark else 255 for row in rows for dark in row])
    return symbol.resize((len(rows) * module, len(rows) * module), Image.Resampling.NEAREST)


Folds = tuple[tuple[tuple[int, int, int, int], ...], tuple[tuple[int, int, int, int], ...]]
"""Folds (x, y to x, y) and stains (x, y, radius, grey) of a paper of 700 pixels."""
FOLDED: tuple[Folds, ...] = (
    (((335, 367, 260, 306), (220, 300, 261, 203), (142, 614, 289, 371)), ((100, 511, 16, 195), (84, 352, 16, 41))),
    (((86, 368, 623, 219), (268, 416, 356, 536), (573, 339, 88, 176)), ((340, 574, 14, 206), (358, 110, 20, 81))),
    (((542, 247, 374, 347), (608, 301, 94, 389), (229, 534, 629, 283)), ((290, 569, 28, 162), (357, 401, 29, 108))),
)
"""Papers that the reader does not read at first."""


def folded_paper(text: str, folds: Folds) -> Image.Image:
    """Return a photo of a code on paper that was folded and has stains."""
    symbol = qr_picture(text).resize((560, 560), Image.Resampling.LANCZOS)
    paper = Image.new("L", (700, 700), 225)
    paper.paste(symbol.point([50 + value * 175 // 255 for value in range(256)]), (70, 70))
    pen = ImageDraw.Draw(paper)
    for line in folds[0]:
        pen.line(line, fill=235, width=7)
    for x, y, radius, grey in folds[1]:
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=grey)
    return paper.rotate(6, Image.Resampling.BICUBIC, fillcolor=225).filter(ImageFilter.GaussianBlur(1.2))


def saved(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def blank_png(width: int, height: int) -> bytes:
    """Return a PNG that says it is that large; of its pixels only the first row is there."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, 0, 0, 0, 0])
    row = zlib.compress(bytes(width + 1))
    return PNG_SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", row) + chunk(b"IEND", b"")


def pdf(*objects: bytes) -> bytes:
    """Return a PDF of these objects, numbered from 1; the first is the catalog."""
    content, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
        content
        + b"xref\n0 %d\n0000000000 65535 f \n" % size
        + table
        + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(content))
    )


def stream(data: bytes, more: bytes = b"") -> bytes:
    packed = zlib.compress(data, 9)
    return b"<<%s/Filter/FlateDecode/Length %d>>stream\n" % (more, len(packed)) + packed + b"\nendstream"


def pdf_of_pages(count: int, box: bytes = b"0 0 595 842", page: bytes = b"") -> bytes:
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(count))
    pages = [b"<</Type/Page/Parent 2 0 R/MediaBox[%s]%s>>" % (box, page)] * count
    return pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count), *pages)


def pdf_with_pictures(*pictures: Image.Image) -> bytes:
    """Return a PDF that shows one picture on each page."""
    first, *rest = [picture.convert("RGB") for picture in pictures]
    buffer = io.BytesIO()
    first.save(buffer, "PDF", save_all=True, append_images=rest)
    return buffer.getvalue()


def pdf_with_attachment(name: str, data: bytes) -> bytes:
    spec = b"<</Type/Filespec/F(%s)/UF(%s)/EF<</F 5 0 R>>>>" % (name.encode(), name.encode())
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(%s) 4 0 R]>>>>>>" % name.encode(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        spec,
        stream(data, b"/Type/EmbeddedFile"),
    )


def endless_pdf() -> bytes:
    """Return a PDF of 100 KB that draws millions of lines."""
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
        stream(b"0 0 m 595 842 l S\n" * 3_000_000),
    )
