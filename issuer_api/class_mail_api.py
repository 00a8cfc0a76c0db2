"""Claim links by electronic mail, and an issuer's own figures, by API."""

from datetime import date
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from issuer_api.claim_mails import class_mails, queue_mails
from issuer_api.cohorts import cohort_report
from issuer_api.figures import Total, figures
from issuer_api.messages import CREDENTIAL_ID, Message
from issuer_api.service import Issuer
from issuer_api.tokens import Caller, needs
from web.openapi import problems
from web.strict_json import StrictJSONRoute


class MailsAsked(Message):
    """In which language the mails of a class are written."""

    language: str = Field(max_length=8, examples=["en"])


class MailsNow(Message):
    """How far the mails of a class are."""

    addressed: int = Field(description="good certificates whose row has an address", examples=[28])
    open: int = Field(description="of those, for which a mail can be queued", examples=[2])
    states: dict[str, str] = Field(
        description="certificate to `waiting`, `sent`, `refused`, `given-up` or `dropped`", examples=[{CREDENTIAL_ID: "sent"}]
    )
    queued: int = Field(default=0, description="by this request", examples=[2])


class MonthNow(Message):
    """One month."""

    first: date = Field(examples=["2026-11-01"])
    issued: int = Field(examples=[30])
    withdrawn: int = Field(examples=[1])


class TotalNow(Message):
    """What there is altogether; `seconds` from list to certificate, half of them took at most so long."""

    issued: int = Field(examples=[30])
    withdrawn: int = Field(examples=[1])
    on_hold: int = Field(examples=[0])
    seconds: float | None = Field(examples=[5400.0])

    @classmethod
    def of(cls, total: Total) -> "TotalNow":
        """Return it as it travels."""
        seconds = total.time.total_seconds() if total.time is not None else None
        return cls(issued=total.issued, withdrawn=total.withdrawn, on_hold=total.on_hold, seconds=seconds)


class FiguresNow(Message):
    """An issuer's own figures."""

    months: list[MonthNow]
    all: TotalNow
    programmes: dict[str, TotalNow]


def router(issuer: Issuer) -> APIRouter:
    """Return the addresses."""
    api = APIRouter(prefix="/issuer/api/v1", tags=["issuer"], route_class=StrictJSONRoute, responses=problems(422))
    Reading: TypeAlias = Annotated[Caller, Depends(needs(issuer, "read"))]
    Issuing: TypeAlias = Annotated[Caller, Depends(needs(issuer, "issue"))]

    def now(slug: str, cohort: str, queued: int = 0) -> MailsNow:
        found = class_mails(issuer, cohort_report(issuer, slug, cohort))
        return MailsNow(addressed=found.addressed, open=len(found.open), states=dict(found.states), queued=queued)

    @api.get("/cohorts/{cohort}/mails", summary="How far the claim mails of a class are", responses=problems(401, 403, 404))
    def show(caller: Reading, cohort: str) -> MailsNow:
        return now(caller.slug, cohort)

    @api.post(
        "/cohorts/{cohort}/mails",
        summary="Send claim links by mail to those of a class who were sent none",
        responses=problems(400, 401, 403, 404, 409, 413, 422),
    )
    def send(caller: Issuing, cohort: str, asked: MailsAsked) -> MailsNow:
        """Queue the mails; again queues only those that were refused, given up, or are new."""
        queued = queue_mails(issuer, cohort_report(issuer, caller.slug, cohort), asked.language, by=caller.by)
        return now(caller.slug, cohort, queued)

    @api.get("/figures", summary="Issued and withdrawn, by month and by programme", responses=problems(401, 403, 422))
    def count(
        caller: Reading,
        programme: Annotated[str, Query(max_length=64, description="one programme alone", examples=["caregiving-nc2"])] = "",
    ) -> FiguresNow:
        found = figures(issuer, caller.slug, programme)
        return FiguresNow(
            months=[MonthNow(first=one.first, issued=one.issued, withdrawn=one.withdrawn) for one in found.months],
            all=TotalNow.of(found.all),
            programmes={name: TotalNow.of(total) for name, total in found.programmes.items()},
        )

    return api
