"""What the result page shows of a genuine certificate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from credentials.model import Credential

_RIGHT_TO_LEFT = frozenset({"ar", "fa", "ur", "he"})


@dataclass(frozen=True, slots=True)
class Name:
    """A name as given, with its language tag and direction."""

    value: str
    language: str
    direction: str


@dataclass(frozen=True, slots=True)
class Card:
    """Names in all their scripts, what was awarded, when, how long."""

    names: tuple[Name, ...]
    title: str
    number: str
    date: str
    hours: str
    role: str
    period: tuple[str, str] | None


def card_of(credential: Credential) -> Card:
    """Return what is shown; members that are missing or of another shape are left out."""
    subject = credential.subjects[0]
    work = subject.get("workExperience")
    work = work if isinstance(work, dict) else {}
    duration = str(subject.get("volumeOfLearning", ""))
    awarded = str(credential.document.get("awardedDate") or credential.document.get("validFrom", ""))
    period = (str(work["startDate"]), str(work["endDate"])) if {"startDate", "endDate"} <= set(work) else None
    return Card(
        names=tuple(_names(subject.get("name"))),
        title=str(credential.document.get("name", "")),
        number=str(subject.get("licenseNumber", "")),
        date=awarded[:10],
        hours=duration.removeprefix("PT").removesuffix("H"),
        role=str(work.get("roleName", "")),
        period=period,
    )


def _names(value: object) -> list[Name]:
    listed = value if isinstance(value, list) else [value]
    return [_name(item) for item in listed if isinstance(item, (str, dict))]


def _name(item: str | Mapping[str, Any]) -> Name:
    if isinstance(item, str):
        return Name(item, "und", "auto")
    language = str(item.get("@language", "und"))
    return Name(
        str(item.get("@value", "")),
        language,
        "rtl" if language.partition("-")[0] in _RIGHT_TO_LEFT and "Latn" not in language else "ltr",
    )
