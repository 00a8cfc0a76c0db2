"""Many at once, in one process and in several: distinct indices, no lost row, one answer for one key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from threading import Barrier
from typing import TypeVar

import pytest
from sqlmodel import select

from comity.compose import Composition, compose
from issuer_api.cohorts import import_cohort
from issuer_api.documents import Award
from issuer_api.errors import ConflictError, KeyReusedError
from issuer_api.issuing import issue, issue_cohort
from issuer_api.planning import Request
from issuer_api.programmes import define_programme, programme_version
from issuer_api.service import Issuer
from issuer_api.status import set_status, status_changes
from issuer_api.tables import Act, Cohort, Issued, StatusListRow
from tests.flows.world import GOOD_LIST, NOW, PROGRAMME, SLUG, World

THREADS = 8
EACH = 6
AWARD = Award(("Sari",), date(2026, 11, 13), "XA-1", date(2026, 3, 2))
T = TypeVar("T")


@contextmanager
def processes(world: World, count: int) -> Iterator[list[Issuer]]:
    """Give views of one deployment that share nothing but its tables, as several processes do."""
    made: list[Composition] = [compose(world.settings, clock=lambda: NOW) for _ in range(count)]
    yield [composition.issuer for composition in made]
    for composition in made:
        composition.close()


def all_at_once(work: Callable[[int], T]) -> list[T]:
    start = Barrier(THREADS)

    def begin(number: int) -> T:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(begin, range(THREADS)))


@pytest.mark.parametrize("count", [1, 4], ids=["one process", "four processes"])
def test_parallel_issuing_gives_distinct_indices_and_loses_nothing(world: World, count: int) -> None:
    with processes(world, count) as issuers:

        def work(number: int) -> list[str]:
            issuer = issuers[number % count]
            requests = [Request("caregiving-nc2", AWARD, f"parallel {count} {number} {one}") for one in range(EACH)]
            return [issue(issuer, SLUG, request).id for request in requests]

        ids = [credential for done in all_at_once(work) for credential in done]
    assert len(set(ids)) == THREADS * EACH
    with world.composition.issuer.database.session() as session:
        rows = session.exec(select(Issued)).all()
        listed = session.exec(select(StatusListRow)).all()
        acts = session.exec(select(Act.thing).where(Act.action == "credential-issued")).all()
    assert set(ids) <= {row.id for row in rows}
    assert {row.state for row in rows} == {"delivered"}
    assert len({(row.list_number, row.list_index) for row in rows}) == len(rows) == sum(row.allocated for row in listed)
    assert sorted(acts) == sorted(row.id for row in rows)


def test_k4_one_key_asked_by_all_at_once_is_one_credential(world: World) -> None:
    with processes(world, 4) as issuers:

        def work(number: int) -> bytes:
            issuer = issuers[number % 4]
            return issue(issuer, SLUG, Request("caregiving-nc2", AWARD, "the same key")).content

        contents = all_at_once(work)
    assert len(set(contents)) == 1


def test_k4_of_two_requests_with_one_key_one_is_issued_and_the_other_told(world: World) -> None:
    with processes(world, 4) as issuers:

        def work(number: int) -> str:
            award = replace(AWARD, number=f"XA-{number % 2}")
            try:
                return issue(issuers[number % 4], SLUG, Request("caregiving-nc2", award, "one key, two requests")).id
            except KeyReusedError:
                return "conflict"

        answers = Counter(all_at_once(work))
    assert answers.pop("conflict") == THREADS // 2
    assert list(answers.values()) == [THREADS // 2]


def test_a_class_that_all_issue_at_once_is_issued_once(world: World) -> None:
    rows = "".join(f"Parallel {chr(65 + n // 26)}{chr(97 + n % 26)},2026-11-13\n" for n in range(30))
    cohort = import_cohort(world.composition.issuer, SLUG, "caregiving-nc2", b"name,awarded_on\n" + rows.encode(), "x.csv").id
    with processes(world, 4) as issuers:
        answers = all_at_once(lambda number: issue_cohort(issuers[number % 4], SLUG, cohort))
    assert len(set(answers)) == 1
    assert len(set(answers[0])) == 30


def test_a_list_that_all_bring_at_once_is_one_class(world: World) -> None:
    with processes(world, 4) as issuers:
        reports = all_at_once(lambda number: import_cohort(issuers[number % 4], SLUG, "caregiving-nc2", GOOD_LIST, "list.csv"))
    assert len({report.id for report in reports}) == 1
    assert [report.was_known for report in reports].count(False) == 1
    with world.composition.issuer.database.session() as session:
        assert len(session.exec(select(Cohort).where(Cohort.file_name == "list.csv")).all()) == 1


def test_a_programme_that_all_define_at_once_has_one_new_version(world: World) -> None:
    before, record = programme_version(world.composition.issuer, SLUG, "caregiving-nc2")
    with processes(world, 4) as issuers:
        all_at_once(lambda number: define_programme(issuers[number % 4], SLUG, {**record, "hours": 790}))
    assert programme_version(world.composition.issuer, SLUG, "caregiving-nc2")[0] == before + 1
    define_programme(world.composition.issuer, SLUG, PROGRAMME)


def test_a_status_that_all_change_at_once_is_changed_once_and_never_taken_back(world: World) -> None:
    issuer = world.composition.issuer
    credential = issue(issuer, SLUG, Request("caregiving-nc2", AWARD, "to be withdrawn")).id
    with processes(world, 4) as issuers:

        def work(number: int) -> str:
            try:
                set_status(
                    issuers[number % 4], SLUG, credential, "revocation", value=number % 2 == 0, reason="race", by=f"{number}"
                )
            except ConflictError:
                return "conflict"
            return "done"

        all_at_once(work)
    assert [change.is_set for change in status_changes(issuer, SLUG, credential)] == [True]
