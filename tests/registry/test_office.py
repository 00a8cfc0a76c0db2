"""An authority at work: applications, approvals by two people, publishing; rules are tried before they are signed."""

from __future__ import annotations

import json
import re

import pytest

from credentials.dids import did_document
from credentials.keys import InMemorySigner
from tests.registry.conftest import Desk, House
from tests.trust.world import CAREGIVING

CENTRE = "did:web:centre.example"
SIGNER = InMemorySigner(f"{CENTRE}#k1", bytes(range(32)))
ASKED = {
    "state": "XA",
    "did": CENTRE,
    "name": "Lowland Care School",
    "place": "Lowland",
    "contact": "office@centre.example",
    "kind": "TrainingProvider",
    "qualifications": [CAREGIVING],
    "evidence": "Four nurses teach here.",
}
STATE = "/registry/states/XA"


def apply(house: House) -> str:
    answer = house.anybody.post("/registry/api/v1/applications", json=ASKED)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def publish_keys(house: House) -> None:
    document = did_document(CENTRE, {"k1": SIGNER.public_key})
    house.outside.documents["https://centre.example/.well-known/did.json"] = json.dumps(document).encode()


def change_of(location: str) -> str:
    return location.removeprefix("http://localhost:8000")


def approve(desk: Desk, change: str, **more: str) -> int:
    digest = re.search(r'name="digest" value="([^"]+)"', desk.get(change))
    assert digest is not None
    return desk.post(change, change, digest=digest.group(1), act="approve", **more).status_code


def test_a_centre_elsewhere_asks_and_is_trusted_when_two_people_said_so(house: House) -> None:
    name = apply(house)
    assert house.anybody.get(f"/registry/api/v1/applications/{name}").json()["standing"] == "waiting"
    publish_keys(house)
    writer, approver, signer = (house.desk(f"The {role}", role) for role in ("assessor", "approver", "signer"))
    assert "Lowland Care School" in writer.get(STATE)
    page = f"{STATE}/applications/{name}"
    authority = "urn:comity:XA:authority:nsc"
    proposed = writer.post(page, page, act="accredit", authority=authority, start="2026-12-01", reason="It teaches well.")
    assert proposed.status_code == 303, proposed.text
    change = change_of(proposed.headers["location"])
    seen = approver.get(change)
    assert "Sign the change" in seen
    assert "Sign the change" not in writer.get(change)
    assert approve(approver, change) == 303
    assert house.anybody.get(f"/registry/api/v1/applications/{name}").json()["standing"] == "accredited"
    assert "approved" in house.anybody.get(f"/registry/applications/{name}").text
    lists = signer.get(f"{STATE}/lists")
    assert "states/XA/issuers.json" in lists
    assert signer.post(f"{STATE}/lists", f"{STATE}/lists").status_code == 303
    trusted = house.registry.bundle().issuers[CENTRE]
    assert (trusted.slug, trusted.keys[0].public_key) == ("lowland-care-school", SIGNER.public_key)
    assert trusted.accreditations[0].scope.qualifications == (CAREGIVING,)
    assert "Nothing changed" in signer.get(f"{STATE}/lists")


def test_nobody_approves_what_they_wrote_and_nobody_else_is_let_in(house: House) -> None:
    page = f"{STATE}/centres/sunder-bay-care"
    writer = house.desk("Writer", "assessor")
    sent = writer.post(page, page, act="suspend", day="2027-01-15", reason="An inspection.")
    change = change_of(sent.headers["location"])
    assert writer.post(page, change, act="approve", digest="x").status_code == 403
    assert house.desk("Other", "approver", "XB").client.get(change).status_code == 404
    assert house.anybody.get(change, follow_redirects=False).status_code in {303, 401}
    approver = house.desk("Approver", "approver")
    seen = approver.get(change)
    assert "27" in seen
    back = approver.post(change, change, act="back", reason="Say since when.")
    assert back.status_code == 303
    assert "Say since when." in approver.get(change)
    assert approver.post(change, change, act="approve", digest="x").status_code in {403, 422}


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ({"act": "end", "day": "2027-03-01", "accreditation": "urn:comity:XA:accreditation:102"}, "End an approval"),
        ({"act": "suspend", "day": "2027-03-01"}, "Suspend a centre"),
        (
            {
                "act": "narrow",
                "day": "2027-03-01",
                "accreditation": "urn:comity:XA:accreditation:102",
                "keep": CAREGIVING,
            },
            "Narrow an approval",
        ),
    ],
)
def test_a_centre_is_narrowed_ended_and_suspended(house: House, form: dict[str, str], kind: str) -> None:
    page = f"{STATE}/centres/sunder-bay-care"
    sent = house.desk("Writer", "assessor").post(page, page, reason="It has no nurse any more.", **form)
    assert sent.status_code == 303, sent.text
    approver = house.desk("Approver", "approver")
    change = change_of(sent.headers["location"])
    assert kind in approver.get(change)
    assert approve(approver, change) == 303
    assert "goes out with the next lists" in approver.get(change)
    again = approver.get(page)
    assert ("Suspended since" in again) == (form["act"] == "suspend")


def test_an_approval_that_ends_is_renewed(house: House) -> None:
    page, entry = f"{STATE}/centres/sunder-bay-care", "urn:comity:XA:accreditation:102"
    writer, approver = house.desk("Writer", "assessor"), house.desk("Approver", "approver")
    for act, day in (("end", "2027-03-01"), ("renew", "2029-03-01")):
        sent = writer.post(page, page, act=act, day=day, accreditation=entry, reason="By the council.")
        assert approve(approver, change_of(sent.headers["location"])) == 303
    assert "1 March 2029" in approver.get(page) or "2 March 2029" in approver.get(page)


