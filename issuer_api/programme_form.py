"""What the form of a training programme sends, as it was typed, and the record that it makes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, Field, ValidationError

from issuer_api.classifications import GROUP, OCCUPATION, entry_of
from issuer_api.names import tidy
from issuer_api.records import Alignment, TrainingProgramme
from issuer_api.service import Issuer

TITLES: Final = ("title_en", "title_fr", "title_ar")
LINES: Final = ("description", "criteria", "qualification", "number", "started")
NUMBERS: Final = ("hours", "valid_years")
LEVEL: Final = "ext:NQF"
_MOST_ENTRIES: Final = 64
_ID: Final = 60
_FIELD_OF: Final[Mapping[str, str]] = {
    "title": "title_en",
    "id": "title_en",
    "secondLanguage": "second_language",
    "validYears": "valid_years",
    "alignment": "text",
}


class ProgrammeTyped(BaseModel):
    """The fields, and the button that was pressed: `step`, `add` (an entry as JSON) or `remove` (its place)."""

    form: str = ""
    step: str = ""
    add: str = Field(default="", max_length=2_000)
    remove: str = ""
    title_en: str = ""
    title_fr: str = ""
    title_ar: str = ""
    second_language: str = ""
    description: str = ""
    criteria: str = ""
    qualification: str = ""
    hours: str = ""
    valid_years: str = ""
    number: str = ""
    started: str = ""
    entry: list[str] = []
    kind: str = OCCUPATION
    text: str = Field(default="", max_length=200)
    level_framework: str = ""
    level_code: str = ""
    level_name: str = ""

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> ProgrammeTyped:
        """Return the form of a programme that there is."""
        titles = {f"title_{language}": text for language, text in record["title"].items() if f"title_{language}" in TITLES}
        lines = {name: record.get(name, "") for name in LINES}
        numbers = {"hours": str(record["hours"]), "valid_years": str(record["validYears"])}
        entries = [entry_text(entry) for entry in record["alignment"]]
        return cls(**titles, **lines, **numbers, second_language=record.get("secondLanguage", ""), entry=entries)

    def entries(self) -> list[dict[str, Any]]:
        """Return what the programme is aligned to; what is no entry is left out."""
        found = [entry for entry in map(_entry, self.entry[:_MOST_ENTRIES]) if entry is not None]
        return list({(entry["targetType"], entry["targetCode"]): entry for entry in found}.values())

    def pressed(self, issuer: Issuer, language: str) -> ProgrammeTyped:
        """Return the form after the button that was pressed: with an entry more or less, or a level."""
        entries = self.entries()
        if self.remove.isdecimal() and self.remove.isascii():
            entries = [entry for place, entry in enumerate(entries) if place != int(self.remove[:4])]
        added = _entry(self.add)
        if added is not None:
            entries = [*entries, added, *_group_of(issuer, added, language)]
        changes: dict[str, Any] = {}
        if self.step == "level" and self.level_code.strip() and self.level_framework.strip():
            entries = [*(entry for entry in entries if entry["targetType"] != LEVEL), self._level()]
            changes = {"level_framework": "", "level_code": "", "level_name": ""}
        return self.model_copy(update={"entry": [entry_text(entry) for entry in entries], **changes})

    def _level(self) -> dict[str, str]:
        code = tidy(self.level_code)
        return {
            "targetType": LEVEL,
            "targetFramework": tidy(self.level_framework),
            "targetCode": code,
            "targetName": tidy(self.level_name) or code,
        }

    def record(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """Return the record: what the form asks for, and what else was there before; a new one is named after its English title."""
        titles = {name.removeprefix("title_"): tidy(getattr(self, name)) for name in TITLES}
        lines = {name: getattr(self, name).strip() for name in LINES}
        kept = {name: value for name, value in before.items() if name not in {*LINES, "secondLanguage"}}
        others = {language: text for language, text in kept.get("title", {}).items() if language not in titles}
        return {
            **kept,
            "id": kept.get("id") or id_of(titles["en"]),
            "kind": "training",
            "title": {language: text for language, text in titles.items() if text} | others,
            **({"secondLanguage": self.second_language} if self.second_language else {}),
            **{name: text for name, text in lines.items() if text},
            "hours": _number(self.hours),
            "validYears": _number(self.valid_years),
            "alignment": self.entries(),
        }


def wrong_fields(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the fields that are not as they must be, in the order of the record."""
    try:
        TrainingProgramme.model_validate(dict(record))
    except ValidationError as error:
        names = [str(one["loc"][0]) for one in error.errors(include_url=False, include_input=False)]
        return tuple(dict.fromkeys(_FIELD_OF.get(name, name) for name in names))
    return ()


def id_of(title: str) -> str:
    """Return the name of a new programme: letters and digits of its title."""
    plain = re.sub(r"[^a-z0-9]+", "-", " ".join(title.split()).casefold()).strip("-")[:_ID].strip("-")
    return plain if plain[:1].isalpha() else f"course-{plain}".strip("-")


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < len("1000000") else text


def entry_text(entry: Mapping[str, Any]) -> str:
    """Return an entry as the form carries it."""
    return json.dumps(dict(entry), ensure_ascii=False, separators=(",", ":"))


def _entry(text: str) -> dict[str, Any] | None:
    try:
        return Alignment.model_validate_json(text).model_dump(by_alias=True, exclude_none=True)
    except ValidationError:
        return None


def _group_of(issuer: Issuer, added: Mapping[str, Any], language: str) -> list[dict[str, str]]:
    """Return the ISCO-08 group of an occupation, if it is known."""
    occupation = entry_of(issuer, OCCUPATION, added["targetCode"], language) if added["targetType"] == OCCUPATION else None
    group = entry_of(issuer, GROUP, occupation.group, language) if occupation and occupation.group else None
    return [group.alignment()] if group else []
