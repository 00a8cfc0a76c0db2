"""The one table from exceptions to HTTP: RFC 9457 problem documents for programs, pages for people.

Anything that is not a `VCError` is a mistake of ours: an opaque 500 with an id, and a line in the log.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from credentials import errors
from credentials.errors import COMITY, VCError
from trust.bundle import BundleError
from web import links, people, qr, sealing
from web.pages import Pages

_LOG: Final = logging.getLogger("comity")
PROBLEM_JSON: Final = "application/problem+json"

STATUS: Final[Mapping[type[VCError], HTTPStatus]] = MappingProxyType(
    {
        VCError: HTTPStatus.BAD_REQUEST,
        errors.TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        errors.MalformedValueError: HTTPStatus.UNPROCESSABLE_ENTITY,
        errors.SchemaError: HTTPStatus.UNPROCESSABLE_ENTITY,
        errors.ComplexityLimitError: HTTPStatus.UNPROCESSABLE_ENTITY,
        errors.FetchError: HTTPStatus.BAD_GATEWAY,
        errors.StatusRetrievalError: HTTPStatus.BAD_GATEWAY,
        BundleError: HTTPStatus.SERVICE_UNAVAILABLE,
        links.ForeignCodeError: HTTPStatus.UNPROCESSABLE_ENTITY,
        qr.CodeTooLargeError: HTTPStatus.UNPROCESSABLE_ENTITY,
        sealing.SealBrokenError: HTTPStatus.UNPROCESSABLE_ENTITY,
        people.SignInNeededError: HTTPStatus.UNAUTHORIZED,
        people.LinkUsedError: HTTPStatus.GONE,
        people.FormTokenError: HTTPStatus.FORBIDDEN,
        people.NotFoundError: HTTPStatus.NOT_FOUND,
    }
)


def status_of(error: VCError, more: Mapping[type[VCError], HTTPStatus]) -> HTTPStatus:
    """Return the status of an error: of its own class, or the nearest of its bases."""
    table = {**STATUS, **more}
    return next(table[kind] for kind in type(error).__mro__ if kind in table)


def wants_html(request: Request) -> bool:
    """Return whether a browser asks for a page."""
    return "text/html" in request.headers.get("accept", "")


def install(app: FastAPI, pages: Pages, more: Mapping[type[VCError], HTTPStatus]) -> None:
    """Give an application its answers for everything that can go wrong.

    Args:
        app: the application.
        pages: for the words.
        more: rows of the services.
    """

    def say(request: Request, status: int, document: dict[str, Any], key: str) -> Response:
        language = pages.language(request)
        title = pages.text(language, key if pages.has(key) else "problem.malformed-value")
        if wants_html(request):
            return pages.render(request, "problem.html", status=status, title=title, document=document)
        content = {"title": title, "status": status, **document}
        return JSONResponse(content, status, media_type=PROBLEM_JSON, headers={"Content-Language": language})

    @app.exception_handler(VCError)
    def of_ours(request: Request, error: VCError) -> Response:
        document = {"type": error.type, "detail": error.detail, "pointer": error.pointer}
        return say(request, status_of(error, more), document, error.title)

    @app.exception_handler(RequestValidationError)
    def of_a_request(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        pointer = "".join(f"/{part}" for part in first["loc"][1:])
        document = {"type": errors.MalformedValueError.type, "detail": str(first["msg"]), "pointer": pointer}
        return say(request, HTTPStatus.UNPROCESSABLE_ENTITY, document, "problem.malformed-value")

    @app.exception_handler(HTTPException)
    def of_http(request: Request, error: HTTPException) -> Response:
        key = "problem.not-found" if error.status_code == HTTPStatus.NOT_FOUND else "problem.malformed-value"
        document = {"type": "about:blank", "detail": str(error.detail), "pointer": ""}
        return say(request, error.status_code, document, key)

    @app.exception_handler(Exception)
    def unexpected(request: Request, error: Exception) -> Response:
        code = secrets.token_hex(4).upper()
        _LOG.error("unexpected %s at %s", code, request.url.path, exc_info=error)
        document = {"type": COMITY + "UNEXPECTED", "detail": f"If you call for help, say {code}.", "pointer": ""}
        return say(request, HTTPStatus.INTERNAL_SERVER_ERROR, document, "problem.unexpected")
