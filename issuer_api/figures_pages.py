"""The page of an issuer's own figures, and the same as a sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from babel.dates import format_date, format_timedelta
from fastapi import APIRouter, Request, Response

from issuer_api.figures import Figures, Month, figures
from issuer_api.service import Issuer
from issuer_api.visiting import visit
from web.sheets import sheet, sheet_answer

_FULL: Final = 180.0
"""The height of the highest bar, in pixels."""
_LATE: Final = 10
"""From this month on, January stands too near for two years side by side."""
_MINUTE: Final = timedelta(minutes=1)
_HEAD: Final = ("month", "issued", "withdrawn")


@dataclass(frozen=True, slots=True)
class Bar:
    """A month as a bar: its name, the year where one begins, and its height in pixels."""

    month: Month
    name: str
    year: str
    height: float


def router(issuer: Issuer) -> APIRouter:
    """Return the page and its sheet."""
    api = APIRouter(include_in_schema=False)

    @api.get("/issuer/{slug}/figures")
    def page(request: Request, slug: str, programme: str = "") -> Response:
        here, found = visit(issuer, request, slug), figures(issuer, slug, programme)
        return here.show(
            "figures",
            found=found,
            bars=_bars(found, here.language),
            chosen=programme if programme in found.titles else "",
            took=lambda time: "" if time is None else format_timedelta(max(time, _MINUTE), locale=here.language),
        )

    @api.get("/issuer/{slug}/figures.csv")
    def table(request: Request, slug: str, programme: str = "") -> Response:
        visit(issuer, request, slug)
        rows = ((f"{one.first:%Y-%m}", one.issued, one.withdrawn) for one in figures(issuer, slug, programme).months)
        return sheet_answer(sheet((_HEAD, *rows)), "figures")

    return api


def _bars(found: Figures, language: str) -> list[Bar]:
    most = max(1, *(one.issued for one in found.months))
    return [
        Bar(
            one,
            format_date(one.first, "MMMM yyyy", locale=language),
            str(one.first.year) if one.first.month == 1 or (one is found.months[0] and one.first.month < _LATE) else "",
            round(_FULL * one.issued / most, 1),
        )
        for one in found.months
    ]
