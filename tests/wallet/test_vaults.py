"""The server's part of a vault: it keeps, counts and lends what it cannot read."""

from __future__ import annotations

import base64
import concurrent.futures
import secrets
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from httpx2 import Response
from sqlmodel import select
from starlette.testclient import TestClient

from tests.databases import stored_bytes
from tests.wallet.house import House
from wallet import vaults
from wallet.tables import Share

API: Final = "/wallet/api/v1"
WRAP: Final = "d3JhcA"
PIN: Final = "pin-" * 10 + "pio"
WRONG: Final = "not-" * 10 + "nos"


def name() -> str:
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


def key() -> str:
    return secrets.token_urlsafe(32)


@dataclass
class Device:
    """A device that has opened a vault; it sends bytes that stand for what a browser sealed."""

    client: TestClient
    vault: str = field(default_factory=lambda: secrets.token_hex(16))
    access: str = field(default_factory=key)
    card: dict[str, str] = field(default_factory=lambda: {"id": name(), "kind": "card", "locator": key(), "wrap": WRAP})

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Response:
        sent = {"Accept": "application/json", "Authorization": f"Bearer {self.vault}.{self.access}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.request(method, API + path, json=body, headers=sent)

    def make(self) -> Response:
        return self.ask("POST", "/vaults", {"vault": self.vault, "access": self.access, "way": self.card})

    def put(self, record: str, content: bytes, version: int, **headers: str) -> Response:
        sealed = base64.urlsafe_b64encode(content).decode().rstrip("=")
        replaced = {"If_Match": f'"{version}"'} if version else {"If_None_Match": "*"}
        return self.ask("PUT", f"/records/{record}", {"sealed": sealed}, **replaced, **headers)

    def changes(self, since: int = 0) -> dict[str, Any]:
        answer = self.ask("GET", f"/changes?since={since}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def add_pin(self) -> dict[str, str]:
        way = {"id": name(), "kind": "pin", "locator": key(), "wrap": WRAP, "verifier": PIN, "pepper": key()}
        assert self.ask("POST", "/ways", way).status_code == 201
        return way

    def open(self, locator: str, verifier: str | None = None) -> Response:
        return self.ask("POST", "/openings", {"locator": locator, "verifier": verifier})


@pytest.fixture
def device(house: House) -> Device:
    made = Device(house.browser())
    assert made.make().status_code == 201
    return made


def test_records_are_kept_by_version_and_read_from_a_cursor(device: Device) -> None:
    one, two = name(), name()
    assert device.put(one, b"first", 0).headers["etag"] == '"1"'
    device.put(two, b"other", 0)
    seen = device.changes()
    assert [record["id"] for record in seen["records"]] == [one, two]
    assert device.put(one, b"second", 1).headers["etag"] == '"2"'
    assert device.changes(seen["cursor"])["records"] == [{"id": one, "version": 2, "sealed": "c2Vjb25k"}]
    assert device.ask("DELETE", f"/records/{two}", If_Match='"1"').status_code == 204
    gone = device.changes(seen["cursor"] + 1)
    assert gone == {"cursor": 4, "more": False, "records": [{"id": two, "version": 2, "sealed": None}]}


def test_a_write_on_an_older_version_is_refused_and_says_which_is_kept(device: Device) -> None:
    record = name()
    device.put(record, b"1", 0)
    device.put(record, b"2", 1)
    for version in (0, 1, 5):
        refused = device.put(record, b"mine", version)
        assert (refused.status_code, refused.json()["version"]) == (412, 2)
    assert device.ask("PUT", f"/records/{record}", {"sealed": "AA"}).status_code == 428
    assert device.changes()["records"][0]["sealed"] == "Mg"


def test_the_same_write_sent_again_is_answered_as_the_first_time(device: Device) -> None:
    record = name()
    for _ in range(3):
        assert device.put(record, b"1", 0, Idempotency_Key="abc").headers["etag"] == '"1"'
    assert device.put(record, b"1", 0, Idempotency_Key="abd").status_code == 412
    assert device.changes()["cursor"] == 1


def test_two_devices_write_at_once_and_one_wins(device: Device) -> None:
    record = name()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda n: device.put(record, bytes([n]), 0).status_code, range(8)))
    assert sorted(statuses) == [204] + [412] * 7


