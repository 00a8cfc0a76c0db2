from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from comity.clock import now
from comity.compose import BODY_LIMITS, Composition, compose
from comity.database_schema import create_database
from comity.deployment import SetupError, create_deployment
from comity.settings import Settings
from credentials.errors import COMITY, FetchBlockedError, FetchError
from web.people import create_person, create_sign_in_link

URL = "https://skills.example"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(data=tmp_path / "data")
    create_database(made, create_deployment(made.data, URL, datetime(2026, 1, 1, tzinfo=UTC))).dispose()
    return made


def browser_of(composition: Composition) -> TestClient:
    return TestClient(composition.app, base_url=URL, follow_redirects=False)


def test_without_a_deployment_nothing_is_composed_and_nothing_made(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="holds no deployment"):
        compose(Settings(data=tmp_path / "data"))
    assert list(tmp_path.iterdir()) == []


def test_a_public_deployment_is_served_for_https(settings: Settings) -> None:
    composition = compose(settings)
    with composition.issuer.database.write() as session:
        person = create_person(session, "Registrar", now())
        assert person.id is not None
        token = create_sign_in_link(session, person.id, now())
    signed_in = browser_of(composition).post(f"/sign-in/{token}")
    assert signed_in.headers["Set-Cookie"].startswith("__Host-session=")
    assert signed_in.headers["Strict-Transport-Security"]
    composition.close()


def test_the_front_door_is_open_before_any_lists_were_published(settings: Settings) -> None:
    composition = compose(settings)
    browser = browser_of(composition)
    assert browser.get("/", headers={"Accept": "text/html"}).status_code == 200
    assert browser.get("/readyz").status_code == 200
    lists = browser.get("/registry")
    assert (lists.status_code, lists.json()["type"]) == (503, COMITY + "BUNDLE_ERROR")
    composition.close()


def test_our_own_addresses_are_asked_in_process(settings: Settings) -> None:
    composition = compose(settings)
    fetcher = composition.verifier.fetcher
    assert fetcher.fetch(f"{URL}/healthz").content == b'{"status":"ok"}'
    with pytest.raises(FetchError, match="status 404"):
        fetcher.fetch(f"{URL}/status/nobody-1-revocation")
    with pytest.raises(FetchBlockedError):
        fetcher.fetch("https://localhost:8000/healthz")
    composition.close()


@pytest.mark.parametrize(("path", "limit"), [("/credentials/verify", 1), ("/verify", 12), ("/issuer/api/v1/cohorts", 12)])
def test_bodies_are_limited_by_route(settings: Settings, path: str, limit: int) -> None:
    composition = compose(settings)
    browser = browser_of(composition)
    assert browser.post(path, content=b"x" * (limit * 1024 * 1024 + 1)).status_code == 413
    assert browser.post(path, content=b"x").status_code != 413
    assert limit * 1024 * 1024 in BODY_LIMITS.values()
    composition.close()


def test_the_clock_is_in_utc() -> None:
    assert now().tzinfo is UTC
