"""Centres of a state: narrow, end or renew an approval, suspend, lift, name who signs status lists; whom it reaches is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from credentials.errors import MalformedValueError, VCError
from registry import changes
from registry.changes import Grant
from registry.desk.forms import Form, Sent
from registry.desk.office import Office, acting, enter, room
from registry.service import Registry
from registry.working_copy import Change, draft_bundle
from trust.records import IssuerRecord, Suspension
from web.people import NotFoundError
from web.roles import PREPARE

Acted = tuple[str, dict[str, Any]]
"""A list, and the record as it will be."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done with a centre, as a form says it."""

    office: Office
    centre: IssuerRecord
    sent: Sent
    now: datetime

    @property
    def entry(self) -> str:
        """The accreditation that is meant."""
        return self.sent.one("accreditation")

    def record(self) -> dict[str, Any]:
        """Return the centre's record."""
        return self.office.record("issuers", self.centre.did)


def _narrow(task: Task) -> Acted:
    record, start = task.record(), task.sent.day("day")
    before = next((one for one in record["accreditations"] if one["id"] == task.entry), None)
    kept = [name for name in (before or {}).get("scope", {}).get("qualifications", []) if name in task.sent.every("keep")]
    if before is None or not kept:
        raise MalformedValueError("choose what the centre may go on awarding", pointer="/keep")
    scope = {**before["scope"], "qualifications": kept}
    grant = Grant(f"{task.entry}.{task.now:%Y%m%d%H%M%S}", before["by"], before["action"], scope, start, None)
    return "issuers", changes.narrowed(record, task.entry, grant, task.now)


def _end(task: Task) -> Acted:
    return "issuers", changes.ended(task.record(), task.entry, task.sent.day("day"), task.now)


def _renew(task: Task) -> Acted:
    return "issuers", changes.renewed(task.record(), task.entry, task.sent.day_or_none("day"), task.now)


def _suspend(task: Task) -> Acted:
    name = f"urn:comity:{task.office.state.code}:stop:{task.now:%Y%m%d%H%M%S}"
    day, reason = task.sent.day("day"), task.sent.reason()
    return "suspensions", changes.suspension(name, {"issuer": task.centre.did}, reason, day, task.now)


def _lift(task: Task) -> Acted:
    return "suspensions", changes.lifted(task.office.record("suspensions", task.sent.one("stop")), task.now)


def _status(task: Task) -> Acted:
    """Let authorities of the state sign the centre's status lists beside it, as when it has closed."""
    known = {entry.did for entry in task.office.authorities() if entry.did and entry.keys}
    chosen = task.sent.every("signer")
    if not known.issuperset(chosen):
        raise MalformedValueError("choose among this state's authorities whose keys the lists name", pointer="/signer")
    return "issuers", changes.with_status_signers(task.record(), chosen)


ACTS: Final[dict[str, Callable[[Task], Acted]]] = {
    "narrow": _narrow,
    "end": _end,
    "renew": _renew,
    "suspend": _suspend,
    "lift": _lift,
    "status": _status,
}
"""What can be done with a centre that is approved."""


def router(registry: Registry) -> APIRouter:
    """Return the pages of centres."""
    pages = room()

    @pages.get("/centres")
    def every(request: Request, code: str) -> Response:
        office = enter(registry, request, code)
        return office.show(
            "centres", centres=office.centres(), stopped={stop.issuer for stop in stops(office)}, issued=registry.issued
        )

    @pages.get("/centres/{slug}")
    def look(request: Request, code: str, slug: str) -> Response:
        office = enter(registry, request, code)
        return office.show("centre", **_about(office, slug))

    @pages.get("/centres/{slug}/{act}")
    def begin(request: Request, code: str, slug: str, act: str, accreditation: str = "", stop: str = "") -> Response:
        office = enter(registry, request, code)
        office.person.require(office.organisation, PREPARE)
        return _form(office, slug, act, Sent({"accreditation": (accreditation,), "stop": (stop,)}))

    @pages.post("/centres/{slug}/{act}")
    def act(request: Request, code: str, slug: str, act: str, sent: Form) -> Response:
        office = acting(registry, request, code, sent, PREPARE)
        do = _known(act)
        try:
            name, record = do(Task(office, _centre(office, slug), sent, registry.clock()))
            change, _ = office.change(name, record, sent.reason())
        except VCError as error:
            return _form(office, slug, act, sent, wrong=error.detail)
        return office.propose(act, change) if sent.one("step") == "propose" else _form(office, slug, act, sent, change=change)

    return pages


def _known(act: str) -> Callable[[Task], Acted]:
    if act not in ACTS:
        raise NotFoundError("there is nothing like that to be done here")
    return ACTS[act]


def stops(office: Office) -> tuple[Suspension, ...]:
    """Return the state's stops that last."""
    now = office.registry.clock()
    known = draft_bundle(office.files, now).suspensions
    return tuple(stop for stop in known if stop.by == office.state.code and (stop.period.end is None or stop.period.end > now))


def _centre(office: Office, slug: str) -> IssuerRecord:
    for centre in office.centres():
        if centre.slug == slug:
            return centre
    raise NotFoundError("there is no such centre here")


def _about(office: Office, slug: str) -> dict[str, Any]:
    centre = _centre(office, slug)
    bundle = draft_bundle(office.files, office.registry.clock())
    return {
        "centre": centre,
        "qualifications": bundle.qualifications,
        "authorities": bundle.authorities,
        "signing": [entry for entry in office.authorities() if entry.did and entry.keys],
        "stops": [stop for stop in stops(office) if stop.issuer == centre.did],
        "known": office.registry.issued(centre.did),
        "lasts": lambda entry: any(period.end is None or period.end > office.registry.clock() for period in entry.periods),
    }


def _form(office: Office, slug: str, act: str, sent: Sent, *, change: Change | None = None, wrong: str = "") -> Response:
    _known(act)
    about = _about(office, slug)
    chosen = next((one for one in about["centre"].accreditations if one.id == sent.one("accreditation")), None)
    if act in {"narrow", "end", "renew"} and chosen is None and not wrong:
        raise NotFoundError("there is no such approval here")
    kept = sent.every("keep") if "step" in sent.fields else (chosen.scope.qualifications or () if chosen else ())
    reached = office.reached_by(change) if change else None
    signers = sent.every("signer") if "step" in sent.fields else about["centre"].status_authorities
    return office.show(
        "centre-act",
        status=422 if wrong else 200,
        act=act,
        chosen=chosen,
        sent=sent,
        kept=kept,
        signers=signers,
        reached=reached,
        wrong=wrong,
        **about,
    )
