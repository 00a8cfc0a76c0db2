"""Files that people and attackers hand over."""

from __future__ import annotations

import io
import zlib

from PIL import Image
from qrcode.main import QRCode

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def qr_picture(text: str, module: int = 6) -> Image.Image:
    code = QRCode(border=4)
    code.add_data(text)
    rows = code.get_matrix()
    symbol = Image.new("L", (len(rows), len(rows)), 255)
    symbol.putdata([0 if dark else 255 for row in rows for dark in row])
    return symbol.resize((len(rows) * module, len(rows) * module), Image.Resampling.NEAREST)


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