def test_a_vault_is_bounded(device: Device) -> None:
    assert device.put(name(), bytes(vaults.MAX_RECORD + 1), 0).status_code in (413, 422)
    assert device.ask("PUT", "/records/UPPER", {"sealed": ""}, If_None_Match="*").status_code == 422


def test_pages_of_changes_lead_to_the_end(device: Device) -> None:
    for _ in range(9):
        device.put(name(), bytes(vaults.MAX_RECORD), 0)
    first = device.changes()
    assert first["more"]
    assert len(first["records"]) == 4
    rest, more = [], True
    cursor = first["cursor"]
    while more:
        page = device.changes(cursor)
        rest += page["records"]
        cursor, more = page["cursor"], page["more"]
    assert len(rest) == 5


def test_who_has_no_access_key_sees_and_changes_nothing(device: Device, house: House) -> None:
    record = name()
    device.put(record, b"mine", 0)
    other = Device(house.browser())
    other.make()
    strangers = (
        Device(house.browser(), device.vault),
        Device(house.browser(), device.vault, other.access),
        Device(house.browser()),
    )
    for stranger in strangers:
        calls = (("GET", "/changes"), ("DELETE", f"/records/{record}"), ("GET", "/ways"), ("DELETE", "/vault"))
        assert {stranger.ask(method, path).status_code for method, path in calls} == {401}
    assert device.ask("GET", "/changes", Authorization="Basic x").status_code == 401
    assert other.changes()["records"] == []
    assert other.ask("DELETE", f"/ways/{device.card['id']}").status_code == 404
    assert Device(house.browser(), device.vault).make().status_code == 409


def test_a_card_opens_and_the_last_one_stays(device: Device) -> None:
    opened = device.open(device.card["locator"]).json()
    assert opened == {"vault": device.vault, "way": device.card["id"], "kind": "card", "wrap": WRAP}
    assert device.open(key()).status_code == 404
    assert device.ask("DELETE", f"/ways/{device.card['id']}").status_code == 409
    second = {"id": name(), "kind": "card", "locator": key(), "wrap": WRAP}
    assert device.ask("POST", "/ways", second).status_code == 201
    assert device.ask("POST", "/ways", second).status_code == 409
    assert device.ask("DELETE", f"/ways/{device.card['id']}").status_code == 204
    assert device.open(device.card["locator"]).status_code == 404
    assert [way["id"] for way in device.ask("GET", "/ways").json()["ways"]] == [second["id"]]


def test_a_vault_begins_with_a_card(house: House) -> None:
    assert Device(house.browser(), card={"id": name(), "kind": "device", "locator": key(), "wrap": WRAP}).make().status_code == 409


def test_a_pin_gives_its_pepper_and_is_locked_after_ten_wrong_ones(device: Device) -> None:
    way = device.add_pin()
    assert device.open(way["locator"], PIN).json()["pepper"] == way["pepper"]
    assert [device.open(way["locator"], WRONG).json()["tries_left"] for _ in range(9)] == list(range(9, 0, -1))
    assert device.open(way["locator"], PIN).status_code == 200  # the right one gives the tries back
    assert [device.open(way["locator"], WRONG).json()["tries_left"] for _ in range(11)] == [*range(9, -1, -1), 0]
    locked = device.open(way["locator"], PIN)
    assert (locked.status_code, locked.json()["tries_left"]) == (403, 0)
    assert device.open(device.card["locator"]).status_code == 200


def test_of_many_guesses_at_once_ten_are_compared(device: Device) -> None:
    way = device.add_pin()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        left = list(pool.map(lambda _: device.open(way["locator"], WRONG).json()["tries_left"], range(24)))
    assert sorted(left, reverse=True) == [*range(9, -1, -1), *[0] * 14]


