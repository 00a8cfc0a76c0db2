"""The front page with its doors, static files, and what an operator's monitor asks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import text

from trust.bundle import Bundle, BundleError
from web.db import Database
from web.pages import Pages
from web.people import SignedIn
from web.static_files import CachedFiles

STATIC: Final = Path(__file__).parent / "static"


def mount_static(app: FastAPI) -> None:
    """Serve `web/static` below `/static`."""
    app.mount("/static", CachedFiles(directory=STATIC), name="static")


def router(
    pages: Pages, database: Database, bundle: Callable[[], Bundle], anyone: Callable[[Request], SignedIn | None]
) -> APIRouter:
    """Return the front page and the health answers.

    Args:
        pages: renders.
        database: is asked whether it answers.
        bundle: the lists.
        anyone: says who asks, if they are signed in: the front page knows their desk.
    """
    api = APIRouter(include_in_schema=False)

    @api.get("/")
    def front(request: Request) -> Response:
        person = anyone(request)
        return pages.render(request, "front.html", bundle=_lists(bundle), desk=person.desk if person else "")

    @api.get("/healthz")
    def lives() -> dict[str, str]:
        return {"status": "ok"}

    @api.get("/readyz")
    def is_ready() -> Response:
        try:
            with database.session() as session:
                session.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return JSONResponse({"status": "the database does not answer"}, 503)
        return JSONResponse({"status": "ok"})

    return api


def _lists(bundle: Callable[[], Bundle]) -> Bundle | None:
    """Return the lists, or None while there are none to rely on: the doors stay open."""
    try:
        return bundle()
    except BundleError:
        return None
