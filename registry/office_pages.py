"""The pages of an authority: what waits, applications, centres, rules, changes for a second person, the lists."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from difflib import unified_diff
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request, Response

from credentials.errors import MalformedValueError, VCError
from credentials.parsing import parse_json
from registry import changes
from registry.applications import DECLINED, Received, application, applications, close, record_of_centre
from registry.changes import Grant
from registry.linting import lint
from registry.office import Office, enter
from registry.previewing import examples
from registry.service import Registry
from registry.working_copy import draft_bundle, forget_changes, parse_change, record_of, with_change
from trust.rules import parse_rule
from web.people import NotFoundError
from web.roles import APPROVE, PREPARE, SIGN

Token = Annotated[str, Form(max_length=64)]
Text = Annotated[str, Form(max_length=2000)]
Day = Annotated[str, Form(max_length=10)]
Picked = Annotated[tuple[str, ...], Form(max_length=50)]
_EMPTY_RULE: Final[dict[str, Any]] = {
    "from": [],
    "scope": {"qualifications": []},
    "mode": "conditional",
    "grants": {"localTitle": {"en": ""}, "nqf": ""},
    "requires": None,
    "inForce": {"from": "", "until": None},
    "legalBasis": "",
    "authority": "",
}


def router(registry: Registry) -> APIRouter:
    """Return the addresses of the states' own pages."""
    pages = APIRouter(prefix="/registry/states/{code}", include_in_schema=False)

    @pages.get("")
    def home(request: Request, code: str) -> Response:
        office = enter(registry, request, code)
        waiting, proposals = applications(registry.database, code), registry.approvals.listed(office.organisation)
        return office.show("home", applications=waiting, proposals=proposals, centres=office.centres())

    _application_pages(pages, registry)
    _centre_pages(pages, registry)
    _rule_pages(pages, registry)
    _change_pages(pages, registry)
    _list_pages(pages, registry)
    return pages


def _application_pages(pages: APIRouter, registry: Registry) -> None:
    @pages.get("/applications/{name}")
    def look(request: Request, code: str, name: str) -> Response:
        office = enter(registry, request, code)
        return _application(office, name, "")

    @pages.post("/applications/{name}")
    def decide(
        request: Request,
        code: str,
        name: str,
        authority: Text = "",
        start: Day = "",
        until: Day = "",
        reason: Text = "",
        act: Text = "",
        form: Token = "",
    ) -> Response:
        office = _working(registry, request, code, form, PREPARE)
        found = application(registry.database, name, code)
        try:
            if act == "decline":
                _decline(office, found.id, reason)
                return office.go()
            grant = Grant(
                f"urn:comity:{code}:accreditation:{found.id[:12]}",
                authority,
                "attest" if found.asked["occupations"] else "issue",
                _scope(office, found),
                _day(start, "/start"),
                until or None,
            )
            known = record_of(office.files, code, "issuers", found.did)
            record = known or record_of_centre(found, registry.fetcher, start)
            change, _ = office.change("issuers", changes.accredited(record, grant, registry.clock()), _reason(reason))
        except VCError as error:
            return _application(office, name, error.detail)
        return office.propose("accredit", change, application=found.id)


def _application(office: Office, name: str, wrong: str) -> Response:
    found = application(office.registry.database, name, office.state.code)
    names = {entry.id: entry.names for entry in office.registry.bundle().qualifications.values()}
    return office.show("application", status=422 if wrong else 200, found=found, names=names, wrong=wrong)


def _scope(office: Office, found: Received) -> dict[str, Any]:
    """Return what was asked for, with the fields and levels of the qualifications that it names."""
    if found.asked["occupations"]:
        return {"occupations": list(found.asked["occupations"])}
    known = office.registry.bundle().qualifications
    named = [known[name] for name in found.asked["qualifications"]]
    fields, levels = sorted({one.field for one in named}), sorted({one.nqf for one in named})
    return {"qualifications": list(found.asked["qualifications"]), "fields": fields, "nqf": levels}


def _decline(office: Office, name: str, reason: str) -> None:
    with office.registry.database.write(office.organisation) as session:
        close(session, name, DECLINED, _reason(reason), office.registry.clock())


def _working(registry: Registry, request: Request, code: str, form: str, act: str) -> Office:
    office = enter(registry, request, code)
    office.person.check_form(form)
    office.person.require(office.organisation, act)
    return office


