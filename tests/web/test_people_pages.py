from __future__ import annotations

import re
import threading
from datetime import timedelta
from html import unescape

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from tests.web.house import NOW, House
from tests.web.test_passkeys import form_of
from web.acts import acts, note
from web.invitations import AlreadyMemberError, InvitationEndedError, InvitedNameError
from web.members import LastManagerError, OwnRoleError, members
from web.people import (
    FormTokenError,
    NotFoundError,
    SignInNeededError,
    add_member,
    create_person,
    create_sign_in_link,
    name_of_browser,
)
from web.roles import RoleError, UnknownRoleError, roles_of, state_organisation

SCHOOL = "cedar-school"
STATE = state_organisation("XA")
HTML = {"Accept": "text/html"}


def join(house: House, name: str, role: str, organisation: str = SCHOOL) -> TestClient:
    """Return the browser of a new person with a role."""
    with house.database.write() as session:
        person = create_person(session, name, NOW)
        add_member(session, person.id or 0, organisation, role)
        token = create_sign_in_link(session, person.id or 0, house.now)
    browser = house.another_browser()
    assert browser.post(f"/sign-in/{token}").status_code == 303
    return browser


def send(browser: TestClient, path: str, **fields: object) -> Response:
    return browser.post(path, data={"form": form_of(browser), **{name: str(value) for name, value in fields.items()}})


def invite(browser: TestClient, role: str = "registrar", name: str = "Idris", organisation: str = SCHOOL) -> str:
    """Return the path of the link that the page shows."""
    page = send(browser, f"/organisations/{organisation}/invitations", role=role, name=name)
    assert page.status_code == 200
    found = re.search(r'value="http://localhost:8000(/invitations/[^"]+)"', page.text)
    assert found
    return found[1]


