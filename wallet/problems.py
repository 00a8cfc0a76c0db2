"""Words and HTTP status of each thing that can go wrong in the worker's house: one table."""

from __future__ import annotations

from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from credentials.errors import FetchError, VCError
from trust.bundle import BundleError
from wallet import errors

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from fastapi import Request, Response

    from wallet.service import Wallet

# exception → HTTP status and the message ids `wallet.{name}.title`, `.text`, `.next`
PROBLEMS: Final[Mapping[type[VCError], tuple[HTTPStatus, str]]] = MappingProxyType(
    {
        errors.ClaimUnknownError: (HTTPStatus.NOT_FOUND, "claim.unknown"),
        errors.ClaimEndedError: (HTTPStatus.GONE, "claim.ended"),
        errors.NotGenuineError: (HTTPStatus.UNPROCESSABLE_ENTITY, "forged"),
        errors.NotCheckedError: (HTTPStatus.SERVICE_UNAVAILABLE, "unchecked"),
        errors.FormRefusedError: (HTTPStatus.FORBIDDEN, "form"),
        errors.DurationError: (HTTPStatus.UNPROCESSABLE_ENTITY, "choose"),
        errors.NotADecisionError: (HTTPStatus.UNPROCESSABLE_ENTITY, "not-a-decision"),
        errors.NotOfMineError: (HTTPStatus.UNPROCESSABLE_ENTITY, "not-of-mine"),
        errors.WaitsAlreadyError: (HTTPStatus.CONFLICT, "case.waits-already"),
        errors.NotTakenError: (HTTPStatus.UNPROCESSABLE_ENTITY, "case.not-taken"),
        BundleError: (HTTPStatus.SERVICE_UNAVAILABLE, "lists"),
        errors.NotInWalletError: (HTTPStatus.NOT_FOUND, "missing"),
        errors.ShareUnknownError: (HTTPStatus.NOT_FOUND, "link.unknown"),
        errors.ShareEndedError: (HTTPStatus.GONE, "link.ended"),
        errors.ShareStoppedError: (HTTPStatus.GONE, "link.stopped"),
        errors.ShareUsedUpError: (HTTPStatus.GONE, "link.used-up"),
        errors.SharePasscodeError: (HTTPStatus.FORBIDDEN, "link.passcode"),
        FetchError: (HTTPStatus.SERVICE_UNAVAILABLE, "unreachable"),
    }
)


def found_problem(error: VCError) -> tuple[HTTPStatus, str] | None:
    """Return status and words of an error, or nothing when it is not one of this house."""
    return next((PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS), None)


def answer(wallet: Wallet, request: Request, error: VCError) -> Response:
    """Return the page, or for programs the problem document (RFC 9457), that says what went wrong.

    Raises:
        VCError: the same error, when it is not one of this house.
    """
    found = found_problem(error)
    if found is None:
        raise error
    status, name = found
    if "text/html" not in request.headers.get("accept", "text/html"):
        document: dict[str, Any] = {"type": error.type, "title": error.detail, "status": status.value}
        if isinstance(error, errors.SharePasscodeError):
            document["tries_left"] = error.tries_left
        response: Response = JSONResponse(document, status, media_type="application/problem+json")
    else:
        ended_at = error.ended_at if isinstance(error, errors.ShareEndedError) else None
        context: dict[str, Any] = {"name": name, "unknown": error.could_not_check, "date": ended_at}
        response = wallet.pages.render(request, "wallet/problem.html", status=status.value, **context)
    return keep_private(response)


def keep_private(response: Response) -> Response:
    """Forbid storing, indexing and telling other sites where the reader came from."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def route_class(wallet: Wallet) -> type[APIRoute]:
    """Return the class of this house's routes: private answers, and words for each problem."""

    class WalletRoute(APIRoute):
        """A route of the worker's house."""

        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def handle_privately(request: Request) -> Response:
                try:
                    return keep_private(await handle(request))
                except VCError as error:
                    return answer(wallet, request, error)

            return handle_privately

    return WalletRoute
