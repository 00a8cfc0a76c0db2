"""A guardian's vault makes nothing public and is handed over at its day; what is started at a counter waits for the person."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from tests.databases import stored_bytes
from tests.wallet.house import NOW, House
from tests.wallet.test_vaults import API, Device, key, name
from wallet.custodies import MAX_STARTED, MOST_STARTED
from wallet.tables import Custody, Started


def made(house: House, **custody: object) -> Device:
    device = Device(house.browser())
    answer = device.ask("POST", "/vaults", {"vault": device.vault, "access": device.access, "way": device.card} | custody)
    assert answer.status_code == 201, answer.text
    return device


def rotation(device: Device, *, hand_over: bool = True) -> dict[str, Any]:
    """Return what puts a vault under a new key, which a new card alone opens."""
    own = {"id": name(), "kind": "card", "locator": key(), "wrap": "d3JhcA"}
    assert device.ask("POST", "/ways", own).status_code == 201
    ways = [{"id": own["id"], "wrap": "bmV3"}]
    return {"access": key(), "cursor": device.changes()["cursor"], "ways": ways, "records": [], "hand_over": hand_over}


def share() -> dict[str, str]:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return {"id": "".join(secrets.choice(letters) for _ in range(13)), "lasts": "7-days", "sealed": "AAAA"}


def test_a_guardian_makes_no_link_and_hands_over_at_the_day(house: House) -> None:
    day = NOW.date() + timedelta(days=30)
    device = made(house, custody="guardian", hand_over_on=day.isoformat())
    assert device.ask("GET", "/custody").json() == {"custody": "guardian", "hand_over_on": day.isoformat()}
    refused = device.ask("POST", "/shares", share())
    assert (refused.status_code, refused.json()["type"].rpartition("#")[2]) == (403, "VAULT_GUARDED")
    early = rotation(device)
    assert device.ask("POST", "/rotations", early).status_code == 403
    assert device.ask("GET", "/custody").status_code == 200
    house.pass_time(days=30)
    assert device.ask("POST", "/rotations", early).status_code == 200
    assert device.ask("GET", "/custody").status_code == 401
    assert device.open(device.card["locator"]).status_code == 404
    device.access = early["access"]
    assert device.ask("GET", "/custody").json() == {"custody": "own", "hand_over_on": None}
    assert device.ask("POST", "/shares", share()).status_code == 201
    assert device.ask("POST", "/rotations", rotation(device)).status_code == 403


@pytest.mark.parametrize(
    "custody", [{"custody": "guardian"}, {"hand_over_on": "2030-01-01"}, {"custody": "assisted", "hand_over_on": "2030-01-01"}]
)
def test_a_day_belongs_to_a_guardian(house: House, custody: dict[str, str]) -> None:
    device = Device(house.browser())
    asked = {"vault": device.vault, "access": device.access, "way": device.card} | custody
    assert device.ask("POST", "/vaults", asked).status_code == 403
    assert device.ask("GET", "/custody").status_code == 401


def test_what_is_started_waits_for_the_person_alone(house: House) -> None:
    device, other = made(house, custody="assisted"), made(house)
    desk, locator = house.browser(), key()
    path = f"{API}/started/{locator}"
    assert desk.post(path, json={"sealed": "AAAA"}).status_code == 404
    assert other.ask("PUT", "/inbox", {"locator": locator}).status_code == 403
    assert device.ask("PUT", "/inbox", {"locator": locator}).status_code == 204
    made_second = made(house, custody="assisted")
    assert made_second.ask("PUT", "/inbox", {"locator": locator}).status_code == 409
    begun = desk.post(path, json={"sealed": "U0VBTEVELUNBTkFSWQ"})
    assert (begun.status_code, begun.json()["custody"]) == (202, "assisted")
    assert desk.post(path, json={"sealed": "A" * (2 * MAX_STARTED)}).status_code == 413
    assert desk.post(path, json={"sealed": "A" * (2 * MAX_STARTED + 4)}).status_code == 422
    for _ in range(MOST_STARTED - 1):
        assert desk.post(path, json={"sealed": "AAAA"}).status_code == 202
    assert desk.post(path, json={"sealed": "AAAA"}).status_code == 413
    waiting = device.ask("GET", "/started").json()["started"]
    assert (len(waiting), other.ask("GET", "/started").json()) == (MOST_STARTED, {"started": []})
    assert {one["on"] for one in waiting} == {NOW.date().isoformat()}
    assert other.ask("DELETE", f"/started/{begun.json()['id']}").status_code == 404
    assert device.ask("DELETE", f"/started/{begun.json()['id']}").status_code == 204
    assert desk.get(f"{API}/started").status_code == 401
    moved = rotation(device)
    assert device.ask("POST", "/rotations", moved).status_code == 200
    assert desk.post(path, json={"sealed": "AAAA"}).status_code == 404
    device.access = moved["access"]
    assert device.ask("GET", "/started").json() == {"started": []}


def test_a_deleted_vault_leaves_nothing_of_its_custody(house: House) -> None:
    device, locator = made(house, custody="assisted"), key()
    device.ask("PUT", "/inbox", {"locator": locator})
    desk: TestClient = house.browser()
    desk.post(f"{API}/started/{locator}", json={"sealed": "U0VBTEVELUNBTkFSWQ"})
    assert b"SEALED-CANARY" in stored_bytes(house.wallet.database.engine)
    assert device.ask("DELETE", "/vault").status_code == 204
    assert b"SEALED-CANARY" not in stored_bytes(house.wallet.database.engine)
    with house.wallet.database.session() as session:
        assert (session.get(Custody, device.vault), session.exec(select(Started)).all()) == (None, [])
