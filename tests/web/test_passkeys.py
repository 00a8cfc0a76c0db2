from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import func, select
from starlette.testclient import TestClient

from tests.web.authenticator import PRESENT, VERIFIED, Authenticator
from tests.web.house import NOW, House
from tests.web.test_people import sessions, sign_in
from web.acts import acts
from web.passkeys import MOST, PasskeyRefusedError, TooManyPasskeysError
from web.people import FormTokenError, SignInNeededError, add_member, create_person, create_sign_in_link
from web.tables import Passkey, PasskeyChallenge


def form_of(browser: TestClient) -> str:
    return str(browser.get("/me").json()["form"])


def add(browser: TestClient, device: Authenticator, label: str = "office laptop") -> Response:
    options = browser.post("/account/passkeys/options", json={"form": form_of(browser)}).json()
    answer = {"form": form_of(browser), "label": label, "credential": device.create(options)}
    return browser.post("/account/passkeys", json=answer)


def enter(browser: TestClient, device: Authenticator) -> Response:
    options = browser.post("/passkeys/sign-in/options").json()
    return browser.post("/passkeys/sign-in", json={"credential": device.get(options)})


def count(house: House, table: type[Passkey | PasskeyChallenge]) -> int:
    with house.database.session() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def refused(answer: Response) -> None:
    assert (answer.status_code, answer.json()["type"]) == (401, PasskeyRefusedError.type)


@pytest.fixture
def device(house: House) -> Authenticator:
    made = Authenticator()
    assert add(sign_in(house), made).status_code == 201
    return made


def test_a_passkey_is_added_and_signs_in_elsewhere(house: House, device: Authenticator) -> None:
    other = house.another_browser()
    answer = enter(other, device)
    assert (answer.status_code, answer.json()) == (200, {"next": "/issuer"})
    assert other.get("/me").json()["name"] == "Registrar"
    assert enter(house.another_browser(), device).status_code == 200
    page = other.get("/account").text
    assert "office laptop" in page
    assert "last used" in page


def test_what_the_browser_is_asked_for(house: House) -> None:
    browser = sign_in(house)
    options = browser.post("/account/passkeys/options", json={"form": form_of(browser)}).json()
    assert options["rp"] == {"id": "localhost", "name": "Comity"}
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["user"]["name"] == "Registrar"
    asked = browser.post("/passkeys/sign-in/options").json()
    assert (asked["rpId"], asked["userVerification"], asked["allowCredentials"]) == ("localhost", "required", [])
    assert asked["challenge"] != options["challenge"]


def test_several_passkeys_belong_to_one_person(house: House, device: Authenticator) -> None:
    second = Authenticator()
    options = house.browser.post("/account/passkeys/options", json={"form": form_of(house.browser)}).json()
    assert [known["id"] for known in options["excludeCredentials"]] == [device.create(options)["id"]]
    assert add(house.browser, second, "phone").status_code == 201
    assert second.handle == device.handle
    for one in (device, second):
        assert enter(house.another_browser(), one).status_code == 200


def test_adding_a_passkey_gives_a_fresh_session(house: House) -> None:
    browser = sign_in(house)
    before = browser.cookies["session"]
    add(browser, Authenticator())
    assert browser.cookies["session"] != before
    old = house.another_browser()
    old.cookies.set("session", before)
    assert old.get("/me").status_code == 401
    assert sessions(house) == 1


def test_a_removed_passkey_opens_nothing(house: House, device: Authenticator) -> None:
    name = device.get({"challenge": "x"})["id"]
    answer = house.browser.post("/account/passkeys/remove", data={"form": form_of(house.browser), "passkey": name})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    refused(enter(house.another_browser(), device))
    again = house.browser.post("/account/passkeys/remove", data={"form": form_of(house.browser), "passkey": name})
    assert again.status_code == 404


