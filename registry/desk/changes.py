"""The second person: what somebody put forward is looked at, signed, sent back or withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from credentials.errors import VCError
from registry.awards import award
from registry.cases import case
from registry.desk.forms import Form
from registry.desk.office import Office, acting, enter, room
from registry.service import Registry
from registry.working_copy import Change, parse_change, record_of
from web.approval_steps import OPEN_STATES
from web.approvals import Proposed
from web.roles import APPROVE, PREPARE


def router(registry: Registry) -> APIRouter:
    """Return the pages of changes."""
    pages = room()

    @pages.get("/changes/{name}")
    def look(request: Request, code: str, name: str) -> Response:
        return _show(enter(registry, request, code), name, "")

    @pages.post("/changes/{name}")
    def answer(request: Request, code: str, name: str, sent: Form) -> Response:
        act, approvals = sent.one("act"), registry.approvals
        office = acting(registry, request, code, sent, PREPARE if act == "withdraw" else APPROVE)
        try:
            if act == "approve":
                approvals.approve(office.person, office.organisation, name, sent.one("digest"), office.ready(name))
            elif act == "withdraw":
                approvals.withdraw(office.person, office.organisation, name)
            else:
                approvals.send_back(office.person, office.organisation, name, sent.one("reason"))
        except VCError as error:
            return _show(office, name, error.detail)
        return office.go("changes", name)

    return pages


def _show(office: Office, name: str, wrong: str) -> Response:
    found = office.registry.approvals.find(office.organisation, name)
    about = _told(office, found)
    about["wrong"] = wrong or about.get("wrong", "")
    return office.show(
        "change",
        status=422 if wrong else 200,
        found=found,
        own=office.person.id in found.authors,
        who=office.registry.approvals.who_can_approve(found),
        **about,
    )


def _told(office: Office, found: Proposed) -> dict[str, Any]:
    if "award" in found.payload:
        return _endorsement(office, found)
    return _ruling(office, found) if "case" in found.payload else _change(office, found)


def _endorsement(office: Office, found: Proposed) -> dict[str, Any]:
    asked = award(office.registry, found.payload["award"], office.state.code)
    said = found.payload.get("withdrawal") or {"comment": found.payload["comment"]}
    names = {"en": " · ".join(filter(None, (*asked.names, asked.title)))}
    rows = office.told(None, said) if any(said.values()) else ()
    about = {"award": asked.certificate.get("id"), **said}
    return {"names": names, "reason": "", "rows": rows, "before": None, "after": about, "reached": None}


def _ruling(office: Office, found: Proposed) -> dict[str, Any]:
    ruling = found.payload.get("ruling") or found.payload["withdrawal"]
    asked = case(office.registry, found.payload["case"], office.state.code)
    names = {"en": " · ".join(filter(None, (*asked.names, asked.title)))}
    return {"names": names, "reason": "", "rows": office.told(None, ruling), "before": None, "after": ruling, "reached": None}


def _change(office: Office, found: Proposed) -> dict[str, Any]:
    change, wrong = parse_change(found.payload["change"]), ""
    is_open = found.state in OPEN_STATES
    before = record_of(office.files, change.state, change.name, change.key) if is_open else None
    try:
        reached = office.reached_by(change) if is_open else None
    except VCError as error:
        reached, wrong = None, error.detail
    return {
        "names": _names(office, change),
        "reason": change.reason,
        "rows": office.told(before, change.record),
        "before": before,
        "after": change.record,
        "reached": reached,
        "wrong": wrong,
    }


def _names(office: Office, change: Change) -> Mapping[str, str]:
    """Return what a change is about, by language."""
    record = change.record
    if change.name == "suspensions":
        centre = office.registry.bundle().issuers.get(record["of"].get("issuer", ""))
        return centre.names if centre else {"en": change.key}
    names: Mapping[str, str] = record.get("names") or record.get("grants", {}).get("localTitle") or {"en": change.key}
    return names
