from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlmodel import func, select
from starlette.testclient import TestClient

from tests.web.house import LATER, NOW, House
from web.people import FormTokenError, LinkUsedError, SignedIn, SignInNeededError, add_member
from web.tables import Membership, SignInLink, WebSession


def sign_in(house: House, browser: TestClient | None = None) -> TestClient:
    browser = browser or house.browser
    assert browser.post(f"/sign-in/{house.another_link()}").status_code == 303
    return browser


def sessions(house: House) -> int:
    with house.database.session() as session:
        return session.exec(select(func.count()).select_from(WebSession)).one()


def test_looking_at_a_link_does_not_use_it_up(house: House) -> None:
    for _ in range(3):
        page = house.browser.get(f"/sign-in/{house.token}")
        assert page.status_code == 200
        assert f'action="/sign-in/{house.token}"' in page.text
        assert "Set-Cookie" not in page.headers
    assert house.browser.post(f"/sign-in/{house.token}").status_code == 303


def test_a_link_works_once(house: House) -> None:
    answer = house.browser.post(f"/sign-in/{house.token}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/issuer")
    again = house.another_browser().post(f"/sign-in/{house.token}")
    assert (again.status_code, again.json()["type"]) == (410, LinkUsedError.type)
    assert house.browser.get("/me").json()["name"] == "Registrar"


def test_a_link_that_many_use_at_once_works_once(house: House) -> None:
    found: list[int] = []
    browsers = [house.another_browser() for _ in range(8)]
    start = threading.Barrier(len(browsers))

    def use(browser: TestClient) -> None:
        start.wait(10)
        found.append(browser.post(f"/sign-in/{house.token}").status_code)

    threads = [threading.Thread(target=use, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(found) == [303] + [410] * 7
    assert sessions(house) == 1


def test_a_link_lasts_seven_days(house: House) -> None:
    house.now = NOW + timedelta(days=7) - timedelta(seconds=1)
    in_time = house.another_link()
    house.now = NOW + timedelta(days=7)
    assert house.browser.post(f"/sign-in/{house.token}").status_code == 410
    assert house.browser.post(f"/sign-in/{in_time}").status_code == 303


@pytest.mark.parametrize("token", ["x", "x" * 3000, "%00", "..%2f..%2fetc"])
def test_a_link_that_never_was_works_not(house: House, token: str) -> None:
    assert house.browser.post(f"/sign-in/{token}").status_code in {404, 410}
    assert sessions(house) == 0


def test_only_hashes_are_kept(house: House) -> None:
    browser = sign_in(house)
    cookie = browser.cookies["session"]
    with house.database.session() as session:
        kept = [row.token_hash for row in session.exec(select(SignInLink)).all()]
        kept += [row.token_hash for row in session.exec(select(WebSession)).all()]
    assert house.token not in kept
    assert cookie not in kept
    assert all(len(entry) == 64 for entry in kept)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_no_other_site_signs_anybody_in(house: House, site: str) -> None:
    answer = house.browser.post(f"/sign-in/{house.token}", headers={"Sec-Fetch-Site": site})
    assert (answer.status_code, answer.json()["type"]) == (403, FormTokenError.type)
    assert sessions(house) == 0
    own = house.browser.post(f"/sign-in/{house.token}", headers={"Sec-Fetch-Site": "same-origin"})
    assert own.status_code == 303


def test_the_cookie_is_for_this_host_and_out_of_reach_of_scripts(house: House, https_house: House) -> None:
    plain = house.browser.post(f"/sign-in/{house.token}").headers["Set-Cookie"]
    assert plain.startswith("session=")
    assert "Secure" not in plain
    secure = https_house.browser.post(f"/sign-in/{https_house.token}").headers["Set-Cookie"]
    assert secure.startswith("__Host-session=")
    for part in ("HttpOnly", "SameSite=lax", "Secure", "Path=/", "Max-Age=43200"):
        assert part in secure
    assert "Domain" not in secure
    assert https_house.browser.get("/me").status_code == 200


def test_signing_in_again_ends_the_session_that_the_browser_had(house: House) -> None:
    browser = sign_in(house)
    first = browser.cookies["session"]
    sign_in(house)
    assert browser.cookies["session"] != first
    assert sessions(house) == 1
    stolen = house.another_browser()
    stolen.cookies.set("session", first)
    assert stolen.get("/me").status_code == 401


def test_a_session_lasts_twelve_hours_and_is_swept_away(house: House) -> None:
    browser = sign_in(house)
    house.now = NOW + timedelta(hours=12) - timedelta(seconds=1)
    assert browser.get("/me").status_code == 200
    house.now = NOW + timedelta(hours=12)
    assert (browser.get("/me").status_code, browser.get("/me").json()["type"]) == (401, SignInNeededError.type)
    house.now = NOW + LATER
    sign_in(house, house.another_browser())
    assert sessions(house) == 1


def test_signing_out_needs_the_sessions_own_form(house: House) -> None:
    browser, other = sign_in(house), sign_in(house, house.another_browser())
    form, others = browser.get("/me").json()["form"], other.get("/me").json()["form"]
    assert form != others
    for wrong in ("", others, form[:-1], "\xe9" * 32):
        assert browser.post("/sign-out", data={"form": wrong}).status_code == 403
    cookie = browser.cookies["session"]
    answer = browser.post("/sign-out", data={"form": form})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert "session" not in browser.cookies
    stolen = house.another_browser()
    stolen.cookies.set("session", cookie)
    assert stolen.get("/me").status_code == 401
    assert other.get("/me").status_code == 200
    assert browser.post("/sign-out", data={"form": form}).status_code == 401


def test_over_https_signing_out_takes_the_cookie_away(https_house: House) -> None:
    browser = sign_in(https_house)
    gone = browser.post("/sign-out", data={"form": browser.get("/me").json()["form"]}).headers["Set-Cookie"]
    assert gone.startswith('__Host-session=""')
    for part in ("Max-Age=0", "Secure", "Path=/", "HttpOnly"):
        assert part in gone


def test_a_role_given_again_is_changed(house: House) -> None:
    with house.database.write() as session:
        add_member(session, 1, "centre", "auditor")
        add_member(session, 1, "centre", "registrar")
    assert sign_in(house).get("/me").json()["roles"] == {"centre": "registrar"}
    with house.database.session() as session:
        assert len(session.exec(select(Membership)).all()) == 1


def test_how_to_sign_in_is_explained(house: House) -> None:
    page = house.browser.get("/sign-in", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "comity sign-in-link" in page.text
    assert "<form" not in page.text


def test_a_session_does_not_show_its_form_token() -> None:
    assert "secret" not in repr(SignedIn(1, "R", {}, "secret"))