@pytest.mark.parametrize(
    "form",
    [
        {"act": "end", "day": "2020-01-01", "accreditation": "urn:comity:XA:accreditation:102", "reason": "x"},
        {"act": "end", "day": "soon", "reason": "x"},
        {"act": "end", "day": "2027-01-01", "reason": " "},
        {"act": "dance", "day": "2027-01-01", "reason": "x"},
        {"act": "narrow", "day": "2027-01-01", "accreditation": "urn:comity:XA:accreditation:102", "reason": "x"},
        {"act": "narrow", "day": "2027-01-01", "accreditation": "urn:comity:XA:accreditation:none", "reason": "x"},
    ],
)
def test_what_cannot_be_meant_is_told_and_nothing_is_proposed(house: House, form: dict[str, str]) -> None:
    page = f"{STATE}/centres/sunder-bay-care"
    writer = house.desk("Writer", "assessor")
    answer = writer.post(page, page, **form)
    assert (answer.status_code, "This could not be done." in answer.text) == (422, True)
    assert "Nothing waits." in writer.get(STATE)


RULE = {
    "id": "urn:comity:XC:rule:9@1",
    "from": ["XA"],
    "scope": {"fields": ["0715"]},
    "mode": "automatic",
    "grants": {"localTitle": {"en": "Welder"}},
    "requires": None,
    "inForce": {"from": "2026-11-01", "until": None},
    "legalBasis": "Article 7(9)",
    "authority": "urn:comity:XC:authority:labour-skills-board",
}


def test_a_rule_is_tried_before_it_is_signed(house: House) -> None:
    page = "/registry/states/XC/rules"
    writer, approver = house.desk("Writer", "assessor", "XC"), house.desk("Approver", "approver", "XC")
    assert "urn:comity:XC:rule:NEW@1" in writer.get(page)
    assert "urn:comity:XC:rule:1@1" in writer.get(f"{page}?rule=urn:comity:XC:rule:1@1")
    tried = writer.post(page, page, text=json.dumps(RULE | {"inForce": {"from": "2026-11-20", "until": None}}), act="try")
    assert (tried.status_code, "NO_RULE" in tried.text) == (200, True), tried.text
    for wrong in ("{", "{}", json.dumps(RULE | {"mode": "perhaps"}), json.dumps(RULE | {"id": "urn:comity:XB:rule:1@1"})):
        assert writer.post(page, page, text=wrong, act="try").status_code == 422
    sent = writer.post(page, page, text=json.dumps(RULE), act="propose", reason="Agreed in the committee.")
    assert sent.status_code == 303, sent.text
    assert approve(approver, change_of(sent.headers["location"])) == 303
    assert "Welder" in approver.get(page)


def test_an_application_is_declined_with_a_reason_and_one_waits_at_a_time(house: House) -> None:
    name = apply(house)
    assert house.anybody.post("/registry/api/v1/applications", json=ASKED).status_code == 409
    page = f"{STATE}/applications/{name}"
    writer = house.desk("Writer", "assessor")
    assert writer.post(page, page, act="decline", reason=" ").status_code == 422
    assert writer.post(page, page, act="accredit", start="2026-12-01", reason="x").status_code == 422  # nobody answers for its DID
    assert writer.post(page, page, act="decline", reason="There is no workshop.").status_code == 303
    assert "There is no workshop." in house.anybody.get(f"/registry/applications/{name}").text
    assert writer.post(STATE + "/centres/sunder-bay-care", page, act="decline", reason="again").status_code == 422
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


def test_the_form_takes_an_employer_too(house: House) -> None:
    typed = {**ASKED, "kind": "Employer", "qualifications": [], "occupations": "7212, 7213"}
    answer = house.anybody.post("/registry/apply", data=typed, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    assert "waits for the authority" in house.anybody.get(answer.headers["location"]).text


def test_a_cell_opens_its_reason_as_of_a_day(house: House) -> None:
    found = house.anybody.get("/registry/cell", params={"qualification": CAREGIVING, "state": "XB", "on": "2026-11-20"})
    assert "Article 7(1)" in found.text
    before = house.anybody.get("/registry/cell", params={"qualification": CAREGIVING, "state": "XB", "on": "2025-01-31"})
    assert "Nobody has refused it" in before.text
    assert "Rules before and after" in before.text
    assert "awards it itself" in house.anybody.get("/registry/cell", params={"qualification": CAREGIVING, "state": "XA"}).text
    assert house.anybody.get("/registry/cell", params={"qualification": "none", "state": "XA"}).status_code == 404
    assert "No decision yet" in house.anybody.get("/registry", params={"on": "2024-02-01"}).text


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_every_page_is_there_in_every_language(house: House, language: str) -> None:
    name, desk = apply(house), house.desk("Writer", "assessor")
    centre = f"{STATE}/centres/sunder-bay-care"
    sent = desk.post(centre, centre, act="suspend", day="2027-01-15", reason="An inspection.")
    change = change_of(sent.headers["location"])
    paths = (STATE, f"{STATE}/applications/{name}", centre, f"{STATE}/rules", f"{STATE}/lists", change, "/registry/apply")
    for path in paths:
        assert f'lang="{language}"' in desk.get(f"{path}?lang={language}")
    assert desk.client.get(f"{STATE}/centres/none").status_code == 404
