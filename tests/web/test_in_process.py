from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from credentials.errors import FetchError
from credentials.fetching import Fetched
from web.in_process import InProcess

ORIGIN = "https://localhost:8000"


@pytest.fixture
def own() -> Iterator[InProcess]:
    app = FastAPI()

    @app.get("/named/{name}")
    def named(name: str, q: str = "") -> Response:
        return PlainTextResponse(f"{name} {q} {threading.current_thread().name != 'in-process'}")

    @app.get("/stream")
    def stream() -> Response:
        return StreamingResponse(iter([b"one ", b"two"]), media_type="application/vc")

    @app.get("/broken")
    def broken() -> Response:
        raise RuntimeError("a mistake of ours")

    @app.get("/gone")
    def gone() -> Response:
        return Response(status_code=410)

    transport = InProcess(ORIGIN, seconds=5)
    transport.application = lambda: app
    yield transport
    transport.close()


def test_an_application_answers_without_a_socket(own: InProcess) -> None:
    found = own("/named/a%20b?q=c%2Fd")
    assert found == Fetched(f"{ORIGIN}/named/a%20b?q=c%2Fd", b"a b c/d True", "text/plain")
    assert own("/stream") == Fetched(f"{ORIGIN}/stream", b"one two", "application/vc")


def test_what_is_not_there_is_no_answer(own: InProcess) -> None:
    with pytest.raises(FetchError, match=r"^/nothing answered with status 404$"):
        own("/nothing?secret=1")
    with pytest.raises(FetchError, match=r"^/gone answered with status 410$"):
        own("/gone")


def test_a_mistake_of_ours_says_no_more_than_over_a_socket(own: InProcess) -> None:
    with pytest.raises(FetchError, match=r"^/broken failed$"):
        own("/broken")


def test_what_takes_too_long_is_no_answer() -> None:
    cancelled = threading.Event()

    async def sleepy(_scope: Scope, _receive: Receive, _send: Send) -> None:
        try:
            await asyncio.sleep(20)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    transport = InProcess(ORIGIN, seconds=0.05)
    transport.application = lambda: sleepy
    begun = time.monotonic()
    with pytest.raises(FetchError, match="took too long"):
        transport("/slow")
    assert time.monotonic() - begun < 5
    assert cancelled.wait(5)
    transport.close()


def test_nobody_hangs_up_on_an_application_that_waits_for_it() -> None:
    async def waiting(_scope: Scope, receive: Receive, send: Send) -> None:
        assert await receive() == {"type": "http.request", "body": b"", "more_body": False}
        second = asyncio.ensure_future(receive())
        await asyncio.sleep(0.01)
        assert not second.done()
        second.cancel()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})
        await send({"type": "http.response.trailers", "headers": []})

    transport = InProcess(ORIGIN)
    transport.application = lambda: waiting
    assert transport("/").content == b"done"
    transport.close()


def test_before_the_application_stands_nothing_answers() -> None:
    with pytest.raises(FetchError, match="not up yet"):
        InProcess(ORIGIN)("/")


def test_it_starts_anew_after_it_was_closed(own: InProcess) -> None:
    own("/stream")
    own.close()
    own.close()
    assert own("/stream").content == b"one two"


def test_many_threads_may_ask_at_once(own: InProcess) -> None:
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(own("/stream").content)) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert found == [b"one two"] * 50
