"""The one table from exceptions to HTTP: RFC 9457 problem documents for programs, pages for people.

Anything that is not a `VCError` is a mistake of ours: an opaque 500 with an id, and a line in the log.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from credentials import errors
from credentials.errors import COMITY, VCError
from credentials.keys import KeyStoreError
from trust.bundle import BundleError
from web import approvals, invitations, links, members, passkeys, people, qr, rate_limits, roles, sealing
from web.pages import Pages
from web.security import PackedBodyError, security_headers

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
        KeyStoreError: HTTPStatus.SERVICE_UNAVAILABLE,
        errors.StatusRetrievalError: HTTPStatus.BAD_GATEWAY,
        BundleError: HTTPStatus.SERVICE_UNAVAILABLE,
        PackedBodyError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        links.ForeignCodeError: HTTPStatus.UNPROCESSABLE_ENTITY,
        qr.CodeTooLargeError: HTTPStatus.UNPROCESSABLE_ENTITY,
        sealing.SealBrokenError: HTTPStatus.UNPROCESSABLE_ENTITY,
        people.SignInNeededError: HTTPStatus.UNAUTHORIZED,
        people.LinkUsedError: HTTPStatus.GONE,
        people.FormTokenError: HTTPStatus.FORBIDDEN,
        people.NotFoundError: HTTPStatus.NOT_FOUND,
        rate_limits.TooManyRequestsError: HTTPStatus.TOO_MANY_REQUESTS,
        roles.RoleError: HTTPStatus.FORBIDDEN,
        roles.UnknownRoleError: HTTPStatus.UNPROCESSABLE_ENTITY,
        approvals.SecondPersonError: HTTPStatus.FORBIDDEN,
        approvals.ApprovalVoidError: HTTPStatus.CONFLICT,
        approvals.ReasonNeededError: HTTPStatus.UNPROCESSABLE_ENTITY,
        passkeys.PasskeyRefusedError: HTTPStatus.UNAUTHORIZED,
        passkeys.TooManyPasskeysError: HTTPStatus.CONFLICT,
        invitations.InvitationEndedError: HTTPStatus.GONE,
        invitations.InvitedNameError: HTTPStatus.UNPROCESSABLE_ENTITY,
        invitations.AlreadyMemberError: HTTPStatus.CONFLICT,
        members.LastManagerError: HTTPStatus.CONFLICT,
        members.OwnRoleError: HTTPStatus.FORBIDDEN,
    }
)
_OF_HTTP: Final[Mapping[int, tuple[str, str]]] = MappingProxyType(
    {
        HTTPStatus.NOT_FOUND: (people.NotFoundError.type, "problem.not-found"),
        HTTPStatus.METHOD_NOT_ALLOWED: ("about:blank", "problem.method"),
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (errors.TooLargeError.type, "problem.too-large"),
    }
)
"""Statuses that the framework itself answers with, to (type, title)."""


def status_of(error: VCError, more: Mapping[type[VCError], HTTPStatus]) -> HTTPStatus:
    """Return the status of an error: of its own class, or the nearest of its bases."""
    table = {**STATUS, **more}
    return next(table[kind] for kind in type(error).__mro__ if kind in table)


def wants_html(request: Request) -> bool:
    """Return whether a browser asks for a page."""
    return "text/html" in request.headers.get("accept", "")


@dataclass(frozen=True, slots=True)
class Problems:
    """Answers everything that can go wrong.

    Attributes:
        pages: for the words.
        more: rows of the services.
        https: whether browsers reach this deployment over https.
    """

    pages: Pages
    more: Mapping[type[VCError], HTTPStatus] = field(default_factory=dict)
    https: bool = False

    def install(self, app: FastAPI) -> None:
        """Give an application these answers."""
        app.add_exception_handler(VCError, self._of_ours)
        app.add_exception_handler(RequestValidationError, self._of_a_request)
        app.add_exception_handler(HTTPException, self._of_http)
        app.add_exception_handler(Exception, self._unexpected)

    def answer(self, request: Request, error: VCError) -> Response:
        """Return the problem document, or the page, of an error."""
        document = {"type": error.type, "detail": error.detail, "pointer": error.pointer}
        status = status_of(error, self.more)
        headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED and not wants_html(request) else {}
        return self._say(request, status, document, error.title, headers)

    def _say(
        self,
        request: Request,
        status: int,
        document: Mapping[str, str],
        key: str,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> Response:
        language = self.pages.language(request)
        title = self.pages.text(language, key if self.pages.has(key) else "problem.malformed-value")
        if wants_html(request):
            signed_out = status == HTTPStatus.UNAUTHORIZED
            page = self.pages.render(request, "problem.html", status=status, title=title, document=document, signed_out=signed_out)
            page.headers.update(headers)
            return page
        content: dict[str, Any] = {"title": title, "status": status, **document}
        said = {"Content-Language": language, "Vary": "Accept, Accept-Language, Cookie", **headers}
        return JSONResponse(content, status, media_type=PROBLEM_JSON, headers=said)

    def _of_ours(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, VCError)  # noqa: S101  # registered for this class
        return self.answer(request, error)

    def _of_a_request(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101  # registered for this class
        first = error.errors()[0]
        pointer = "".join(f"/{_escape(part)}" for part in first["loc"][1:])
        document = {"type": errors.MalformedValueError.type, "detail": str(first["msg"]), "pointer": pointer}
        return self._say(request, HTTPStatus.UNPROCESSABLE_ENTITY, document, "problem.malformed-value")

    def _of_http(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101  # registered for this class
        kind, key = _OF_HTTP.get(error.status_code, ("about:blank", "problem.malformed-value"))
        document = {"type": kind, "detail": str(error.detail), "pointer": ""}
        return self._say(request, error.status_code, document, key, error.headers or {})

    def _unexpected(self, request: Request, error: Exception) -> Response:
        code = secrets.token_hex(4).upper()
        route = getattr(request.scope.get("route"), "path", "?")  # the address itself may hold a secret
        _LOG.error("unexpected %s at %s", code, route, exc_info=error)
        document = {"type": COMITY + "UNEXPECTED", "detail": f"If you call for help, say {code}.", "pointer": ""}
        response = self._say(request, HTTPStatus.INTERNAL_SERVER_ERROR, document, "problem.unexpected")
        response.headers.update(
            security_headers(request.scope["path"], https=self.https)
        )  # outside of the middleware that adds them
        response.headers["Cache-Control"] = "no-store"
        return response


def _escape(part: object) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")
