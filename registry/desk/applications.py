"""A centre asks to be approved: the authority asks back, says no, or puts an approval before a second person."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from credentials.errors import MalformedValueError, VCError
from registry import changes
from registry.applications import DECLINED, Received, application, ask_back, close, record_of_centre
from registry.changes import Grant
from registry.desk.forms import Form, Sent
from registry.desk.office import Office, acting, enter, room
from registry.service import Registry
from registry.working_copy import record_of
from web.roles import PREPARE


def router(registry: Registry) -> APIRouter:
    """Return the pages of applications."""
    pages = room()

    @pages.get("/applications/{name}")
    def look(request: Request, code: str, name: str) -> Response:
        return _show(enter(registry, request, code), name, None, "")

    @pages.post("/applications/{name}")
    def answer(request: Request, code: str, name: str, sent: Form) -> Response:
        office = acting(registry, request, code, sent, PREPARE)
        found = application(registry.database, name, code)
        try:
            if sent.one("act") == "accredit":
                return _propose(office, found, sent)
            _say(office, found, sent)
        except VCError as error:
            return _show(office, name, sent, error.detail)
        return office.go("applications", name)

    return pages


def _show(office: Office, name: str, typed: Sent | None, wrong: str) -> Response:
    found = application(office.registry.database, name, office.state.code)
    proposed = [one for one in office.registry.approvals.listed(office.organisation) if one.payload.get("application") == name]
    names = {entry.id: entry.names for entry in office.registry.bundle().qualifications.values()}
    kept = typed.every("grant") if typed else tuple(found.asked["qualifications"])
    return office.show(
        "application",
        status=422 if wrong else 200,
        found=found,
        names=names,
        proposed=proposed,
        typed=typed or Sent({}),
        kept=kept,
        wrong=wrong,
    )


def _say(office: Office, found: Received, sent: Sent) -> None:
    """Ask back, or say no."""
    registry, words = office.registry, sent.reason()
    with registry.database.write("applications") as session:
        if sent.one("act") == "ask":
            ask_back(session, found.id, words, registry.clock())
        else:
            close(session, found.id, DECLINED, words, registry.clock())


def _propose(office: Office, found: Received, sent: Sent) -> Response:
    registry, start = office.registry, sent.day("start")
    grant = Grant(
        f"urn:comity:{office.state.code}:accreditation:{found.id[:12]}",
        sent.one("authority"),
        "attest" if found.asked["occupations"] else "issue",
        _scope(office, found, sent.every("grant")),
        start,
        sent.day_or_none("until"),
    )
    reason, known = sent.reason(), record_of(office.files, office.state.code, "issuers", found.did)
    record = known or record_of_centre(found, registry.fetcher, start)
    change, _ = office.change("issuers", changes.accredited(record, grant, registry.clock()), reason)
    return office.propose("accredit", change, application=found.id)


def _scope(office: Office, found: Received, kept: tuple[str, ...]) -> dict[str, Any]:
    """Return what is granted of what was asked for, with the fields and levels of the qualifications that it names.

    Raises:
        MalformedValueError: nothing of it is granted.
    """
    if found.asked["occupations"]:
        return {"occupations": list(found.asked["occupations"])}
    known = office.registry.bundle().qualifications
    named = [known[name] for name in found.asked["qualifications"] if name in kept and name in known]
    if not named:
        raise MalformedValueError("choose what the centre may award", pointer="/grant")
    fields, levels = sorted({one.field for one in named}), sorted({one.nqf for one in named})
    return {"qualifications": [one.id for one in named], "fields": fields, "nqf": levels}
