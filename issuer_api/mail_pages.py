"""Claim links by electronic mail, as a part of the page of a signed class."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request, Response

from issuer_api.claim_mails import class_mails, queue_mails
from issuer_api.cohorts import CohortReport, cohort_report
from issuer_api.mail_rounds import DROPPED, GIVEN_UP, REFUSED, SENT, WAITING
from issuer_api.service import Issuer
from issuer_api.visiting import Visit, acting

Token = Annotated[str, Form(max_length=64)]
_ORDER: Final = (SENT, WAITING, REFUSED, GIVEN_UP, DROPPED)
_MOST_NAMED: Final = 50


def router(issuer: Issuer) -> APIRouter:
    """Return the address of the form."""
    api = APIRouter(include_in_schema=False)

    @api.post("/issuer/{slug}/classes/{cohort}/mails")
    def send(
        request: Request, slug: str, cohort: str, language: Annotated[str, Form(max_length=8)] = "", form: Token = ""
    ) -> Response:
        here = acting(issuer, request, slug, form)
        queue_mails(issuer, cohort_report(issuer, slug, cohort), language, by=here.by)
        return here.go("classes", cohort, "sign", then="#mail")

    return api


def mail_context(here: Visit, report: CohortReport) -> dict[str, Any]:
    """Return what the page of a signed class says of mails: whether any are sent, how far they are, and who was not reached."""
    mails = class_mails(here.issuer, report)
    lost = [row for row in report.rows if mails.states.get(row.credential or "") in (REFUSED, GIVEN_UP)]
    return {
        "mails": mails,
        "sends_mails": here.issuer.post is not None,
        "mail_figures": [(state, mails.figures[state]) for state in _ORDER if mails.figures[state]],
        "not_reached": lost[:_MOST_NAMED],
    }
