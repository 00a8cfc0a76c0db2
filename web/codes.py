"""Codes that hold a whole credential: digits behind an address that is there for people whose phone opens it.

`HTTPS://HOST/#ddd…d`: upper case for the alphanumeric mode, the digits for the numeric mode. Whoever reads one takes the digits and
never looks at the address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

MAX_VERSION: Final = 22
"""The largest symbol that is still printed: beyond it, no camera reads 40 mm of paper."""
_CODE: Final = re.compile(r"(?:HTTPS?://[A-Z0-9.:-]{1,64}/)?#?([1-9][0-9]{0,2999})", re.IGNORECASE | re.ASCII)
_SHORTEST: Final = 200
"""Fewer digits than any signature has; what is shorter is a number from somewhere else."""


@dataclass(frozen=True, slots=True)
class OfflineCode:
    """Digits to be printed behind an address."""

    origin: str
    digits: str

    @property
    def segments(self) -> tuple[str, str, str]:
        """The text in three parts for the QR's three modes: alphanumeric, byte, numeric."""
        return f"{self.origin}/".upper(), "#", self.digits

    def __str__(self) -> str:
        return "".join(self.segments)


@dataclass(frozen=True, slots=True)
class PlainCode:
    """A link as a code shows it: all of it in bytes."""

    text: str

    @property
    def segments(self) -> tuple[str, str, str]:
        """The text in three parts for the QR's three modes: alphanumeric, byte, numeric."""
        return "", self.text, ""


def digits_in(text: str) -> str | None:
    """Return the digits of a code that holds a credential, or None when the text is none."""
    match = _CODE.fullmatch(text.strip())
    return match.group(1) if match and len(match.group(1)) >= _SHORTEST else None
