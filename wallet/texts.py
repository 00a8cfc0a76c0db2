"""Words of a certificate, with the language they are in, and the one that a reader reads."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_RIGHT_TO_LEFT: Final = ("ar", "fa", "he", "ps", "sd", "ug", "ur", "yi", "dv", "ckb")


@dataclass(frozen=True, slots=True)
class Text:
    """Words as they stand in the certificate.

    Attributes:
        value: the words.
        language: their language tag; empty when the certificate names none.
        written: the direction that the certificate gives, `ltr` or `rtl`; empty when none.
    """

    value: str
    language: str = ""
    written: str = ""

    @property
    def direction(self) -> str:
        """`rtl`, `ltr`, or `auto` when the language is not known (HTML's `dir`)."""
        if self.written in ("ltr", "rtl"):
            return self.written
        if not self.language:
            return "auto"
        base, *more = self.language.split("-")
        return "rtl" if base.lower() in _RIGHT_TO_LEFT and "Latn" not in more else "ltr"

    @property
    def is_latin(self) -> bool:
        """Whether the words are in the Latin script."""
        letters = [letter for letter in self.value if letter.isalpha()]
        return all(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)


def texts(value: object) -> tuple[Text, ...]:
    """Return every reading of a text: plain, a value object, or a list (VCDM 2.0 §11.1)."""
    if isinstance(value, str):
        return (Text(value),)
    if isinstance(value, list):
        return tuple(text for item in value for text in texts(item))
    if isinstance(value, dict) and isinstance(words := value.get("@value"), str):
        language, written = value.get("@language"), value.get("@direction")
        return (
            Text(
                words,
                language if isinstance(language, str) else "",
                written if isinstance(written, str) else "",
            ),
        )
    return ()


def for_reader(choices: Sequence[Text], language: str) -> Text | None:
    """Return the reading in the reader's language, else English, else the first."""
    for wanted in (language, "en"):
        for text in choices:
            if text.language.split("-")[0].lower() == wanted:
                return text
    return choices[0] if choices else None
