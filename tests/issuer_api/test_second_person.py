"""The second person for classes: asked, approved, sent back with a reason, void after a change; the setting and who may."""

from __future__ import annotations

from typing import Final

import pytest

from credentials.errors import COMITY
from issuer_api.history import history
from issuer_api.issuing import issue_cohort
from issuer_api.row_repair import leave_out, repair_row
from tests.databases import on_sqlite
from tests.issuer_api.house import CENTRE, OTHER, House
from tests.issuer_api.registrar import Registrar, application, finish, registrar, words
from web.approvals import SecondPersonError

API: Final = "/issuer/api/v1"


databases = on_sqlite


def people(house: House) -> tuple[Registrar, Registrar, Registrar]:
    """Return a registrar, an approver and a manager; the manager has asked for a second person."""
    app = application(house)
    salma = registrar(house, app=app)
    ines = registrar(house, name="Ines Okafor", role="approver", app=app)
    marta = registrar(house, name="Marta Lindqvist", role="manager", app=app)
    assert "Every class needs a second person here." in words(marta.post("second-person", {"needed": "yes"}))
    return salma, ines, marta


def digest_on(page: str) -> str:
    return page.partition('name="digest" value="')[2].partition('"')[0]


def test_a_class_is_asked_for_approved_by_another_and_signed(house: House) -> None:
    salma, ines, _ = people(house)
    cohort = house.bring().id
    before = salma.get(f"classes/{cohort}/look")
    assert "Not asked for yet" in words(before)
    assert "Sign 3 certificates" not in words(before)
    assert salma.post(f"classes/{cohort}/sign").status_code == 403
    asked = words(salma.post(f"classes/{cohort}/approval"))
    assert "Waits for approval" in asked
    assert "These can approve it: Ines Okafor, Marta Lindqvist" in asked
    assert "You asked for this, so somebody else has to approve it." in asked
    assert "3 certificates wait for somebody else's approval" in words(salma.get())
    assert "3 certificates wait for your approval" in words(ines.get())
    page = ines.get(f"classes/{cohort}/look")
    approved = words(ines.post(f"classes/{cohort}/approval/approved", {"digest": digest_on(page.text)}))
    assert "Ines Okafor approved" in approved
    assert "Sign 3 certificates" not in approved
    assert ines.post(f"classes/{cohort}/sign").status_code == 403
    assert "Sign 3 certificates" in words(salma.get(f"classes/{cohort}/look"))
    salma.post(f"classes/{cohort}/sign")
    finish(house)
    assert house.counts()["issuer_credentials"] == 3
    acts = [(act.action, act.by) for act in history(house.issuer, CENTRE) if act.action in ("class-approved", "second-person-on")]
    assert acts == [("class-approved", "Ines Okafor"), ("second-person-on", "Marta Lindqvist")]
    assert "Class approved by a second person" in words(salma.get("history"))


def test_a_class_is_sent_back_with_a_reason_and_asked_for_again(house: House) -> None:
    salma, ines, _ = people(house)
    cohort = house.bring().id
    salma.post(f"classes/{cohort}/approval")
    nothing = ines.post(f"classes/{cohort}/approval/sent-back", {"reason": "  "})
    assert "Say what has to be changed" in words(nothing)
    back = ines.post(f"classes/{cohort}/approval/sent-back", {"reason": "Row 3: <b>two</b> names in the passport"})
    assert "Row 3: <b>two</b> names in the passport" in words(back)
    assert "<b>two" not in back.text
    assert "3 certificates were sent back" in words(salma.get())
    assert ines.post(f"classes/{cohort}/approval/approved", {"digest": "x"}).status_code == 409
    salma.post(f"classes/{cohort}/rows/3", {"name": "Sari Dewi"})
    assert "Sent back" in words(salma.get(f"classes/{cohort}/look"))
    assert "Waits for approval" in words(salma.post(f"classes/{cohort}/approval"))
    assert "asked again" in words(ines.get(f"classes/{cohort}/look"))


