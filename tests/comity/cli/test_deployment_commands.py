from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from comity.compose import compose
from comity.database_schema import create_database
from comity.deployment import open_deployment
from comity.settings import Settings
from tests.comity.conftest import Command
from web.db import Database
from web.people import create_person, hash_of
from web.tables import Person, SignInLink

LINK = re.compile(r"(https?://\S+)/sign-in/(\S+)")


def test_init_fixes_the_public_url_and_prints_a_link_that_works_once(comity: Command, data: Path) -> None:
    ran = comity("init")
    assert (ran.status, ran.err) == (0, "")
    assert f"{data} is ready; its public address is http://localhost:8000, for good." in ran.out
    found = LINK.search(ran.out)
    assert found is not None
    composition = compose(Settings(data=data))
    browser = TestClient(composition.app, base_url=found.group(1), follow_redirects=False)
    assert [browser.post(f"/sign-in/{found.group(2)}").status_code for _ in range(2)] == [303, 410]
    composition.close()


def test_the_public_url_stays_whatever_is_asked_later(comity: Command, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMITY_PUBLIC_URL", "https://skills.example/")
    assert "https://skills.example, for good" in comity("init").out
    monkeypatch.setenv("COMITY_PUBLIC_URL", "https://other.example")
    monkeypatch.setenv("PORT", "8123")
    again = comity("init")
    assert (again.status, again.out) == (2, "")
    assert "holds a deployment already" in again.err
    assert open_deployment(data).public_url == "https://skills.example"
    assert comity("sign-in-link").out.startswith("https://skills.example/sign-in/")


def test_a_port_that_is_asked_for_is_where_the_link_leads(deployed: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    assert deployed("sign-in-link").out.startswith("http://localhost:8000/sign-in/")
    monkeypatch.setenv("PORT", "8123")
    assert deployed("sign-in-link").out.startswith("http://localhost:8123/sign-in/")


def test_an_address_that_will_not_do_leaves_nothing_behind(comity: Command, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMITY_PUBLIC_URL", "http://skills.example")
    ran = comity("init")
    assert (ran.status, ran.out) == (2, "")
    assert "must begin with https" in ran.err
    assert not data.exists()


def test_an_upgrade_keeps_everything(deployed: Command, data: Path) -> None:
    before = (data / "master.key").read_bytes()
    ran = deployed("init", "--upgrade")
    assert (ran.status, ran.out) == (0, f"The database of {data} is up to date.\n")
    assert (data / "master.key").read_bytes() == before


def test_an_upgrade_gives_a_lost_database_back_its_tables_and_somebody_to_sign_in(deployed: Command, data: Path) -> None:
    (data / "comity.db").unlink()
    lost = deployed("sign-in-link")
    assert (lost.status, "is gone" in lost.err) == (2, True)
    assert deployed("init", "--upgrade").status == 0
    assert deployed("sign-in-link").status == 0


def test_where_nobody_is_nobody_can_sign_in(comity: Command, deployed: Command, data: Path) -> None:
    assert deployed is comity
    settings = Settings(data=data)
    engine = create_database(settings, open_deployment(data))
    with Database(engine).write() as session:
        for link in session.connection().exec_driver_sql("DELETE FROM web_sign_in_links RETURNING token_hash").all():
            assert link
        session.delete(session.get_one(Person, 1))
    engine.dispose()
    ran = comity("sign-in-link")
    assert (ran.status, ran.err) == (2, "comity: There is nobody to sign in. Run: comity init --upgrade\n")


def test_somebody_else_gets_a_link_by_name_or_number(deployed: Command, data: Path) -> None:
    engine = create_database(Settings(data=data), open_deployment(data))
    with Database(engine).write() as session:
        for name in ("Idris", "Salma", "Salma"):
            create_person(session, name, datetime(2026, 11, 24, tzinfo=UTC))
    for asked in ("Idris", "3"):
        token = deployed("sign-in-link", "--person", asked).out.strip().rpartition("/")[2]
        with Database(engine).session() as session:
            link = session.get_one(SignInLink, hash_of(token))
            assert session.get_one(Person, link.person_id).name == {"Idris": "Idris", "3": "Salma"}[asked]
    engine.dispose()
    several, nobody = deployed("sign-in-link", "--person", "Salma"), deployed("sign-in-link", "--person", "Nobody")
    assert (several.status, nobody.status) == (2, 2)
    assert "2 people are called 'Salma'; their number tells them apart" in several.err
    assert "0 people are called 'Nobody'" in nobody.err
