"""This deployment's own addresses, answered by the application itself without a socket."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import MutableMapping
from typing import Any

from starlette.types import ASGIApp

from credentials.errors import FetchError
from credentials.fetching import Fetched

_OK = 200


class InProcess:
    """Answers paths of one application, from any thread, on an event loop of its own.

    Attributes:
        app: set once the application stands; until then nothing answers.
    """

    def __init__(self, origin: str) -> None:
        self.app: ASGIApp | None = None
        self._origin = origin
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def __call__(self, path: str) -> Fetched:
        """Return what the application answers to a GET of `path`.

        Raises:
            FetchError: no answer with status 200.
        """
        if self.app is None:
            raise FetchError("the application is not up yet")
        status, headers, body = asyncio.run_coroutine_threadsafe(_get(self.app, path), self._own_loop()).result()
        if status != _OK:
            raise FetchError(f"{path.partition('?')[0][:100]} answered with status {status}")
        media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        return Fetched(self._origin + path, body, media_type)

    def _own_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="in-process", daemon=True).start()
            return self._loop

    def close(self) -> None:
        """Stop the event loop."""
        with self._lock:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._loop.stop)
                self._loop = None


async def _get(app: ASGIApp, target: str) -> tuple[int, dict[str, str], bytes]:
    path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"in-process"), (b"accept", b"application/json, application/octet-stream")],
        "client": None,
        "server": None,
    }
    status, headers, chunks = 0, {}, []

    async def receive() -> MutableMapping[str, Any]:
        await asyncio.sleep(0)
        return {"type": "http.request", "body": b"", "more_body": False}

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
