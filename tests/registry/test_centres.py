"""A centre is narrowed, ended, renewed, suspended and taken up again; whom it reaches is shown before anybody signs."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from credentials.errors import MalformedValueError, RangeError
from registry.cases import checked
from registry.deciding import Signing
from registry.status_signing import sign_status_list
from tests.registry.conftest import House
from tests.registry.office import AUTHORITY, STATE, approve, put_forward, words
from tests.registry.test_cases import care
from tests.trust.world import CARE_SCHOOL, CAREGIVING, NOW, Keys, did, result
from tests.verifier.desk import status_list, status_url

PAGE = f"{STATE}/centres/sunder-bay-care"
ENTRY = "urn:comity:XA:accreditation:102"
WHY = {"reason": "It has no nurse any more."}


@pytest.mark.parametrize(
    ("act", "form", "kind"),
    [
        ("end", {"day": "2027-03-01", "accreditation": ENTRY}, "End an approval"),
        ("suspend", {"day": "2027-03-01"}, "Suspend a centre"),
        ("narrow", {"day": "2027-03-01", "accreditation": ENTRY, "keep": CAREGIVING}, "Narrow an approval"),
    ],
)
def test_one_looks_first_then_two_people_sign(house: House, act: str, form: dict[str, str], kind: str) -> None:
    writer, approver, page = house.desk("Writer", "assessor"), house.desk("Approver", "approver"), f"{PAGE}/{act}"
    looked = writer.post(f"{page}?accreditation={ENTRY}", page, step="look", **form, **WHY)
    assert (looked.status_code, "<dd>27</dd>" in looked.text, WHY["reason"] in looked.text) == (200, True, True)
    assert "Nothing waits." in writer.get(STATE)
    change = put_forward_from(writer, f"{page}?accreditation={ENTRY}", page, form)
    seen = approver.get(change)
    assert kind in seen
    assert "<dd>27</dd>" in seen
    approve(approver, change)
    assert "goes out with the next lists" in approver.get(change)
    assert ("Suspended since" in approver.get(PAGE)) == (act == "suspend")
    assert ("On hold" in approver.get(f"{STATE}/centres")) == (act == "suspend")


def put_forward_from(desk: object, shown: str, page: str, form: dict[str, str]) -> str:
    sent = desk.post(shown, page, step="propose", **form, **WHY)  # type: ignore[attr-defined]  # a Desk
    assert sent.status_code == 303, sent.text
    return str(sent.headers["location"])


def test_a_state_signs_the_status_lists_of_a_centre_that_has_closed(house: House) -> None:
    writer, approver, signer = (house.desk(role, role) for role in ("assessor", "approver", "signer"))
    council, page = did("skills-council"), f"{PAGE}/status"
    for chosen in ([], ["did:web:somebody.example"]):
        assert writer.post(page, page, step="propose", signer=chosen, **WHY).status_code == 422
    change = put_forward(writer, page, step="propose", signer=[council], reason="The school has closed.")
    assert council in words(approver.get(change))
    approve(approver, change)
    signer.post(f"{STATE}/lists", f"{STATE}/lists")
    lists, centre = house.registry.bundle(), did(CARE_SCHOOL)
    assert lists.status_authorities(centre) == (council,)
    assert "Who signs the status lists" in approver.get(PAGE)

    address, signing = status_url(CARE_SCHOOL, "revocation"), Signing(Keys(), house.outside, NOW)
    last = json.loads(status_list(CARE_SCHOOL, "revocation", {3}, NOW + timedelta(hours=1)))
    taken_over = sign_status_list(last, centre, AUTHORITY, lists, signing, [7])
    for index, verified in (("3", False), ("7", False), ("8", True)):
        house.outside.documents[address] = json.dumps(taken_over).encode()
        entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": index}
        document = care(credentialStatus=entry | {"statusListCredential": address})
        found = checked(house.registry, json.dumps(result(document).require().document).encode())
        assert found.verified is verified
        assert found.is_genuine
    for wrong in ("urn:comity:XB:authority:skills-office", "urn:nobody"):
        with pytest.raises(MalformedValueError):
            sign_status_list(last, centre, wrong, lists, signing)
    with pytest.raises(RangeError):
        sign_status_list(last, centre, AUTHORITY, lists, signing, [1 << 40])
    with pytest.raises(MalformedValueError):
        sign_status_list(last | {"credentialSubject": {"statusPurpose": "message"}}, centre, AUTHORITY, lists, signing)
    change = put_forward(writer, page, step="propose", reason="It has opened again.")
    approve(approver, change)
    signer.post(f"{STATE}/lists", f"{STATE}/lists")
    assert house.registry.bundle().status_authorities(centre) == ()


def test_an_approval_that_ends_is_renewed(house: House) -> None:
    writer, approver = house.desk("Writer", "assessor"), house.desk("Approver", "approver")
    for act, day in (("end", "2027-03-01"), ("renew", "2029-03-01")):
        page = f"{PAGE}/{act}?accreditation={ENTRY}"
        approve(approver, put_forward(writer, page, step="propose", day=day, accreditation=ENTRY, **WHY))
    assert "1 March 2029" in approver.get(PAGE)


def test_a_suspension_is_lifted_and_stays_written(house: House) -> None:
    writer, approver, signer = (house.desk(role, role) for role in ("assessor", "approver", "signer"))
    approve(approver, put_forward(writer, f"{PAGE}/suspend", step="propose", day="2027-01-15", **WHY))
    signer.post(f"{STATE}/lists", f"{STATE}/lists")
    [stop] = house.registry.bundle().suspensions
    assert (stop.issuer, stop.review_by) == (did(CARE_SCHOOL), "2027-01-15")
    lift = f"{PAGE}/lift?stop={stop.id}"
    approve(approver, put_forward(writer, lift, step="propose", stop=stop.id, reason="The inspection found nothing."))
    assert "Suspended since" not in approver.get(PAGE)
    signer.post(f"{STATE}/lists", f"{STATE}/lists")
    [lifted] = house.registry.bundle().suspensions
    assert (lifted.id, lifted.period.end is not None) == (stop.id, True)
    assert writer.post(lift, f"{PAGE}/lift", step="propose", stop=stop.id, **WHY).status_code == 422


@pytest.mark.parametrize(
    ("act", "form"),
    [
        ("end", {"day": "2020-01-01", "accreditation": ENTRY}),
        ("end", {"day": "soon", "accreditation": ENTRY}),
        ("end", {"day": "2027-01-01", "accreditation": ENTRY, "reason": " "}),
        ("end", {"day": "2027-01-01", "accreditation": ENTRY, "reason": "x" * 2001}),
        ("narrow", {"day": "2027-01-01", "accreditation": ENTRY}),
        ("narrow", {"day": "2027-01-01", "accreditation": "urn:comity:XA:accreditation:none"}),
    ],
)
def test_what_cannot_be_meant_is_told_and_nothing_is_proposed(house: House, act: str, form: dict[str, str]) -> None:
    writer = house.desk("Writer", "assessor")
    answer = writer.post(f"{PAGE}/{act}?accreditation={ENTRY}", f"{PAGE}/{act}", step="propose", **(WHY | form))
    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
    assert "Nothing waits." in writer.get(STATE)


def test_what_is_not_there_is_not_found_and_who_only_approves_writes_nothing(house: House) -> None:
    writer = house.desk("Writer", "assessor")
    for path in (f"{STATE}/centres/none", f"{PAGE}/dance", f"{PAGE}/end?accreditation=none", f"{STATE}/centres/none/end"):
        assert writer.client.get(path).status_code == 404
    approver = house.desk("Approver", "approver")
    assert approver.client.get(f"{PAGE}/suspend").status_code == 403
    assert "Suspend the centre" not in approver.get(PAGE)
