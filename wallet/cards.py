"""What of a certificate is shown to its holder: a view of the credential document.

A member that is missing or of another shape is left out: every certificate has a face.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from wallet.texts import Text, for_reader, texts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from credentials.model import Credential


@dataclass(frozen=True, slots=True)
class Card:
    """A certificate's face.

    Attributes:
        kind: `training` or `work`.
        title: what was awarded or done, in the reader's language where the certificate has it.
        centre: who issued it, as the certificate says.
        names: the holder's names, each in its own script, as given; the first is shown largest.
        awarded: the day from which it is valid.
        until: its last day; nothing when it has no end.
        began: the first day of the course or work, if it says so.
        finished: the last day of the course or work.
        skills: what was learned or done.
        number: the certificate's `id`.
    """

    kind: str
    title: Text
    centre: Text
    names: tuple[Text, ...]
    awarded: datetime | None
    until: datetime | None
    began: date | None
    finished: date | None
    skills: tuple[Text, ...]
    number: str


def card_of(credential: Credential, language: str) -> Card:
    """Return the face of a genuine credential for a reader of `language`."""
    subject = credential.subjects[0]
    achievement = _object(subject.get("achievement"))
    work = not achievement
    about = _object(subject.get("experience")) if work else achievement
    period = about if work else subject
    return Card(
        kind="work" if work else "training",
        title=_title(credential, about, language),
        centre=_centre(credential, language),
        names=_names(subject),
        awarded=credential.valid_from,
        until=credential.valid_until,
        began=_day(period, "startDate", "activityStartDate"),
        finished=_day(period, "endDate", "activityEndDate"),
        skills=_skills(about, language),
        number=credential.id or "",
    )


def _object(value: object) -> Mapping[str, Any]:
    """Return the object, the first of a list of them, or an empty one."""
    if isinstance(value, list):
        value = value[0] if value else None
    return value if isinstance(value, dict) else {}


def _title(credential: Credential, about: Mapping[str, Any], language: str) -> Text:
    for value in (about.get("name"), about.get("roleName"), credential.document.get("name")):
        if (found := for_reader(texts(value), language)) is not None:
            return found
    return Text(next(name for name in reversed(credential.types)))


def _centre(credential: Credential, language: str) -> Text:
    issuer = _object(credential.document.get("issuer"))
    return for_reader(texts(issuer.get("name")), language) or Text(credential.issuer)


def _names(subject: Mapping[str, Any]) -> tuple[Text, ...]:
    found = [
        *texts(subject.get("nativeName")),
        *texts(subject.get("name")),
        *texts(subject.get("alternateName")),
    ]
    return tuple(dict.fromkeys(found))


def _day(period: Mapping[str, Any], *members: str) -> date | None:
    for member in members:
        value = period.get(member)
        if isinstance(value, str):
            try:
                return date.fromisoformat(value[:10])
            except ValueError:
                continue
    return None


def _skills(about: Mapping[str, Any], language: str) -> tuple[Text, ...]:
    aligned = about.get("alignment", [])
    entries = [_object(entry) for entry in (aligned if isinstance(aligned, list) else [aligned])]
    named = (
        for_reader(texts(entry.get("targetName")), language)
        for entry in entries
        if _is_skill(entry)
    )
    return tuple(text for text in named if text is not None)


def _is_skill(entry: Mapping[str, Any]) -> bool:
    return "/esco/skill/" in str(entry.get("targetUrl", ""))