def test_a_new_key_leaves_the_ways_that_were_not_wrapped_anew_outside(device: Device) -> None:
    pin, record, gone = device.add_pin(), name(), name()
    device.put(record, b"old", 0)
    device.put(gone, b"x", 0)
    device.ask("DELETE", f"/records/{gone}", If_Match='"1"')
    fresh = key()
    asked: dict[str, Any] = {
        "access": fresh,
        "cursor": 3,
        "ways": [{"id": device.card["id"], "wrap": "bmV3"}],
        "records": [{"id": record, "version": 2, "sealed": "bmV3"}],
    }
    later = [{"id": record, "version": 3, "sealed": ""}]
    wrongs: tuple[dict[str, Any], ...] = ({"cursor": 2}, {"records": []}, {"ways": []}, {"records": later})
    for wrong in wrongs:
        assert device.ask("POST", "/rotations", asked | wrong).status_code == 409
    assert device.ask("POST", "/rotations", asked).json() == {"cursor": 4}
    assert device.ask("GET", "/changes").status_code == 401
    device.access = fresh
    assert device.changes(3)["records"] == [{"id": record, "version": 2, "sealed": "bmV3"}]
    assert device.open(pin["locator"], PIN).status_code == 404
    assert device.open(device.card["locator"]).json()["wrap"] == "bmV3"


def test_a_deleted_vault_leaves_nothing(device: Device, house: House) -> None:
    device.put(name(), b"SEALED-CANARY", 0)
    assert b"SEALED-CANARY" in stored_bytes(house.wallet.database.engine)
    assert device.ask("DELETE", "/vault").status_code == 204
    assert device.ask("GET", "/changes").status_code == 401
    assert device.open(device.card["locator"]).status_code == 404
    stored = stored_bytes(house.wallet.database.engine)
    for word in (b"SEALED-CANARY", device.vault.encode(), device.card["id"].encode()):
        assert word not in stored


def test_no_key_lies_in_the_database(device: Device, house: House) -> None:
    way = device.add_pin()
    stored = stored_bytes(house.wallet.database.engine)
    pepper = base64.urlsafe_b64decode(way["pepper"] + "=")
    for secret in (device.access, device.card["locator"], way["locator"], PIN, way["pepper"]):
        assert secret.encode() not in stored
    assert pepper not in stored


def test_the_day_of_the_last_visit_is_kept(device: Device, house: House) -> None:
    device.changes()
    house.pass_time(days=2)
    device.changes()
    device.open(device.card["locator"])
    assert device.ask("GET", "/ways").json()["ways"][0]["used_on"] == "2026-11-25"


def test_no_bytes_that_are_none(device: Device) -> None:
    assert device.ask("PUT", f"/records/{name()}", {"sealed": "AAAAA"}, If_None_Match="*").status_code == 422


def add_helper(device: Device) -> dict[str, str]:
    way = {"id": name(), "kind": "helper", "locator": key(), "wrap": WRAP, "pepper": key()}
    assert device.ask("POST", "/ways", way).status_code == 201
    return way


def test_a_helper_opens_after_72_hours_and_once(device: Device, house: House) -> None:
    way = add_helper(device)
    first = device.open(way["locator"])
    assert (first.status_code, first.json()["ready_at"]) == (403, "2026-11-26T09:00:00+00:00")
    [kept] = [one for one in device.ask("GET", "/ways").json()["ways"] if one["kind"] == "helper"]
    assert kept["ready_at"] == "2026-11-26T09:00:00+00:00"
    house.pass_time(hours=71, minutes=59)
    assert device.open(way["locator"]).json()["ready_at"] == "2026-11-26T09:00:00+00:00"  # asking again is no new delay
    house.pass_time(minutes=1)
    assert device.open(way["locator"]).json()["pepper"] == way["pepper"]
    assert device.open(way["locator"]).status_code == 403
    house.pass_time(days=11)
    assert device.open(way["locator"]).status_code == 403  # it was ready for a week, and nobody came


