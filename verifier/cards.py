"""What the result page shows of a genuine certificate: every text made safe, every date a date, the rest left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from credentials.model import Credential
from trust.bundle import Bundle
from trust.claims import read_claim
from verifier.texts import plain_text, said

_RIGHT_TO_LEFT: Final = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_HOURS: Final = re.compile(r"PT([0-9]{1,5})H")
_TASKS: Final = 8


@dataclass(frozen=True, slots=True)
class Name:
    """A name as given, with its direction (HTML's `dir`) and its language tag; an empty one where the certificate names none."""

    value: str
    language: str
    direction: str


@dataclass(frozen=True, slots=True)
class Card:
    """What is held beside a passport, and what was awarded.

    Attributes:
        names: in all their scripts, as given.
        work: whether work was attested.
        title: the course, or the job.
        listed: what the lists call the qualification, by language; empty where they do not know it.
        number: on the certificate.
        day: of the award, as `2026-11-20`.
        hours: of training.
        period: first and last day of the work.
        country: where the work was done, as a code.
        basis: how the employer knows, such as `payroll`.
        tasks: skills that the work needed.
    """

    names: tuple[Name, ...]
    work: bool
    title: str
    listed: Mapping[str, str]
    number: str
    day: str
    hours: str
    period: tuple[str, str] | None
    country: str
    basis: str
    tasks: tuple[str, ...]


def card_of(credential: Credential, bundle: Bundle) -> Card:
    """Return what is shown; members that are missing or of another shape are left out."""
    subject, claim = credential.subjects[0], read_claim(credential)
    work = _object(subject.get("workExperience"))
    listed = bundle.qualifications.get(claim.qualification)
    hours = _HOURS.fullmatch(said(subject.get("volumeOfLearning")))
    start, end = _day(work.get("startDate")), _day(work.get("endDate"))
    return Card(
        names=tuple(_names(subject.get("name"))),
        work=claim.kind == "work",
        title=said(work.get("roleName")) or _title(credential.document, subject),
        listed=listed.names if listed else {},
        number=said(subject.get("licenseNumber")),
        day=_day(credential.document.get("awardedDate")) or _day(credential.document.get("validFrom")),
        hours=hours.group(1) if hours else "",
        period=(start, end) if start and end else None,
        country=said(work.get("country")),
        basis=said(work.get("attestationBasis")),
        tasks=tuple(_tasks(work.get("alignment"))),
    )


def _title(document: Mapping[str, Any], subject: Mapping[str, Any]) -> str:
    """Return what was awarded; in an SD-JWT VC `name` is the person's, and the qualification has its own."""
    return said(_object(subject.get("achievement")).get("name") if "vct" in document else document.get("name"))


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _day(value: object) -> str:
    try:
        return date.fromisoformat(said(value)[:10]).isoformat()
    except ValueError:
        return ""


def _tasks(alignment: object) -> list[str]:
    entries = [_object(entry) for entry in alignment] if isinstance(alignment, list) else []
    return [said(entry.get("targetName")) for entry in entries if entry.get("targetType") == "ext:ESCOSkill"][:_TASKS]


def _names(value: object) -> list[Name]:
    listed = value if isinstance(value, list) else [value]
    names = [_name(item) for item in listed if isinstance(item, (str, dict))]
    return [name for name in names if name.value]


def _name(item: str | Mapping[str, Any]) -> Name:
    if isinstance(item, str):
        return Name(plain_text(item), "", "auto")
    tag = said(item.get("@language"))
    if not _LANGUAGE.fullmatch(tag) or tag.startswith("und"):
        return Name(said(item), "", "auto")
    base, *more = tag.split("-")
    return Name(said(item), tag, "rtl" if base.lower() in _RIGHT_TO_LEFT and "Latn" not in more else "ltr")
