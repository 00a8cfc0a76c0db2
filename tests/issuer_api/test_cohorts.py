from __future__ import annotations

from typing import Any

import pytest

from issuer_api.cohorts import CohortReport, cohort_report, cohorts, import_cohort
from issuer_api.errors import ConflictError, ErasedError, FileUnreadableError, InvalidRecordError, UnknownThingError
from issuer_api.history import history
from issuer_api.issuing import issue_cohort
from issuer_api.row_repair import leave_out, repair_row
from issuer_api.subjects import erase_person, search
from tests.databases import stored_bytes
from tests.issuer_api.house import CENTRE, COURSE, EMPLOYER, FORM, HEADER, OTHER, THREE, House


def stops(report: CohortReport) -> dict[int, list[str]]:
    return {row.number: [problem.code for problem in row.problems] for row in report.rows if row.problems}


def test_a_list_is_kept_sealed_and_read_back(house: House) -> None:
    report = house.bring()
    assert [row.cells["name"] for row in report.rows] == ["Najma Akter", "Sari", "Yusuf Haddad"]
    assert report.rows[0].cells["name_native"] == "নাজমা আক্তার"
    assert (len(report.ready), report.wrong, report.was_known) == (3, (), False)
    kept = stored_bytes(house.issuer.database.engine)
    for word in ("Najma", "Akter", "najma", "নাজমা", "Yusuf", "Sari"):
        assert word.encode() not in kept
    assert "Najma" not in repr(report)


def test_i6_the_same_file_again_is_the_same_class(house: House) -> None:
    first = house.bring()
    before = house.counts()
    again = house.bring()
    assert (again.id, again.was_known) == (first.id, True)
    assert house.counts() == before
    assert house.bring(slug=OTHER).id != first.id


def test_what_is_no_list_leaves_nothing(house: House) -> None:
    before = house.counts()
    for slug, programme, content, error in (
        (CENTRE, COURSE, b"nonsense", FileUnreadableError),
        (CENTRE, "plumbing", b"name,awarded_on\nSari,2026-11-13\n", UnknownThingError),
        (EMPLOYER, FORM, b"name,awarded_on\nSari,2026-11-13\n", InvalidRecordError),
        ("nobody", COURSE, b"name,awarded_on\nSari,2026-11-13\n", UnknownThingError),
    ):
        with pytest.raises(error):
            import_cohort(house.issuer, slug, programme, content, "list.csv")
    assert house.counts() == before


def test_classes_are_listed_the_newest_first(house: House) -> None:
    first = house.bring().id
    house.now[0] = house.now[0].replace(hour=12)
    second = house.bring("Rana,2026-11-13,,\n").id
    assert [cohort.id for cohort in cohorts(house.issuer, CENTRE)] == [second, first]
    assert cohorts(house.issuer, OTHER) == ()


def test_a_repaired_row_becomes_ready_and_is_found_by_its_new_name(house: House) -> None:
    report = house.bring("Sary,2026-11-31,,\nRana,2026-11-13,,\n")
    assert stops(report) == {2: ["date-unreadable"]}
    after = repair_row(house.issuer, CENTRE, report.id, 2, {"name": " Sari ", "awarded_on": "2026-11-13"}, by="Salma")
    assert (stops(after), after.rows[0].cells["name"]) == ({}, "Sari")
    assert (len(search(house.issuer, CENTRE, "sari")), search(house.issuer, CENTRE, "sary")) == (1, ())
    [act] = [act for act in history(house.issuer, CENTRE) if act.action == "row-changed"]
    assert (act.by, act.thing) == ("Salma", f"{report.id} 2")


def test_a_repair_looks_at_all_rows_again(house: House) -> None:
    report = house.bring("Sari,2026-11-13,,\nSari,2026-11-13,,\n")
    assert stops(report) == {3: ["double"]}
    assert stops(repair_row(house.issuer, CENTRE, report.id, 2, {"name": "Rana"})) == {}
    assert stops(repair_row(house.issuer, CENTRE, report.id, 2, {"name": "Sari"})) == {3: ["double"]}


