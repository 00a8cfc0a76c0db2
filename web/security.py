"""What every answer carries and every request must respect: content policy, other headers, body size."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.problems import PROBLEM_JSON

MAX_BODY: Final = 12 * 1024 * 1024
_POLICY: Final = (
    "default-src 'none'; script-src 'self'{wasm}; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "media-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
_TOO_LARGE: Final = b'{"type":"https://comity.example/problems#TOO_LARGE","title":"Too large","status":413}'


class SecurityHeaders:
    """Adds the headers, and refuses bodies over 12 MiB before they are read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scanning = scope["path"].startswith("/verify")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(MutableHeaders(scope=message), scanning=scanning)
            await send(message)

        if _declared_size(scope) > MAX_BODY:
            await _refuse(send_with_headers)
            return
        await self._app(scope, _Limited(receive), send_with_headers)


class _Limited:
    """Counts a body that does not say its size, and ends the connection when it is too large."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._read = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._read += len(message.get("body", b""))
        return {"type": "http.disconnect"} if self._read > MAX_BODY else message


def _declared_size(scope: Scope) -> int:
    text = Headers(scope=scope).get("content-length", "0")
    return int(text) if text.isdigit() else 0


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", PROBLEM_JSON.encode()), (b"content-length", str(len(_TOO_LARGE)).encode())]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": _TOO_LARGE})


def _add(headers: MutableHeaders, *, scanning: bool) -> None:
    headers["Content-Security-Policy"] = _POLICY.format(wasm=" 'wasm-unsafe-eval'" if scanning else "")
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = f"camera=({'self' if scanning else ''}), geolocation=(), microphone=()"
    headers.setdefault("Cache-Control", "no-store")
