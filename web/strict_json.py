"""Routes that read JSON strictly: what two readers could understand differently never reaches a message."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, ClassVar, Final

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from credentials.parsing import DEFAULT_LIMITS, Limits, parse_json

_SMALL: Final = 16 * 1024
"""Bytes that are read sooner than they are handed to another thread."""


class _ReadRequest(Request):
    """A request whose JSON was read already."""

    document: dict[str, Any] | None = None

    async def json(self) -> Any:  # noqa: ANN401  # Starlette's own signature
        """Return the JSON object of the body."""
        return self.document if self.document is not None else await super().json()


class StrictJSONRoute(APIRoute):
    """A route that refuses a key twice, NaN, lone surrogates and deep nesting, as a file with these would be refused.

    Its handler raises `ParsingError` or `TooLargeError`.

    Attributes:
        limits: what a body may have; a route that takes more at once has a class of its own.
    """

    limits: ClassVar[Limits] = DEFAULT_LIMITS

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler."""
        handle = super().get_route_handler()

        async def read_strictly(request: Request) -> Response:
            read = _ReadRequest(request.scope, request.receive)
            media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            if (media_type == "application/json" or media_type.endswith("+json")) and (
                await read.body() or request.method == "POST"
            ):
                body = await read.body()
                if len(body) <= _SMALL:
                    read.document = parse_json(body, limits=self.limits)
                else:
                    read.document = await run_in_threadpool(parse_json, body, limits=self.limits)
            return await handle(read)

        return read_strictly
