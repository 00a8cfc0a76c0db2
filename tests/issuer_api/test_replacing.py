from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from credentials import rdf
from issuer_api.cohorts import cohort_report, import_cohort
from issuer_api.direct import issue_document
from issuer_api.documents import Award
from issuer_api.errors import ConflictError, InvalidRecordError, LogSetBackError, UnknownThingError
from issuer_api.history import history
from issuer_api.issuing import credential_json, issue, issue_cohort, issue_work
from issuer_api.log import origin
from issuer_api.overview import class_counts
from issuer_api.planning import Request
from issuer_api.replacing import Said, correct, corrected_by, said_by
from issuer_api.status import set_status, status_changes
from issuer_api.subjects import erase_person, search
from tests.issuer_api.house import CENTRE, COURSE, EMPLOYER, FORM, OTHER, House
from tests.issuer_api.test_direct import given
from tests.issuer_api.test_issuing import ATTESTED
from trust.anchoring import LogHead

ROW = "Najma Aktar,নাজমা আক্তার,2026-11-06,7,,,,\n"
HEADER = "name,name_native,awarded_on,number,note,passport,born_on,passport_until\n"
RIGHT = Said(("Najma Akter", "নাজমা আক্তার"), date(2026, 11, 6), "7")


def one(house: House, row: str = ROW) -> tuple[str, str]:
    """Issue a class of one, and return (the class, the certificate)."""
    cohort = import_cohort(house.issuer, CENTRE, COURSE, (HEADER + row).encode(), "list.csv").id
    return cohort, issue_cohort(house.issuer, CENTRE, cohort)[0]


def test_a_corrected_certificate_takes_the_other_s_place(house: House) -> None:
    cohort, old = one(house)
    assert said_by(house.issuer, CENTRE, old) == replace(RIGHT, names=("Najma Aktar", RIGHT.names[1]))
    new = correct(house.issuer, CENTRE, old, RIGHT, by="Salma Nasser")
    assert said_by(house.issuer, CENTRE, new) == RIGHT
    assert corrected_by(house.issuer, old) == new
    [row] = cohort_report(house.issuer, CENTRE, cohort).rows
    assert (row.credential, row.cells["name"], row.state) == (new, "Najma Akter", "delivered")
    [counted] = class_counts(house.issuer, CENTRE)
    assert (counted.people, counted.signed) == (1, 1)
    [change] = status_changes(house.issuer, CENTRE, old)
    assert (change.purpose, change.is_set, change.reason, change.by) == ("revocation", True, "replaced", "Salma Nasser")
    assert status_changes(house.issuer, CENTRE, new) == ()
    acts = [(act.action, act.thing) for act in history(house.issuer, CENTRE)[:3]]
    assert acts == [("revocation-set", old), ("credential-issued", new), ("certificate-corrected", old)]


def test_everything_that_is_not_corrected_stays(house: House) -> None:
    _, old = one(house, "Najma Aktar,,2026-11-06,7,,BX1234567,1999-02-03,2031-01-01\n")
    before = json.loads(credential_json(house.issuer, CENTRE, old))
    house.now[0] = house.now[0].replace(year=2027)
    new = correct(house.issuer, CENTRE, old, replace(RIGHT, names=("Najma Akter",)))
    after = json.loads(credential_json(house.issuer, CENTRE, new))
    assert (before["validFrom"][:4], after["validFrom"][:4]) == ("2026", "2027")
    assert before["credentialSubject"].pop("identifier") != after["credentialSubject"].pop("identifier")  # bound to each id
    assert before["credentialSubject"].pop("name") != after["credentialSubject"].pop("name")
    assert before["credentialSubject"] == after["credentialSubject"]
    assert before["awardedDate"] == after["awardedDate"]


def test_the_person_is_found_by_both_names_and_erased_from_both(house: House) -> None:
    _, old = one(house)
    new = correct(house.issuer, CENTRE, old, RIGHT)
    found = search(house.issuer, CENTRE, "Aktar")
    assert {hit.credential for hit in found} == {old, new}
    assert {hit.credential for hit in search(house.issuer, CENTRE, "Akter")} == {old, new}
    erase_person(house.issuer, CENTRE, found[0].person)
    for credential in (old, new):
        with pytest.raises(UnknownThingError):
            credential_json(house.issuer, CENTRE, credential)
    assert status_changes(house.issuer, CENTRE, old)[0].reason == ""


