"""Suggestions of how a name may stand in Latin letters. A person takes one or writes another: the passport decides.

Cyrillic is as ICAO Doc 9303-3 §6.B has it for Russian, with the letters of other languages there. Bengali, Devanagari, Tamil and
Ethiopic follow the names of their letters in Unicode. Arabic does not write short vowels, so that only names that are known are
suggested; Thai has no suggestion.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

from issuer_api.latin_arabic import KNOWN
from issuer_api.names import MAX_NAME, tidy

_CYRILLIC: Final[Mapping[str, str]] = {
    "A": "a",
    "BE": "b",
    "VE": "v",
    "GHE": "g",
    "DE": "d",
    "IE": "e",
    "IO": "e",
    "ZHE": "zh",
    "ZE": "z",
    "I": "i",
    "SHORT I": "i",
    "KA": "k",
    "EL": "l",
    "EM": "m",
    "EN": "n",
    "O": "o",
    "PE": "p",
    "ER": "r",
    "ES": "s",
    "TE": "t",
    "U": "u",
    "EF": "f",
    "HA": "kh",
    "TSE": "ts",
    "CHE": "ch",
    "SHA": "sh",
    "SHCHA": "shch",
    "HARD SIGN": "ie",
    "YERU": "y",
    "SOFT SIGN": "",
    "E": "e",
    "YU": "iu",
    "YA": "ia",
    "UKRAINIAN IE": "ie",
    "BYELORUSSIAN-UKRAINIAN I": "i",
    "YI": "i",
    "GHE WITH UPTURN": "g",
    "SHORT U": "u",
    "GJE": "g",
    "DJE": "d",
    "DZE": "dz",
    "JE": "j",
    "KJE": "k",
    "LJE": "lj",
    "NJE": "nj",
    "TSHE": "c",
    "DZHE": "dz",
}
_PLAIN: Final = re.compile(r"[A-Za-z -]+")
_INDIC: Final = ("DEVANAGARI", "BENGALI", "TAMIL")
_CONSONANTS: Final[Mapping[str, str]] = {
    "CA": "ch",
    "CHA": "chh",
    "NGA": "ng",
    "NYA": "ny",
    "TTA": "t",
    "TTHA": "th",
    "DDA": "d",
    "DDHA": "dh",
    "NNA": "n",
    "NNNA": "n",
    "SSA": "sh",
    "LLA": "l",
    "LLLA": "zh",
    "RRA": "r",
    "VA": "v",
    "RRRA": "r",
    "RHA": "rh",
    "YYA": "y",
    "QA": "q",
    "KHHA": "kh",
    "GHHA": "gh",
    "ZA": "z",
    "DDDHA": "r",
    "FA": "f",
    "KHANDA TA": "t",
}
_WITH_DOT: Final[Mapping[str, str]] = {"k": "q", "g": "gh", "j": "z", "ph": "f", "d": "r", "dh": "rh"}
_VOWELS: Final[Mapping[str, str]] = {
    "AA": "a",
    "I": "i",
    "II": "i",
    "U": "u",
    "UU": "u",
    "E": "e",
    "EE": "e",
    "AI": "ai",
    "O": "o",
    "OO": "o",
    "AU": "au",
    "VOCALIC R": "ri",
    "CANDRA E": "e",
    "CANDRA O": "o",
    "SHORT E": "e",
    "SHORT O": "o",
    "A": "a",
}
_ORDERS: Final[Mapping[str, str]] = {"A": "e", "U": "u", "I": "i", "AA": "a", "EE": "e", "E": "", "O": "o", "WA": "wa", "WAA": "wa"}
_ETHIOPIC: Final = re.compile(r"ETHIOPIC SYLLABLE (GLOTTAL |PHARYNGEAL )?([^AEIOU ]*?)(WAA|WA|AA|EE|A|U|I|E|O)")
_ETHIOPIC_CONSONANTS: Final[Mapping[str, str]] = {
    "HH": "h",
    "X": "h",
    "KX": "h",
    "SZ": "s",
    "SH": "sh",
    "Q": "k",
    "CH": "ch",
    "NY": "gn",
    "Z": "z",
    "ZH": "zh",
    "TH": "t",
    "PH": "p",
    "TS": "ts",
    "TZ": "ts",
    "J": "j",
    "GG": "ng",
}
_GUTTURAL: Final = frozenset({"h", ""})


def in_latin(name: str) -> str:
    """Return what may be meant in Latin letters, or nothing: for a name in Latin letters, or a part that cannot be told."""
    words = [_word(part) for part in tidy(name).split(" ")]
    if not all(words):
        return ""
    suggested = " ".join(word[:1].upper() + word[1:] for word in words)
    return suggested if len(suggested) <= MAX_NAME and _PLAIN.fullmatch(suggested) else ""


def is_latin(name: str) -> bool:
    """Return whether every letter of a name is a Latin one."""
    return all(unicodedata.name(letter, "").startswith("LATIN") for letter in name if letter.isalpha())


def lacks_latin(cells: Mapping[str, str]) -> bool:
    """Return whether the names of a row have letters, and none of them is in Latin ones."""
    names = [cells.get(column, "") for column in ("name", "name_native")]
    return any(names) and not any(is_latin(name) for name in names if name)


def suggestion(cells: Mapping[str, str]) -> str:
    """Return what the name of a row may be in Latin letters, where it has none and that can be told."""
    return in_latin(cells.get("name") or cells.get("name_native", "")) if lacks_latin(cells) else ""


def with_latin(cells: Mapping[str, str], latin: str) -> dict[str, str]:
    """Return the cells that change when somebody takes a name in Latin letters: what stood in its place is the native name."""
    moves = cells.get("name") and not is_latin(cells["name"]) and not cells.get("name_native")
    return {"name": latin, **({"name_native": cells["name"]} if moves else {})}


def _word(word: str) -> str:
    """Return a part of a name in Latin letters, empty where it cannot be told."""
    if "-" in word:
        return "-".join(part[:1].upper() + part[1:] for part in map(_word, word.split("-")))
    script = next((unicodedata.name(letter, "").partition(" ")[0] for letter in word if letter.isalpha()), "")
    if script == "CYRILLIC":
        return "".join(map(_cyrillic, unicodedata.normalize("NFC", word).lower()))
    if script in _INDIC:
        found = _indic(word)
        return found.replace("ch", "s") if script == "TAMIL" else found
    if script == "ETHIOPIC":
        return _ethiopic(word)
    if script == "ARABIC":
        return _arabic(word)
    return ""


def _cyrillic(letter: str) -> str:
    return _CYRILLIC.get(unicodedata.name(letter, "").removeprefix("CYRILLIC SMALL LETTER "), "?")


def _arabic(word: str) -> str:
    plain = "".join(letter for letter in unicodedata.normalize("NFC", word) if unicodedata.category(letter) not in {"Mn", "Lm"})
    return KNOWN.get(plain, "")


def _ethiopic(word: str) -> str:
    written = []
    for place, letter in enumerate(word):
        found = _ETHIOPIC.fullmatch(unicodedata.name(letter, ""))
        if found is None:
            return ""
        consonant = _ETHIOPIC_CONSONANTS.get(found[2], found[2].lower())
        vowel = _ORDERS[found[3]]
        if found[3] == "A" and consonant in _GUTTURAL:
            vowel = "a"
        if found[3] == "E" and (place == 0 or (consonant == "" and not found[2])):
            vowel = "i"
        written.append(consonant + vowel)
    return "".join(written)


def _indic(word: str) -> str:
    units = list(_units(unicodedata.normalize("NFD", word)))
    written = ""
    for place, (consonant, vowel) in enumerate(units):
        if consonant == "?":
            return ""
        written += consonant + (vowel if vowel != "inherent" else "" if _is_silent(units, place) else "a")
    return written


def _is_silent(units: list[tuple[str, str]], place: int) -> bool:
    """Return whether the vowel that is not written is not said: at the end, and between a vowel and a syllable with its own."""
    if place == len(units) - 1:
        return place > 0
    before, after = units[place - 1] if place else ("", ""), units[place + 1]
    return bool(place) and before[1] not in {"", "inherent"} and bool(after[0]) and after[1] not in {"", "inherent"}


def _units(word: str) -> Iterator[tuple[str, str]]:
    """Yield (consonant, vowel) of each syllable; `inherent` is a vowel that is not written, `?` a letter that is not known."""
    held: tuple[str, str] | None = None
    for letter in word:
        kind, _, name = unicodedata.name(letter, "").partition(" ")[2].partition(" ")
        if kind == "VOWEL" and held:
            held = (held[0], _VOWELS.get(name.removeprefix("SIGN "), ""))
        elif name == "VIRAMA" or (kind == "SIGN" and name == "VIRAMA"):
            held = (held[0], "") if held else None
        elif kind == "SIGN" and name == "NUKTA" and held:
            held = (_WITH_DOT.get(held[0], held[0]), held[1])
        elif kind == "SIGN" and name in {"ANUSVARA", "CANDRABINDU", "VISARGA"} and held:
            yield held[0], "a" if held[1] == "inherent" else held[1]
            held = ("h" if name == "VISARGA" else "n", "")
        else:
            if held:
                yield held
            held = _letter(kind, name)
    if held:
        yield held


def _letter(kind: str, name: str) -> tuple[str, str]:
    if kind != "LETTER":
        return ("?", "")
    if name in _VOWELS:
        return ("", _VOWELS[name])
    consonant = _CONSONANTS.get(name, name.removesuffix("A").lower())
    return (consonant, "" if name == "KHANDA TA" else "inherent")
