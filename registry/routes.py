"""The page "What counts where" and the published lists over HTTP."""

from __future__ import annotations

import hashlib
from typing import Annotated, Final

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from credentials.dids import did_document
from registry.matrix import SIGNS, matrix
from registry.service import Registry

_SHORT: Final = "public, max-age=60"
_FOR_EVER: Final = "public, max-age=31536000, immutable"


def router(registry: Registry) -> APIRouter:
    """Return the registry's endpoints."""
    routes = APIRouter()

    @routes.get("/registry", response_class=HTMLResponse, include_in_schema=False)
    def what_counts_where(request: Request) -> HTMLResponse:
        """Show every qualification against every state."""
        bundle, now = registry.bundle(), registry.clock()
        rows = matrix(bundle, now, now)
        age = bundle.age(now).days
        return registry.pages.render(request, "registry/matrix.html", bundle=bundle, rows=rows, signs=SIGNS, age=age)

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

    return routes
