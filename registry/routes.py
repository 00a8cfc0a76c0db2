"""The page "What counts where" and the published lists over HTTP."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time
from typing import Annotated, Final

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from credentials.dids import did_document
from registry import applying_pages, asking_api, asking_pages
from registry.decision_lists import DecisionLists
from registry.desk import routes as desk
from registry.matrix import SIGNS, matrix, reason, turning_days
from registry.service import Registry
from web.joining import join
from web.people import NotFoundError

_SHORT: Final = "public, max-age=60"
_FOR_EVER: Final = "public, max-age=31536000, immutable"


def router(registry: Registry) -> APIRouter:
    """Return the registry's endpoints."""
    routes = APIRouter()

    @routes.get("/registry", response_class=HTMLResponse, include_in_schema=False)
    def what_counts_where(request: Request, on: str = "") -> HTMLResponse:
        """Show every qualification against every state, as it stood on a day."""
        bundle, now = registry.bundle(), registry.clock()
        at, person = _moment(on, now), registry.people.anyone(request)
        return registry.pages.render(
            request,
            "registry/matrix.html",
            bundle=bundle,
            rows=matrix(bundle, at, now),
            signs=SIGNS,
            age=bundle.age(now).days,
            at=at,
            days=turning_days(bundle, now),
            desk=person.desk if person else "",
        )

    @routes.get("/registry/cell", response_class=HTMLResponse, include_in_schema=False)
    def why(request: Request, qualification: str, state: str, on: str = "") -> HTMLResponse:
        """Show the reason of one cell: the rule, its article, what it asks for, since when; and the rules before it."""
        bundle, now = registry.bundle(), registry.clock()
        named, asked = bundle.qualifications.get(qualification), bundle.states.get(state)
        if named is None or asked is None:
            raise NotFoundError("the lists know no such qualification or state")
        at = _moment(on, now)
        found = reason(named, state, bundle, at, now)
        decides = any(authority.did for authority in bundle.authorities.values() if authority.state == state)
        return registry.pages.render(
            request, "registry/cell.html", bundle=bundle, found=found, state=asked, at=at, signs=SIGNS, decides=decides
        )

    _published(routes, registry)
    for part in (applying_pages, asking_pages, asking_api, desk):
        join(routes, part.router(registry))
    return routes


def _published(routes: APIRouter, registry: Registry) -> None:
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

    lists = DecisionLists(registry)

    @routes.get("/registry/decisions/{name}-revocation", tags=["trust bundle"])
    def decision_list(name: str) -> Response:
        """Return the signed status list of an authority's decisions: which of them it has withdrawn."""
        return Response(lists.get(name), media_type="application/vc", headers={"Cache-Control": "no-cache"})

    @routes.get("/registry/authorities/{slug}/did.json", tags=["trust bundle"])
    def authority_document(slug: str) -> Response:
        """Return the DID document of an authority that signs decisions, with the keys that the lists name."""
        suffix, now = f":registry:authorities:{slug}", registry.clock()
        for authority in registry.bundle().authorities.values():
            if authority.did.endswith(suffix):
                keys = {key.id.removeprefix("#"): key.public_key for key in authority.keys if now in key.period}
                return JSONResponse(did_document(authority.did, keys), media_type="application/did+json")
        return Response(status_code=404)


def _moment(day: str, now: datetime) -> datetime:
    """Return the middle of a day, or the present where the day is none or today."""
    try:
        asked = datetime.combine(date.fromisoformat(day), time(12), UTC)
    except ValueError:
        return now
    return now if asked.date() == now.date() else asked
