"""What the forms of work that others confirm send, as it was typed, and the records that they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Final, TypeVar

from pydantic import BaseModel, Field, ValidationError

from issuer_api.classifications import GROUP, OCCUPATION, SKILL, Entry, entry_of, find, shipped_entries
from issuer_api.names import tidy
from issuer_api.records import Record, WitnessAsked, WorkAnswer, WorkAsked
from issuer_api.service import Issuer

KINDS: Final = (OCCUPATION, GROUP, SKILL)
_MOST_CHOSEN: Final = 30
_HOLDS_NAMES: Final = frozenset({"names", "contact", "name"})
_CODE_OF: Final[Mapping[str, str]] = MappingProxyType(
    {"hoursPerWeek": "hours", "country": "country", "startDate": "day", "endDate": "day", "relation": "choose", "basis": "choose"}
)
R = TypeVar("R", bound=Record)


def problems_of(kind: type[Record], members: Mapping[str, Any]) -> dict[str, str]:
    """Return member to the code of what is wrong with it."""
    try:
        kind.model_validate(dict(members))
    except ValidationError as error:
        names = [str(one["loc"][0]) for one in error.errors(include_url=False, include_input=False)]
        return {name: "name" if name in _HOLDS_NAMES else _CODE_OF.get(name, "text") for name in names}
    return {}


class ContactTyped(BaseModel):
    """Who is asked to confirm work."""

    contact: str = ""
    organisation: str = ""

    def witness(self) -> dict[str, Any]:
        """Return who is asked."""
        return {"contact": tidy(self.contact), "organisation": tidy(self.organisation)}

    def problems(self) -> dict[str, str]:
        """Return field to the code of what is wrong with it."""
        return problems_of(WitnessAsked, self.witness())


class AskTyped(ContactTyped):
    """What a person asks to have confirmed, and by whom."""

    form_id: str = ""
    name: str = ""
    name_native: str = ""
    role: str = ""
    country: str = ""

    def work(self) -> dict[str, Any]:
        """Return the work."""
        names = [tidy(name) for name in (self.name, self.name_native) if name.strip()]
        return {"names": names, "roleName": tidy(self.role), "country": self.country.strip().upper()}

    def problems(self) -> dict[str, str]:
        """Return field to the code of what is wrong with it."""
        fields = {"names": "name", "roleName": "role"}
        found = {fields.get(name, name): code for name, code in problems_of(WorkAsked, self.work()).items()}
        return ({} if self.name.strip() else {"name": "name"}) | found | super().problems()


class AnswerTyped(BaseModel):
    """What who was asked says; `chosen` holds kinds and codes of entries, `text` what others are looked for by."""

    step: str = ""
    name: str = ""
    function: str = ""
    organisation: str = ""
    relation: str = ""
    basis: str = ""
    role: str = ""
    started: str = ""
    ended: str = ""
    hours: str = ""
    country: str = ""
    text: str = Field(default="", max_length=200)
    chosen: list[str] = []

    def entries(self, issuer: Issuer, language: str) -> list[Entry]:
        """Return what was chosen, with the ISCO-08 groups of occupations where they are known."""
        found = [_entry(issuer, one, language) for one in dict.fromkeys(self.chosen[:_MOST_CHOSEN])]
        named = [entry for entry in found if entry is not None]
        groups = [entry_of(issuer, GROUP, entry.group, language) for entry in named if entry.group]
        return list({(entry.kind, entry.code): entry for entry in (*named, *(one for one in groups if one))}.values())

    def answer(self, issuer: Issuer, language: str) -> dict[str, Any]:
        """Return the answer."""
        lines = {"name": self.name, "function": self.function, "organisation": self.organisation, "roleName": self.role}
        hours = self.hours.strip()
        return {
            **{name: tidy(text) for name, text in lines.items()},
            "relation": self.relation,
            "basis": self.basis,
            "startDate": self.started,
            "endDate": self.ended,
            **({"hoursPerWeek": int(hours) if hours.isascii() and hours.isdecimal() else hours} if hours else {}),
            "country": self.country.strip().upper(),
            "alignment": [entry.alignment() for entry in self.entries(issuer, language)],
        }

    def problems(self, issuer: Issuer, language: str, today: date) -> dict[str, str]:
        """Return field to the code of what is wrong with it."""
        fields = {"roleName": "role", "startDate": "started", "endDate": "ended", "hoursPerWeek": "hours", "alignment": "chosen"}
        answer = self.answer(issuer, language)
        found = {fields.get(name, name): code for name, code in problems_of(WorkAnswer, answer).items()}
        if not any(entry["targetType"] != SKILL for entry in answer["alignment"]):
            found["chosen"] = "occupation"
        if "ended" not in found and "started" not in found:
            started, ended = date.fromisoformat(self.started), date.fromisoformat(self.ended)
            found |= {"ended": "future"} if ended > today else {"ended": "order"} if ended < started else {}
        return found


def offered(issuer: Issuer, text: str, language: str) -> Sequence[Entry]:
    """Return entries that fit a text, occupations first; without a text those that come with the program."""
    if not text.strip():
        return [entry for kind in KINDS for entry in shipped_entries(kind)]
    return [entry for kind in KINDS for entry in find(issuer, kind, text, language)]


def code_of(entry: Entry) -> str:
    """Return how a form names an entry."""
    return f"{entry.kind} {entry.code}"


def _entry(issuer: Issuer, text: str, language: str) -> Entry | None:
    kind, _, code = text.partition(" ")
    return entry_of(issuer, kind, code[:64], language) if kind in KINDS else None
