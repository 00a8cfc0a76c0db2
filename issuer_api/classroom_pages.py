"""The classroom as staff have it: the code on the wall, and who asks, as it comes in."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel

from issuer_api import classroom
from issuer_api.class_pages import class_context
from issuer_api.classroom_tables import Classroom
from issuer_api.cohorts import CohortReport, cohort_report
from issuer_api.errors import ConflictError, InvalidRecordError
from issuer_api.names import MAX_NAME
from issuer_api.service import Issuer
from issuer_api.visiting import Visit, acting, visit
from web.codes import PlainCode
from web.qr import svg_path
from web.roles import SIGN

Token = Annotated[str, Form(max_length=64)]
_MAX_VERSION: Final = 8
"""As a phone reads it from the back of a room."""
_BASE: Final = "/issuer/{slug}/classes/{cohort}/classroom"
_DONE: Final = ("taken", "refused", "decided")


class OpeningTyped(BaseModel):
    """For how long and for how many a code is opened, and the day of the award; or `close`."""

    form: str = ""
    step: str = "open"
    awarded_on: str = ""
    minutes: str = "60"
    most: str = "40"


def router(issuer: Issuer) -> APIRouter:
    """Return the pages."""
    api = APIRouter(include_in_schema=False)
    _add_code(api, issuer)
    _add_deciding(api, issuer)

    @api.post("/issuer/{slug}/programmes/{programme_id}/class")
    def open_class(request: Request, slug: str, programme_id: str, form: Token = "") -> Response:
        here = acting(issuer, request, slug, form)
        return here.go("classes", classroom.open_class(issuer, slug, programme_id, by=here.by), "classroom")

    return api


def _add_code(api: APIRouter, issuer: Issuer) -> None:
    @api.get(_BASE)
    def show(request: Request, slug: str, cohort: str, done: str = "", row: int = 0) -> Response:
        here = visit(issuer, request, slug)
        here.person.require(slug, SIGN)
        typed = OpeningTyped(awarded_on=issuer.clock().date().isoformat())
        return _page(here, cohort_report(issuer, slug, cohort), typed, done=done if done in _DONE else "", row=row)

    @api.get(f"{_BASE}/show")
    def on_the_wall(request: Request, slug: str, cohort: str) -> Response:
        here = visit(issuer, request, slug)
        report = cohort_report(issuer, slug, cohort)
        opened = classroom.classroom_of(issuer, slug, cohort)
        return here.show("classroom-show", **class_context(here, report), **_code(here, opened))

    @api.post(_BASE)
    def open_or_close(request: Request, slug: str, cohort: str, typed: Annotated[OpeningTyped, Form()]) -> Response:
        here = acting(issuer, request, slug, typed.form)
        if typed.step == "close":
            classroom.close_classroom(issuer, slug, cohort, by=here.by)
            return here.go("classes", cohort, "classroom")
        try:
            _open(here, cohort, typed)
        except (InvalidRecordError, ValueError):
            return _page(here, cohort_report(issuer, slug, cohort), typed, wrong=True)
        return here.go("classes", cohort, "classroom")


def _open(here: Visit, cohort: str, typed: OpeningTyped) -> None:
    day = date.fromisoformat(typed.awarded_on)
    if day > here.issuer.clock().date():
        raise InvalidRecordError("awarded_on: a day that is still to come", pointer="/awarded_on")
    minutes, most = int(typed.minutes[:4]), int(typed.most[:4])
    classroom.open_classroom(here.issuer, here.slug, cohort, awarded_on=day, minutes=minutes, most=most, by=here.by)


def _add_deciding(api: APIRouter, issuer: Issuer) -> None:
    @api.post(f"{_BASE}/{{asked}}")
    def decide(
        request: Request,
        slug: str,
        cohort: str,
        asked: str,
        form: Token = "",
        row: Annotated[str, Form(max_length=8)] = "",
        step: Annotated[str, Form(max_length=8)] = "new",
        latin: Annotated[str, Form(max_length=2 * MAX_NAME)] = "",
    ) -> Response:
        here = acting(issuer, request, slug, form)
        number = int(row) if row.isascii() and row.isdecimal() else None
        try:
            refuse = step == "refuse"
            taken = classroom.decide(issuer, slug, cohort, asked, row=number, refuse=refuse, latin=latin, by=here.by)
        except ConflictError:
            return here.go("classes", cohort, "classroom", then="?done=decided#said")
        done = f"taken&row={taken}" if taken else "refused"
        return here.go("classes", cohort, "classroom", then=f"?done={done}#said")


def _code(here: Visit, opened: Classroom | None) -> dict[str, Any]:
    address = f"{here.issuer.base_url}/class/{opened.code}" if opened else ""
    side, drawing = svg_path(PlainCode(address), most=_MAX_VERSION) if opened else (0, "")
    return {"opened": opened, "address": address, "side": side, "drawing": drawing}


def _page(here: Visit, report: CohortReport, typed: OpeningTyped, *, wrong: bool = False, done: str = "", row: int = 0) -> Response:
    return here.show(
        "classroom",
        status=422 if wrong else 200,
        **class_context(here, report),
        **_code(here, classroom.classroom_of(here.issuer, here.slug, report.id)),
        requests=classroom.requests_of(here.issuer, here.slug, report.id),
        rows={one.number: one.cells for one in report.rows},
        people=len(report.rows),
        typed=typed,
        wrong=wrong,
        done=done,
        row=row,
    )
