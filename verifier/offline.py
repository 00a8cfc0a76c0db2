"""The scan page that works without internet: its page, its worker, and what a phone needs to keep it as an app."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from verifier.results import TAGS
from verifier.service import Verifier
from verifier.verdicts import LOOKS
from web.kept_pages import LOOK, READER, KeptPage, packed
from web.languages import LANGUAGES
from web.site import STATIC

PAGE: Final = "/verify/offline"
_KEPT: Final = (*LOOK, *READER)
"""Below `/static`, besides what is built into `/static/app`."""
_SENTENCES: Final = (
    *(f"verdict.{verdict}.text" for verdict in LOOKS if verdict not in {"partly-unknown", "unknown"}),
    "verdict.recognized.text.plain",
    "verdict.partly.text.many",
    "verdict.undecided.text.nobody",
    "verdict.refused.text.stopped-here",
    "verdict.refused.text.refused-decision",
    *(f"verdict.partly-unknown.text.{question}" for question in ("current", "entitled", "recognised")),
    *(f"verdict.unknown.text.{why}" for why in ("key-stolen", "key-unknown", "not-kept", "unknown")),
)
"""The banner's sentences that the browser may say."""
_SAYS: Final = (
    "not-asked",
    "not-asked-yet",
    *(f"genuine.{what}" for what in ("yes", "yes-undated", "no", "key-stolen", "key-unknown", "not-kept", "unknown")),
    *(f"current.{what}" for what in ("yes", "yes-no-end", "withdrawn", "replaced", "held", "ended", "not-yet", "unknown")),
    *(f"entitled.{what}" for what in ("yes", "yes.work", "no", "no.work", "none", "none.work", "no-day", "unproven")),
    *(f"entitled.{what}" for what in ("not-a-party", "no-mandate", "chain", "not-in-register", "not-kept", "ran-out")),
    *(f"recognised.{what}" for what in ("yes", "home", "home.work", "joint", "level", "partly", "refused", "stopped")),
    *(f"recognised.{what}" for what in ("refused-decision", "stopped-here", "case-by-case", "undecided", "undecided.nobody")),
    *(f"recognised.{what}" for what in ("no-state", "not-a-party", "not-asked", "old-lists", "not-kept", "clock", "ran-out")),
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


def kept_page(static: Path = STATIC) -> KeptPage:
    """Return what a device keeps of this page."""
    return KeptPage(PAGE, "/", ("/", "/verify"), _KEPT, ("holder.", "vault"), static)


def _asking_in(request: Request, language: str) -> Request:
    """Return the request as if it asked in a language."""
    return Request({**request.scope, "query_string": f"lang={language}".encode()})


def router(verifier: Verifier, static: Path = STATIC) -> APIRouter:
    """Return the page, the worker and the manifest."""
    api = APIRouter(include_in_schema=False)

    def written(request: Request) -> Response:
        return verifier.pages.render(
            request,
            "verifier/offline.html",
            address=verifier.base_url,
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
        pages = b"".join(bytes(written(_asking_in(request, code)).body) for code in LANGUAGES)
        return kept_page(static).worker(pages, tuple(LANGUAGES))

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
