"""A person asks a state to decide on a certificate, sees how the case stands, and takes the decision along."""

from __future__ import annotations

import json
from typing import Annotated, Final

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse

from credentials.errors import MalformedValueError, VCError
from registry.cases import LONGEST, ask, case, deciding_authority
from registry.service import Registry
from trust.bundle import Bundle
from trust.records import State
from web.people import NotFoundError

Word = Annotated[str, Form(max_length=300)]
Long = Annotated[str, Form(max_length=3000)]
_SEE_OTHER: Final = 303


def router(registry: Registry) -> APIRouter:
    """Return the pages of a person who asks."""
    routes = APIRouter(include_in_schema=False)

    def page(request: Request, state: str, contact: str, note: str, wrong: str) -> HTMLResponse:
        return registry.pages.render(
            request,
            "registry/ask.html",
            status=422 if wrong else 200,
            states=_deciding(registry.bundle()),
            state=state,
            contact=contact,
            note=note,
            wrong=wrong,
        )

    @routes.get("/registry/ask")
    def form(request: Request, state: str = "") -> HTMLResponse:
        return page(request, state, "", "", "")

    @routes.post("/registry/ask")
    def send(
        request: Request,
        state: Word = "",
        contact: Word = "",
        note: Long = "",
        file: Annotated[UploadFile | None, File()] = None,
    ) -> Response:
        content = file.file.read(LONGEST + 1) if file else b""
        try:
            name = ask(registry, state, content, contact, note)
        except VCError as error:
            return page(request, state, contact, note, error.detail)
        return RedirectResponse(f"/registry/cases/{name}", _SEE_OTHER)

    @routes.get("/registry/cases/{name}")
    def standing(request: Request, name: str) -> HTMLResponse:
        found, bundle = case(registry, name), registry.bundle()
        told = dict((found.decision or {}).get("credentialSubject", {}).get("recognitionDecision", {}))
        return registry.pages.render(
            request,
            "registry/case-standing.html",
            found=found,
            told=told,
            state=bundle.states[found.state],
            authority=deciding_authority(bundle, found.state),
            now=registry.clock(),
        )

    @routes.get("/registry/cases/{name}/decision.json")
    def decision(name: str) -> Response:
        found = case(registry, name)
        if found.decision is None:
            raise NotFoundError("nothing has been decided yet")
        headers = {"Content-Disposition": f'attachment; filename="decision-{found.state}.json"', "Cache-Control": "no-store"}
        return Response(json.dumps(found.decision, ensure_ascii=False, indent=1), media_type="application/vc", headers=headers)

    return routes


def _deciding(bundle: Bundle) -> dict[str, State]:
    """Return the states whose authorities sign decisions."""
    found = {}
    for code, state in bundle.states.items():
        try:
            deciding_authority(bundle, code)
        except MalformedValueError:
            continue
        found[code] = state
    return found
