"""How a centre gets trusted: it asks, answers, waits; an authority asks back, says no, or approves by two people."""

from __future__ import annotations

import pytest

from tests.registry.conftest import House
from tests.registry.office import ASKED, AUTHORITY, CENTRE, SIGNER, STATE, accredit, apply, approve, publish_keys
from tests.trust.world import CAREGIVING


def standing(house: House, name: str) -> str:
    return str(house.anybody.get(f"/registry/api/v1/applications/{name}").json()["standing"])


def current_step(house: House, name: str) -> str:
    page = house.anybody.get(f"/registry/applications/{name}").text
    return page.partition('aria-current="step"><span>')[2].partition("<")[0]


def test_a_centre_elsewhere_asks_and_is_trusted_when_two_people_said_so(house: House) -> None:
    name = apply(house)
    assert (standing(house, name), current_step(house, name)) == ("waiting", "The authority looks at it")
    publish_keys(house)
    approver, signer = house.desk("The approver", "approver"), house.desk("The signer", "signer")
    assert "Lowland Care School" in approver.get(STATE)
    change = accredit(house, name)
    assert current_step(house, name) == "Two people decide"
    assert "An approval waits for a second person" in approver.get(f"{STATE}/applications/{name}")
    assert "1" in approver.get(change)
    approve(approver, change)
    assert (standing(house, name), current_step(house, name)) == ("accredited", "In the signed lists")
    assert CENTRE in signer.get(f"{STATE}/lists")
    assert signer.post(f"{STATE}/lists", f"{STATE}/lists").status_code == 303
    trusted = house.registry.bundle().issuers[CENTRE]
    assert (trusted.slug, trusted.keys[0].public_key) == ("lowland-care-school", SIGNER.public_key)
    assert trusted.accreditations[0].scope.qualifications == (CAREGIVING,)
    assert current_step(house, name) == ""
    assert "Nothing changed" in signer.get(f"{STATE}/lists")


def test_an_authority_asks_back_and_the_centre_answers_on_its_page(house: House) -> None:
    name, writer = apply(house), house.desk("Writer", "assessor")
    page, theirs = f"{STATE}/applications/{name}", f"/registry/applications/{name}"
    assert house.anybody.post(theirs, data={"answer": "unasked"}).status_code == 422
    assert writer.post(page, page, act="ask", reason=" ").status_code == 422
    assert writer.post(page, page, act="ask", reason="Who teaches first aid?").status_code == 303
    assert standing(house, name) == "asked"
    assert "Who teaches first aid?" in house.anybody.get(theirs).text
    assert house.anybody.post("/registry/api/v1/applications", json=ASKED).status_code == 409
    assert house.anybody.post(theirs, data={"answer": " "}).status_code == 422
    answered = house.anybody.post(theirs, data={"answer": "Nurse Lowe does."}, follow_redirects=False)
    assert (answered.status_code, standing(house, name)) == (303, "waiting")
    assert "Nurse Lowe does." in writer.get(page)
    assert writer.post(page, page, act="decline", reason="There is no workshop.").status_code == 303
    assert "Nurse Lowe does." in writer.get(page)


def test_an_application_is_declined_with_a_reason_and_one_waits_at_a_time(house: House) -> None:
    name = apply(house)
    assert house.anybody.post("/registry/api/v1/applications", json=ASKED).status_code == 409
    page = f"{STATE}/applications/{name}"
    writer = house.desk("Writer", "assessor")
    assert writer.post(page, page, act="decline", reason=" ").status_code == 422
    form = {"act": "accredit", "authority": AUTHORITY, "start": "2026-12-01", "reason": "x", "grant": CAREGIVING}
    for wrong in ({}, {"start": "soon"}, {"grant": ""}, {"authority": "nobody"}):  # the first: nobody answers for its DID
        assert writer.post(page, page, **(form | wrong)).status_code == 422
    assert writer.post(page, page, act="decline", reason="There is no workshop.").status_code == 303
    assert "There is no workshop." in house.anybody.get(f"/registry/applications/{name}").text
    assert writer.post(STATE + "/rules/write", page, act="decline", reason="again").status_code == 422
    assert house.anybody.get("/registry/applications/none").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "XZ"},
        {"qualifications": ["urn:comity:XA:q:NONE"]},
        {"qualifications": []},
        {"did": "centre"},
        {"evidence": " "},
        {"name": "\u0007"},
    ],
)
def test_what_is_no_application_is_refused(house: House, wrong: dict[str, object]) -> None:
    assert house.anybody.post("/registry/api/v1/applications", json=ASKED | wrong).status_code in {400, 422}
    typed = {**ASKED, "occupations": "", **wrong}
    answer = house.anybody.post("/registry/apply", data=typed)
    assert (answer.status_code, "This could not be done." in answer.text) == (422, True)


def test_an_employer_asks_too_and_is_approved_for_occupations(house: House) -> None:
    typed = {**ASKED, "kind": "Employer", "qualifications": [], "occupations": "7212, 7213"}
    answer = house.anybody.post("/registry/apply", data=typed, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    assert "waits for the authority" in house.anybody.get(answer.headers["location"]).text
    publish_keys(house)
    change = accredit(house, answer.headers["location"].rpartition("/")[2])
    assert "7213" in house.desk("Approver", "approver").get(change)
