from __future__ import annotations

import os
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.testclient import TestClient

from web.static_files import CachedFiles, takes_brotli


@pytest.fixture
def browser(tmp_path: Path) -> TestClient:
    for name, content in {
        "site.css": b"body { color: red }",
        "plain.js": b"1;",
        "app/packed/site.css.br": b"packed",
        "app/packed/gone.css.br": b"packed",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    os.utime(tmp_path / "site.css", (1_000, 1_000))
    app = Starlette()
    app.mount("/static", CachedFiles(directory=tmp_path))
    return TestClient(app)


def raw(browser: TestClient, path: str, accepted: str) -> tuple[bytes, str | None]:
    with browser.stream("GET", f"/static/{path}", headers={"Accept-Encoding": accepted}) as answer:
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        return b"".join(answer.iter_raw()), answer.headers.get("Content-Encoding")


def test_a_packed_copy_goes_to_whoever_unpacks_it(browser: TestClient) -> None:
    assert raw(browser, "site.css", "gzip, br") == (b"packed", "br")
    assert raw(browser, "site.css", "gzip") == (b"body { color: red }", None)
    assert raw(browser, "plain.js", "br") == (b"1;", None)


def test_the_kind_of_file_is_that_of_what_is_packed(browser: TestClient) -> None:
    answer = browser.head("/static/site.css", headers={"Accept-Encoding": "br"})
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"


def test_a_copy_that_is_older_than_its_file_or_has_none_is_not_used(browser: TestClient, tmp_path: Path) -> None:
    os.utime(tmp_path / "app/packed/site.css.br", (999, 999))
    assert raw(browser, "site.css", "br") == (b"body { color: red }", None)
    assert browser.get("/static/gone.css", headers={"Accept-Encoding": "br"}).status_code == 404


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [("br", True), ("gzip,BR ;q=0.5", True), ("br;q=0", False), ("br; q=0.0", False), ("brotli", False), ("*", False), ("", False)],
)
def test_what_a_browser_says_of_brotli(accepted: str, *, taken: bool) -> None:
    assert takes_brotli(Headers({"accept-encoding": accepted})) is taken
