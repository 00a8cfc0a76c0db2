"""The classroom by API: a code is opened and closed, and what is asked is taken or refused."""

from datetime import date, datetime
from typing import Annotated, Final, TypeAlias

from fastapi import APIRouter, Depends
from pydantic import Field

from issuer_api import classroom
from issuer_api.classroom_tables import Classroom
from issuer_api.errors import UnknownThingError
from issuer_api.messages import COHORT_ID, DAY, Message
from issuer_api.names import MAX_NAME
from issuer_api.service import Issuer
from issuer_api.tokens import Caller, needs
from web.openapi import problems
from web.strict_json import StrictJSONRoute

_REQUEST: Final = "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4"


class Opening(Message):
    """For how long and for how many a code is opened, and the day on which the certificates are awarded."""

    awarded_on: date = Field(examples=["2026-11-13"])
    minutes: int = Field(default=60, ge=1, le=classroom.LONGEST)
    most: int = Field(default=40, ge=1, le=classroom.MOST)


class ClassroomNow(Message):
    """A code that is open."""

    address: str = Field(description="what the code holds", examples=["https://skills.example/class/K7QXW2MA"])
    closes_at: datetime = Field(examples=[DAY])
    most: int = Field(examples=[40])


class Asked(Message):
    """What a learner asks for."""

    id: str = Field(examples=[_REQUEST])
    cells: dict[str, str] = Field(examples=[{"name": "Najma Akter"}])
    asked_at: datetime = Field(examples=[DAY])
    latin: str = Field(description="a suggestion where no Latin name was written; the passport decides", examples=[""])
    rows: list[int] = Field(description="that may be the same person, the likeliest first", examples=[[7]])


class Decision(Message):
    """Take it as a new row, or as the row that is the same person, or refuse it."""

    refuse: bool = Field(default=False, examples=[False])
    row: int | None = Field(default=None, ge=1, examples=[7])
    latin: str = Field(
        default="", max_length=2 * MAX_NAME, description="the name in Latin letters, for a new row", examples=["Najma Akter"]
    )


class Decided(Message):
    """The row that it became, or none."""

    row: int | None = Field(examples=[7])


class ClassOpened(Message):
    """A class without rows."""

    id: str = Field(examples=[COHORT_ID])


def router(issuer: Issuer) -> APIRouter:
    """Return the addresses of the classroom."""
    api = APIRouter(prefix="/issuer/api/v1", tags=["issuer"], route_class=StrictJSONRoute, responses=problems(422))
    Reading: TypeAlias = Annotated[Caller, Depends(needs(issuer, "read"))]
    Issuing: TypeAlias = Annotated[Caller, Depends(needs(issuer, "issue"))]

    def now(found: Classroom) -> ClassroomNow:
        return ClassroomNow(address=f"{issuer.base_url}/class/{found.code}", closes_at=found.closes_at, most=found.most)

    @api.post(
        "/programmes/{programme}/classes", status_code=201, summary="Open a class without rows", responses=problems(401, 403, 404)
    )
    def open_class(caller: Issuing, programme: str) -> ClassOpened:
        return ClassOpened(id=classroom.open_class(issuer, caller.slug, programme, by=caller.by))

    @api.put(
        "/cohorts/{cohort}/classroom",
        summary="Open a code with which learners ask to be in a class",
        responses=problems(400, 401, 403, 404, 413),
    )
    def open_code(caller: Issuing, cohort: str, opening: Opening) -> ClassroomNow:
        """Open a code; one that was open is closed."""
        found = classroom.open_classroom(
            issuer,
            caller.slug,
            cohort,
            awarded_on=opening.awarded_on,
            minutes=opening.minutes,
            most=opening.most,
            by=caller.by,
        )
        return now(found)

    @api.get("/cohorts/{cohort}/classroom", summary="The code that is open for a class", responses=problems(401, 403, 404))
    def show_code(caller: Reading, cohort: str) -> ClassroomNow:
        found = classroom.classroom_of(issuer, caller.slug, cohort)
        if found is None:
            raise UnknownThingError("no code is open for this class")
        return now(found)

    @api.delete("/cohorts/{cohort}/classroom", status_code=204, summary="Close the code", responses=problems(401, 403, 404))
    def close_code(caller: Issuing, cohort: str) -> None:
        classroom.close_classroom(issuer, caller.slug, cohort, by=caller.by)

    @api.get("/cohorts/{cohort}/requests", summary="What learners ask for and waits", responses=problems(401, 403, 404))
    def list_requests(caller: Issuing, cohort: str) -> list[Asked]:
        found = classroom.requests_of(issuer, caller.slug, cohort)
        return [
            Asked(id=one.id, cells=dict(one.cells), asked_at=one.asked_at, latin=one.latin, rows=list(one.rows)) for one in found
        ]

    @api.post(
        "/cohorts/{cohort}/requests/{request}",
        summary="Take or refuse what a learner asks for",
        responses=problems(400, 401, 403, 404, 409, 413),
    )
    def decide(caller: Issuing, cohort: str, request: str, decision: Decision) -> Decided:
        """Take it as a row; a row that is there keeps what it says, and only its empty cells are filled."""
        row = classroom.decide(
            issuer, caller.slug, cohort, request, row=decision.row, refuse=decision.refuse, latin=decision.latin, by=caller.by
        )
        return Decided(row=row)

    return api
