"""Several parties certify one award at their desks: two persons each, with keys that lie here or elsewhere."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import select

from credentials.verify import VerificationOptions, verify_credential
from registry.awards import award
from registry.deciding import Signing
from registry.endorsing import issue_endorsement
from registry.errors import STATUS
from registry.routes import router
from registry.tables import AwardToEndorse
from tests.registry.conftest import Desk, House, HouseKeys
from tests.registry.office import approve, digest_on, put_forward, words
from tests.registry.test_cases import care
from tests.trust.world import CARE_SCHOOL, NOW, Keys, did, result, signer
from tests.verifier.desk import status_list, status_url
from trust.endorsements import co_certification
from trust.recognition import Dossier
from web import people
from web.joining import join
from web.problems import Problems

MAIN = result(care(id="urn:uuid:8a4de3c7-9f06-4d6d-9c0c-25cf0dd1a8ba"))
AWARD = json.dumps(MAIN.require().document).encode()
BOARD = "urn:comity:XC:authority:labour-skills-board"


class WithAuthorities(HouseKeys):
    """The keys of the authorities of XA and XB lie in this house, that of XC does not."""

    def verification_methods(self) -> tuple[str, ...]:
        return (*super().verification_methods(), f"{did('skills-council')}#k1", f"{did('skills-office')}#k1")


@pytest.fixture
def home(house: House) -> House:
    registry = replace(house.registry, keys=WithAuthorities())
    app = FastAPI()
    join(app, people.router(registry.people), router(registry))
    Problems(registry.pages, dict(STATUS), https=False).install(app)
    opened = House(registry, app, house.outside, house.now)
    house.outside.own = opened.anybody
    return opened


def room(state: str) -> str:
    return f"/registry/states/{state}/endorsements"


def send_file(desk: Desk, page: str, path: str, content: bytes, **form: Any) -> Any:  # noqa: ANN401  # a response
    token = desk.get(page).partition('name="form" value="')[2].partition('"')[0]
    return desk.client.post(path, data={**form, "form": token}, files={"file": ("a.json", content)}, follow_redirects=False)


def brought(home: House, *asked: str) -> str:
    """Bring the award as an officer of XA; return its id."""
    answer = send_file(home.desk("Hala", "assessor"), room("XA"), room("XA"), AWARD, asked=list(asked))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).rpartition("/")[2]


def test_a_party_is_asked_and_two_of_its_people_endorse(home: House) -> None:
    name = brought(home, "XB")
    page = f"{room('XB')}/{name}"
    writer, approver = home.desk("Lena Ek", "assessor", "XB"), home.desk("Ida Ros", "approver", "XB")
    assert "Najma Akter" in writer.get(room("XB"))
    before = words(writer.get(page))
    assert "Certified by 1 of 3 parties" in before
    assert "The authority's key lies here" in before.replace("&#39;", "'")
    change = put_forward(writer, page, comment="The course is the agreed one.")
    assert "An endorsement waits for a second person." in writer.get(page)
    assert writer.post(page, page).status_code == 422
    assert "The course is the agreed one." in approver.get(change)
    approve(approver, change)
    assert "Approved by two people" in approver.get(change)
    assert "Certified by 2 of 3 parties" in words(writer.get(page))
    document = writer.client.get(f"{page}/XB.json").content
    options = VerificationOptions(now=NOW, fetcher=home.outside, known_keys=home.registry.bundle().listed_keys())
    found = co_certification(Dossier(MAIN, (verify_credential(document, options),)), NOW, bundle=home.registry.bundle(), now=NOW)
    assert found is not None
    assert (found.certified, found.is_reached) == (("XA", "XB"), True)
    assert json.loads(document)["credentialSubject"]["endorsementComment"] == "The course is the agreed one."
    assert writer.post(page, page).status_code == 422  # once
    assert json.loads(writer.client.get(f"{page}/award.json").content) == MAIN.require().document


def test_two_people_withdraw_an_endorsement_and_one_party_fewer_is_counted(home: House) -> None:
    page = f"{room('XB')}/{brought(home, 'XB')}"
    writer, approver = home.desk("Lena Ek", "assessor", "XB"), home.desk("Ida Ros", "approver", "XB")
    approve(approver, put_forward(writer, page))
    document = writer.client.get(f"{page}/XB.json").content
    assert certified(home, document) == ("XA", "XB")
    assert writer.post(page, f"{page}/withdraw", reason="").status_code == 422
    sent = writer.post(page, f"{page}/withdraw", reason="The centre was not visited.")
    change = str(sent.headers["location"]).removeprefix("http://localhost:8000")
    assert writer.post(page, f"{page}/withdraw", reason="Again.").status_code == 422
    assert "A withdrawal waits for a second person." in writer.get(page)
    assert certified(home, document) == ("XA", "XB")  # nothing happens before somebody else approves
    assert "The centre was not visited." in approver.get(change)
    approve(approver, change)
    assert "Approved by two people" in approver.get(change)
    assert certified(home, document) == ("XA",)
    told = words(writer.get(page))
    assert "Certified by 1 of 3 parties" in told
    assert "Withdrawn on 20 November 2026: The centre was not visited." in told
    assert writer.post(page, f"{page}/withdraw", reason="Again.").status_code == 422
    approve(approver, put_forward(writer, page))  # the award is endorsed again, and the old word stays withdrawn
    assert "Certified by 2 of 3 parties" in words(writer.get(page))
    assert certified(home, document) == ("XA",)
    assert certified(home, writer.client.get(f"{page}/XB.json").content) == ("XA", "XB")


def certified(home: House, document: bytes) -> tuple[str, ...]:
    """Return which parties have certified the award, by this endorsement and the list in force."""
    lists = home.registry.bundle()
    options = VerificationOptions(now=NOW, fetcher=home.outside, known_keys=lists.listed_keys())
    found = co_certification(Dossier(MAIN, (verify_credential(document, options),)), NOW, bundle=lists, now=NOW)
    assert found is not None
    return found.certified


def test_where_the_list_does_not_answer_an_endorsement_counts_for_nothing(home: House) -> None:
    page = f"{room('XB')}/{brought(home, 'XB')}"
    writer = home.desk("Lena Ek", "assessor", "XB")
    approve(home.desk("Ida Ros", "approver", "XB"), put_forward(writer, page))
    home.outside.own = None
    told = words(writer.get(page))
    assert "Certified by 1 of 3 parties" in told
    assert "does not count now: it was withdrawn, or that could not be checked" in told


def test_a_key_that_lies_elsewhere_signs_there_once_two_people_approved(home: House) -> None:
    name = brought(home, "XB", "XC")
    page = f"{room('XC')}/{name}"
    writer, approver = home.desk("Mira Solberg", "assessor", "XC"), home.desk("Jon Vale", "approver", "XC")
    signing = Signing(Keys(), home.outside, NOW)
    signed = json.dumps(issue_endorsement(MAIN.require().document, BOARD, home.registry.bundle(), signing)).encode()
    refused = send_file(writer, page, f"{page}/signed", signed)
    assert (refused.status_code, "two people of this state" in refused.text) == (422, True)
    approve(approver, put_forward(writer, page))
    told = words(writer.get(page))
    assert "Approved; to be signed where the key lies" in told
    assert f"comity registry endorse award.json {BOARD} --final --out endorsement.json" in told
    assert award(home.registry, name, "XC").endorsements == {}
    assert send_file(writer, page, f"{page}/signed", signed).status_code == 303
    assert "Certified by 2 of 3 parties" in words(writer.get(page))
    other = home.desk("Lena Ek", "assessor", "XB")
    assert "Certified by 2 of 3 parties" in words(other.get(f"{room('XB')}/{name}"))


def test_who_was_not_asked_sees_nothing_and_its_own_state_does_not_endorse(home: House) -> None:
    name = brought(home, "XB")
    stranger = home.desk("Mira Solberg", "assessor", "XC")
    assert stranger.client.get(f"{room('XC')}/{name}").status_code == 404
    assert stranger.client.get(f"{room('XC')}/{name}/award.json").status_code == 404
    assert "Nothing is to be endorsed." in stranger.get(room("XC"))
    own = home.desk("Hala", "assessor")
    page = f"{room('XA')}/{name}"
    assert own.post(page, page).status_code == 422
    assert own.client.get(f"{page}/XB.json").status_code == 404
    assert brought(home, "XC") == name  # the same paper is asked about again
    assert "Najma Akter" in stranger.get(room("XC"))


def test_only_an_award_that_holds_and_only_a_good_endorsement_are_taken(home: House) -> None:
    writer = home.desk("Hala", "assessor")
    forged = json.dumps(result(care(id="urn:x"), by=signer(CARE_SCHOOL, "#other")).require().document).encode()
    nameless = json.dumps(result(care()).require().document).encode()
    for content, asked in ((b"{}", ["XB"]), (forged, ["XB"]), (nameless, ["XB"]), (AWARD, []), (AWARD, ["XA", "XZ"])):
        assert send_file(writer, room("XA"), room("XA"), content, asked=asked).status_code == 422
    name = brought(home, "XB")
    page = f"{room('XA')}/{name}"
    for content in (b"", b"{}", AWARD):
        assert send_file(writer, page, f"{page}/signed", content).status_code == 422


def test_an_award_is_deleted_when_no_desk_keeps_it(home: House) -> None:
    name = brought(home, "XB")
    for state, left in (("XA", 1), ("XB", 0)):
        writer, page = home.desk(f"Writer {state}", "assessor", state), f"{room(state)}/{name}"
        assert writer.post(page, f"{page}/away").status_code == 303
        assert writer.client.get(page).status_code == 404
        with home.registry.database.session() as session:
            assert len(session.exec(select(AwardToEndorse)).all()) == left
    name = brought(home, "XB")
    writer, page = home.desk("Lena Ek", "assessor", "XB"), f"{room('XB')}/{name}"
    put_forward(writer, page)
    assert writer.post(page, f"{page}/away").status_code == 422


def test_what_failed_outside_loses_nothing(home: House) -> None:
    """While the award's status list does not answer nobody brings or endorses it, and what was put forward stays."""
    url = status_url(CARE_SCHOOL, "revocation")
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "7", "statusListCredential": url}
    paper = json.dumps(result(care(id="urn:uuid:1", credentialStatus=entry)).require().document).encode()
    writer = home.desk("Hala", "assessor")
    assert send_file(writer, room("XA"), room("XA"), paper, asked=["XB"]).status_code == 422
    home.outside.documents[url] = status_list(CARE_SCHOOL, "revocation", set(), NOW + timedelta(days=1))
    answer = send_file(writer, room("XA"), room("XA"), paper, asked=["XB"])
    page = f"{room('XB')}/{str(answer.headers['location']).rpartition('/')[2]}"
    change = put_forward(home.desk("Lena Ek", "assessor", "XB"), page)
    approver, listed = home.desk("Ida Ros", "approver", "XB"), home.outside.documents.pop(url)
    assert approver.post(change, change, digest=digest_on(approver.get(change)), act="approve").status_code == 422
    assert "Nothing is counted now" in approver.get(page)
    home.outside.documents[url] = listed
    approve(approver, change)
    assert "Certified by 2 of 3 parties" in words(approver.get(page))