def said(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"]


def roles(house: House, organisation: str = SCHOOL) -> dict[str, str]:
    return {one.name: one.role for one in members(house.people, organisation)}


def number(house: House, name: str, organisation: str = SCHOOL) -> int:
    return next(one.id for one in members(house.people, organisation) if one.name == name)


def actions(house: House, organisation: str = SCHOOL) -> list[str]:
    return [act.action for act in acts(house.database, organisation)]


@pytest.fixture
def manager(house: House) -> TestClient:
    return join(house, "Mona", "manager")


def test_an_invited_person_accepts_once_and_is_signed_in(house: House, manager: TestClient) -> None:
    path, newcomer = invite(manager), house.another_browser()
    for _ in range(2):
        page = newcomer.get(path, headers=HTML)
        assert page.status_code == 200
        assert "<bdi>Mona</bdi> invites you to <bdi>cedar-school (en)</bdi>." in page.text
        assert "Prepares and signs certificates" in page.text
    answer = newcomer.post(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert newcomer.get("/me").json()["roles"] == {SCHOOL: "registrar"}
    assert newcomer.get("/me").json()["name"] == "Idris"
    for again in (house.another_browser().post(path), house.another_browser().get(path)):
        assert said(again) == (410, InvitationEndedError.type)
    assert roles(house) == {"Idris": "registrar", "Mona": "manager"}
    assert actions(house) == ["invitation-accepted", "invited"]
    assert "by invitation" in newcomer.get("/account").text


def test_who_is_signed_in_accepts_for_their_account(house: House, manager: TestClient) -> None:
    salma = join(house, "Salma", "auditor", "elder-school")
    path = invite(manager, name="Salma")
    before = salma.cookies["session"]
    assert "You are signed in as <bdi>Salma</bdi>" in salma.get(path).text
    assert said(salma.post(path)) == (403, FormTokenError.type)
    assert send(salma, path).status_code == 303
    assert salma.get("/me").json()["roles"] == {"elder-school": "auditor", SCHOOL: "registrar"}
    assert salma.cookies["session"] != before


def test_a_form_of_a_session_that_ended_makes_no_second_account(house: House, manager: TestClient) -> None:
    answer = house.another_browser().post(invite(manager), data={"form": "of-an-ended-session"})
    assert said(answer) == (403, FormTokenError.type)
    assert roles(house) == {"Mona": "manager"}


def test_no_other_site_accepts(house: House, manager: TestClient) -> None:
    answer = house.another_browser().post(invite(manager), headers={"Sec-Fetch-Site": "cross-site"})
    assert said(answer) == (403, FormTokenError.type)


def test_who_belongs_already_does_not_use_an_invitation_up(house: House, manager: TestClient) -> None:
    path = invite(manager)
    assert said(send(manager, path)) == (409, AlreadyMemberError.type)
    assert house.another_browser().post(path).status_code == 303
    assert roles(house)["Mona"] == "manager"


def test_an_invitation_lasts_seven_days(house: House, manager: TestClient) -> None:
    path = invite(manager)
    assert "Idris" in manager.get(f"/organisations/{SCHOOL}/people").text
    house.now = NOW + timedelta(days=7)
    assert said(house.another_browser().post(path)) == (410, InvitationEndedError.type)
    other = join(house, "Second", "manager")
    assert "Idris" not in other.get(f"/organisations/{SCHOOL}/people").text


def test_an_invitation_is_withdrawn(house: House, manager: TestClient) -> None:
    path = invite(manager)
    page = manager.get(f"/organisations/{SCHOOL}/people").text
    found = re.search(r'name="reference" value="([0-9a-f]{16})"', page)
    assert found
    assert path.rpartition("/")[2] not in page
    stranger = join(house, "Stranger", "manager", "elder-school")
    away = f"/organisations/{SCHOOL}/invitations/withdraw"
    assert said(send(stranger, away, reference=found[1])) == (404, NotFoundError.type)
    elsewhere = "/organisations/elder-school/invitations/withdraw"
    assert said(send(stranger, elsewhere, reference=found[1])) == (404, NotFoundError.type)
    for wrong in ("", "%", found[1][:4], found[1] + "0"):
        assert said(send(manager, away, reference=wrong)) == (404, NotFoundError.type)
    assert send(manager, away, reference=found[1]).status_code == 303
    assert said(house.another_browser().post(path)) == (410, InvitationEndedError.type)
    assert said(send(manager, away, reference=found[1])) == (404, NotFoundError.type)
    assert actions(house)[0] == "invitation-withdrawn"


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "a\x00b", "a\nb", "a\u2028b"])
def test_a_name_is_needed(house: House, manager: TestClient, name: str) -> None:
    answer = send(manager, f"/organisations/{SCHOOL}/invitations", role="registrar", name=name)
    assert said(answer) == (422, InvitedNameError.type)
    assert actions(house) == []


def test_states_and_houses_have_roles_of_their_own(house: House, manager: TestClient) -> None:
    answer = send(manager, f"/organisations/{SCHOOL}/invitations", role="assessor", name="Idris")
    assert said(answer) == (422, UnknownRoleError.type)
    minister = join(house, "Minister", "manager", STATE)
    assert house.another_browser().post(invite(minister, "assessor", organisation=STATE)).status_code == 303
    assert roles(house, STATE) == {"Idris": "assessor", "Minister": "manager"}
    page = minister.get(f"/organisations/{STATE}/people").text
    assert "Signs and publishes what was approved" in page
    assert "Registrar" not in page


def test_a_manager_changes_and_ends_roles(house: House, manager: TestClient) -> None:
    idris = join(house, "Idris", "registrar")
    assert send(manager, f"/organisations/{SCHOOL}/roles", person=number(house, "Idris"), role="auditor").status_code == 303
    assert idris.get("/me").json()["roles"] == {SCHOOL: "auditor"}
    answer = send(manager, f"/organisations/{SCHOOL}/roles/end", person=number(house, "Idris"))
    assert answer.headers["Location"] == f"/organisations/{SCHOOL}/people"
    assert idris.get("/me").json()["roles"] == {}
    assert idris.get(f"/organisations/{SCHOOL}/people").status_code == 404
    assert actions(house) == ["role-ended", "role-changed"]


