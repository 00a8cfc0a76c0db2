"""The scan page that works without internet: its page, its worker, and what a phone needs to keep it as an app."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from verifier.results import TAGS
from verifier.service import Verifier
from verifier.verdicts import LOOKS
from web.site import STATIC

_GZIP: Final = re.compile(r"(?:^|,)\s*gzip\s*(?:,|$)", re.IGNORECASE)
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
_SENTENCES: Final = (
    *(f"verdict.{verdict}.text" for verdict in LOOKS if verdict not in {"partly-unknown", "unknown"}),
    "verdict.recognized.text.plain",
    "verdict.partly.text.many",
    "verdict.undecided.text.nobody",
    "verdict.refused.text.stopped-here",
    "verdict.refused.text.refused-decision",
    *(f"verdict.partly-unknown.text.{question}" for question in ("current", "entitled", "recognised")),
    *(f"verdict.unknown.text.{why}" for why in ("key-stolen", "key-unknown", "unknown")),
)
"""The banner's sentences that the browser may say."""
_SAYS: Final = (
    "not-asked",
    "not-asked-yet",
    *(f"genuine.{what}" for what in ("yes", "yes-undated", "no", "key-stolen", "key-unknown", "unknown")),
    *(f"current.{what}" for what in ("yes", "yes-no-end", "withdrawn", "held", "ended", "not-yet", "unknown")),
    *(f"entitled.{what}" for what in ("yes", "yes.work", "no", "no.work", "none", "none.work", "no-day", "unproven")),
    *(f"entitled.{what}" for what in ("not-a-party", "no-mandate", "not-in-register")),
    *(f"recognised.{what}" for what in ("yes", "home", "home.work", "joint", "level", "partly", "refused", "stopped")),
    *(f"recognised.{what}" for what in ("refused-decision", "stopped-here", "case-by-case", "undecided", "undecided.nobody")),
    *(f"recognised.{what}" for what in ("no-state", "not-a-party", "not-asked", "old-lists")),
)
"""The sentences under the questions that the browser may say."""
_PLACES: Final = (
    *("age", "agreement", "appeal", "authority", "basis", "centre", "conditions", "date", "days", "decided", "good", "level"),
    *(
        "lists",
        "local",
        "m",
        "needed",
        "headline",
        "n",
        "name",
        "origin",
        "passport",
        "reason",
        "review",
        "state",
        "title",
        "until",
        "when",
    ),
)
"""What the browser puts into sentences."""


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


def packed(response: Response, accepted: str) -> Response:
    """Return a page as gzip to whoever unpacks it. The page is the same for everybody: its length tells nothing."""
    response.headers.add_vary_header("Accept-Encoding")
    if not _GZIP.search(accepted):
        return response
    response.body = gzip.compress(response.body, mtime=0)
    response.headers["Content-Length"] = str(len(response.body))
    response.headers["Content-Encoding"] = "gzip"
    return response


def router(verifier: Verifier, static: Path = STATIC) -> APIRouter:
    """Return the page, the worker and the manifest."""
    api = APIRouter(include_in_schema=False)

    def written(request: Request) -> Response:
        return verifier.pages.render(
            request,
            "verifier/offline.html",
            looks=LOOKS,
            tags=TAGS,
            sentences=_SENTENCES,
            says=_SAYS,
            places={name: f"{{{name}}}" for name in _PLACES},
        )

    @api.get(PAGE)
    def page(request: Request) -> Response:
        return packed(written(request), request.headers.get("accept-encoding", ""))

    @api.get("/verify/worker.js")
    def worker(request: Request) -> Response:
        """Return the worker; before it stands what it keeps, so that any change is a new worker; none where it is not built."""
        if not (static / _APP / WORKER).is_file():
            return Response(status_code=404)
        files = kept_files(static)
        version = version_of(files, bytes(written(request).body), static)
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
