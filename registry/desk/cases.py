"""Decisions: the queue of people who ask, and what two officials decide about one certificate."""

from __future__ import annotations

import json
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from credentials.errors import MalformedValueError, VCError
from registry.cases import WAITING, Asked, case, cases, checked, decided, deciding_authority
from registry.deciding import Signing, check_decision, parse_ruling
from registry.desk.forms import LINE, Form, Sent
from registry.desk.office import Office, acting, enter, room
from registry.service import Registry
from trust.outcomes import Outcome
from trust.recognition import Dossier, recognize
from trust.wording import words
from web.languages import LANGUAGES
from web.roles import PREPARE

OUTCOMES: Final = ("recognised", "partly", "refused")


def router(registry: Registry) -> APIRouter:
    """Return the pages of decisions."""
    pages = room()

    @pages.get("/cases")
    def queue(request: Request, code: str) -> Response:
        office = enter(registry, request, code)
        return office.show("cases", cases=cases(registry, code), decided=decided(registry, code), proposals=_proposals(office))

    @pages.get("/cases/{name}")
    def look(request: Request, code: str, name: str) -> Response:
        office = enter(registry, request, code)
        return _show(office, case(registry, name, code), Sent({}), "")

    @pages.post("/cases/{name}")
    def answer(request: Request, code: str, name: str, sent: Form) -> Response:
        office = acting(registry, request, code, sent, PREPARE)
        found = case(registry, name, code)
        try:
            ruling = _ruling(office, found, sent)
        except VCError as error:
            return _show(office, found, sent, error.detail)
        return office.put_forward("decision", {"case": found.id, "ruling": ruling}, found.id)

    @pages.post("/cases/{name}/withdraw")
    def take_back(request: Request, code: str, name: str, sent: Form) -> Response:
        office = acting(registry, request, code, sent, PREPARE)
        found, reason = case(registry, name, code), sent.one("reason")
        if not reason or not found.can_be_withdrawn or found.withdrawn_at or name in _proposals(office):
            wrong = "say why; what was withdrawn, or waits for a second person, is not withdrawn again"
            return _show(office, found, sent, wrong)
        return office.put_forward("withdrawal", {"case": found.id, "withdrawal": {"reason": reason}}, found.id)

    return pages


def _proposals(office: Office) -> dict[str, str]:
    """Return case to the proposal that waits about it."""
    listed = office.registry.approvals.listed(office.organisation)
    return {one.payload["case"]: one.id for one in listed if "case" in one.payload}


def _show(office: Office, found: Asked, sent: Sent, wrong: str) -> Response:
    outcome = _now(office, found)
    told = dict((found.decision or {}).get("credentialSubject", {}).get("recognitionDecision", {}))
    said = outcome.chain[-1]
    language = office.registry.pages.language(office.request)
    return office.show(
        "case",
        status=422 if wrong else 200,
        found=found,
        sent=sent,
        wrong=wrong,
        proposal=_proposals(office).get(found.id, ""),
        outcome=outcome,
        told=told,
        said=said.message,
        said_words=words(said, office.registry.bundle(), language),
        outcomes=OUTCOMES,
    )


def _now(office: Office, found: Asked) -> Outcome:
    """Return what the lists say of the certificate, with what was handed over beside it."""
    registry, now = office.registry, office.registry.clock()
    papers = tuple(checked(registry, json.dumps(paper).encode()) for paper in found.papers)
    return recognize(Dossier(checked(registry, found.document), papers), found.state, now, bundle=registry.bundle(), now=now)


def _ruling(office: Office, found: Asked, sent: Sent) -> dict[str, Any]:
    """Return what is to be decided, as it is kept.

    Raises:
        VCError: it says too little to be signed.
    """
    if found.standing != WAITING or _proposals(office).get(found.id):
        raise MalformedValueError("this case was decided, or a decision waits for a second person")
    registry, outcome = office.registry, sent.one("outcome")
    until = sent.day_or_none("until")
    ruling: dict[str, Any] = {
        "authority": deciding_authority(registry.bundle(), found.state).id,
        "outcome": outcome,
        "decidedBy": office.person.name,
        "legalBasis": sent.one("basis", LINE),
        "localTitle": _texts(sent, "title") if outcome != "refused" else {},
        "nqf": sent.one("nqf", LINE) if outcome != "refused" else "",
        "conditions": [{"id": "more", "texts": _texts(sent, "more")}] if outcome == "partly" else [],
        "reason": sent.one("reason") if outcome == "refused" else "",
        "appeal": sent.one("appeal") if outcome == "refused" else "",
        "until": f"{until}T23:59:59+00:00" if until else "",
    }
    signing = Signing(registry.keys, registry.fetcher, registry.clock())
    check_decision(found.certificate, parse_ruling(ruling), registry.bundle(), signing)
    return ruling


def _texts(sent: Sent, name: str) -> dict[str, str]:
    texts = {language: sent.one(f"{name}-{language}", LINE) for language in LANGUAGES}
    return {language: text for language, text in texts.items() if text}