def test_nobody_removes_somebody_elses(house: House, device: Authenticator) -> None:
    with house.database.write() as session:
        other = create_person(session, "Idris", NOW)
        link = create_sign_in_link(session, other.id or 0, NOW)
    browser = house.another_browser()
    browser.post(f"/sign-in/{link}")
    name = device.get({"challenge": "x"})["id"]
    answer = browser.post("/account/passkeys/remove", data={"form": form_of(browser), "passkey": name})
    assert (answer.status_code, count(house, Passkey)) == (404, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda device: setattr(device, "origin", "https://phish.example"),
        lambda device: setattr(device, "origin", "http://localhost:9000"),
        lambda device: setattr(device, "host", "phish.example"),
        lambda device: setattr(device, "flags", PRESENT),
        lambda device: setattr(device, "flags", VERIFIED),
        lambda device: setattr(device, "count", -1),
        lambda device: setattr(device, "handle", b"somebody else"),
        lambda device: setattr(device, "handle", b""),
        lambda device: setattr(device, "key", Authenticator().key),
        lambda device: setattr(device, "id", b"unknown"),
    ],
    ids=["origin", "port", "host", "unverified", "absent", "counter", "somebody", "nobody", "key", "unknown"],
)
def test_j6_a_wrong_answer_signs_nobody_in(house: House, device: Authenticator, wrong: Callable[[Authenticator], None]) -> None:
    for _ in range(3):
        assert enter(house.another_browser(), device).status_code == 200
    before = sessions(house)
    wrong(device)
    browser = house.another_browser()
    refused(enter(browser, device))
    assert browser.get("/me").status_code == 401
    assert sessions(house) == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://phish.example"},
        {"host": "phish.example"},
        {"flags": PRESENT},
        {"flags": VERIFIED},
    ],
    ids=["origin", "host", "unverified", "absent"],
)
def test_a_wrong_answer_is_not_kept(house: House, wrong: dict[str, Any]) -> None:
    refused(add(sign_in(house), Authenticator(**wrong)))
    assert count(house, Passkey) == 0


def test_a_challenge_is_good_once(house: House, device: Authenticator) -> None:
    browser = house.another_browser()
    options = browser.post("/passkeys/sign-in/options").json()
    cookie, answer = browser.cookies["passkey"], device.get(options)
    assert browser.post("/passkeys/sign-in", json={"credential": answer}).status_code == 200
    replay = house.another_browser()
    replay.cookies.set("passkey", cookie)
    device.count += 5
    refused(replay.post("/passkeys/sign-in", json={"credential": device.get(options)}))


def test_a_wrong_answer_uses_the_challenge_up(house: House, device: Authenticator) -> None:
    browser = house.another_browser()
    options = browser.post("/passkeys/sign-in/options").json()
    refused(browser.post("/passkeys/sign-in", json={"credential": {}}))
    refused(browser.post("/passkeys/sign-in", json={"credential": device.get(options)}))


def test_a_challenge_is_for_the_browser_that_asked(house: House, device: Authenticator) -> None:
    options = house.another_browser().post("/passkeys/sign-in/options").json()
    victim = house.another_browser()
    victim.post("/passkeys/sign-in/options")
    refused(victim.post("/passkeys/sign-in", json={"credential": device.get(options)}))
    refused(house.another_browser().post("/passkeys/sign-in", json={"credential": device.get(options)}))


def test_a_challenge_lasts_five_minutes_and_is_swept_away(house: House, device: Authenticator) -> None:
    browser = house.another_browser()
    options = browser.post("/passkeys/sign-in/options").json()
    house.now = NOW + timedelta(minutes=5)
    refused(browser.post("/passkeys/sign-in", json={"credential": device.get(options)}))
    house.another_browser().post("/passkeys/sign-in/options")
    assert count(house, PasskeyChallenge) == 1


def test_a_challenge_for_signing_in_adds_no_passkey(house: House) -> None:
    browser, device = sign_in(house), Authenticator()
    added = browser.post("/account/passkeys/options", json={"form": form_of(browser)}).json()
    asked = browser.post("/passkeys/sign-in/options").json()
    answer = {"form": form_of(browser), "credential": device.create({**added, "challenge": asked["challenge"]})}
    refused(browser.post("/account/passkeys", json=answer))


