"""What every answer carries and every request must respect: content policy, other headers, body size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from credentials.errors import COMITY, TooLargeError, VCError

MEBIBYTE: Final = 1024 * 1024
DEFAULT_LIMITS: Final[Mapping[str, int]] = MappingProxyType({"/": MEBIBYTE})
"""Path prefix to the bytes that a request's body may have; the longest prefix counts."""
_POLICY: Final = (
    "default-src 'none'; script-src 'self'{wasm}; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "media-src 'self' blob:; manifest-src 'self'; {forms}base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
_READ_CODES: Final = ("/verify", "/wallet/key", "/wallet/vault")
_A_YEAR: Final = "max-age=31536000"
_MAX_DIGITS: Final = 18
Refuse = Callable[[Request, VCError], Response]


class PackedBodyError(VCError):
    """The request's body is compressed: nothing that is sent here is unpacked."""

    type = COMITY + "BODY_PACKED"
    title = "problem.body-packed"


def security_headers(path: str, *, https: bool) -> dict[str, str]:
    """Return what every answer of a path carries.

    Only the pages that read codes may use the camera and run the reader; only the page on which a wallet is authorized may have a
    form that is answered by leaving for another address: that of the wallet, which can have a scheme of its own.
    """
    leaving = path.startswith("/issuers/") and path.endswith("/authorize")
    scanning = any(path == page or path.startswith(f"{page}/") for page in _READ_CODES)
    headers = {
        "Content-Security-Policy": _POLICY.format(
            wasm=" 'wasm-unsafe-eval'" if scanning else "", forms="" if leaving else "form-action 'self'; "
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": f"camera=({'self' if scanning else ''}), geolocation=(), microphone=()",
    }
    return headers | ({"Strict-Transport-Security": _A_YEAR} if https else {})


def refuse_plainly(_request: Request, error: VCError) -> Response:
    """Return the answer of an application that has no pages of its own."""
    status = 415 if isinstance(error, PackedBodyError) else 413
    document = {"type": error.type, "title": error.detail, "status": status}
    return JSONResponse(document, status, media_type="application/problem+json")


class SecurityHeaders:
    """Adds the headers, and refuses bodies that are too large (before they are read, if they say so) or packed."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        https: bool = False,
        limits: Mapping[str, int] = DEFAULT_LIMITS,
        refuse: Refuse = refuse_plainly,
    ) -> None:
        self._app = app
        self._https = https
        self._limits = sorted(limits.items(), key=lambda row: -len(row[0]))
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        added = security_headers(scope["path"], https=self._https)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(added)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        limit = next((size for prefix, size in self._limits if scope["path"].startswith(prefix)), MEBIBYTE)
        problem = _problem_with(Headers(scope=scope), limit)
        if problem is not None:
            await self._refuse(Request(scope), problem)(scope, receive, send_with_headers)
            return
        await self._app(scope, _Limited(receive, limit), send_with_headers)


class _Limited:
    """Counts a body that does not say its size, and stops reading when it is too large."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise HTTPException(413, "the request has more bytes than are read here")
        return message


def _problem_with(headers: Headers, limit: int) -> VCError | None:
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        return PackedBodyError("send the body as it is, without Content-Encoding")
    declared = headers.get("content-length", "0")
    if declared.isascii() and declared.isdigit() and (len(declared) > _MAX_DIGITS or int(declared) > limit):
        return TooLargeError(f"the request has more than the {limit / MEBIBYTE:g} MB that are read here")
    return None
