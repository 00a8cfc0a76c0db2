"""Codes as QR symbols: three segments, error correction M; a link in version 4 at most."""

from __future__ import annotations

import io
from typing import Final, Literal, Protocol

from PIL import Image
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode
from qrcode.util import QRData

from credentials.errors import COMITY, VCError

MAX_VERSION: Final = 4
_MODES: Final[tuple[Literal[1, 2, 4], ...]] = (2, 4, 1)  # alphanumeric, byte, numeric (ISO/IEC 18004 §7.4.1)
QUIET: Final = 4  # modules of white around the symbol


class CodeTooLargeError(VCError):
    """The public URL is too long for a code that cheap cameras read."""

    type = COMITY + "CODE_TOO_LARGE"
    title = "problem.code-too-large"


class Segmented(Protocol):
    """A code's text in three parts, for the three modes; a part can be empty."""

    @property
    def segments(self) -> tuple[str, str, str]:
        """Letters, a byte, digits."""
        ...


def matrix(link: Segmented, *, most: int = MAX_VERSION) -> list[list[bool]]:
    """Return the modules, quiet zone included: True is dark.

    Raises:
        CodeTooLargeError: the version `most` does not hold it.
    """
    code = QRCode(error_correction=ERROR_CORRECT_M, border=QUIET)
    for text, mode in zip(link.segments, _MODES, strict=True):
        if text:
            code.add_data(QRData(text.encode(), mode=mode))
    code.make(fit=True)
    if code.version > most:
        raise CodeTooLargeError(f"the code needs a symbol of version {code.version}; use a shorter public URL")
    return [[bool(module) for module in row] for row in code.get_matrix()]


def png(link: Segmented, *, module: int = 10, most: int = MAX_VERSION) -> bytes:
    """Return the symbol as a PNG, `module` pixels a module.

    Raises:
        CodeTooLargeError: the version `most` does not hold it.
    """
    rows = matrix(link, most=most)
    picture = Image.new("1", (len(rows), len(rows)), 1)
    picture.putdata([0 if dark else 1 for row in rows for dark in row])
    buffer = io.BytesIO()
    picture.resize((len(rows) * module, len(rows) * module), Image.Resampling.NEAREST).save(buffer, "PNG")
    return buffer.getvalue()


def svg_path(link: Segmented, *, most: int = MAX_VERSION) -> tuple[int, str]:
    """Return (side in modules, SVG path of the dark modules).

    Raises:
        CodeTooLargeError: the version `most` does not hold it.
    """
    rows = matrix(link, most=most)
    return len(rows), "".join(
        f"M{column} {row}h1v1h-1z" for row, line in enumerate(rows) for column, dark in enumerate(line) if dark
    )


def terminal(link: Segmented) -> str:
    """Return the symbol in half-block letters, white around black, for a terminal."""
    rows = matrix(link)
    rows += [[False] * len(rows)] * (len(rows) % 2)
    blocks = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join("".join(blocks[top, bottom] for top, bottom in zip(upper, lower, strict=True)) for upper, lower in pairs)
