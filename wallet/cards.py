"""What of a certificate is shown to its holder: a view of the credential document, read leniently, never re-written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from wallet.texts import Text, for_reader, texts

if TYPE_CHECKING:
    from credentials.model import Credential, JsonObject, JsonValue


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
        began: the first day of the work or course, if it says so.
        finished: the last day of the work or course.
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
