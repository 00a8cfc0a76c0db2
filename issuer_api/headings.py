"""Headings of a list that are not ours: which column each may be, and whether a choice of columns can be taken.

Pure: a suggestion is only that, and the registrar decides.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher, get_close_matches
from types import MappingProxyType
from typing import Final

from issuer_api.cohort_file import COLUMNS, NEEDED
from issuer_api.names import tidy
from issuer_api.spreadsheet import MAX_COLUMNS

LONGEST_HEADING: Final = 200
VALUES: Final = 3
_LONGEST_VALUE: Final = 60
_ALIKE: Final = 0.87
_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "name": "full name|name of graduate|student name|trainee name|participant name|graduate|name in passport"
        "|nom|nom complet|nom et prénom|prénom et nom|nom du stagiaire"
        "|الاسم|الاسم الكامل|اسم المتدرب|الاسم بالإنجليزية|الاسم باللاتينية"
        "|nombre|nombre completo|nombre y apellidos|apellidos y nombre",
        "name_native": "native name|name in own script|name in own language|arabic name|nom dans sa langue|nom en arabe"
        "|الاسم بالعربية|الاسم العربي|الاسم باللغة الأم|nombre en su idioma",
        "awarded_on": "date|award date|date of award|awarded|date awarded|completion date|date of completion|graduation date"
        "|issue date|date d'obtention|date de délivrance|date de réussite|date du diplôme"
        "|التاريخ|تاريخ المنح|تاريخ التخرج|تاريخ الإنجاز|fecha|fecha de obtención|fecha de graduación|fecha de emisión",
        "number": "certificate number|certificate no|no|numéro|numéro du certificat|n° de certificat"
        "|الرقم|رقم الشهادة|número|número de certificado",
        "note": "notes|remark|remarks|comment|comments|remarque|remarques|commentaire|observation|observations"
        "|ملاحظة|ملاحظات|nota|notas|observaciones",
        "passport": "passport number|passport no|numéro de passeport|passeport|رقم الجواز|رقم جواز السفر|جواز السفر"
        "|pasaporte|número de pasaporte",
        "born_on": "date of birth|birth date|birthday|dob|born|date de naissance|né le|تاريخ الميلاد|تاريخ الولادة"
        "|fecha de nacimiento",
        "passport_until": "passport expiry|passport expiry date|passport valid until|expiration du passeport"
        "|انتهاء الجواز|تاريخ انتهاء الجواز|vencimiento del pasaporte",
        "holder_key": "phone key|key of the phone|clé du téléphone|مفتاح الهاتف|clave del teléfono",
        "email": "e-mail|mail|email address|e-mail address|adresse électronique|courriel|adresse e-mail|البريد الإلكتروني|البريد"
        "|correo electrónico|correo",
    }
)


def _plain(text: str) -> str:
    """Return a heading without case, marks and punctuation."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = (letter for letter in letters if unicodedata.category(letter) != "Mn")
    return " ".join("".join(letter if letter.isalnum() else " " for letter in kept).split())


_COLUMN_OF: Final[Mapping[str, str]] = MappingProxyType(
    {_plain(word): column for column in COLUMNS for word in (column, *_WORDS[column].split("|"))}
)


def can_choose(sample: Sequence[Sequence[str]]) -> bool:
    """Return whether somebody can say what the columns are: as many as are needed, not too many, and rows below them.

    Args:
        sample: headings, and the first lines below them.
    """
    headings = sample[0] if sample else ()
    fits = len(NEEDED) <= len(headings) <= MAX_COLUMNS and all(len(heading) <= LONGEST_HEADING for heading in headings)
    return fits and len(sample) > 1


def suggest(headings: Sequence[str]) -> tuple[str, ...]:
    """Return the column that each heading may be, each column once; empty where none is like it."""
    scored = sorted((-score, at, column) for at, heading in enumerate(headings) for score, column in _likely(_plain(heading)))
    chosen: dict[int, str] = {}
    for _, at, column in scored:
        if at not in chosen and column not in chosen.values():
            chosen[at] = column
    return tuple(chosen.get(at, "") for at in range(len(headings)))


def _likely(heading: str) -> list[tuple[float, str]]:
    near = get_close_matches(heading[:LONGEST_HEADING], _COLUMN_OF, n=3, cutoff=_ALIKE)
    return [(SequenceMatcher(None, word, heading).ratio(), _COLUMN_OF[word]) for word in near]


def choice_problem(headings: Sequence[str], columns: Sequence[str]) -> str:
    """Return what is wrong with a choice: `unfit` (not made in the page), `twice`, `needed`, or an empty text."""
    taken = [column for column in columns if column]
    if len(columns) != len(headings) or not can_choose((headings, ())) or not set(taken) <= set(COLUMNS):
        return "unfit"
    if len(taken) != len(set(taken)):
        return "twice"
    return "" if set(NEEDED) <= set(taken) else "needed"


def first_values(sample: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Return for each heading the first values that stand below it, cut to what fits a page."""
    below = [[tidy(line[at])[:_LONGEST_VALUE] for line in sample[1:] if at < len(line)] for at in range(len(sample[0]))]
    return tuple(tuple(value for value in values if value)[:VALUES] for values in below)
