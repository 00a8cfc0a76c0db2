"""The second person in the browser: ask for a class to be approved, approve it or send it back, and choose to work so."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request, Response

from issuer_api.cohorts import CohortReport
from issuer_api.second_person import approval_of, approvals_of, approve, ask, is_needed, send_back, set_needed
from issuer_api.service import Issuer
from issuer_api.visiting import Visit, visit
from web.approvals import MAX_REASON, ReasonNeededError
from web.members import members
from web.roles import APPROVE, INVITE, PREPARE, holders

Token = Annotated[str, Form(max_length=64)]
_LONGEST_SENT: Final = 10 * MAX_REASON


def router(issuer: Issuer) -> APIRouter:
    """Return the pages of the second person."""
    api = APIRouter(include_in_schema=False)
    _add_steps(api, issuer)
    _add_choice(api, issuer)
    return api


def approval_context(here: Visit, report: CohortReport) -> dict[str, Any]:
    """Return what the page of a class that is looked at says of the second person."""
    approval = approval_of(here.issuer, here.slug, report)
    found = approval.proposed
    return {
        "approval": approval,
        "own": found is not None and here.person.id in found.authors,
        "others": approvals_of(here.issuer).who_can_approve(found) if found is not None else (),
        "approves": here.person.may(here.slug, APPROVE),
        "longest_reason": MAX_REASON,
    }


def _sent(issuer: Issuer, request: Request, slug: str, form: str) -> Visit:
    here = visit(issuer, request, slug)
    here.person.check_form(form)
    return here


def _add_steps(api: APIRouter, issuer: Issuer) -> None:
    base = "/issuer/{slug}/classes/{cohort}/approval"

    @api.post(base)
    def ask_for(request: Request, slug: str, cohort: str, form: Token = "") -> Response:
        here = _sent(issuer, request, slug, form)
        ask(issuer, slug, here.person, cohort)
        return here.go("classes", cohort, "look", then="#approval")

    @api.post(base + "/approved")
    def say_yes(request: Request, slug: str, cohort: str, digest: Token = "", form: Token = "") -> Response:
        here = _sent(issuer, request, slug, form)
        approve(issuer, slug, here.person, cohort, digest)
        return here.go("classes", cohort, "look", then="#approval")

    @api.post(base + "/sent-back")
    def give_back(
        request: Request,
        slug: str,
        cohort: str,
        reason: Annotated[str, Form(max_length=_LONGEST_SENT)] = "",
        form: Token = "",
    ) -> Response:
        here = _sent(issuer, request, slug, form)
        try:
            send_back(issuer, slug, here.person, cohort, reason)
        except ReasonNeededError:
            return here.go("classes", cohort, "look", then="?wrong=reason#approval")
        return here.go("classes", cohort, "look", then="#approval")


def _add_choice(api: APIRouter, issuer: Issuer) -> None:
    @api.get("/issuer/{slug}/second-person")
    def show(request: Request, slug: str) -> Response:
        here = visit(issuer, request, slug)
        people = members(issuer.people, slug)
        return here.show(
            "second-person",
            needed=is_needed(here.record),
            preparing=[one for one in people if one.role in holders(slug, PREPARE)],
            approving=[one for one in people if one.role in holders(slug, APPROVE)],
            chooses=here.person.may(slug, INVITE),
        )

    @api.post("/issuer/{slug}/second-person")
    def choose(request: Request, slug: str, needed: Annotated[str, Form(max_length=3)] = "", form: Token = "") -> Response:
        here = _sent(issuer, request, slug, form)
        set_needed(issuer, slug, here.person, needed=needed == "yes")
        return here.go("second-person")
