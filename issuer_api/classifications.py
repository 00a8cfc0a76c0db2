"""Occupations, skills and fields of education that a programme can name: what was imported, and the slice that we ship.

One entry has a kind (`ext:ESCOSkill`, `ext:ESCOOccupation`, `ext:ISCO08`, `ext:ISCEDF`), a code, and a label in each language that
was imported. They belong to the deployment, not to one issuer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from sqlmodel import col, delete, func, select

import schemas
from issuer_api.names import parts
from issuer_api.service import Issuer
from issuer_api.tables import Concept

SKILL: Final = "ext:ESCOSkill"
OCCUPATION: Final = "ext:ESCOOccupation"
GROUP: Final = "ext:ISCO08"
FIELD: Final = "ext:ISCEDF"
FRAMEWORKS: Final[Mapping[str, str]] = MappingProxyType(
    {SKILL: "ESCO", OCCUPATION: "ESCO", GROUP: "ISCO-08", FIELD: "ISCED-F 2013"}
)
"""Kind to the name of its framework, as a certificate says it."""
MOST: Final = 10
_LOOKED_AT: Final = 400
_MOST_WORDS: Final = 6
_ENGLISH: Final = "en"
_SPECIAL: Final = re.compile(r"[\\%_]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry in one language.

    Attributes:
        kind: as `alignment.targetType` has it.
        code: within its framework.
        label: its name.
        url: of the entry, or empty.
        group: the ISCO-08 code of an occupation, or empty.
        others: other names under which it is found.
    """

    kind: str
    code: str
    label: str
    url: str = ""
    group: str = ""
    others: tuple[str, ...] = ()

    def alignment(self) -> dict[str, str]:
        """Return the entry as a programme names it."""
        named = {
            "targetType": self.kind,
            "targetFramework": FRAMEWORKS[self.kind],
            "targetCode": self.code,
            "targetName": self.label,
        }
        return named | ({"targetUrl": self.url} if self.url else {})


def replace_entries(issuer: Issuer, language: str, entries: Iterable[Entry]) -> Mapping[str, int]:
    """Store entries in a language in the place of all of the same kinds in it; return kind to how many there are now."""
    unique = {(entry.kind, entry.code): entry for entry in entries}
    counts = {kind: sum(found == kind for found, _ in unique) for kind in {kind for kind, _ in unique}}
    with issuer.database.write("classifications") as session:
        session.execute(delete(Concept).where(col(Concept.language) == language, col(Concept.kind).in_(counts)))
        session.add_all(_row(entry, language) for entry in unique.values())
    return counts


def _row(entry: Entry, language: str) -> Concept:
    words = " ".join(" ".join(sorted(parts(name))) for name in (entry.label, *entry.others))
    return Concept(
        kind=entry.kind, code=entry.code, language=language, label=entry.label, url=entry.url, group=entry.group, words=words
    )


def counted(issuer: Issuer) -> tuple[tuple[str, str, int], ...]:
    """Return (kind, language, how many) of what was imported."""
    query = select(Concept.kind, Concept.language, func.count()).group_by(col(Concept.kind), col(Concept.language))
    with issuer.database.session() as session:
        return tuple(sorted((kind, language, count) for kind, language, count in session.exec(query).all()))


def find(issuer: Issuer, kind: str, text: str, language: str, *, most: int = MOST) -> tuple[Entry, ...]:
    """Return the entries of a kind of which every word of the text begins a word, the nearest first.

    They are in the language where there are any of the kind in it, else in English; nothing is found for an empty text.
    """
    words = sorted(parts(text), key=len, reverse=True)[:_MOST_WORDS]
    if not words:
        return ()
    query = select(Concept).where(Concept.kind == kind, Concept.language == _spoken(issuer, kind, language))
    for word in words:
        begins = f"% {_SPECIAL.sub(lambda found: chr(92) + found[0], word)}%"
        query = query.where((" " + col(Concept.words)).like(begins, escape="\\"))
    with issuer.database.session() as session:
        rows = session.exec(query.limit(_LOOKED_AT)).all()
    stored = [Entry(row.kind, row.code, row.label, row.url, row.group) for row in rows]
    known = {entry.code for entry in stored}
    shipped = [entry for entry in shipped_entries(kind) if entry.code not in known and _all_begin(words, entry.label)]
    return tuple(sorted([*stored, *shipped], key=lambda entry: _distance(entry.label, words))[:most])


def entry_of(issuer: Issuer, kind: str, code: str, language: str) -> Entry | None:
    """Return an entry by its code, in the language or in English; None if there is none."""
    with issuer.database.session() as session:
        row = session.get(Concept, (kind, code, language)) or session.get(Concept, (kind, code, _ENGLISH))
    if row is not None:
        return Entry(row.kind, row.code, row.label, row.url, row.group)
    return next((entry for entry in shipped_entries(kind) if entry.code == code), None)


def shipped_entries(kind: str) -> tuple[Entry, ...]:
    """Return the entries of a kind that come with the program, in English."""
    return tuple(
        Entry(kind, entry["targetCode"], entry["targetName"], entry.get("targetUrl", ""))
        for entry in schemas.classification_entries()
        if entry["targetType"] == kind
    )


def _spoken(issuer: Issuer, kind: str, language: str) -> str:
    query = select(Concept.code).where(Concept.kind == kind, Concept.language == language).limit(1)
    with issuer.database.session() as session:
        return language if session.exec(query).first() is not None else _ENGLISH


def _all_begin(words: Iterable[str], label: str) -> bool:
    found = parts(label)
    return all(any(one.startswith(word) for one in found) for word in words)


def _distance(label: str, words: Iterable[str]) -> tuple[bool, bool, int, str]:
    """Order by: every word is in the label itself, it begins with one of them, its length."""
    folded = " ".join(label.casefold().split())
    return not _all_begin(words, label), not any(folded.startswith(word) for word in words), len(label), label
