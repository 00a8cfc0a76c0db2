"""The page "What counts where" and the published lists over HTTP."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Annotated, Final

from fastapi import APIRouter, Form, Header, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from pydantic import ValidationError

from credentials.dids import did_document
from credentials.errors import VCError
from registry import office_pages
from registry.applications import KINDS, ApplicationRequest, application, receive
from registry.matrix import SIGNS, matrix, reason
from registry.service import Registry
from web.people import NotFoundError

Word = Annotated[str, Form(max_length=300)]
_SHORT: Final = "public, max-age=60"
_FOR_EVER: Final = "public, max-age=31536000, immutable"


def router(registry: Registry) -> APIRouter:
    """Return the registry's endpoints."""
    routes = APIRouter()

    @routes.get("/registry", response_class=HTMLResponse, include_in_schema=False)
    def what_counts_where(request: Request, on: str = "") -> HTMLResponse:
        """Show every qualification against every state, as it stood on a day."""
        bundle, now = registry.bundle(), registry.clock()
        at = _moment(on, now)
        rows, age = matrix(bundle, at, now), bundle.age(now).days
        return registry.pages.render(request, "registry/matrix.html", bundle=bundle, rows=rows, signs=SIGNS, age=age, at=at)

    @routes.get("/registry/cell", response_class=HTMLResponse, include_in_schema=False)
    def why(request: Request, qualification: str, state: str, on: str = "") -> HTMLResponse:
        """Show the reason of one cell: the rule, its article, what it asks for, since when; and the rules before it."""
        bundle, now = registry.bundle(), registry.clock()
        named, asked = bundle.qualifications.get(qualification), bundle.states.get(state)
        if named is None or asked is None:
            raise NotFoundError("the lists know no such qualification or state")
        at = _moment(on, now)
        found = reason(named, state, bundle, at, now)
        return registry.pages.render(request, "registry/cell.html", bundle=bundle, found=found, state=asked, at=at, signs=SIGNS)

    _applying(routes, registry)

    @routes.get("/trust/bundle/{path:path}", tags=["trust bundle"])
    def bundle_file(path: str, if_none_match: Annotated[str, Header()] = "") -> Response:
        """Return a file of the signed lists: TUF metadata under `metadata/`, targets under `targets/`."""
        content = registry.source.read(path)
        if content is None:
            return Response(status_code=404)
        tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        lasting = _SHORT if path == "metadata/timestamp.json" else _FOR_EVER
        headers = {"ETag": tag, "Cache-Control": lasting}
        if tag in if_none_match:
            return Response(status_code=304, headers=headers)
        return Response(content, media_type="application/json", headers=headers)

    @routes.get("/registry/authorities/{slug}/did.json", tags=["trust bundle"])
    def authority_document(slug: str) -> Response:
        """Return the DID document of an authority that signs decisions, with the keys that the lists name."""
        suffix, now = f":registry:authorities:{slug}", registry.clock()
        for authority in registry.bundle().authorities.values():
            if authority.did.endswith(suffix):
                keys = {key.id.removeprefix("#"): key.public_key for key in authority.keys if now in key.period}
                return JSONResponse(did_document(authority.did, keys), media_type="application/did+json")
        return Response(status_code=404)

    routes.include_router(office_pages.router(registry))
    return routes


def _moment(day: str, now: datetime) -> datetime:
    """Return the middle of a day, or the present where the day is none or today."""
    try:
        asked = datetime.combine(date.fromisoformat(day), time(12), UTC)
    except ValueError:
        return now
    return now if asked.date() == now.date() else asked


def _applying(routes: APIRouter, registry: Registry) -> None:
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
        return RedirectResponse(f"/registry/applications/{received}", 303)

    @routes.get("/registry/applications/{name}", response_class=HTMLResponse, include_in_schema=False)
    def standing(request: Request, name: str) -> HTMLResponse:
        """Show how an application stands, to whoever has its address."""
        found = application(registry.database, name)
        return registry.pages.render(request, "registry/standing.html", found=found, bundle=registry.bundle())

    @routes.post("/registry/api/v1/applications", tags=["trust bundle"], status_code=201)
    def ask_by_program(asked: ApplicationRequest) -> dict[str, str]:
        """Ask a state to be accredited; the answer names the address at which the application's standing is read."""
        received = receive(registry.database, asked, registry.bundle(), registry.clock())
        return {"id": received, "standing": f"/registry/api/v1/applications/{received}"}

    @routes.get("/registry/api/v1/applications/{name}", tags=["trust bundle"])
    def standing_for_program(name: str) -> dict[str, str]:
        """Return how an application stands: waiting, accredited or declined, with the authority's words."""
        found = application(registry.database, name)
        return {"id": found.id, "state": found.state, "standing": found.standing, "note": found.note}
