"""The history that people read: who did what and when, by person, act, class and day; and the same as a sheet."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from issuer_api.history import Wanted, asked_about, history
from issuer_api.service import Issuer
from issuer_api.visiting import Visit, visit
from web.roles import READ_ACTS
from web.sheets import sheet, sheet_answer

_PAGE: Final = 50
_MOST_IN_A_SHEET: Final = 50_000
_HEAD: Final = ("at", "by", "what", "act", "thing")


class Asked(BaseModel):
    """What of the history is asked for; a day that is none is not asked about."""

    by: str = Field(default="", max_length=200)
    action: str = Field(default="", max_length=40)
    cohort: str = Field(default="", max_length=26)
    since: str = Field(default="", max_length=10)
    until: str = Field(default="", max_length=10)
    before: int | None = None

    @property
    def wanted(self) -> Wanted:
        """The same, with days that are days."""
        return Wanted(self.by, self.action, self.cohort, _day(self.since), _day(self.until))

    @property
    def query(self) -> str:
        """The filter, as the query of an address."""
        return urlencode({name: value for name, value in self.model_dump(exclude={"before"}).items() if value})


def router(issuer: Issuer, known: Collection[str], of_classes: Collection[str]) -> APIRouter:
    """Return the page and its sheet.

    Args:
        issuer: the house.
        known: acts that there are words for; another one is shown by its name.
        of_classes: acts whose thing is a class or a row of it.
    """
    api = APIRouter(include_in_schema=False)

    @api.get("/issuer/{slug}/history")
    def acts(request: Request, slug: str, asked: Annotated[Asked, Query()]) -> Response:
        here = visit(issuer, request, slug)
        found = history(issuer, slug, asked.wanted, before=asked.before, most=_PAGE + 1)
        people, actions = asked_about(issuer, slug)
        return here.show(
            "history",
            acts=found[:_PAGE],
            older=found[_PAGE - 1].id if len(found) > _PAGE else 0,
            known_acts=known,
            class_acts=of_classes,
            asked=asked,
            people=people,
            actions=[(name, _words(here, name, known)) for name in actions],
            exports=here.person.may(slug, READ_ACTS),
        )

    @api.get("/issuer/{slug}/history.csv")
    def table(request: Request, slug: str, asked: Annotated[Asked, Query()]) -> Response:
        here = visit(issuer, request, slug)
        here.person.require(slug, READ_ACTS)
        found = history(issuer, slug, asked.wanted, most=_MOST_IN_A_SHEET, bound=_MOST_IN_A_SHEET)
        rows = ((act.at.isoformat(), act.by, _words(here, act.action, known), act.action, act.thing) for act in found)
        return sheet_answer(sheet((_HEAD, *rows)), "history")

    return api


def _words(here: Visit, action: str, known: Collection[str]) -> str:
    return here.issuer.pages.text(here.language, f"issuer.act.{action}") if action in known else action


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