def _day(text: str, pointer: str) -> str:
    try:
        return datetime.fromisoformat(text).date().isoformat()
    except ValueError as error:
        raise MalformedValueError("give a day such as 2027-03-01", pointer=pointer) from error


def _reason(text: str) -> str:
    if not text.strip():
        raise MalformedValueError("say why, in plain words", pointer="/reason")
    return text.strip()


def _centre_pages(pages: APIRouter, registry: Registry) -> None:
    @pages.get("/centres/{slug}")
    def look(request: Request, code: str, slug: str) -> Response:
        return _centre(enter(registry, request, code), slug, "")

    @pages.post("/centres/{slug}")
    def act(
        request: Request,
        code: str,
        slug: str,
        accreditation: Text = "",
        day: Day = "",
        reason: Text = "",
        act: Text = "",
        keep: Picked = (),
        form: Token = "",
    ) -> Response:
        office, now = _working(registry, request, code, form, PREPARE), registry.clock()
        record = office.record("issuers", _did_of(office, slug))
        try:
            named, until = _reason(reason), _day(day, "/day")
            name, changed = _ACTS.get(act, _refuse)(office, record, accreditation, until, named, keep, now)
            change, _ = office.change(name, changed, named)
        except VCError as error:
            return _centre(office, slug, error.detail)
        return office.propose(act, change)


Acted = tuple[str, dict[str, Any]]
Act = Callable[[Office, dict[str, Any], str, str, str, tuple[str, ...], datetime], Acted]


def _end(_o: Office, record: dict[str, Any], entry: str, day: str, _r: str, _k: tuple[str, ...], now: datetime) -> Acted:
    return "issuers", changes.ended(record, entry, day, now)


def _renew(_o: Office, record: dict[str, Any], entry: str, day: str, _r: str, _k: tuple[str, ...], now: datetime) -> Acted:
    return "issuers", changes.renewed(record, entry, day, now)


def _narrow(_o: Office, record: dict[str, Any], entry: str, day: str, _r: str, keep: tuple[str, ...], now: datetime) -> Acted:
    before = next((one for one in record["accreditations"] if one["id"] == entry), None)
    kept = [name for name in (before or {}).get("scope", {}).get("qualifications", []) if name in keep]
    if before is None or not kept:
        raise MalformedValueError("choose what the centre may go on awarding", pointer="/keep")
    scope = {**before["scope"], "qualifications": kept}
    grant = Grant(f"{entry}.{now:%Y%m%d%H%M%S}", before["by"], before["action"], scope, day, None)
    return "issuers", changes.narrowed(record, entry, grant, now)


def _suspend(office: Office, record: dict[str, Any], _e: str, day: str, why: str, _k: tuple[str, ...], now: datetime) -> Acted:
    name = f"urn:comity:{office.state.code}:stop:{now:%Y%m%d%H%M%S}"
    return "suspensions", changes.suspension(name, {"issuer": record["did"]}, why, day, now)


def _refuse(*_: object) -> Acted:
    raise MalformedValueError("choose what is to be done", pointer="/act")


_ACTS: Final[dict[str, Act]] = {"end": _end, "renew": _renew, "narrow": _narrow, "suspend": _suspend}


def _did_of(office: Office, slug: str) -> str:
    for centre in office.centres():
        if centre.slug == slug:
            return centre.did
    raise NotFoundError("there is no such centre here")


def _centre(office: Office, slug: str, wrong: str) -> Response:
    centre = next((entry for entry in office.centres() if entry.slug == slug), None)
    if centre is None:
        raise NotFoundError("there is no such centre here")
    bundle = draft_bundle(office.files, office.registry.clock())
    names = {entry.id: entry.names for entry in bundle.qualifications.values()}
    stops = [stop for stop in bundle.suspensions if stop.issuer == centre.did]
    known = office.registry.issued(centre.did)
    return office.show("centre", status=422 if wrong else 200, centre=centre, names=names, stops=stops, known=known, wrong=wrong)


