"""Names as people give them: in several scripts, one word or many; checked, tagged, and indexed by keyed hashes."""

from __future__ import annotations

import unicodedata
from typing import Final

from web.sealing import Sealer

MAX_NAME: Final = 120
_SCRIPTS: Final = (("ARABIC", "ar"), ("BENGALI", "bn"), ("DEVANAGARI", "hi"), ("ETHIOPIC", "am"), ("SINHALA", "si"))
_LATER: Final = (("TAMIL", "ta"), ("THAI", "th"))
LANGUAGES: Final = (
    *(tag + latin for _, tag in _SCRIPTS for latin in ("", "-Latn")),
    "und-Latn",
    *(tag + latin for _, tag in _LATER for latin in ("", "-Latn")),
)
"""Every tag that a name may have; rows of codes follow this order, so that new ones come last."""
_BIDI: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS: Final = frozenset("\u200c\u200d")  # the scripts of India and Arabia write with them


def name_problem(name: str) -> str | None:
    """Return the code of what is wrong with a person's name, or None."""
    found = text_problem(name, MAX_NAME)
    return f"name-{found}" if found else None


def text_problem(text: str, longest: int) -> str | None:
    """Return what is wrong with a text of one line (`missing`, `too-long`, `bidi`, `control`), or None."""
    if not text.strip():
        return "missing"
    if len(text) > longest:
        return "too-long"
    for letter in text:
        if letter in _BIDI:
            return "bidi"
        if unicodedata.category(letter) in {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"} and letter not in _JOINERS:
            return "control"
    return None


def language_of(name: str, latin: str) -> str:
    """Return a language tag for a name: of its script, or `latin` for Latin letters."""
    for letter in name:
        if letter.isalpha():
            script = unicodedata.name(letter, "")
            return next((tag for begin, tag in (*_SCRIPTS, *_LATER) if script.startswith(begin)), latin)
    return latin


def tidy(name: str) -> str:
    """Return a name in NFC with single spaces."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def parts(name: str) -> frozenset[str]:
    """Return the parts of a name as a search compares them: NFKC, without case and without marks above or below letters."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    plain = "".join(letter for letter in folded if unicodedata.category(letter) != "Mn")
    return frozenset(plain.replace("-", " ").split())


def name_hashes(sealer: Sealer, slug: str, names: tuple[str, ...]) -> frozenset[bytes]:
    """Return the keyed hashes of all parts of a person's names; different for each issuer."""
    return frozenset(sealer.keyed_hash(f"{slug}\n{part}") for name in names for part in parts(name))
