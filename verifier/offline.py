"""The scan page that works without internet: its page, its worker, and what a phone needs to keep it as an app."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from verifier.service import Verifier
from web.site import STATIC

PAGE: Final = "/verify/offline"
WORKER: Final = "worker.js"
_APP: Final = "app"
_KEPT: Final = (
    "tokens.css",
    "components.css",
    "site.css",
    "mark.svg",
    "vendor/zxing/reader/index.js",
    "vendor/zxing/share.js",
    "vendor/zxing/zxing_reader.wasm",
)
"""Below `/static`, besides what is built into `/static/app`."""


def kept_files(static: Path = STATIC) -> tuple[str, ...]:
    """Return the files that a device keeps, below `/static`."""
    built = sorted(path.name for path in (static / _APP).glob("*.js") if path.name != WORKER)
    return (*_KEPT, *(f"{_APP}/{name}" for name in built))


def version_of(files: Sequence[str], page: bytes, static: Path = STATIC) -> str:
    """Return a mark that changes when the page or any of the files does."""
    digest = hashlib.sha256(page)
    for name in files:
        digest.update(name.encode() + hashlib.sha256((static / name).read_bytes()).digest())
    return digest.hexdigest()[:16]


def router(verifier: Verifier, static: Path = STATIC) -> APIRouter:
    """Return the page, the worker and the manifest."""
    api = APIRouter(include_in_schema=False)

    def page(request: Request) -> Response:
        return verifier.pages.render(request, "verifier/offline.html", address=verifier.base_url)

    api.get(PAGE)(page)

    @api.get("/verify/worker.js")
    def worker(request: Request) -> Response:
        """Return the worker; before it stands what it keeps, so that any change is a new worker; none where it is not built."""
        if not (static / _APP / WORKER).is_file():
            return Response(status_code=404)
        files = kept_files(static)
        version = version_of(files, bytes(page(request).body), static)
        paths = json.dumps([f"/static/{name}" for name in files])
        content = f"const VERSION = {json.dumps(version)}, FILES = {paths};\n".encode() + (static / _APP / WORKER).read_bytes()
        headers = {"Service-Worker-Allowed": "/", "Cache-Control": "no-cache"}
        return Response(content, media_type="text/javascript", headers=headers)

    @api.get("/verify/manifest.webmanifest")
    def manifest(request: Request) -> Response:
        language = verifier.pages.language(request)
        name = verifier.pages.text(language, "verifier.offline.title")
        return JSONResponse(
            {
                "id": PAGE,
                "name": f"Comity: {name}",
                "short_name": "Comity",
                "lang": language,
                "start_url": PAGE,
                "scope": "/",
                "display": "standalone",
                "background_color": "#ffffff",
                "theme_color": "#0b4f60",
                "icons": [{"src": "/static/mark.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
            },
            media_type="application/manifest+json",
        )

    return api
