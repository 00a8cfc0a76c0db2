from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from credentials.errors import COMITY
from tests.web.house import House
from web.security import SecurityHeaders, security_headers

HTML = {"Accept": "text/html"}


def in_pieces(size: int) -> Iterator[bytes]:
    for _ in range(size // 100):
        yield b"x" * 100


@pytest.mark.parametrize("path", ["/", "/nothing", "/broken/x", "/odd", "/static/tokens.css", "/healthz", "/sign-in"])
@pytest.mark.parametrize("headers", [{}, HTML])
def test_every_answer_carries_the_headers(house: House, path: str, headers: dict[str, str]) -> None:
    answer = house.browser.get(path, headers=headers)
    for name, value in security_headers(path, https=False).items():
        assert answer.headers.get_list(name) == [value]
    assert answer.headers["Cache-Control"]
    assert "Strict-Transport-Security" not in answer.headers
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_over_https_browsers_stay_there(https_house: House) -> None:
    for path in ("/healthz", "/broken/x"):
        assert https_house.browser.get(path).headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize(
    ("path", "scans"),
    [
        ("/verify", True),
        ("/verify/result", True),
        ("/wallet/key", True),
        ("/wallet/vault", True),
        ("/wallet", False),
        ("/verifier/api/v1/verify", False),
        ("/", False),
    ],
)
def test_only_pages_that_read_codes_may_use_the_camera(path: str, scans: bool) -> None:  # noqa: FBT001  # a row of the table
    headers = security_headers(path, https=False)
    assert ("'wasm-unsafe-eval'" in headers["Content-Security-Policy"]) is scans
    assert ("camera=(self)" in headers["Permissions-Policy"]) is scans


def test_a_body_that_says_it_is_too_large_is_refused_unread(house: House) -> None:
    answer = house.browser.post("/raw", content=b"x" * 1001)
    assert (answer.status_code, answer.json()["type"]) == (413, COMITY + "TOO_LARGE")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert house.browser.post("/raw", content=b"x" * 1000).json() == {"size": 1000}


def test_a_body_that_does_not_say_its_size_is_counted(house: House) -> None:
    assert house.browser.post("/raw", content=in_pieces(1000)).json() == {"size": 1000}
    answer = house.browser.post("/raw", content=in_pieces(1100))
    assert (answer.status_code, answer.json()["type"]) == (413, COMITY + "TOO_LARGE")
    json = house.browser.post("/read", content=in_pieces(1100), headers={"Content-Type": "application/json"})
    assert (json.status_code, json.json()["type"]) == (413, COMITY + "TOO_LARGE")


def test_an_upload_that_does_not_say_its_size_is_counted(house: House) -> None:
    def form(size: int) -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
        yield from in_pieces(size)
        yield b"\r\n--x--\r\n"

    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    assert house.browser.post("/up", content=form(4000), headers=kind).json() == {"size": 4000}
    answer = house.browser.post("/up", content=form(6000), headers=kind | HTML)
    assert answer.status_code == 413
    assert "<h1>Too large</h1>" in answer.text


def test_the_longest_prefix_of_the_table_counts(house: House) -> None:
    assert house.browser.post("/uplands", content=b"x" * 2000).json() == {"size": 2000}
    assert house.browser.post("/uplands", content=b"x" * 2001).status_code == 413


def test_a_browser_gets_the_refusal_as_a_page(house: House) -> None:
    answer = house.browser.post("/up", content=b"x" * 9000, headers=HTML | {"Accept-Language": "fr"})
    assert answer.status_code == 413
    assert re.search(r'<html lang="fr"', answer.text)


@pytest.mark.parametrize("declared", ["-1", "abc", "9" * 400, "\xb2"])
def test_a_size_that_is_no_number_or_beyond_all_bounds(declared: str) -> None:
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("taken")(scope, receive, send)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "headers": [(b"content-length", declared.encode("latin-1"))],
        "query_string": b"",
    }
    run_to_end(SecurityHeaders(app)(scope, receive, send))
    assert sent[0]["status"] == (413 if declared.startswith("9") else 200)


def run_to_end(coroutine: object) -> None:
    with pytest.raises(StopIteration):
        coroutine.send(None)  # type: ignore[attr-defined]


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate, gzip"])
def test_packed_bodies_are_not_unpacked(house: House, encoding: str) -> None:
    answer = house.browser.post("/raw", content=b"x", headers={"Content-Encoding": encoding})
    assert (answer.status_code, answer.json()["type"]) == (415, COMITY + "BODY_PACKED")
    assert house.browser.post("/raw", content=b"x", headers={"Content-Encoding": "identity"}).status_code == 200


def test_an_application_without_pages_refuses_plainly() -> None:
    app = Starlette()
    app.add_middleware(SecurityHeaders, limits={"/": 10})
    with TestClient(app) as browser:
        large = browser.post("/", content=b"x" * 11)
        packed = browser.post("/", content=b"x", headers={"Content-Encoding": "gzip"})
    assert (large.status_code, large.json()["type"]) == (413, COMITY + "TOO_LARGE")
    assert (packed.status_code, packed.json()["type"]) == (415, COMITY + "BODY_PACKED")


@pytest.mark.parametrize("host", ["evil.example", "evil.example/a", "evil.example/a?b#c", "user@evil.example"])
@pytest.mark.parametrize("path", ["/", "/me", "/nothing", "/sign-in/", "/odd", "/broken/x"])
def test_a_hostile_host_header_is_repeated_nowhere(house: House, path: str, host: str) -> None:
    for headers in ({}, HTML):
        answer = house.browser.get(path, headers=headers | {"Host": host, "X-Forwarded-Host": host})
        assert answer.status_code != 307
        assert "evil" not in answer.text
        assert all("evil" not in value for value in answer.headers.values())


@pytest.mark.parametrize("path", ["//evil.example/", "///evil.example/x", "/%5C%5Cevil.example/", "/%5Cevil.example"])
def test_no_link_of_a_page_leads_to_where_its_path_pretends(house: House, path: str) -> None:
    answer = house.browser.get(f"http://localhost:8000{path}", headers=HTML)
    assert answer.status_code == 404
    links = re.findall(r'href="([^"]*)"', answer.text)
    assert links
    assert [link for link in links if re.match(r"[a-z]+:|//|/\\\\", link)] == []
