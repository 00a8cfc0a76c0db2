"""The cell that says where a person is reached: one address for electronic mail."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

EMAIL: Final = "email"
CONTACT: Final = (EMAIL,)
MAX_ADDRESS: Final = 254
_MAX_LOCAL: Final = 64
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS: Final = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@(?:{_LABEL}\.)+(?=[A-Za-z])(?:{_LABEL})", re.ASCII)


def contact_problems(cells: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (code, column) of what is wrong."""
    if cells.get(EMAIL) and not is_address(cells[EMAIL]):
        yield "email-unreadable", EMAIL


def address_of(cells: Mapping[str, str]) -> str | None:
    """Return the address of a row without problems, if it names one."""
    return cells.get(EMAIL) or None


def is_address(text: str) -> bool:
    """Whether a text is one address that every mail server takes (RFC 5321 §4.1.2, `Dot-string` at a domain, all of it ASCII)."""
    found = _ADDRESS.fullmatch(text) if len(text) <= MAX_ADDRESS else None
    return found is not None and len(found[1]) <= _MAX_LOCAL
