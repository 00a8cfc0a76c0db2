"""The classroom as a learner has it, without an account: a form behind the code, and an address that says what became of it."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from issuer_api.classroom import ask, scanned, standing_of, unfit
from issuer_api.classroom_tables import Classroom
from issuer_api.cohorts import cohort_of
from issuer_api.errors import ClassroomClosedError
from issuer_api.organisations import organisation
from issuer_api.programmes import programme
from issuer_api.service import Issuer
from web.people import check_own_site

_SEE_OTHER: Final = 303
_LONGEST: Final = 240


class LearnerTyped(BaseModel):
    """What a learner writes; one of the two names is enough."""

    name: str = Field(default="", max_length=_LONGEST)
    name_native: str = Field(default="", max_length=_LONGEST)
    number: str = Field(default="", max_length=_LONGEST)
    email: str = Field(default="", max_length=2 * _LONGEST)
    holder_key: str = Field(default="", max_length=2 * _LONGEST)


def router(issuer: Issuer) -> APIRouter:
    """Return the pages."""
    api = APIRouter(include_in_schema=False)

    @api.get("/class/{code}")
    def form(request: Request, code: str) -> Response:
        return _form(issuer, request, code, LearnerTyped())

    @api.post("/class/{code}")
    def send(request: Request, code: str, typed: Annotated[LearnerTyped, Form()]) -> Response:
        check_own_site(request)
        cells = typed.model_dump()
        if wrong := unfit(cells, issuer.clock().date()):
            return _form(issuer, request, code, typed, wrong)
        try:
            secret = ask(issuer, code, cells)
        except ClassroomClosedError:
            return _form(issuer, request, code, typed)
        return RedirectResponse(f"/class/{code}/{secret}", _SEE_OTHER)

    @api.get("/class/{code}/{secret}")
    def what_became(request: Request, code: str, secret: str) -> Response:
        found, standing = standing_of(issuer, code, secret)
        return issuer.pages.render(request, "issuer/classroom-asked.html", standing=standing, **_about(issuer, found))

    return api


def _form(issuer: Issuer, request: Request, code: str, typed: LearnerTyped, wrong: tuple[str, ...] = ()) -> Response:
    try:
        found = scanned(issuer, code)
    except ClassroomClosedError:
        return issuer.pages.render(request, "issuer/classroom-closed.html", status=410)
    about = _about(issuer, found)
    status = 422 if wrong else 200
    return issuer.pages.render(
        request, "issuer/classroom-ask.html", status=status, code=found.code, typed=typed, wrong=wrong, **about
    )


def _about(issuer: Issuer, found: Classroom) -> dict[str, Any]:
    course = programme(issuer, found.organisation, cohort_of(issuer, found.organisation, found.cohort).programme)
    return {"centre": organisation(issuer, found.organisation)[1]["name"], "course": course}