@pytest.mark.usefixtures("manager")
def test_everybody_may_leave(house: House) -> None:
    idris = join(house, "Idris", "registrar")
    answer = send(idris, f"/organisations/{SCHOOL}/roles/end", person=number(house, "Idris"))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert roles(house) == {"Mona": "manager"}


def test_a_manager_stays(house: House, manager: TestClient) -> None:
    answer = send(manager, f"/organisations/{SCHOOL}/roles/end", person=number(house, "Mona"))
    assert said(answer) == (409, LastManagerError.type)
    second = join(house, "Second", "manager")
    assert send(second, f"/organisations/{SCHOOL}/roles", person=number(house, "Mona"), role="auditor").status_code == 303
    assert said(send(second, f"/organisations/{SCHOOL}/roles/end", person=number(house, "Second")))[0] == 409


def test_nobody_changes_their_own_role(house: House, manager: TestClient) -> None:
    answer = send(manager, f"/organisations/{SCHOOL}/roles", person=number(house, "Mona"), role="auditor")
    assert said(answer) == (403, OwnRoleError.type)


@pytest.mark.parametrize("role", sorted(set(roles_of(SCHOOL)) - {"manager"}))
@pytest.mark.usefixtures("manager")
def test_who_is_no_manager_sees_people_and_changes_nothing(house: House, role: str) -> None:
    browser = join(house, "Other", role)
    page = browser.get(f"/organisations/{SCHOOL}/people").text
    assert "Mona" in page
    assert "Invite somebody" not in page
    mona = number(house, "Mona")
    for path, fields in (
        ("invitations", {"role": "manager", "name": "Me"}),
        ("invitations/withdraw", {"reference": "0" * 16}),
        ("roles", {"person": mona, "role": "auditor"}),
        ("roles/end", {"person": mona}),
    ):
        assert said(send(browser, f"/organisations/{SCHOOL}/{path}", **fields)) == (403, RoleError.type)
    assert roles(house)["Mona"] == "manager"


@pytest.mark.parametrize("path", ["people", "acts"])
@pytest.mark.usefixtures("manager")
def test_pages_of_others_are_not_there(house: House, path: str) -> None:
    stranger = join(house, "Stranger", "manager", "elder-school")
    for slug in (SCHOOL, "no-such-school"):
        assert said(stranger.get(f"/organisations/{slug}/{path}")) == (404, NotFoundError.type)
    assert said(house.another_browser().get(f"/organisations/{SCHOOL}/{path}")) == (401, SignInNeededError.type)


FORMS = (
    "/account/sessions/end",
    "/account/sessions/end-all",
    "/account/passkeys/remove",
    f"/organisations/{SCHOOL}/invitations",
    f"/organisations/{SCHOOL}/invitations/withdraw",
    f"/organisations/{SCHOOL}/roles",
    f"/organisations/{SCHOOL}/roles/end",
)


@pytest.mark.parametrize("path", FORMS)
def test_j7_every_form_needs_its_session(house: House, manager: TestClient, path: str) -> None:
    for form in ("", "0" * 32):
        answer = manager.post(path, data={"form": form, "person": 1, "role": "auditor", "name": "x"})
        assert said(answer) == (403, FormTokenError.type)
    answer = house.another_browser().post(path, data={"person": 1})
    assert said(answer) == (401, SignInNeededError.type)


def test_somebody_who_is_not_here_has_no_role_to_change(manager: TestClient) -> None:
    for path in ("roles", "roles/end"):
        answer = send(manager, f"/organisations/{SCHOOL}/{path}", person=999, role="auditor")
        assert said(answer) == (404, NotFoundError.type)


