"""Words of a stranger, made safe to stand beside our own."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

_JOINERS: Final = frozenset("\u200c\u200d")
"""Zero-width (non-)joiners: names in Persian, Bengali or Sinhala need them."""


@dataclass(frozen=True, slots=True)
class OwnWord:
    """A name that nobody but its bearer vouches for; wherever it is shown, that is said with it."""

    name: str


def plain_text(text: str) -> str:
    """Return a text on one line, without control characters and without those that turn the direction of what follows."""
    kept = (" " if letter.isspace() else letter for letter in text if letter in _JOINERS or not _is_hidden(letter))
    return " ".join("".join(kept).split())


def _is_hidden(letter: str) -> bool:
    return not letter.isspace() and unicodedata.category(letter) in {"Cc", "Cf"}


def said(value: object) -> str:
    """Return a text member of a credential as one safe line: a string, or the first of its language objects; empty for others."""
    first = value[0] if isinstance(value, list) and value else value
    text = first.get("@value") if isinstance(first, dict) else first
    return plain_text(text) if isinstance(text, str) else ""
