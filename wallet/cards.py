"""What of a certificate is shown to its holder: a view of the credential document.

A member that is missing or of another shape is left out: every certificate has a face.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from wallet.texts import Text, for_reader, texts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from credentials.model import Credential

_HOURS: Final = re.compile(r"PT([0-9]{1,5})H")  # ISO 8601 duration, hours alone


@dataclass(frozen=True, slots=True)
class Card:
    """A certificate's face.

    Attributes:
        kind: `training` or `work`.
        title: what was awarded or done, in the reader's language where the certificate has it.
        centre: who issued it, as the certificate says.
        names: the holder's names, each in its own script, as given; the first is shown largest.
        awarded: the day of the award; the day from which it is valid where it names none.
        since: the day from which it is valid.
        until: its last day; nothing when it has no end.
        began: the first day of the course or work, if it says so.
        finished: the last day of the course or work.
        hours: how many hours of training; nothing when it does not say.
        codes: where it stands in the international lists: (list, words).
        number: the number on the certificate, else its `id`.
    """

    kind: str
    title: Text
    centre: Text
    names: tuple[Text, ...]
    awarded: date | None
    since: datetime | None
    until: datetime | None
    began: date | None
    finished: date | None
    hours: int | None
    codes: tuple[tuple[str, Text], ...]
    number: str


def card_of(credential: Credential, language: str) -> Card:
    """Return the face of a genuine credential for a reader of `language`."""
    subject = credential.subjects[0]
    achievement = _object(subject.get("achievement"))
    work = not achievement
    about = _object(subject.get("workExperience")) if work else achievement
    period = about if work else subject
    return Card(
        kind="work" if work else "training",
        title=_title(credential, about, language),
        centre=_centre(credential, language),
        names=_names(subject),
        awarded=_day(credential.document, "awardedDate") or credential.valid_from,
        since=credential.valid_from,
        until=credential.valid_until,
        began=_day(period, "startDate", "activityStartDate"),
        finished=_day(period, "endDate", "activityEndDate"),
        hours=_hours(subject),
        codes=_codes(about, language),
        number=str(subject.get("licenseNumber") or credential.id or ""),
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
    """Return the names, those in the holder's own script first."""
    return tuple(sorted(dict.fromkeys(texts(subject.get("name"))), key=lambda name: name.is_latin))


def _hours(subject: Mapping[str, Any]) -> int | None:
    match = _HOURS.fullmatch(str(subject.get("volumeOfLearning", "")))
    return int(match.group(1)) if match else None


def _day(period: Mapping[str, Any], *members: str) -> date | None:
    for member in members:
        value = period.get(member)
        if isinstance(value, str):
            try:
                return date.fromisoformat(value[:10])
            except ValueError:
                continue
    return None


def _codes(about: Mapping[str, Any], language: str) -> tuple[tuple[str, Text], ...]:
    aligned = about.get("alignment", [])
    entries = [_object(entry) for entry in (aligned if isinstance(aligned, list) else [aligned])]
    named = ((entry.get("targetFramework"), for_reader(texts(entry.get("targetName")), language)) for entry in entries)
    return tuple((str(framework), text) for framework, text in named if framework and text)