def test_a_row_with_too_many_cells_stays_wrong_until_it_is_looked_at_itself(house: House) -> None:
    report = house.bring("Sari,2026-11-13,,,,,\nRana,2026-11-13,,\n")
    assert stops(report) == {2: ["cells"]}
    assert stops(repair_row(house.issuer, CENTRE, report.id, 3, {"name": "Rania"})) == {2: ["cells"]}
    assert stops(repair_row(house.issuer, CENTRE, report.id, 2, {"name": "Sari"})) == {}


def test_a_row_that_was_left_out_is_not_issued_and_no_double_of_another(house: House) -> None:
    report = house.bring("Sari,2026-11-13,,\nSari,2026-11-13,,\nRana,2026-11-13,,\n")
    after = leave_out(house.issuer, CENTRE, report.id, 2, by="Salma")
    assert (stops(after), [row.number for row in after.ready], after.wrong) == ({}, [3, 4], ())
    before = house.counts()
    leave_out(house.issuer, CENTRE, report.id, 2)
    assert house.counts() == before
    assert len(issue_cohort(house.issuer, CENTRE, report.id)) == 2
    taken_in = leave_out(house.issuer, CENTRE, report.id, 2, left_out=False)
    assert stops(taken_in) == {2: ["double"]}
    assert [act.action for act in history(house.issuer, CENTRE) if act.action.startswith("row")] == ["row-taken-in", "row-left-out"]


def test_a_row_that_becomes_the_double_of_an_issued_one_is_the_one_that_is_stopped(house: House) -> None:
    report = house.bring("Sary,2026-11-31,,\nSari,2026-11-13,,\n")
    issue_cohort(house.issuer, CENTRE, report.id)
    after = repair_row(house.issuer, CENTRE, report.id, 2, {"name": "Sari", "awarded_on": "2026-11-13"})
    assert stops(after) == {2: ["double"]}
    assert after.rows[1].state == "delivered"


def test_a_row_that_has_its_certificate_is_changed_no_more(house: House) -> None:
    report = house.bring()
    issue_cohort(house.issuer, CENTRE, report.id)
    changes: list[Any] = [
        lambda: repair_row(house.issuer, CENTRE, report.id, 2, {"name": "Somebody Else"}),
        lambda: leave_out(house.issuer, CENTRE, report.id, 2),
    ]
    for change in changes:
        with pytest.raises(ConflictError, match="has its certificate already"):
            change()
    assert cohort_report(house.issuer, CENTRE, report.id).rows[0].cells["name"] == "Najma Akter"


def test_unknown_rows_columns_and_classes_are_named(house: House) -> None:
    report = house.bring()
    with pytest.raises(InvalidRecordError) as raised:
        repair_row(house.issuer, CENTRE, report.id, 2, {"name": "Rana", "birthday": "2000-01-01"})
    assert raised.value.pointer == "/birthday"
    with pytest.raises(UnknownThingError, match="no row 99"):
        leave_out(house.issuer, CENTRE, report.id, 99)
    for slug, cohort in ((OTHER, report.id), (CENTRE, "nothing")):
        with pytest.raises(UnknownThingError, match="has no class"):
            cohort_report(house.issuer, slug, cohort)
        with pytest.raises(UnknownThingError, match="has no class"):
            repair_row(house.issuer, slug, cohort, 2, {"name": "Rana"})
    assert cohort_report(house.issuer, CENTRE, report.id).rows[0].cells["name"] == "Najma Akter"


def test_a_row_whose_person_was_erased_is_neither_ready_nor_wrong(house: House) -> None:
    report = house.bring(THREE + "Sari,2026-11-13,,\n")
    erase_person(house.issuer, CENTRE, report.rows[1].person)
    after = cohort_report(house.issuer, CENTRE, report.id)
    assert (after.rows[1].state, after.rows[1].cells) == ("erased", {})
    assert ([row.number for row in after.ready], [row.number for row in after.wrong]) == ([2, 4], [5])
    assert stops(repair_row(house.issuer, CENTRE, report.id, 5, {"note": "second look"})) == {}
    with pytest.raises(ErasedError):
        repair_row(house.issuer, CENTRE, report.id, 3, {"name": "Sari"})
    assert len(issue_cohort(house.issuer, CENTRE, report.id)) == 3
    assert HEADER.startswith("name")