def _rule_pages(pages: APIRouter, registry: Registry) -> None:
    @pages.get("/rules")
    def look(request: Request, code: str, rule: str = "") -> Response:
        office = enter(registry, request, code)
        found = office.record("rules", rule) if rule else {"id": f"urn:comity:{code}:rule:NEW@1", **_EMPTY_RULE}
        return _rules(office, json.dumps(found, ensure_ascii=False, indent=1), "", None)

    @pages.post("/rules")
    def write(
        request: Request,
        code: str,
        text: Annotated[str, Form(max_length=20_000)] = "",
        reason: Text = "",
        act: Text = "",
        form: Token = "",
    ) -> Response:
        office, now = _working(registry, request, code, form, PREPARE), registry.clock()
        try:
            record = parse_json(text.encode())
            change, _ = office.change("rules", {**record, "inForce": {**record["inForce"], "recordedAt": now.isoformat()}}, reason)
            before, after = draft_bundle(office.files, now), draft_bundle(with_change(office.files, change), now)
            if act == "propose":
                return office.propose("rule", replace(change, reason=_reason(reason)))
            found = examples(parse_rule(change.record, code), before, after, now)
        except (KeyError, TypeError) as error:
            return _rules(office, text, f"{type(error).__name__} {error}", None, reason)
        except VCError as error:
            return _rules(office, text, error.detail, None, reason)
        return _rules(office, text, "", found, reason)


def _rules(office: Office, text: str, wrong: str, tried: object, reason: str = "") -> Response:
    bundle = draft_bundle(office.files, office.registry.clock())
    own = [rule for rule in bundle.rules if rule.state == office.state.code]
    return office.show(
        "rules", status=422 if wrong else 200, rules=own, text=text, wrong=wrong, tried=tried, reason=reason, bundle=bundle
    )


def _change_pages(pages: APIRouter, registry: Registry) -> None:
    @pages.get("/changes/{name}")
    def look(request: Request, code: str, name: str) -> Response:
        return _proposal(enter(registry, request, code), name, "")

    @pages.post("/changes/{name}")
    def answer(
        request: Request,
        code: str,
        name: str,
        digest: Text = "",
        reason: Text = "",
        act: Text = "",
        form: Token = "",
    ) -> Response:
        office = _working(registry, request, code, form, APPROVE)
        try:
            if act == "approve":
                registry.approvals.approve(office.person, office.organisation, name, digest, office.apply)
            else:
                registry.approvals.send_back(office.person, office.organisation, name, reason)
        except VCError as error:
            return _proposal(office, name, error.detail)
        return office.go("changes", name)


def _proposal(office: Office, name: str, wrong: str) -> Response:
    found = office.registry.approvals.find(office.organisation, name)
    change = parse_change(found.payload["change"])
    was = record_of(office.files, change.state, change.name, change.key)
    try:
        reached = office.reached_by(change) if found.state in {"waiting", "approved", "sent-back"} else None
    except VCError as error:
        reached, wrong = None, wrong or error.detail
    is_own = office.person.id in found.authors
    who = office.registry.approvals.who_can_approve(found)
    return office.show(
        "change",
        status=422 if wrong else 200,
        found=found,
        change=change,
        was=was,
        reached=reached,
        own=is_own,
        who=who,
        wrong=wrong,
    )


def _list_pages(pages: APIRouter, registry: Registry) -> None:
    @pages.get("/lists")
    def look(request: Request, code: str) -> Response:
        return _lists(enter(registry, request, code), "")

    @pages.post("/lists")
    def publish(request: Request, code: str, form: Token = "") -> Response:
        office = _working(registry, request, code, form, SIGN)
        try:
            registry.publisher.publish(office.files, registry.bundle().states, now=registry.clock())
        except VCError as error:
            return _lists(office, error.detail)
        forget_changes(registry.database)
        return office.go("lists")


def _lists(office: Office, wrong: str) -> Response:
    findings = [
        finding
        for finding in lint(office.files, office.published, office.registry.clock())
        if f"/{office.state.code}/" in finding.path or not finding.is_warning
    ]
    changed = [path for path in sorted(office.files) if office.files[path] != office.published.get(path)]
    lines = {path: _difference(office.published.get(path, b""), office.files[path]) for path in changed}
    return office.show(
        "lists", status=422 if wrong else 200, findings=findings, lines=lines, bundle=office.registry.bundle(), wrong=wrong
    )


def _difference(before: bytes, after: bytes) -> list[str]:
    """Return the lines that are new (+) and gone (-)."""
    old, new = before.decode().splitlines(), after.decode().splitlines()
    return [line for line in unified_diff(old, new, n=0, lineterm="") if line[:1] in "+-" and line[:3] not in {"+++", "---"}]
