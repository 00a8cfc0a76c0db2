"""How a centre gets trusted, seen from the centre: it asks, answers what the authority asks back, and sees how far it has come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from credentials.errors import VCError
from registry.applications import (
    ACCREDITED,
    DECLINED,
    KINDS,
    ApplicationRequest,
    Received,
    answer,
    application,
    receive,
)
from registry.service import Registry
from web.roles import state_organisation

Word = Annotated[str, Form(max_length=300)]
STEPS: Final = ("received", "looked-at", "decided", "published")
"""How far an application can come."""
_SEE_OTHER: Final = 303


def router(registry: Registry) -> APIRouter:
    """Return the pages of a centre that asks, and the same for programs."""
    routes = APIRouter()
    _asking(routes, registry)
    _standing(routes, registry)
    return routes


def _asking(routes: APIRouter, registry: Registry) -> None:
    def page(request: Request, typed: Mapping[str, object], wrong: str) -> HTMLResponse:
        bundle, status = registry.bundle(), 422 if wrong else 200
        return registry.pages.render(
            request, "registry/apply.html", status=status, bundle=bundle, typed=typed, wrong=wrong, kinds=KINDS
        )

    @routes.get("/registry/apply", response_class=HTMLResponse, include_in_schema=False)
    def form(request: Request, state: str = "") -> HTMLResponse:
        """Show how a centre gets trusted."""
        return page(request, {"state": state}, "")

    @routes.post("/registry/apply", response_class=HTMLResponse, include_in_schema=False)
    def ask(
        request: Request,
        state: Word = "",
        did: Word = "",
        name: Word = "",
        place: Word = "",
        contact: Word = "",
        kind: Word = "",
        qualifications: Annotated[tuple[str, ...], Form()] = (),
        occupations: Word = "",
        evidence: Annotated[str, Form(max_length=6000)] = "",
    ) -> Response:
        """Receive an application."""
        typed = {"state": state, "did": did, "name": name, "place": place, "contact": contact, "kind": kind, "evidence": evidence}
        typed_all = {**typed, "qualifications": qualifications, "occupations": occupations}
        try:
            codes = tuple(occupations.replace(",", " ").split())
            asked = ApplicationRequest(**{**typed_all, "occupations": codes})  # type: ignore[arg-type]  # pydantic checks them
            received = receive(registry.database, asked, registry.bundle(), registry.clock())
        except ValidationError as error:
            return page(request, typed_all, f"{error.errors()[0]['loc'][0]}: {error.errors()[0]['msg']}")
        except VCError as error:
            return page(request, typed_all, error.detail)
        return RedirectResponse(f"/registry/applications/{received}", _SEE_OTHER)

    @routes.post("/registry/api/v1/applications", tags=["trust bundle"], status_code=201)
    def ask_by_program(asked: ApplicationRequest) -> dict[str, str]:
        """Ask a state to be accredited; the answer names the address at which the application's standing is read."""
        received = receive(registry.database, asked, registry.bundle(), registry.clock())
        return {"id": received, "standing": f"/registry/api/v1/applications/{received}"}


def _standing(routes: APIRouter, registry: Registry) -> None:
    def page(request: Request, name: str, typed: str, wrong: str) -> HTMLResponse:
        found, bundle = application(registry.database, name), registry.bundle()
        status, reached = 422 if wrong else 200, _reached(registry, found)
        return registry.pages.render(
            request,
            "registry/standing.html",
            status=status,
            found=found,
            bundle=bundle,
            steps=STEPS,
            reached=reached,
            typed=typed,
            wrong=wrong,
        )

    @routes.get("/registry/applications/{name}", response_class=HTMLResponse, include_in_schema=False)
    def standing(request: Request, name: str) -> HTMLResponse:
        """Show how an application stands, to whoever has its address."""
        return page(request, name, "", "")

    @routes.post("/registry/applications/{name}", response_class=HTMLResponse, include_in_schema=False)
    def reply(request: Request, name: str, words: Annotated[str, Form(alias="answer", max_length=6000)] = "") -> Response:
        """Take the answer to what the authority asked back."""
        try:
            answer(registry.database, name, words, registry.clock())
        except VCError as error:
            return page(request, name, words, error.detail)
        return RedirectResponse(f"/registry/applications/{name}", _SEE_OTHER)

    @routes.get("/registry/api/v1/applications/{name}", tags=["trust bundle"])
    def standing_for_program(name: str) -> dict[str, str]:
        """Return how an application stands: waiting, asked, accredited or declined, with the authority's words."""
        found = application(registry.database, name)
        return {"id": found.id, "state": found.state, "standing": found.standing, "note": found.note}


def _reached(registry: Registry, found: Received) -> int:
    """Return the number of the step of `STEPS` at which an application is; the last one when the lists name the centre."""
    if found.standing == ACCREDITED:
        return len(STEPS) if found.did in registry.bundle().issuers else len(STEPS) - 1
    if found.standing == DECLINED:
        return 2
    listed = registry.approvals.listed(state_organisation(found.state))
    return 2 if any(one.payload.get("application") == found.id for one in listed) else 1