def test_j8_one_passkey_belongs_to_one_person(house: House, device: Authenticator) -> None:
    with house.database.write() as session:
        other = create_person(session, "Idris", NOW)
        link = create_sign_in_link(session, other.id or 0, NOW)
    browser = house.another_browser()
    browser.post(f"/sign-in/{link}")
    refused(add(browser, device))
    assert count(house, Passkey) == 1


def test_there_are_never_too_many(house: House) -> None:
    browser = sign_in(house)
    for _ in range(MOST):
        assert add(browser, Authenticator()).status_code == 201
    answer = browser.post("/account/passkeys/options", json={"form": form_of(browser)})
    assert (answer.status_code, answer.json()["type"]) == (409, TooManyPasskeysError.type)


def test_adding_needs_a_session_and_its_form(house: House) -> None:
    stranger = house.another_browser()
    for path, body in (("/account/passkeys/options", {"form": "no"}), ("/account/passkeys", {"form": "no", "credential": {}})):
        answer = stranger.post(path, json=body)
        assert answer.json()["type"] == SignInNeededError.type
        answer = sign_in(house).post(path, json=body)
        assert (answer.status_code, answer.json()["type"]) == (403, FormTokenError.type)


@pytest.mark.parametrize("path", ["/passkeys/sign-in/options", "/passkeys/sign-in"])
def test_no_other_site_asks(house: House, path: str) -> None:
    answer = house.browser.post(path, json={"credential": {}}, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.json()["type"]) == (403, FormTokenError.type)


def test_cookies_over_https_are_for_this_host_alone(https_house: House) -> None:
    header = https_house.browser.post("/passkeys/sign-in/options").headers["Set-Cookie"]
    assert header.startswith("__Host-passkey=")
    for part in ("HttpOnly", "Secure", "SameSite=strict", "Path=/", "Max-Age=300"):
        assert part in header
    device = Authenticator(origin="https://house.example", host="house.example")
    assert add(sign_in(https_house), device).status_code == 201
    assert enter(https_house.another_browser(), device).status_code == 200


def test_the_organisations_read_of_it(house: House) -> None:
    with house.database.write() as session:
        add_member(session, 1, "cedar-school", "registrar")
    browser, device = sign_in(house), Authenticator()
    add(browser, device)
    browser.post("/account/passkeys/remove", data={"form": form_of(browser), "passkey": device.get({"challenge": "x"})["id"]})
    assert [act.action for act in acts(house.database, "cedar-school")] == ["passkey-removed", "passkey-added"]


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**70) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_answers_that_no_authenticator_gives_are_refused(house: House, data: st.DataObject) -> None:
    """One value of a good answer is replaced: wrong kinds, wrong bytes, missing parts."""
    with house.database.session() as session:
        known = session.exec(select(Passkey)).first()
    device = getattr(house, "device", None) or Authenticator()
    if known is None:
        add(sign_in(house), device)
        house.device = device  # type: ignore[attr-defined]
    browser = house.another_browser()
    adding = data.draw(st.booleans())
    if adding:
        browser = sign_in(house, browser)
        form = form_of(browser)
        credential = Authenticator().create(browser.post("/account/passkeys/options", json={"form": form}).json())
        path, body = "/account/passkeys", {"form": form}
    else:
        credential = device.get(browser.post("/passkeys/sign-in/options").json())
        path, body = "/passkeys/sign-in", {}
    part = data.draw(st.sampled_from(["id", "rawId", "type", "response", *credential["response"]]))
    where = credential["response"] if part in credential["response"] else credential
    good = where[part]
    where[part] = data.draw(JUNK.filter(lambda value: value != good))
    answer = browser.post(
        path, content=json.dumps({**body, "credential": credential}), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in {401, 422}, (part, where[part], answer.text)
