"""Attesting work: who, what, when, how it is known; looked at once more, then signed."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field

import schemas
from credentials.parsing import parse_json
from issuer_api.errors import UnknownThingError
from issuer_api.issuing import issue_work
from issuer_api.names import name_problem, text_problem, tidy
from issuer_api.programmes import programme, programmes
from issuer_api.service import Issuer
from issuer_api.visiting import Visit, acting, visit

BASES: Final = ("payroll", "contract", "saw-daily", "saw-sometimes", "documents-only")
_OCCUPATION, _SKILL = "ext:ESCOOccupation", "ext:ESCOSkill"
_STATE: Final = re.compile(r"[A-Z]{2}", re.ASCII)
_HOURS_A_WEEK: Final = range(1, 101)
_MAX_ROLE: Final = 200
_KEY: Final = 12


class WorkTyped(BaseModel):
    """What the form sends, as it was typed."""

    form: str = ""
    key: str = Field(default="", max_length=40)
    step: str = ""
    name: str = ""
    name_native: str = ""
    role: str = ""
    started: str = ""
    ended: str = ""
    hours: str = ""
    country: str = ""
    basis: str = ""
    occupation: str = ""
    skill: list[str] = []

    def attestation(self) -> dict[str, Any]:
        """Return the attestation that was typed."""
        entries = {entry["targetCode"]: dict(entry) for entry in (*_entries(_OCCUPATION), *_entries(_SKILL))}
        return {
            "names": [tidy(name) for name in (self.name, self.name_native) if name.strip()],
            "roleName": tidy(self.role),
            "startDate": self.started,
            "endDate": self.ended,
            **({"hoursPerWeek": int(self.hours)} if self.hours else {}),
            "country": self.country.strip().upper(),
            "attestationBasis": self.basis,
            "alignment": [entries[code] for code in dict.fromkeys((self.occupation, *self.skill)) if code in entries],
        }

    def problems(self, today: date) -> dict[str, str]:
        """Return field to what is wrong with it."""
        started, ended = _day(self.started), _day(self.ended)
        found = {
            "name": name_problem(tidy(self.name)),
            "name_native": name_problem(tidy(self.name_native)) if self.name_native.strip() else None,
            "role": "role" if text_problem(tidy(self.role), _MAX_ROLE) else None,
            "started": "day" if started is None else None,
            "ended": _end_problem(started, ended, today),
            "hours": None if not self.hours or _is_number(self.hours, _HOURS_A_WEEK) else "hours",
            "country": None if _STATE.fullmatch(self.country.strip().upper()) else "country",
            "basis": None if self.basis in BASES else "choose",
            "occupation": None if self.occupation in {entry["targetCode"] for entry in _entries(_OCCUPATION)} else "choose",
        }
        return {name: problem for name, problem in found.items() if problem}


def _entries(kind: str) -> Sequence[Mapping[str, str]]:
    return [entry for entry in schemas.classification_entries() if entry["targetType"] == kind]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _end_problem(started: date | None, ended: date | None, today: date) -> str | None:
    if ended is None:
        return "day"
    if ended > today:
        return "future"
    return "order" if started is not None and ended < started else None


def _is_number(text: str, numbers: range) -> bool:
    return text.isascii() and text.isdecimal() and int(text[:9]) in numbers


def router(issuer: Issuer) -> APIRouter:
    """Return the pages of attesting work."""
    api = APIRouter(include_in_schema=False)

    @api.get("/issuer/{slug}/work")
    def choose(request: Request, slug: str) -> Response:
        here = visit(issuer, request, slug)
        forms = [record for record in programmes(issuer, slug) if record["kind"] == "work"]
        if len(forms) == 1:
            return here.go("work", forms[0]["id"])
        return here.show("work-forms", forms=forms)

    @api.get("/issuer/{slug}/work/{form_id}")
    def ask(request: Request, slug: str, form_id: str) -> Response:
        here = visit(issuer, request, slug)
        typed = WorkTyped(key=secrets.token_urlsafe(_KEY), country=str(here.record.get("code", "")))
        return _page(here, form_id, typed)

    @api.post("/issuer/{slug}/work/{form_id}")
    def attest(request: Request, slug: str, form_id: str, typed: Annotated[WorkTyped, Form()]) -> Response:
        here = acting(issuer, request, slug, typed.form)
        wrong = typed.problems(issuer.clock().date())
        if wrong or typed.step not in ("check", "sign"):
            return _page(here, form_id, typed, wrong=wrong if typed.step != "change" else {})
        if typed.step == "check":
            return _page(here, form_id, typed, attestation=typed.attestation())
        content = issue_work(issuer, slug, form_id, typed.attestation(), f"page {typed.key}", by=here.by)
        return here.go("certificates", parse_json(content)["id"].removeprefix("urn:uuid:"), then="?done=signed#said")

    return api


def _page(
    here: Visit,
    form_id: str,
    typed: WorkTyped,
    *,
    wrong: Mapping[str, str] | None = None,
    attestation: Mapping[str, Any] | None = None,
) -> Response:
    form = programme(here.issuer, here.slug, form_id)
    if form["kind"] != "work":
        raise UnknownThingError("this is a training programme, not a form for work")
    return here.show(
        "work",
        status=422 if wrong else 200,
        course=form,
        typed=typed,
        wrong=wrong or {},
        attestation=attestation,
        bases=BASES,
        occupations=_entries(_OCCUPATION),
        skills=_entries(_SKILL),
        today=here.issuer.clock().date(),
    )