def test_the_owner_says_no_to_a_helper(device: Device, house: House) -> None:
    way = add_helper(device)
    device.open(way["locator"])
    house.pass_time(hours=71)
    other = Device(house.browser())
    other.make()
    assert other.ask("POST", f"/ways/{way['id']}/cancel").status_code == 404
    assert device.ask("POST", f"/ways/{way['id']}/cancel").status_code == 204
    house.pass_time(hours=2)
    assert device.open(way["locator"]).json()["ready_at"] == "2026-11-29T10:00:00+00:00"
    assert way["pepper"] not in device.open(way["locator"]).text


SHARE: Final = "ABCDEFGHIJKLM"


def share(device: Device, **more: object) -> Response:
    return device.ask("POST", "/shares", {"id": SHARE, "sealed": "c2VhbGVk", "lasts": "7-days"} | more)


def look(house: House, passcode: str = "") -> Response:
    headers = {"Accept": "application/octet-stream", "Comity-Passcode": passcode}
    return house.browser().get(f"/s/{SHARE}", headers=headers)


def test_a_link_opens_as_often_as_its_maker_allows(device: Device, house: House) -> None:
    assert share(device, most_views=2).status_code == 201
    assert share(device).status_code == 409
    assert [look(house).content for _ in range(2)] == [b"sealed", b"sealed"]
    assert look(house).status_code == 410
    assert "as often as it may be" in house.browser().get(f"/s/{SHARE}").text
    kept = device.ask("GET", "/shares").json()["shares"][0]
    assert (kept["views"], kept["most_views"]) == ([{"on": "2026-11-23", "times": 2}], 2)
    with house.wallet.database.session() as session:
        assert session.exec(select(Share.ciphertext)).all() == [None]


def test_a_link_with_a_passcode_opens_to_whoever_knows_it_and_locks_after_ten_wrong_ones(device: Device, house: House) -> None:
    share(device, verifier=PIN)
    assert "data-has-passcode" in house.browser().get(f"/s/{SHARE}").text
    assert (look(house).status_code, look(house).json()["tries_left"]) == (403, 10)
    assert [look(house, WRONG).json()["tries_left"] for _ in range(3)] == [9, 8, 7]
    assert look(house, PIN).content == b"sealed"
    assert [look(house, WRONG).status_code for _ in range(10)] == [403] * 10
    assert look(house, PIN).status_code == 410
    kept = device.ask("GET", "/shares").json()["shares"][0]
    assert (kept["has_passcode"], kept["tries_left"]) == (True, 0)


def test_a_link_is_stopped_by_its_maker_alone_and_ends_by_itself(device: Device, house: House) -> None:
    share(device)
    other = Device(house.browser())
    other.make()
    assert other.ask("POST", f"/shares/{SHARE}/stop").status_code == 404
    assert other.ask("GET", "/shares").json() == {"shares": []}
    house.pass_time(days=8)
    assert look(house).status_code == 410
    assert device.ask("POST", f"/shares/{SHARE}/stop").status_code == 204
    assert device.ask("GET", "/shares").json()["shares"][0]["stopped_at"] is not None
    assert device.ask("DELETE", "/vault").status_code == 204
    assert look(house).status_code == 404


def test_the_record_of_consents_grows_by_one_and_never_changes(device: Device) -> None:
    first, second = key(), key()

    def note(sequence: int, digest: str) -> int:
        return device.ask("POST", "/consents", {"sequence": sequence, "hash": digest}).status_code

    assert [note(1, first), note(1, first), note(1, second), note(3, second), note(2, second)] == [204, 204, 409, 409, 204]
    heads = device.ask("GET", "/consents").json()["heads"]
    assert heads == [{"sequence": n, "hash": digest, "on": "2026-11-23"} for n, digest in ((1, first), (2, second))]
