from __future__ import annotations

import pytest
from fastapi import FastAPI
from sqlalchemy import create_engine
from starlette.testclient import TestClient

from tests.trust.world import bundle
from tests.web.house import House
from trust.bundle import Bundle, BundleError
from web import site
from web.db import Database
from web.joining import join
from web.pages import Pages
from web.people import add_member

HTML = {"Accept": "text/html"}


def test_without_lists_the_doors_stay_open(house: House) -> None:
    page = house.browser.get("/", headers=HTML)
    assert page.status_code == 200
    for door in ("/verify", "/wallet", "/issuer", "/registry"):
        assert f'href="{door}"' in page.text
    assert 'class="tally' not in page.text


def test_with_lists_the_front_page_says_what_they_hold(house: House) -> None:
    house.bundle = bundle()
    page = house.browser.get("/", headers=HTML)
    assert 'class="tally' in page.text
    assert "20 November 2026" in page.text
    assert "<dd>3</dd>" in page.text


def works_for(house: House, organisation: str, role: str) -> None:
    with house.database.write() as session:
        add_member(session, 1, organisation, role)


def test_somebody_of_a_state_begins_at_its_desk_and_nobody_else_sees_it(house: House) -> None:
    works_for(house, "state.XB", "assessor")
    assert "/registry/states" not in house.browser.get("/", headers=HTML).text
    signed_in = house.browser.post(f"/sign-in/{house.token}")
    assert (signed_in.status_code, signed_in.headers["Location"]) == (303, "/registry/states/XB")
    page = house.browser.get("/", headers=HTML).text
    assert page.count('href="/registry/states/XB"') == 2  # in the masthead and at the fourth door
    assert 'href="/registry/states/XB"' in house.browser.get("/account", headers=HTML).text


def test_whoever_works_for_a_centre_too_begins_there(house: House) -> None:
    works_for(house, "state.XB", "assessor")
    works_for(house, "sunder-bay-care", "registrar")
    assert house.browser.post(f"/sign-in/{house.token}").headers["Location"] == "/issuer"


def test_static_files_may_be_kept_for_an_hour_and_lead_nowhere_else(house: House) -> None:
    found = house.browser.get("/static/tokens.css")
    assert found.status_code == 200
    assert found.headers["Cache-Control"] == "public, max-age=3600"
    for path in ("/static/../site.py", "/static/%2e%2e/site.py", "/static/..%2fsite.py", "/static/nothing.css", "/static/"):
        assert house.browser.get(path).status_code == 404


def test_a_monitor_is_told_whether_the_house_lives_and_is_ready(house: House) -> None:
    for path in ("/healthz", "/readyz"):
        assert house.browser.get(path).json() == {"status": "ok"}


def no_lists() -> Bundle:
    raise BundleError("none")


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.db", "postgresql+psycopg://127.0.0.1:1/x"])
def test_without_a_database_it_lives_and_is_not_ready(url: str) -> None:
    engine, app = create_engine(url), FastAPI()
    join(app, site.router(Pages([]), Database(engine), no_lists, lambda _: None))
    browser = TestClient(app)
    assert browser.get("/healthz").status_code == 200
    assert browser.get("/readyz").status_code == 503
    engine.dispose()
