from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from credentials import rdf
from credentials.errors import DataLossError
from credentials.identifiers import credential_id
from issuer_api.documents import Award
from issuer_api.errors import ConflictError, ErasedError, InvalidRecordError, KeyReusedError, UnknownThingError
from issuer_api.issuing import credential_json, issue, issue_all, request_of
from issuer_api.organisations import organisation
from issuer_api.planning import LIST_CAPACITY, Request
from issuer_api.programmes import programme
from issuer_api.row_repair import leave_out, repair_row
from issuer_api.subjects import erase_person
from issuer_api.tables import Act, Issued, StatusListRow
from tests.databases import stored_bytes
from tests.issuer_api.house import CENTRE, COURSE, OTHER, House

SARI = Award(("Sari",), date(2026, 11, 13), "XA-1", date(2026, 3, 2))


def stored(house: House) -> list[Issued]:
    with house.issuer.database.session() as session:
        return list(session.exec(select(Issued).order_by(col(Issued.reserved_at))).all())


def said(house: House, credential: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(credential_json(house.issuer, CENTRE, credential))
    return document


def test_a_certificate_is_stored_with_its_index_and_its_key(house: House) -> None:
    issued = issue(house.issuer, CENTRE, Request(COURSE, SARI, "key-1"), by="Salma")
    [row] = stored(house)
    document = json.loads(issued.content)
    did, _ = organisation(house.issuer, CENTRE)
    assert (row.id, row.state, row.list_number) == (issued.id, "delivered", 1)
    assert row.id == credential_id(did, f"{house.issuer.base_url}/status/{CENTRE}-1", row.list_index)
    assert 0 <= row.list_index < 131_072
    assert document["id"] == row.id
    assert {entry["statusListIndex"] for entry in document["credentialStatus"]} == {str(row.list_index)}
    with house.issuer.database.session() as session:
        assert session.get_one(StatusListRow, (CENTRE, 1)).allocated == 1
        [act] = session.exec(select(Act).where(Act.action == "credential-issued")).all()
    assert (act.by, act.thing) == ("Salma", row.id)


def test_nothing_that_identifies_a_person_is_readable(house: House) -> None:
    issue(house.issuer, CENTRE, Request(COURSE, SARI, "sari-of-1999"))
    kept = stored_bytes(house.issuer.database.engine)
    for word in ("Sari", "sari", "XA-1", "2026-11-13"):
        assert word.encode() not in kept


def test_the_same_key_and_request_is_issued_once(house: House) -> None:
    first = issue(house.issuer, CENTRE, Request(COURSE, SARI, "key-1"))
    before = house.counts()
    assert issue(house.issuer, CENTRE, Request(COURSE, SARI, "key-1")) == first
    assert house.counts() == before


@pytest.mark.parametrize(
    "other",
    [
        replace(SARI, names=("Sary",)),
        replace(SARI, number="XA-2"),
        replace(SARI, awarded=date(2026, 11, 12)),
    ],
)
def test_the_same_key_with_another_request_is_a_conflict(house: House, other: Award) -> None:
    issue(house.issuer, CENTRE, Request(COURSE, SARI, "key-1"))
    before = house.counts()
    with pytest.raises(KeyReusedError) as raised:
        issue(house.issuer, CENTRE, Request(COURSE, other, "key-1"))
    assert raised.value.pointer == "/Idempotency-Key"
    assert house.counts() == before


def test_another_issuer_s_keys_are_its_own(house: House) -> None:
    mine = issue(house.issuer, CENTRE, Request(COURSE, SARI, "key-1"))
    theirs = issue(house.issuer, OTHER, Request(COURSE, replace(SARI, number="XA-9"), "key-1"))
    assert mine.id != theirs.id


def test_known_and_new_requests_keep_their_order(house: House) -> None:
    requests = [Request(COURSE, replace(SARI, number=f"XA-{number}"), f"key-{number}") for number in range(5)]
    known = issue(house.issuer, CENTRE, requests[3])
    issued = issue_all(house.issuer, CENTRE, requests)
    assert issued[3] == known
    assert len({one.id for one in issued}) == len(stored(house)) == 5
    numbers = [json.loads(one.content)["credentialSubject"]["licenseNumber"] for one in issued]
    assert numbers == [f"XA-{number}" for number in range(5)]
    assert [said(house, one.id) for one in issued] == [json.loads(one.content) for one in issued]


@pytest.mark.parametrize("days", [timedelta(days=1), -timedelta(days=400)])
def test_an_award_in_the_future_or_before_the_course_is_refused(house: House, days: timedelta) -> None:
    before = house.counts()
    with pytest.raises(InvalidRecordError) as raised:
        issue(house.issuer, CENTRE, Request(COURSE, replace(SARI, awarded=house.now[0].date() + days), "key-1"))
    assert raised.value.pointer == "/awardedDate"
    assert house.counts() == before


def test_what_would_not_be_signed_whole_is_not_issued(house: House) -> None:
    def refuse(document: Mapping[str, object], *, hash_name: str = "sha256") -> bytes:
        raise DataLossError(f"a term of {document['id']} would be dropped before {hash_name}")

    before = house.counts()
    with pytest.raises(DataLossError):
        issue(replace(house.issuer, canonicalize=refuse), CENTRE, Request(COURSE, SARI, "key-1"))
    for request in (Request("plumbing", SARI, "key-1"),):
        with pytest.raises(UnknownThingError):
            issue(house.issuer, CENTRE, request)
    with pytest.raises(UnknownThingError):
        issue(house.issuer, "nobody", Request(COURSE, SARI, "key-1"))
    assert house.counts() == before


def test_a_full_list_is_followed_by_the_next(house: House) -> None:
    issue(house.issuer, CENTRE, Request(COURSE, SARI, "key-1"))
    with house.issuer.database.write() as session:
        session.get_one(StatusListRow, (CENTRE, 1)).allocated = LIST_CAPACITY - 1
    issue(house.issuer, CENTRE, Request(COURSE, SARI, "key-2"))
    more = [Request(COURSE, SARI, f"key-{number}") for number in (3, 4)]
    issue_all(house.issuer, CENTRE, more)
    assert sorted(row.list_number for row in stored(house)) == [1, 1, 2, 2]
    with house.issuer.database.session() as session:
        listed = {row.number: row.allocated for row in session.exec(select(StatusListRow)).all()}
    assert listed == {1: LIST_CAPACITY, 2: 2}


def test_an_index_that_is_taken_is_drawn_again(house: House) -> None:
    drawn = iter([7, 7, 7, 8, 9])
    wired = replace(house, issuer=replace(house.issuer, randomness=lambda size: _bytes(drawn, size)))
    issue(wired.issuer, CENTRE, Request(COURSE, SARI, "key-1"))
    issue_all(wired.issuer, CENTRE, [Request(COURSE, SARI, "key-2"), Request(COURSE, SARI, "key-3")])
    assert sorted(row.list_index for row in stored(house)) == [7, 8, 9]


def _bytes(drawn: Any, size: int) -> bytes:  # noqa: ANN401  # an iterator of numbers
    """Indices are drawn as eight bytes; ids of persons are longer and stay as they come."""
    return next(drawn).to_bytes(8, "big") if size == 8 else bytes(range(size - 1)) + bytes([next(_COUNTER)])


_COUNTER = iter(range(256))


def test_who_was_quicker_keeps_the_index_and_the_key(house: House) -> None:
    """Another process takes the very same index and key between the look and the transaction."""
    quick = house.again()
    draws = iter([5, 5, 6])
    slow = replace(house.issuer, randomness=lambda size: _bytes(draws, size))
    raced: list[str] = []

    def overtaken(document: Mapping[str, object], *, hash_name: str = "sha256") -> bytes:
        if not raced:
            fast = replace(quick.issuer, randomness=lambda size: _bytes(iter([5]), size))
            raced.append(issue(fast, CENTRE, Request(COURSE, SARI, "other-key")).id)
        return rdf.canonicalize(document, hash_name=hash_name)

    issued = issue(replace(slow, canonicalize=overtaken), CENTRE, Request(COURSE, SARI, "key-1"))
    assert sorted(row.list_index for row in stored(house)) == [5, 6]
    assert issued.id not in raced

    def repeated(document: Mapping[str, object], *, hash_name: str = "sha256") -> bytes:
        raced.append(issue(quick.issuer, CENTRE, Request(COURSE, SARI, "key-2")).id)
        return rdf.canonicalize(document, hash_name=hash_name)

    same = issue(replace(house.issuer, canonicalize=repeated), CENTRE, Request(COURSE, SARI, "key-2"))
    assert same.id == raced[-1]
    assert len(stored(house)) == 3
    quick.close()


def test_a_row_that_was_changed_meanwhile_is_not_issued(house: House) -> None:
    report = house.bring("Sari,2026-11-13,,\nRana,2026-11-13,,\n")
    course = programme(house.issuer, CENTRE, COURSE)
    changes: list[Any] = [
        lambda: repair_row(house.issuer, CENTRE, report.id, 2, {"name": "Sary"}),
        lambda: repair_row(house.issuer, CENTRE, report.id, 2, {"name": "Sari"}),
        lambda: leave_out(house.issuer, CENTRE, report.id, 2),
    ]
    for change in changes:
        change()
        with pytest.raises(ConflictError) as raised:
            issue(house.issuer, CENTRE, request_of(course, report.id, report.rows[0]))
        assert raised.value.pointer == "/rows/2"
    repair_row(house.issuer, CENTRE, report.id, 2, {"note": "a double of nobody"})
    assert stored(house) == []


def test_a_row_that_became_a_double_meanwhile_is_not_issued(house: House) -> None:
    report = house.bring("Rana,2026-11-13,,\nSari,2026-11-13,,\n")
    repair_row(house.issuer, CENTRE, report.id, 2, {"name": "Sari"})
    with pytest.raises(ConflictError):
        issue(house.issuer, CENTRE, request_of(programme(house.issuer, CENTRE, COURSE), report.id, report.rows[1]))


def test_a_repetition_after_erasure_says_so(house: House) -> None:
    issue(house.issuer, CENTRE, Request(COURSE, SARI, "key-1"))
    erase_person(house.issuer, CENTRE, stored(house)[0].subject)
    with pytest.raises(ErasedError):
        issue(house.issuer, CENTRE, Request(COURSE, SARI, "key-1"))
