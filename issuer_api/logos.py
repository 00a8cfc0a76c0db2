"""Logos: a picture that somebody brings is decoded within bounds, laid on white, and written anew; nothing else of the file stays.

SVG is not taken: it can hold programs and fetch from elsewhere, and a picture of dots prints as well at this size.
"""

from __future__ import annotations

import base64
import hashlib
import io
import struct
from datetime import timedelta
from typing import Final

from PIL import Image, ImageOps
from sqlmodel import Session, col, delete, select

from issuer_api.errors import InvalidRecordError, PictureError
from issuer_api.history import COMMAND_LINE, note
from issuer_api.service import Issuer
from issuer_api.tables import Picture, Programme

MAX_BYTES: Final = 1024 * 1024
MAX_PIXELS: Final = 8_000_000
"""Of the picture that is brought: 24 MB when it is decoded."""
_FORMATS: Final = ("PNG", "JPEG")
_BOX: Final = (960, 180)
"""What is kept: 80 by 15 mm at 300 dots an inch."""
_MOST: Final = 200
_UNUSED_FOR: Final = timedelta(days=1)


def read_logo(content: bytes) -> bytes:
    """Return a picture as the PNG that is kept: of at most 960 by 180 dots, without transparency, profile or remarks.

    Raises:
        PictureError: it is too large, no PNG or JPEG, or damaged; its code says which.
    """
    if len(content) > MAX_BYTES:
        raise PictureError("bytes", f"the picture has more than {MAX_BYTES // 1024} KB")
    if b"<svg" in content[:4096].lower():
        raise PictureError("svg", "an SVG can hold programs; save the logo as PNG or JPEG")
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise PictureError("pixels", f"the picture has {opened.width} by {opened.height} dots, which is more than is read")
            opened.draft("RGB", (_BOX[0] * 2, _BOX[1] * 2))
            return _written(ImageOps.exif_transpose(opened).convert("RGBA"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError("pixels", "the picture has more dots than are read") from error
    except (OSError, ValueError, SyntaxError) as error:
        raise PictureError("unreadable", "the file is no PNG or JPEG picture, or is damaged") from error


def _written(picture: Image.Image) -> bytes:
    picture.thumbnail(_BOX, Image.Resampling.LANCZOS)
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    written = io.BytesIO()
    paper.convert("RGB").save(written, "PNG", optimize=True)
    return written.getvalue()


def store_logo(issuer: Issuer, slug: str, content: bytes, *, by: str = COMMAND_LINE) -> str:
    """Keep a picture for an issuer's certificates and return its id; the same again changes nothing.

    Raises:
        PictureError: as `read_logo`; or there are too many.
    """
    png = read_logo(content)
    picture_id = hashlib.sha256(png).hexdigest()
    with issuer.database.write(slug) as session:
        if session.get(Picture, (slug, picture_id)) is None:
            _remove_unused(issuer, session, slug)
            if len(session.exec(select(Picture.id).where(Picture.organisation == slug)).all()) >= _MOST:
                raise PictureError("many", f"{slug} has {_MOST} pictures already")
            session.add(Picture(organisation=slug, id=picture_id, content=png, created_at=issuer.clock()))
            note(issuer, session, slug, by, "logo-brought", picture_id[:16])
    return picture_id


def _remove_unused(issuer: Issuer, session: Session, slug: str) -> None:
    """Remove pictures that no version of a programme has taken within a day."""
    records = "".join(session.exec(select(Programme.record).where(Programme.organisation == slug)).all())
    old = select(Picture.id).where(Picture.organisation == slug, col(Picture.created_at) < issuer.clock() - _UNUSED_FOR)
    unused = [picture_id for picture_id in session.exec(old).all() if picture_id not in records]
    session.exec(delete(Picture).where(col(Picture.organisation) == slug, col(Picture.id).in_(unused)))


def logo_png(issuer: Issuer, slug: str, picture_id: str) -> bytes:
    """Return a picture that the issuer has brought.

    Raises:
        InvalidRecordError: there is none of this id.
    """
    with issuer.database.session() as session:
        row = session.get(Picture, (slug, picture_id))
    if row is None:
        raise InvalidRecordError("logo: this issuer has brought no such picture", pointer="/design/logo")
    return row.content


def as_svg(png: bytes) -> str:
    """Return a PNG of our own writing as the only thing in an SVG: a text, which is what a template of paper reads."""
    width, height = struct.unpack_from(">II", png, 16)
    data = base64.b64encode(png).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{data}"/></svg>'
    )
