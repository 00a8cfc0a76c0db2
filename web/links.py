"""Links that carry their key in the fragment, spelled so that a small QR holds them.

`HTTPS://HOST/L/XXXXXXXXXXXXX#ddd…d`: upper case for the alphanumeric mode, the 128-bit key as 39 decimal digits for the numeric
mode.
"""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass, field
from typing import Final

from credentials.errors import COMITY, VCError

KEY_DIGITS: Final = 39
_LINK: Final = re.compile(r"(HTTPS?://[A-Z0-9.:-]{1,64})/(L|S)/([A-Z2-7]{13})#([0-9]{39})", re.IGNORECASE | re.ASCII)


class ForeignCodeError(VCError):
    """The text is none of our codes. It may hold an address; it is not opened."""

    type = COMITY + "CODE_FOREIGN"
    title = "problem.code-foreign"


@dataclass(frozen=True, slots=True)
class LinkCode:
    """A link, taken apart.

    Attributes:
        origin: scheme, host and port in lower case.
        kind: `L` for a printed code, `S` for a share link.
        id: 13 base32 letters.
        key: 16 bytes.
    """

    origin: str
    kind: str
    id: str
    key: bytes = field(repr=False)

    @property
    def segments(self) -> tuple[str, str, str]:
        """The text in three parts for the QR's three modes: alphanumeric, byte, numeric."""
        return f"{self.origin}/{self.kind}/{self.id}".upper(), "#", key_digits(self.key)

    def __str__(self) -> str:
        return "".join(self.segments)


def new_link_id() -> str:
    """Return 13 random base32 letters (65 bits)."""
    return base64.b32encode(secrets.token_bytes(9)).decode()[:13]


def key_digits(key: bytes) -> str:
    """Return a 16-byte key as 39 decimal digits."""
    return str(int.from_bytes(key, "big")).zfill(KEY_DIGITS)


def parse_link(text: str) -> LinkCode:
    """Return the link that a code or a person's paste holds.

    Raises:
        ForeignCodeError: it is none of ours.
    """
    match = _LINK.fullmatch(text.strip())
    number = int(match.group(4)) if match else 1 << 128
    if match is None or number >= 1 << 128:
        raise ForeignCodeError("this is not a code of a certificate")
    origin, kind, link_id, _ = match.groups()
    return LinkCode(origin.lower(), kind.upper(), link_id.upper(), number.to_bytes(16, "big"))
