"""This deployment's own addresses, answered by the application itself without a socket."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable, MutableMapping
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp

from credentials.errors import FetchError, NotThereError, VCError
from credentials.fetching import Fetched

_OK: Final = frozenset({200, 201})
_NOT_FOUND: Final = 404
_SECONDS: Final = 30.0


class InProcess:
    """Answers paths of one application, from any thread, on an event loop of its own.

    Attributes:
        application: gives the application; until it is set, nothing answers.
        published: gives (bytes, media type) of what stands at a path, where that is had without a request; the application answers
            for everything else, and for what it cannot give.
    """

    def __init__(self, origin: str, *, seconds: float = _SECONDS) -> None:
        self.application: Callable[[], ASGIApp] | None = None
        self.published: Callable[[str], tuple[bytes, str] | None] = lambda _path: None
        self._origin = origin
        self._seconds = seconds
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def __call__(self, path: str) -> Fetched:
        """Return what the application answers to a GET of `path`.

        Raises:
            FetchError: no answer with status 200, or none in time.
        """
        try:
            found = self.published(path)
        except VCError:
            found = None
        return Fetched(self._origin + path, *found) if found else self._asked("GET", path, b"")

    def send(self, path: str, message: bytes) -> Fetched:
        """Return what the application answers to JSON that is posted to `path`.

        Raises:
            FetchError: no answer with status 200 or 201, or none in time.
        """
        return self._asked("POST", path, message)

    def _asked(self, method: str, path: str, body: bytes) -> Fetched:
        if self.application is None:
            raise FetchError("the application is not up yet")
        asked = asyncio.run_coroutine_threadsafe(_ask(self.application(), method, path, body), self._own_loop())
        name = path.partition("?")[0][:100]
        try:
            failed = asked.exception(self._seconds)
        except concurrent.futures.TimeoutError as error:
            asked.cancel()
            raise FetchError(f"{name} took too long to answer") from error
        if failed is not None:  # a mistake of ours: the application has logged it, and says no more than over a socket
            raise FetchError(f"{name} failed") from failed
        status, headers, body = asked.result()
        if status == _NOT_FOUND:
            raise NotThereError(f"{name} answered with status {status}")
        if status not in _OK:
            raise FetchError(f"{name} answered with status {status}")
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        return Fetched(self._origin + path, body, media_type)

    def _own_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="in-process", daemon=True)
                self._thread.start()
            return self._loop

    def close(self) -> None:
        """Stop the event loop and wait for its end; asked again, it starts anew."""
        with self._lock:
            loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
        if loop is not None and thread is not None:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()


async def _ask(app: ASGIApp, method: str, target: str, content: bytes) -> tuple[int, dict[str, str], bytes]:
    path, _, query = target.partition("?")
    sent = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())] if content else []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote_to_bytes(path).decode("utf-8", "replace"),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"in-process"), (b"accept", b"application/json, application/octet-stream"), *sent],
        "client": None,
        "server": None,
    }
    status, headers, chunks = 0, {}, []
    never, was_read = asyncio.Event(), False

    async def receive() -> MutableMapping[str, Any]:
        nonlocal was_read
        if was_read:
            await never.wait()  # nobody hangs up
        was_read = True
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        nonlocal status
        await asyncio.sleep(0)
        if message["type"] == "http.response.start":
            status = message["status"]
            headers.update({key.decode().lower(): value.decode("latin-1") for key, value in message["headers"]})
        elif message["type"] == "http.response.body":
            chunks.append(message.get("body", b""))

    await app(scope, receive, send)
    return status, headers, b"".join(chunks)
