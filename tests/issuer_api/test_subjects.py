from __future__ import annotations

import pytest
from sqlmodel import select

from issuer_api.cohorts import cohort_report
from issuer_api.errors import ErasedError, InvalidRecordError, UnknownThingError
from issuer_api.history import history
from issuer_api.issuing import credential_json, issue_cohort, issue_work
from issuer_api.subjects import MOST_FOUND, Found, erase_person, search
from issuer_api.tables import NameIndex, Subject
from tests.databases import stored_bytes
from tests.issuer_api.house import CENTRE, EMPLOYER, FORM, OTHER, THREE, House, read_example


@pytest.mark.parametrize("asked", ["najma", "AKTER", "akter najma", "আক্তার", "Najma  Ákter"])
def test_a_person_is_found_by_any_part_of_any_name(house: House, asked: str) -> None:
    report = house.bring()
    ids = issue_cohort(house.issuer, CENTRE, report.id)
    assert search(house.issuer, CENTRE, asked) == (Found(report.rows[0].person, ids[0], "delivered", report.id, 2),)


@pytest.mark.parametrize("asked", ["najm", "najma haddad", "nobody"])
def test_nobody_is_found_by_less_than_a_part_or_by_two_persons_parts(house: House, asked: str) -> None:
    house.bring()
    assert search(house.issuer, CENTRE, asked) == ()


def test_a_search_needs_a_word(house: House) -> None:
    for asked in ("", "  ", "\u0301"):
        with pytest.raises(InvalidRecordError) as raised:
            search(house.issuer, CENTRE, asked)
        assert raised.value.pointer == "/name"


def test_rows_without_a_certificate_and_attested_persons_are_found_too(house: House) -> None:
    report = house.bring("Najma Akter,2026-12-24,,\n")
    assert search(house.issuer, CENTRE, "najma") == (Found(report.rows[0].person, None, None, report.id, 2),)
    attested = {name: value for name, value in read_example("work/yusuf-haddad.json").items() if name not in {"issuer", "form"}}
    issue_work(house.issuer, EMPLOYER, FORM, attested, "yusuf-1")
    [found] = search(house.issuer, EMPLOYER, "haddad")
    assert (found.state, found.cohort, found.row) == ("delivered", None, None)


def test_another_issuer_s_persons_are_not_found(house: House) -> None:
    report = house.bring()
    assert search(house.issuer, OTHER, "najma") == ()
    with pytest.raises(UnknownThingError):
        erase_person(house.issuer, OTHER, report.rows[0].person)
    with pytest.raises(UnknownThingError):
        erase_person(house.issuer, CENTRE, "nobody")
    assert len(search(house.issuer, CENTRE, "najma")) == 1


def test_a_common_name_gives_the_first_hundred(house: House) -> None:
    house.bring("".join(f"Maria {chr(65 + n // 26)}{chr(65 + n % 26)},2026-11-13,,\n" for n in range(MOST_FOUND + 5)))
    found = search(house.issuer, CENTRE, "maria")
    assert len({one.person for one in found}) == MOST_FOUND


def test_erasure_destroys_key_hashes_and_sealed_bytes(house: House) -> None:
    report = house.bring()
    ids = issue_cohort(house.issuer, CENTRE, report.id)
    person = report.rows[0].person
    with house.issuer.database.session() as session:
        key = session.get_one(Subject, person).wrapped_key
        hashes = session.exec(select(NameIndex.name_hash).where(NameIndex.subject == person)).all()
    assert key is not None
    assert len(hashes) == 4
    assert key in stored_bytes(house.issuer.database.engine)

    erase_person(house.issuer, CENTRE, person, by="Salma")

    kept = stored_bytes(house.issuer.database.engine)
    for destroyed in (key, report.rows[0].sealed, *hashes):
        assert destroyed not in kept
    assert search(house.issuer, CENTRE, "najma") == ()
    with pytest.raises(ErasedError):
        credential_json(house.issuer, CENTRE, ids[0])
    assert credential_json(house.issuer, CENTRE, ids[1])
    after = cohort_report(house.issuer, CENTRE, report.id)
    assert [row.state for row in after.rows] == ["erased", "delivered", "delivered"]
    assert issue_cohort(house.issuer, CENTRE, report.id) == ids[1:]
    acts = [(act.action, act.by) for act in history(house.issuer, CENTRE) if act.thing == person]
    assert acts == [("person-erased", "Salma")]


def test_a_row_without_any_name_has_nothing_to_be_found_by(house: House) -> None:
    report = house.bring(",2026-11-13,,\n")
    assert house.counts()["issuer_name_index"] == 0
    assert len(report.wrong) == 1


def test_erasing_again_changes_nothing(house: House) -> None:
    person = house.bring().rows[0].person
    erase_person(house.issuer, CENTRE, person)
    before = house.counts()
    erase_person(house.issuer, CENTRE, person)
    assert house.counts() == before


def test_a_person_without_a_certificate_is_erased_too_and_the_list_does_not_bring_the_person_back(house: House) -> None:
    report = house.bring(THREE)
    erase_person(house.issuer, CENTRE, report.rows[1].person)
    assert house.bring(THREE).id == report.id
    assert search(house.issuer, CENTRE, "sari") == ()
