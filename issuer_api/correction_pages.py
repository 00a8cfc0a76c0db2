"""A certificate is corrected in the browser: what it says, what it will say, what follows from that; and the second person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response

from issuer_api.correcting import Asked, Correction, approve, ask, asked_for, carry_out, may_be_done, send_back
from issuer_api.direct import MAX_NUMBER
from issuer_api.errors import InvalidRecordError
from issuer_api.issuing import find_issued
from issuer_api.names import MAX_NAME, tidy
from issuer_api.programmes import programme_version
from issuer_api.replacing import MOST_NAMES, Said, check_said, corrected_by, said_by
from issuer_api.second_person import approvals_of, is_needed
from issuer_api.service import Issuer
from issuer_api.standing import standings
from issuer_api.visiting import Visit, acting, visit
from web.approval_steps import WAITING
from web.approvals import MAX_REASON, ReasonNeededError
from web.roles import APPROVE, PREPARE

UUID: Final = "urn:uuid:"
_BASE: Final = "/issuer/{slug}/certificates/{uuid}/correct"
_LONGEST: Final = 10 * MAX_REASON
Token = Annotated[str, Form(max_length=64)]
Line = Annotated[str, Form(max_length=2 * MAX_NAME)]
Names = Annotated[list[str], Form(max_length=MOST_NAMES + 1)]


def router(issuer: Issuer) -> APIRouter:
    """Return the pages of corrections."""
    api = APIRouter(include_in_schema=False)
    _add_correcting(api, issuer)
    _add_second_person(api, issuer)
    return api


def _add_correcting(api: APIRouter, issuer: Issuer) -> None:
    @api.get(_BASE)
    def show(request: Request, slug: str, uuid: str) -> Response:
        here = visit(issuer, request, slug)
        if _is_past(here, uuid):
            return here.go("certificates", uuid)
        before, asked = said_by(issuer, slug, UUID + uuid), asked_for(issuer, slug, UUID + uuid)
        if asked is not None:
            return _page(here, uuid, before, Typed.of(asked.correction), step=asked.proposed.state, asked=asked)
        return _page(here, uuid, before, Typed.of(Correction(before)), step="write")

    @api.post(_BASE)
    def send(
        request: Request,
        slug: str,
        uuid: str,
        names: Names = [],  # noqa: B006  # FastAPI copies it
        awarded_on: Line = "",
        number: Line = "",
        anew: Line = "",
        step: Line = "look",
        form: Token = "",
    ) -> Response:
        here = acting(issuer, request, slug, form)
        here.person.require(slug, PREPARE)
        if _is_past(here, uuid):
            return here.go("certificates", uuid)
        typed = Typed(tuple(filter(None, map(tidy, names))), awarded_on.strip(), " ".join(number.split()), bool(anew))
        before = said_by(issuer, slug, UUID + uuid)
        wanted, wrong = _read(typed, before, issuer.clock().date())
        if wanted is None or step != "do":
            return _page(here, uuid, before, typed, step="look" if wanted and step == "look" else "write", wrong=wrong)
        try:
            return _carried_out(here, uuid, wanted)
        except InvalidRecordError:  # the day of the award lies before the course
            return _page(here, uuid, before, typed, step="write", wrong=("awarded_on",))


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form says, as it was typed."""

    names: tuple[str, ...]
    awarded_on: str
    number: str
    anew: bool

    @classmethod
    def of(cls, wanted: Correction) -> Typed:
        """Return what a form says that asks for this."""
        return cls(wanted.said.names, wanted.said.awarded.isoformat(), wanted.said.number, wanted.anew)


def _read(typed: Typed, before: Said, today: date) -> tuple[Correction | None, tuple[str, ...]]:
    """Return (what is wanted, or None; which fields of the form are not as they must be)."""
    try:
        awarded = date.fromisoformat(typed.awarded_on)
    except ValueError:
        return None, ("awarded_on",)
    said = Said(typed.names, awarded, typed.number)
    try:
        check_said(said)
    except InvalidRecordError as error:
        return None, (error.pointer.removeprefix("/"),)
    if awarded > today:
        return None, ("awarded_on",)
    if said == before and not typed.anew:
        return None, ("nothing",)
    return Correction(said, typed.anew and said == before), ()


def _carried_out(here: Visit, uuid: str, wanted: Correction) -> Response:
    issuer, slug, credential = here.issuer, here.slug, UUID + uuid
    if not may_be_done(issuer, slug, credential, wanted):
        ask(issuer, slug, here.person, credential, wanted)
        return here.go("certificates", uuid, "correct", then="#said")
    new = carry_out(issuer, slug, credential, wanted, by=here.by)
    return here.go("certificates", new.removeprefix(UUID), then="?done=corrected#said")


def _is_past(here: Visit, uuid: str) -> bool:
    """Return whether there is nothing to correct any more."""
    find_issued(here.issuer, here.slug, UUID + uuid)
    corrected = corrected_by(here.issuer, UUID + uuid) is not None
    return corrected or standings(here.issuer, here.slug, (UUID + uuid,))[UUID + uuid] == "withdrawn"


def _page(
    here: Visit,
    uuid: str,
    before: Said,
    typed: Typed,
    *,
    step: str,
    wrong: tuple[str, ...] = (),
    asked: Asked | None = None,
    more: str = "",
) -> Response:
    issuer, slug = here.issuer, here.slug
    row, _ = find_issued(issuer, slug, UUID + uuid)
    _, course = programme_version(issuer, slug, row.programme, row.programme_version)
    proposed, now = asked.proposed if asked else None, Typed.of(Correction(before))
    return here.show(
        "correct",
        status=422 if wrong or more else 200,
        uuid=uuid,
        course=course,
        before=now,
        after=typed,
        changed=[name for name in ("names", "awarded_on", "number") if getattr(now, name) != getattr(typed, name)],
        step=step,
        wrong=wrong,
        more=more,
        blanks=max(0, MOST_NAMES - len(typed.names)),
        longest={"names": MAX_NAME, "number": MAX_NUMBER, "reason": MAX_REASON},
        needed=is_needed(here.record),
        proposed=proposed,
        own=proposed is not None and here.person.id in proposed.authors,
        others=approvals_of(issuer).who_can_approve(proposed) if proposed and step == WAITING else (),
        approves=here.person.may(slug, APPROVE),
    )


def _add_second_person(api: APIRouter, issuer: Issuer) -> None:
    @api.post(_BASE + "/approved")
    def say_yes(request: Request, slug: str, uuid: str, digest: Token = "", form: Token = "") -> Response:
        here = _sent(issuer, request, slug, form)
        new = approve(issuer, slug, here.person, UUID + uuid, digest)
        return here.go("certificates", new.removeprefix(UUID), then="?done=corrected#said")

    @api.post(_BASE + "/sent-back")
    def give_back(
        request: Request, slug: str, uuid: str, why: Annotated[str, Form(max_length=_LONGEST)] = "", form: Token = ""
    ) -> Response:
        here = _sent(issuer, request, slug, form)
        try:
            send_back(issuer, slug, here.person, UUID + uuid, why)
        except ReasonNeededError:
            before, asked = said_by(issuer, slug, UUID + uuid), asked_for(issuer, slug, UUID + uuid)
            if asked is not None:
                return _page(here, uuid, before, Typed.of(asked.correction), step=WAITING, asked=asked, more="why")
        return here.go("certificates", uuid, "correct", then="#said")


def _sent(issuer: Issuer, request: Request, slug: str, form: str) -> Visit:
    here = visit(issuer, request, slug)
    here.person.check_form(form)
    return here
