from __future__ import annotations

import contextlib
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpcore2
import pytest

from credentials.dids import resolve
from credentials.errors import FetchBlockedError, FetchError, TooLargeError
from credentials.fetching import Fetched
from tests.web.strange_host import NAMES, PUBLIC, StrangeHost, send, strange_host
from web.connecting import Deadline, TimedStream, dial
from web.fetcher import FetchLimits, GuardedFetcher

URL = "https://issuer.example/list"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[StrangeHost]:
    with strange_host(tmp_path) as running:
        yield running


def known(host_name: str) -> tuple[str, ...]:
    return (PUBLIC,) if host_name in NAMES else ()


def fetcher_of(host: StrangeHost, **limits: float) -> GuardedFetcher:
    return GuardedFetcher(limits=FetchLimits(**limits), resolve=known, dial=host.dial, tls=host.trust)  # type: ignore[arg-type]


def nowhere(address: str, _port: int, _seconds: float) -> httpcore2.NetworkStream:
    raise AssertionError(f"dialled {address}")


class Clock:
    """Seconds that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_an_answer_comes_whole_over_checked_tls_from_the_checked_address(host: StrangeHost) -> None:
    host.answers["/list?x=1"] = send(b"{}", headers={"Content-Type": "Application/JSON; charset=utf-8"})
    fetched = fetcher_of(host).fetch("https://issuer.example/list?x=1#secret")
    assert fetched == Fetched("https://issuer.example/list?x=1", b"{}", "application/json")
    assert host.dialled == [(PUBLIC, 443)]
    [request] = host.asked
    assert request.split(b"\r\n")[0] == b"GET /list?x=1 HTTP/1.1"
    names = {line.split(b":")[0].lower() for line in request.split(b"\r\n")[1:] if line}
    assert names == {b"host", b"accept", b"accept-encoding", b"user-agent"}
    assert b"secret" not in request


def test_a_did_web_of_a_foreign_host_is_resolved(host: StrangeHost) -> None:
    host.answers["/issuers/x/did.json"] = send(b'{"id": "did:web:issuer.example:issuers:x"}')
    assert resolve("did:web:issuer.example:issuers:x", fetcher_of(host))["id"] == "did:web:issuer.example:issuers:x"


@pytest.mark.parametrize(
    "url",
    [
        "http://issuer.example/list",
        "ftp://issuer.example/list",
        "file:///etc/passwd",
        "gopher://issuer.example/",
        "data:text/plain,x",
        "https://issuer.example:22/list",
        "https://issuer.example:8443/list",
        "https://issuer.example:0/list",
        "https://issuer.example:99999/list",
        "https://user:pass@issuer.example/list",
        "https://user@issuer.example/list",
        "https://@issuer.example/list",
        "https://issuer.example\\@other.example/list",
        "https:///list",
        "https://[::1/list",
        "https://issuer.example/a b",
        "https://issuer.example/\r\nHost: evil.example",
        "https://issuér.example/list",
        "https://issuer.example/" + "a" * 2048,
        "list",
        "",
    ],
)
def test_f15_addresses_that_are_never_gone_to(url: str) -> None:
    fetcher = GuardedFetcher(resolve=lambda _: (PUBLIC,), dial=nowhere)
    with pytest.raises(FetchBlockedError):
        fetcher.fetch(url)


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "fe80::1", "169.254.169.254"])
def test_f11_a_name_that_leads_inside_is_blocked_and_nothing_is_dialled(address: str) -> None:
    fetcher = GuardedFetcher(resolve=lambda _: (address,), dial=nowhere)
    with pytest.raises(FetchBlockedError, match="not a public address"):
        fetcher.fetch("https://inside.example/")


def test_f12_a_second_answer_of_the_dns_leads_nowhere_else(host: StrangeHost) -> None:
    answers = iter([(PUBLIC,), ("127.0.0.1",)])
    host.answers["/list"] = send(b"{}")
    fetcher = GuardedFetcher(resolve=lambda _: next(answers), dial=host.dial, tls=host.trust, limits=FetchLimits(cache_seconds=0))
    fetcher.fetch(URL)
    assert host.dialled == [(PUBLIC, 443)]
    with pytest.raises(FetchBlockedError):
        fetcher.fetch(URL)
    assert host.dialled == [(PUBLIC, 443)]


def test_redirects_are_followed_and_each_is_checked_anew(host: StrangeHost) -> None:
    host.answers["/list"] = send(b"", status="302 Found", headers={"Location": "https://other.example/moved"})
    host.answers["/moved"] = send(b"", status="307 Temporary Redirect", headers={"Location": "/final"})
    host.answers["/final"] = send(b"there")
    assert fetcher_of(host).fetch(URL) == Fetched("https://other.example/final", b"there", "")
    assert host.paths() == ["/list", "/moved", "/final"]


@pytest.mark.parametrize(
    "location",
    [
        "http://issuer.example/final",
        "https://127.0.0.1/final",
        "https://issuer.example:8000/final",
        "https://user@issuer.example/final",
        "file:///etc/passwd",
        "https://issu\xe9r.example/",
    ],
)
def test_f13_a_redirect_to_where_we_do_not_go_is_blocked(host: StrangeHost, location: str) -> None:
    host.answers["/list"] = send(b"", status="302 Found", headers={"Location": location})
    fetcher = GuardedFetcher(
        resolve=lambda name: known(name) or ("127.0.0.1",), dial=host.dial, tls=host.trust, limits=FetchLimits()
    )
    with pytest.raises(FetchBlockedError):
        fetcher.fetch(URL)
    assert host.paths() == ["/list"]


def test_redirects_end(host: StrangeHost) -> None:
    host.answers["/list"] = send(b"", status="302 Found", headers={"Location": "/list"})
    with pytest.raises(FetchError, match="too many redirects"):
        fetcher_of(host, redirects=2).fetch(URL)
    assert len(host.asked) == 3


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (send(b"x", status="404 Not Found"), "status 404"),
        (send(b"x", status="500 Internal Server Error"), "status 500"),
        (send(b"x", status="302 Found"), "status 302"),
        (send(b"x", headers={"Content-Encoding": "gzip"}), "packed"),
        (lambda stream: stream.sendall(b"not HTTP\r\n\r\n"), "did not answer"),
        (lambda _: None, "did not answer"),
        (lambda stream: stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"), "did not answer"),
        (lambda stream: stream.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000), "did not answer"),
    ],
)
def test_what_is_no_answer(host: StrangeHost, answer: Callable[[ssl.SSLSocket], None], told: str) -> None:
    host.answers["/list"] = answer
    with pytest.raises(FetchError, match=told) as caught:
        fetcher_of(host).fetch(URL)
    assert not isinstance(caught.value, FetchBlockedError)


def test_an_answer_over_the_limit_is_not_read_to_its_end(host: StrangeHost) -> None:
    def endless(stream: ssl.SSLSocket) -> None:
        stream.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        with contextlib.suppress(OSError):
            while True:
                stream.sendall(b"x" * 65536)

    host.answers["/list"] = endless
    with pytest.raises(TooLargeError):
        fetcher_of(host, size=100_000).fetch(URL)


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        pytest.param(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", id="headers"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"x", id="body"),
    ],
)
def test_f10_bytes_that_drip_do_not_outlast_the_time(host: StrangeHost, head: bytes, piece: bytes) -> None:
    def drip(stream: ssl.SSLSocket) -> None:
        stream.sendall(head)
        with contextlib.suppress(OSError):
            for _ in range(200):
                stream.sendall(piece)
                time.sleep(0.05)

    host.answers["/list"] = drip
    begun = time.monotonic()
    with pytest.raises(FetchError, match=r"too long|did not answer"):
        fetcher_of(host, seconds=0.4).fetch(URL)
    assert time.monotonic() - begun < 2


def test_a_certificate_of_another_host_is_no_answer(host: StrangeHost) -> None:
    fetcher = GuardedFetcher(resolve=lambda _: (PUBLIC,), dial=host.dial, tls=host.trust)
    with pytest.raises(FetchError, match="did not answer"):
        fetcher.fetch("https://third.example/list")
    assert host.asked == []


def test_a_certificate_that_nobody_vouches_for_is_no_answer(host: StrangeHost) -> None:
    fetcher = GuardedFetcher(resolve=known, dial=host.dial)
    with pytest.raises(FetchError, match="did not answer"):
        fetcher.fetch(URL)
    assert host.asked == []


def test_the_next_address_is_tried_when_one_does_not_take_the_connection(host: StrangeHost) -> None:
    host.answers["/list"] = send(b"{}")

    def half(address: str, port: int, seconds: float) -> httpcore2.NetworkStream:
        if address == "8.8.8.8":
            raise httpcore2.ConnectError("refused")
        return host.dial(address, port, seconds)

    fetcher = GuardedFetcher(resolve=lambda _: ("8.8.8.8", PUBLIC), dial=half, tls=host.trust)
    assert fetcher.fetch(URL).content == b"{}"
    nobody = GuardedFetcher(resolve=lambda _: ("8.8.8.8",), dial=half, tls=host.trust)
    with pytest.raises(FetchError, match="did not answer"):
        nobody.fetch(URL)


def test_a_closed_port_takes_no_connection() -> None:
    with pytest.raises(httpcore2.ConnectError):
        dial("127.0.0.1", 1, 1.0)


def test_time_that_is_up_is_told_before_anything_is_sent() -> None:
    class Silent(httpcore2.NetworkStream):
        def get_extra_info(self, info: str) -> str:
            return info

    stream = TimedStream(Silent(), Deadline(0.0, lambda: 1.0))
    for act in (lambda: stream.read(1), lambda: stream.write(b"x"), lambda: stream.start_tls(ssl.create_default_context())):
        with pytest.raises(FetchError, match="too long"):
            act()
    assert stream.get_extra_info("socket") == "socket"


def test_an_answer_is_given_again_for_a_while(host: StrangeHost) -> None:
    clock = Clock()
    host.answers["/list"] = send(b"{}")
    fetcher = GuardedFetcher(resolve=known, dial=host.dial, tls=host.trust, clock=clock, limits=FetchLimits(cache_seconds=30))
    fetcher.fetch(URL)
    clock.now += 29
    fetcher.fetch(f"{URL}#other-fragment")
    assert len(host.asked) == 1
    clock.now += 2
    fetcher.fetch(URL)
    assert len(host.asked) == 2


@pytest.mark.parametrize(("media_type", "kept"), [("application/vc", True), ("application/did+json", False)])
def test_f9_what_carries_its_own_end_is_kept_while_nobody_answers(host: StrangeHost, media_type: str, *, kept: bool) -> None:
    clock = Clock()
    host.answers["/list"] = send(b"{}", headers={"Content-Type": media_type})
    fetcher = GuardedFetcher(resolve=known, dial=host.dial, tls=host.trust, clock=clock)
    first = fetcher.fetch(URL)
    host.answers["/list"] = send(b"", status="503 Service Unavailable")
    clock.now += 3600
    if kept:
        assert fetcher.fetch(URL) == first
        clock.now += 24 * 3600
    with pytest.raises(FetchError, match="status 503"):
        fetcher.fetch(URL)


def test_a_host_that_moves_inside_is_blocked_though_an_answer_is_kept(host: StrangeHost) -> None:
    clock = Clock()
    answers = iter([(PUBLIC,), ("10.0.0.1",)])
    host.answers["/list"] = send(b"{}", headers={"Content-Type": "application/vc"})
    fetcher = GuardedFetcher(resolve=lambda _: next(answers), dial=host.dial, tls=host.trust, clock=clock)
    fetcher.fetch(URL)
    clock.now += 60
    with pytest.raises(FetchBlockedError):
        fetcher.fetch(URL)


def test_the_cache_keeps_few_answers_and_few_bytes(host: StrangeHost) -> None:
    for name in "abcd":
        host.answers[f"/{name}"] = send(name.encode() * 100)
    by_number = fetcher_of(host, cached=2)
    by_bytes = fetcher_of(host, cached_size=250)
    for fetcher in (by_number, by_bytes):
        host.asked.clear()
        for name in "abcdcda":
            fetcher.fetch(f"https://issuer.example/{name}")
        assert host.paths() == ["/a", "/b", "/c", "/d", "/a"]


def test_many_threads_may_ask_at_once(host: StrangeHost) -> None:
    for number in range(12):
        host.answers[f"/{number}"] = send(str(number).encode())
    fetcher, found = fetcher_of(host, seconds=20), dict[int, bytes]()

    def ask(number: int) -> None:
        found[number] = fetcher.fetch(f"https://issuer.example/{number}").content

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert found == {number: str(number).encode() for number in range(12)}


def test_our_own_addresses_are_answered_in_process_and_nothing_else_is() -> None:
    asked: list[str] = []

    def own(path: str) -> Fetched:
        asked.append(path)
        return Fetched(path, b"own", "")

    fetcher = GuardedFetcher(in_process={"https://localhost:8000": own}, resolve=lambda _: ("127.0.0.1",), dial=nowhere)
    assert fetcher.fetch("HTTPS://LOCALHOST:8000/status/x?y=1#key").content == b"own"
    assert asked == ["/status/x?y=1"]
    for other in ("https://localhost:8001/", "https://user@localhost:8000/", "https://localhost/", "http://localhost:8000/"):
        with pytest.raises(FetchBlockedError):
            fetcher.fetch(other)
