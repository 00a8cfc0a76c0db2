"""What pages count and remember, on both databases: classes, second looks, signing, what holds of many certificates."""

from __future__ import annotations

from concurrent.futures import Future

from issuer_api.decisions import keep_row, kept_rows
from issuer_api.history import history
from issuer_api.issuing import issue_cohort
from issuer_api.overview import certificate_count, class_counts
from issuer_api.row_repair import leave_out, repair_row
from issuer_api.signing import Progress, Signing
from issuer_api.standing import standings
from issuer_api.status import set_status
from issuer_api.subjects import erase_person
from tests.issuer_api.house import CENTRE, OTHER, THREE, House
from tests.issuer_api.registrar import finish


def test_classes_are_counted_without_opening_anything(house: House) -> None:
    report = house.bring(THREE + ",2026-11-13,,\n,2026-11-14,,\nBudi,2026-11-13,,\n")
    leave_out(house.issuer, CENTRE, report.id, 6)
    erase_person(house.issuer, CENTRE, report.rows[1].person)
    [one] = class_counts(house.issuer, CENTRE)
    assert (one.people, one.wrong, one.signed, one.waiting) == (4, 1, 0, 3)
    issue_cohort(house.issuer, CENTRE, report.id)
    [one] = class_counts(house.issuer, CENTRE)
    assert (one.people, one.wrong, one.signed, one.waiting) == (4, 1, 3, 0)
    assert one.title["fr"] == "Aide à la personne NC II"
    assert certificate_count(house.issuer, CENTRE) == 3
    assert class_counts(house.issuer, OTHER) == ()
    assert certificate_count(house.issuer, OTHER) == 0


def test_a_second_look_holds_until_the_row_is_changed(house: House) -> None:
    report = house.bring("Juan Dela Cruz,2026-11-13,,1\nJuan Dela Cruz,2026-11-13,,2\n")
    other = house.bring("Juan Dela Cruz,2026-11-13,,1\nJuan Dela Cruz,2026-11-13,,2\n", slug=OTHER)
    keep_row(house.issuer, CENTRE, report.id, 3, by="Salma Nasser")
    assert kept_rows(house.issuer, CENTRE, report.id) == {3}
    assert kept_rows(house.issuer, CENTRE, other.id) == kept_rows(house.issuer, OTHER, other.id) == frozenset()
    assert kept_rows(house.issuer, OTHER, report.id) == frozenset()
    repair_row(house.issuer, CENTRE, report.id, 3, {"number": "3"})
    assert kept_rows(house.issuer, CENTRE, report.id) == frozenset()


def test_what_holds_of_many_certificates_is_asked_at_once(house: House) -> None:
    first, second, third = house.issue()
    assert standings(house.issuer, CENTRE, ()) == {}
    for credential, purpose, value in (
        (first, "suspension", True),
        (first, "revocation", True),
        (second, "suspension", True),
        (third, "suspension", True),
        (third, "suspension", False),
    ):
        set_status(house.issuer, CENTRE, credential, purpose, value=value, reason="checking", by="test")
    expected = {first: "withdrawn", second: "on-hold", third: "valid"}
    assert standings(house.issuer, CENTRE, (first, second, third)) == expected
    assert standings(house.issuer, OTHER, (first,)) == {first: "valid"}


def test_signing_is_begun_once_and_noted(house: House) -> None:
    signing, report = Signing(house.issuer), house.bring()
    assert signing.progress_of(report) == Progress("none", 0, 3)
    gate: Future[None] = Future()
    house.issuer.background.submit(gate.result, 60)
    for _ in range(2):
        signing.begin(CENTRE, report.id, by="Salma Nasser")
    assert signing.progress_of(report).state == "running"
    assert signing.progress_of(report).by == "Salma Nasser"
    gate.set_result(None)
    finish(house)
    done = signing.progress_of(house.bring())
    assert (done.state, done.signed, done.waiting, done.percent) == ("done", 3, 0, 100)
    assert signing.seconds_left(CENTRE, report.id, done) is None
    acts = [act.action for act in history(house.issuer, CENTRE) if act.thing == report.id]
    assert acts == ["signing-ended", "signing-begun", "list-brought"]
    assert Progress("none", 0, 0).percent == 0