def test_j9_a_change_after_asking_or_approving_makes_it_void(house: House) -> None:
    salma, ines, _ = people(house)
    cohort = house.bring().id
    salma.post(f"classes/{cohort}/approval")
    seen = digest_on(ines.get(f"classes/{cohort}/look").text)
    repair_row(house.issuer, CENTRE, cohort, 3, {"name": "Somebody Else"})
    assert "Changed since" in words(ines.get(f"classes/{cohort}/look"))
    assert ines.post(f"classes/{cohort}/approval/approved", {"digest": seen}).status_code == 409
    salma.post(f"classes/{cohort}/approval")
    assert ines.post(f"classes/{cohort}/approval/approved", {"digest": seen}).status_code == 409
    ines.post(f"classes/{cohort}/approval/approved", {"digest": digest_on(ines.get(f"classes/{cohort}/look").text)})
    leave_out(house.issuer, CENTRE, cohort, 2)
    with pytest.raises(SecondPersonError, match="changed since"):
        issue_cohort(house.issuer, CENTRE, cohort)
    assert "Changed since" in words(salma.get(f"classes/{cohort}/look"))
    leave_out(house.issuer, CENTRE, cohort, 2, left_out=False)
    assert len(issue_cohort(house.issuer, CENTRE, cohort)) == 3


def test_j8_nobody_approves_their_own_and_only_those_who_may(house: House) -> None:
    salma, ines, marta = people(house)
    cohort = house.bring().id
    assert ines.post(f"classes/{cohort}/approval").status_code == 403
    marta.post(f"classes/{cohort}/approval")
    digest = digest_on(ines.get(f"classes/{cohort}/look").text)
    assert digest_on(marta.get(f"classes/{cohort}/look").text) == ""
    for person in (salma, marta):
        refused = person.post(f"classes/{cohort}/approval/approved", {"digest": digest})
        assert refused.status_code == 403
        assert person.post(f"classes/{cohort}/approval/sent-back", {"reason": "no"}).status_code == 403
    forged = ines.client.post(ines.address(f"classes/{cohort}/approval/approved"), data={"digest": digest, "form": "x"})
    assert forged.status_code == 403
    idris = registrar(house, OTHER, name="Idris Bako", role="manager")
    for step in ("", "/approved", "/sent-back"):
        answer = idris.client.post(f"/issuer/{CENTRE}/classes/{cohort}/approval{step}", data={"form": idris.token()})
        assert answer.status_code == 404
        assert idris.post(f"classes/{cohort}/approval{step}", {"reason": "x"}).status_code in (404, 409)
    assert house.counts()["issuer_credentials"] == 0


def test_programs_wait_for_the_second_person_too(house: House) -> None:
    salma, ines, _ = people(house)
    cohort, program = house.bring().id, house.program()
    refused = program.post(f"{API}/cohorts/{cohort}/issue")
    assert (refused.status_code, refused.json()["type"]) == (403, COMITY + "SECOND_PERSON_REQUIRED")
    assert program.get(f"{API}/cohorts/{cohort}/approval").json() == {"state": "none", "maySign": False, "reason": ""}
    salma.post(f"classes/{cohort}/approval")
    ines.post(f"classes/{cohort}/approval/sent-back", {"reason": "Row 2"})
    assert program.get(f"{API}/cohorts/{cohort}/approval").json() == {"state": "sent-back", "maySign": False, "reason": "Row 2"}
    assert house.program(OTHER).get(f"{API}/cohorts/{cohort}/approval").status_code == 404


def test_a_small_centre_works_with_one_person_and_the_page_says_so(house: House) -> None:
    salma = registrar(house)
    cohort = house.bring().id
    page = words(salma.get(f"classes/{cohort}/look"))
    assert "One person is enough here to sign a class." in page
    assert "Sign 3 certificates" in page
    choice = words(salma.get("second-person"))
    assert "That is meant for small centres." in choice
    assert "Salma Nasser · Registrar" in choice
    assert "Can approve Nobody yet." in choice
    assert salma.post("second-person", {"needed": "yes"}).status_code == 403
    marta = registrar(house, name="Marta Lindqvist", role="manager")
    marta.post("second-person", {"needed": "yes"})
    asked = words(marta.post(f"classes/{cohort}/approval"))
    assert "Nobody else here can approve yet." in asked
    marta.post("second-person", {"needed": "no"})
    assert house.program().get(f"{API}/cohorts/{cohort}/approval").json()["state"] == "not-needed"
    assert len(issue_cohort(house.issuer, CENTRE, cohort)) == 3