def test_the_same_again_is_done_once_and_another_correction_is_of_the_new_one(house: House) -> None:
    _, old = one(house)
    new = correct(house.issuer, CENTRE, old, RIGHT)
    before = house.counts()
    assert correct(house.issuer, CENTRE, old, RIGHT) == new
    with pytest.raises(ConflictError):
        correct(house.issuer, CENTRE, old, replace(RIGHT, number="8"))
    assert house.counts() == before
    newest = correct(house.issuer, CENTRE, new, replace(RIGHT, number="8"))
    assert said_by(house.issuer, CENTRE, newest).number == "8"


def test_where_the_new_one_cannot_be_issued_the_old_one_holds(house: House) -> None:
    _, old = one(house)
    seen = [LogHead(origin(house.issuer), "XA", 7, bytes(32), house.now[0])]  # more than is there: nothing more can be logged
    before = house.contents()
    with pytest.raises(LogSetBackError):
        correct(replace(house.issuer, log_heads=lambda _did: seen), CENTRE, old, RIGHT)
    assert house.contents() == before


def test_two_that_correct_one_at_once_leave_one_correction(house: House) -> None:
    _, old = one(house)
    quick = house.again()
    award = Award(RIGHT.names, RIGHT.awarded, RIGHT.number)

    def overtaken(document: Mapping[str, object], *, hash_name: str = "sha256") -> bytes:
        if corrected_by(quick.issuer, old) is None:
            correct(quick.issuer, CENTRE, old, RIGHT)
        return rdf.canonicalize(document, hash_name=hash_name)

    with pytest.raises(ConflictError):
        issue(replace(house.issuer, canonicalize=overtaken), CENTRE, Request(COURSE, award, "another key", replaces=old))
    assert [change.reason for change in status_changes(house.issuer, CENTRE, old)] == ["replaced"]
    quick.close()


def test_one_that_no_class_has_is_corrected_too(house: House) -> None:
    old = json.loads(issue_document(house.issuer, CENTRE, given()))["id"]
    said = said_by(house.issuer, CENTRE, old)
    new = correct(house.issuer, CENTRE, old, replace(said, awarded=date(2026, 11, 12)))
    assert json.loads(credential_json(house.issuer, CENTRE, new))["awardedDate"] == "2026-11-12T00:00:00Z"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({}, "/names"),
        ({"names": ()}, "/names"),
        ({"names": ("Najma Akter\u202e",)}, "/names"),
        ({"number": ""}, "/number"),
        ({"awarded": date(2030, 1, 1)}, "/awardedDate"),
    ],
)
def test_what_cannot_be_said_changes_nothing(house: House, changes: dict[str, object], pointer: str) -> None:
    _, old = one(house)
    said, before = said_by(house.issuer, CENTRE, old), house.counts()
    with pytest.raises(InvalidRecordError) as raised:
        correct(house.issuer, CENTRE, old, replace(said, **changes))  # type: ignore[arg-type]  # as the cases have them
    assert raised.value.pointer == pointer
    assert house.counts() == before


def test_one_that_is_withdrawn_or_another_s_is_not_corrected(house: House) -> None:
    _, old = one(house)
    with pytest.raises(UnknownThingError):
        correct(house.issuer, OTHER, old, RIGHT)
    set_status(house.issuer, CENTRE, old, "revocation", value=True, reason="issued in error", by="test")
    with pytest.raises(ConflictError):
        correct(house.issuer, CENTRE, old, RIGHT)


def test_an_attestation_of_work_is_withdrawn_and_attested_anew(house: House) -> None:
    old = json.loads(issue_work(house.issuer, EMPLOYER, FORM, ATTESTED, "yusuf-1"))["id"]
    with pytest.raises(InvalidRecordError):
        correct(house.issuer, EMPLOYER, old, RIGHT)
