"""A certificate is corrected in the browser, by API and with a second person; and what others learn of the old one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from credentials.status.bitstring import StatusList
from issuer_api.delivery import claim_url, claimed_credential
from issuer_api.issuing import credential_json, find_issued
from issuer_api.programmes import define_programme, programme
from issuer_api.replacing import correct, corrected_by, said_by
from issuer_api.standing import standings
from issuer_api.status import StatusLists, set_status
from tests.databases import SQLITE, Databases
from tests.issuer_api.house import CENTRE, COURSE, House, build
from tests.issuer_api.registrar import Registrar, application, registrar, words

ROW: Final = "Najma Akter,2026-11-13,নাজমা আক্তার,\n"
Form = dict[str, str | list[str]]


@pytest.fixture
def lone(tmp_path: Path) -> Iterator[House]:
    with Databases(SQLITE).tables(tmp_path) as url:
        built = build(url)
        yield built
        built.close()


def document(house: House, credential: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(credential_json(house.issuer, CENTRE, credential))
    return found


def indices(house: House, purpose: str) -> int:
    """Return how many bits the published list of a purpose has set."""
    listed = json.loads(StatusLists(house.issuer).get(f"{CENTRE}-1-{purpose}").content)
    assert listed["credentialSubject"]["statusPurpose"] == purpose
    return sum(byte.bit_count() for byte in StatusList.decode(listed["credentialSubject"]["encodedList"]).bits)


def test_a_list_says_which_of_the_withdrawn_were_replaced(lone: House) -> None:
    old, other = lone.issue(ROW + "Sari,2026-11-13,,\n")
    assert (indices(lone, "revocation"), indices(lone, "refresh")) == (0, 0)
    set_status(lone.issuer, CENTRE, other, "revocation", value=True, reason="wrong-person", by="x")
    correct(lone.issuer, CENTRE, old, replace(said_by(lone.issuer, CENTRE, old), names=("Najma Aktar",)))
    assert (indices(lone, "revocation"), indices(lone, "refresh")) == (2, 1)


def test_the_claim_link_that_the_person_has_gives_what_holds_today(lone: House) -> None:
    old = lone.issue(ROW)[0]
    claim = claim_url(lone.issuer, old, find_issued(lone.issuer, CENTRE, old)[1]).rpartition("/")[2]
    said = said_by(lone.issuer, CENTRE, old)
    new = correct(lone.issuer, CENTRE, old, replace(said, names=("Najma Aktar",)))
    assert claimed_credential(lone.issuer, claim) == (CENTRE, new)
    newest = correct(lone.issuer, CENTRE, new, replace(said, number="8"))
    assert claimed_credential(lone.issuer, claim) == (CENTRE, newest)


def test_a_correction_prolongs_nothing_and_keeps_the_programme_as_it_was(lone: House) -> None:
    old = lone.issue(ROW)[0]
    define_programme(lone.issuer, CENTRE, {**programme(lone.issuer, CENTRE, COURSE), "hours": 999})
    lone.now[0] = lone.now[0].replace(year=2027)
    new = correct(lone.issuer, CENTRE, old, replace(said_by(lone.issuer, CENTRE, old), names=("Najma Aktar",)))
    before, after = document(lone, old), document(lone, new)
    assert before["validUntil"] == after["validUntil"]
    assert before["credentialSubject"]["volumeOfLearning"] == after["credentialSubject"]["volumeOfLearning"] != "PT999H"


def test_lost_paper_gets_the_same_words_and_a_new_code(lone: House) -> None:
    old = lone.issue(ROW)[0]
    said = said_by(lone.issuer, CENTRE, old)
    new = correct(lone.issuer, CENTRE, old, said, anew=True)
    assert said_by(lone.issuer, CENTRE, new) == said
    assert correct(lone.issuer, CENTRE, old, said, anew=True) == new
    assert standings(lone.issuer, CENTRE, (old, new)) == {old: "withdrawn", new: "valid"}


def form(house: House, old: str, **change: str | list[str]) -> Form:
    """Return what the page sends for a certificate, with changes."""
    said = said_by(house.issuer, CENTRE, old)
    return {"names": [*said.names, ""], "awarded_on": said.awarded.isoformat(), "number": said.number, **change}


def test_a_registrar_looks_before_she_replaces(lone: House) -> None:
    old, salma = lone.issue(ROW)[0], registrar(lone)
    path = f"certificates/{old.removeprefix('urn:uuid:')}"
    assert f'href="/issuer/{CENTRE}/{path}/correct"' in salma.get(path).text
    assert 'value="Najma Akter"' in salma.get(f"{path}/correct").text
    said_of: tuple[tuple[Form, str], ...] = (
        ({}, "Nothing differs"),
        ({"names": ["", ""]}, "Write one or two names"),
        ({"awarded_on": "soon"}, "Write the day of the award"),
        ({"awarded_on": "2030-01-01"}, "Write the day of the award"),
        ({"awarded_on": "1999-01-01", "step": "do"}, "Write the day of the award"),
        ({"number": ""}, "Write a number"),
    )
    for wrong, said in said_of:
        answer = salma.post(f"{path}/correct", form(lone, old, **wrong))
        assert (answer.status_code, said in words(answer)) == (422, True)
    wanted = form(lone, old, names=["Najma <Aktar>"])
    look = words(salma.post(f"{path}/correct", wanted))
    assert "Now Najma Akter নাজমা আক্তার From then on Najma <Aktar>" in look
    assert "replaced by a newer one, no fault of the person" in look
    assert standings(lone.issuer, CENTRE, (old,)) == {old: "valid"}
    done = words(salma.post(f"{path}/correct", {**wanted, "step": "do"}))
    assert "The corrected certificate is signed" in done
    assert "Open the one that it took the place of" in done
    assert "A corrected certificate took its place" in words(salma.get(path))
    assert salma.post(f"{path}/correct", {**wanted, "step": "do"}).url.path.endswith(path)
    assert "Certificate corrected by a new one" in words(salma.get("history"))
    assert registrar(lone, role="auditor", name="Aud", app=application(lone)).post(f"{path}/correct", wanted).status_code == 403


def people(house: House) -> tuple[Registrar, Registrar]:
    """Return who prepares and who approves, at a centre that works with a second person."""
    app = application(house)
    boss = registrar(house, role="manager", name="Boss", app=app)
    assert boss.post("second-person", {"needed": "yes"}).status_code == 200
    return registrar(house, app=app), registrar(house, role="approver", name="Ann", app=app)


def test_a_second_person_approves_where_the_centre_chose_so(lone: House) -> None:
    old = lone.issue(ROW)[0]
    salma, ann = people(lone)
    path = f"certificates/{old.removeprefix('urn:uuid:')}/correct"
    asked = salma.post(path, {**form(lone, old, names=["Najma Akta"]), "step": "do"})
    assert "A correction waits for a second person" in words(asked)
    assert "Ann" in words(asked)
    assert "Akta" not in repr(lone.contents()["web_proposals"])
    answer = lone.program().post(f"/issuer/api/v1/credentials/{old}/replacement", json={"names": ["Najma Akta"]})
    assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (403, "SECOND_PERSON_REQUIRED")
    assert ann.post(f"{path}/sent-back").status_code == 422
    assert "An r is missing" in words(ann.post(f"{path}/sent-back", {"why": "An r is missing"}))
    salma.post(path, {**form(lone, old, names=["Najma Aktar"]), "step": "do"})
    digest = ann.get(path).text.partition('name="digest" value="')[2].partition('"')[0]
    assert salma.post(f"{path}/approved", {"digest": digest}).status_code == 403
    assert "The corrected certificate is signed" in words(ann.post(f"{path}/approved", {"digest": digest}))
    assert said_by(lone.issuer, CENTRE, str(corrected_by(lone.issuer, old))).names == ("Najma Aktar",)


def test_a_program_corrects_with_a_token_that_may_issue_and_revoke(lone: House) -> None:
    old = lone.issue(ROW)[0]
    address, asked = f"/issuer/api/v1/credentials/{old}/replacement", {"names": ["Najma Aktar"]}
    program = lone.program()
    assert program.get(address).status_code == 404
    assert lone.program(CENTRE, "issue").post(address, json=asked).status_code == 403
    first = program.post(address, json=asked)
    assert (first.status_code, program.post(address, json=asked).content) == (201, first.content)
    assert program.get(address).json() == {"new": first.json()["id"]}
    assert program.post(address, json={**asked, "names": ["X"]}).status_code == 409
    dated = program.post(f"/issuer/api/v1/credentials/{first.json()['id']}/replacement", json={"awarded_on": "2026-11-12"})
    assert dated.json()["awardedDate"] == "2026-11-12T00:00:00Z"
