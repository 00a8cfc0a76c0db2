"""The second table from errors to HTTP: what OAuth-shaped endpoints answer (RFC 6749 §5.2, RFC 6750 §3, RFC 9449 §7.1)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from credentials.errors import COMITY, VCError

CORS: Final[Mapping[str, str]] = MappingProxyType(
    {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "DPoP-Nonce, WWW-Authenticate"}
)
"""Wallets that run in browsers read these answers; nothing here is decided by a cookie."""
_PREFLIGHT: Final = {
    **CORS,
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, DPoP, OAuth-Client-Attestation, OAuth-Client-Attestation-PoP",
    "Access-Control-Max-Age": "600",
}
NO_STORE: Final = {"Cache-Control": "no-store"}
_STATUS: Final[Mapping[str, HTTPStatus]] = MappingProxyType(
    {
        "invalid_client": HTTPStatus.UNAUTHORIZED,
        "invalid_client_attestation": HTTPStatus.UNAUTHORIZED,
        "server_error": HTTPStatus.INTERNAL_SERVER_ERROR,
        "temporarily_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    }
)
"""Code of an error to its status; 400 for all others."""


class OAuthError(VCError):
    """A refusal that carries one of the codes that a specification of OAuth's family names.

    Args:
        code: such as `invalid_grant`.
        detail: one sentence in English.
        dpop_nonce: the nonce that the next DPoP proof must carry; empty where there is none to tell.
    """

    type = COMITY + "OAUTH"
    title = "problem.malformed-value"

    def __init__(self, code: str, detail: str, *, dpop_nonce: str = "") -> None:
        super().__init__(detail)
        self.code = code
        self.dpop_nonce = dpop_nonce


class AccessError(OAuthError):
    """The access token is missing, or not one for this request.

    Args:
        code: such as `invalid_token`; empty where no token came at all (RFC 6750 §3.1).
        detail: one sentence in English.
        dpop_nonce: see `OAuthError`.
        scheme: how the token must be shown.
    """

    def __init__(self, code: str, detail: str, *, dpop_nonce: str = "", scheme: str = "Bearer") -> None:
        super().__init__(code, detail, dpop_nonce=dpop_nonce)
        self.scheme = scheme


def answer(error: VCError) -> Response:
    """Return what an error is answered with."""
    if not isinstance(error, OAuthError):
        code = "temporarily_unavailable" if error.could_not_check else "invalid_request"
        error = OAuthError(code, error.detail)
    headers = {**NO_STORE, **({"DPoP-Nonce": error.dpop_nonce} if error.dpop_nonce else {})}
    content = {"error": error.code, "error_description": _plain(error.detail)} if error.code else {}
    if not isinstance(error, AccessError):
        return JSONResponse(content, _STATUS.get(error.code, HTTPStatus.BAD_REQUEST), headers)
    told = "".join(f', {name}="{value}"' for name, value in content.items())
    algorithms = ', algs="ES256 EdDSA"' if error.scheme == "DPoP" else ""
    headers["WWW-Authenticate"] = f'{error.scheme} realm="credentials"{told}{algorithms}'
    return JSONResponse(content, HTTPStatus.UNAUTHORIZED, headers)


def _plain(detail: str) -> str:
    """Return a text with the characters that RFC 6749 §5.2 allows in a description."""
    return "".join(mark if " " <= mark <= "~" and mark not in '"\\' else "'" for mark in detail)[:300]


class OAuthRoute(APIRoute):
    """A route whose refusals are OAuth's, that may be read from any origin and is kept by nobody."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler."""
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                response = await handle(request)
            except VCError as error:
                response = answer(error)
            response.headers.update(CORS)
            response.headers.setdefault("Cache-Control", NO_STORE["Cache-Control"])
            return response

        return answered


class OpenRoute(APIRoute):
    """A route whose answers may be read from any origin; its refusals are problem documents."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler."""
        handle = super().get_route_handler()

        async def answered(request: Request) -> Response:
            response = await handle(request)
            response.headers.update(CORS)
            return response

        return answered


def add_preflight(api: APIRouter, *paths: str) -> None:
    """Let browsers ask before they send (CORS preflight)."""
    for path in paths:
        api.add_api_route(path, lambda: Response(status_code=204, headers=_PREFLIGHT), methods=["OPTIONS"], include_in_schema=False)