def test_sessions_are_listed_and_ended_one_by_one(house: House, manager: TestClient) -> None:
    with house.database.write() as session:
        token = create_sign_in_link(session, number(house, "Mona"), NOW)
    phone = house.another_browser()
    agent = "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Mobile Safari/537.36"
    phone.post(f"/sign-in/{token}", headers={"User-Agent": agent})
    page = manager.get("/account").text
    assert "Chromium · Android" in page
    assert page.count("Sign out there") == 1
    found = re.search(r'name="reference" value="([0-9a-f]{16})"', page)
    assert found
    stranger = join(house, "Stranger", "auditor")
    assert said(send(stranger, "/account/sessions/end", reference=found[1])) == (404, NotFoundError.type)
    assert said(send(manager, "/account/sessions/end", reference=""))[0] == 404
    assert send(manager, "/account/sessions/end", reference=found[1]).status_code == 303
    assert phone.get("/me").status_code == 401
    assert manager.get("/me").status_code == 200


def test_signing_out_everywhere_ends_every_session_of_mine_alone(house: House, manager: TestClient) -> None:
    with house.database.write() as session:
        token = create_sign_in_link(session, number(house, "Mona"), NOW)
    phone, other = house.another_browser(), join(house, "Other", "auditor")
    phone.post(f"/sign-in/{token}")
    answer = send(manager, "/account/sessions/end-all")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert (manager.get("/me").status_code, phone.get("/me").status_code, other.get("/me").status_code) == (401, 401, 200)
    assert actions(house) == ["signed-out-everywhere"]


def test_auditors_read_who_did_what_page_by_page(house: House, manager: TestClient) -> None:
    auditor, registrar = join(house, "Auditor", "auditor"), join(house, "Idris", "registrar")
    assert "Nothing yet." in auditor.get(f"/organisations/{SCHOOL}/acts").text
    for turn in range(55):
        invite(manager, name=f"Guest {turn}")
    page = auditor.get(f"/organisations/{SCHOOL}/acts").text
    assert page.count("Invited somebody") == 50
    assert 'href="?before=6"' in page
    older = auditor.get(f"/organisations/{SCHOOL}/acts?before=6").text
    assert older.count("Invited somebody") == 5
    assert ">Older<" not in older
    assert said(registrar.get(f"/organisations/{SCHOOL}/acts")) == (403, RoleError.type)


def test_an_act_without_words_is_shown_by_its_name(house: House, manager: TestClient) -> None:
    with house.database.write() as session:
        note(session, SCHOOL, "<b>Rosa</b>", "roof-mended", "roof", NOW)
    page = manager.get(f"/organisations/{SCHOOL}/acts").text
    assert "<bdi>roof-mended</bdi>" in page
    assert "&lt;b&gt;Rosa" in page


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_pages_speak_every_language(manager: TestClient, language: str) -> None:
    path = invite(manager)
    for page in ("/account", f"/organisations/{SCHOOL}/people", f"/organisations/{SCHOOL}/acts", path):
        text = unescape(manager.get(page, params={"lang": language}).text)
        assert f'lang="{language}"' in text
        if not page.endswith("/acts"):
            assert f"cedar-school ({language})" in text


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Version/26.0 Mobile/15E148 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0", "Edge · Windows"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_without_its_versions(agent: str, name: str) -> None:
    assert name_of_browser(agent) == name


def test_many_who_accept_at_once_are_one(house: House, manager: TestClient) -> None:
    path, found = invite(manager), []
    browsers = [house.another_browser() for _ in range(6)]
    start = threading.Barrier(len(browsers))

    def take(browser: TestClient) -> None:
        start.wait(10)
        found.append(browser.post(path).status_code)

    threads = [threading.Thread(target=take, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(found) == [303, *[410] * 5]
    assert roles(house) == {"Idris": "registrar", "Mona": "manager"}


@pytest.mark.parametrize("number", ["-1", "99999999999999999999999", "x"])
def test_numbers_that_no_row_has_are_refused(manager: TestClient, number: str) -> None:
    assert manager.get(f"/organisations/{SCHOOL}/acts?before={number}").status_code == 422
    assert send(manager, f"/organisations/{SCHOOL}/roles", person=number, role="auditor").status_code == 422
    assert send(manager, f"/organisations/{SCHOOL}/roles/end", person=number).status_code == 422
