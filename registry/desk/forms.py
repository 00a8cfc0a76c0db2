"""What a form sends, read once: one value or several of a name, none of them endless."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from fastapi import Depends, Request

from credentials.errors import MalformedValueError

LINE: Final = 300
TEXT: Final = 2_000
DOCUMENT: Final = 20_000


@dataclass(frozen=True, slots=True)
class Sent:
    """The fields of a form, by name."""

    fields: Mapping[str, tuple[str, ...]]

    def one(self, name: str, most: int = TEXT) -> str:
        """Return the value of a field without space around it; empty where it was not sent.

        Raises:
            MalformedValueError: it is longer than `most`.
        """
        value = self.fields.get(name, ("",))[-1].strip()
        if len(value) > most:
            raise MalformedValueError(f"write at most {most} letters", pointer=f"/{name}")
        return value

    def typed(self, name: str) -> str:
        """Return what was typed into a field, to be shown again, whatever is wrong with it."""
        return self.fields.get(name, ("",))[-1][:DOCUMENT]

    def every(self, name: str) -> tuple[str, ...]:
        """Return the values of a field that may be chosen several times."""
        return tuple(value for value in self.fields.get(name, ()) if len(value) <= LINE)

    def day(self, name: str) -> str:
        """Return a day such as `2027-03-01`.

        Raises:
            MalformedValueError: it is none.
        """
        try:
            return date.fromisoformat(self.one(name, LINE)).isoformat()
        except ValueError as error:
            raise MalformedValueError("give a day such as 2027-03-01", pointer=f"/{name}") from error

    def day_or_none(self, name: str) -> str | None:
        """Return a day, or None where the field is empty.

        Raises:
            MalformedValueError: it is neither.
        """
        return self.day(name) if self.one(name, LINE) else None

    def reason(self) -> str:
        """Return why, in words.

        Raises:
            MalformedValueError: there are none.
        """
        found = self.one("reason")
        if not found:
            raise MalformedValueError("say why, in plain words", pointer="/reason")
        return found


async def _sent(request: Request) -> Sent:
    form = await request.form()
    return Sent({name: tuple(value for value in form.getlist(name) if isinstance(value, str)) for name in form})


Form = Annotated[Sent, Depends(_sent)]
"""The form that a page sends."""
