"""The act of release: once, over what has ended, with small groups left out and its cost written down."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from sqlmodel import select

from credentials.errors import MalformedValueError
from registry.errors import AlreadyReleasedError, BudgetSpentError, NotEndedError
from registry.statistics_counting import DAYS, ISSUED, NO_RULE, OTHER, OUTCOME, QUERIES, SMALLEST, Award, Cell, cells
from registry.statistics_noise import margin
from registry.statistics_periods import span
from registry.statistics_releasing import Released, budget, release, released, releases
from registry.statistics_rows import Planning, decisions, first_decision, note_decision
from registry.statistics_tables import CountedDecision, LedgerEntry, ReleasedFigure
from tests.registry.conftest import House
from tests.trust.world import CARE_SCHOOL, CAREGIVING, NOW, bundle, did, result, training, work
from web.acts import acts
from web.people import NotFoundError
from web.sealing import Sealer

DAY = date(2026, 8, 3)
BOARD = "urn:comity:XC:authority:labour-skills-board"
SEALER = Sealer(bytes(32))


def planning(house: House, people: int = 0, qualification: str = CAREGIVING) -> Planning:
    def awarded(start: date, until: date) -> Iterable[Award]:
        listed = [Award(did(CARE_SCHOOL), qualification, str(number), DAY) for number in range(people)]
        return [award for award in listed if start <= award.day < until]

    return Planning(house.registry, awarded)


def add_decisions(house: House, people: int, person: bytes | None = None) -> None:
    with house.registry.database.write() as session:
        for number in range(people):
            session.add(
                CountedDecision(
                    state="XC",
                    origin="XA",
                    qualification=CAREGIVING,
                    outcome="recognised",
                    without="NO_RULE",
                    conditions="[]",
                    days=40,
                    decided_on=DAY,
                    person=person or number.to_bytes(16, "big"),
                )
            )


def read(house: House, state: str = "XA", period: str = "2026-Q3") -> Released:
    return released(house.registry.database, state, period)


def test_large_groups_are_shown_with_their_margin_and_small_ones_not(house: House) -> None:
    release(planning(house, 500), "XA", "2026-Q3", "Mira")
    found = read(house)
    assert found.figures.keys() == set(cells("XA", bundle()))
    [(cell, figure)] = [(cell, figure) for cell, figure in found.shown(ISSUED).items() if figure > 100]
    assert cell == Cell(ISSUED, "XA", "", CAREGIVING)
    assert figure == pytest.approx(500, abs=10 * margin(2.0))
    assert found.margin(ISSUED) == margin(2.0)
    assert all(figure is None or figure >= SMALLEST for figure in found.figures.values())
    assert sum(figure is None for figure in found.figures.values()) > len(found.figures) / 2


def test_what_was_counted_exactly_is_not_kept(house: House) -> None:
    release(planning(house, 4), "XA", "2026-Q3", "Mira")
    with house.registry.database.session() as session:
        rows = session.exec(select(ReleasedFigure).where(ReleasedFigure.measure == ISSUED)).all()
    assert {row.figure for row in rows if row.qualification == CAREGIVING} <= {None, *range(SMALLEST, 60)}


def test_decisions_are_released_by_the_state_that_made_them(house: House) -> None:
    add_decisions(house, 300)
    release(planning(house), "XC", "2026-Q3", "Mira")
    found = read(house, "XC")
    for measure, category in ((OUTCOME, "recognised"), (NO_RULE, ""), (DAYS, "60")):
        assert found.shown(measure)[Cell(measure, "XA", "XC", CAREGIVING, category)] == pytest.approx(300, abs=60)
    release(planning(house), "XB", "2026-Q3", "Mira")
    assert max(read(house, "XB").shown(OUTCOME).values(), default=0) < 60


def test_one_person_who_is_decided_about_often_does_not_make_a_group(house: House) -> None:
    add_decisions(house, 400, person=bytes(16))
    release(planning(house), "XC", "2026-Q3", "Mira")
    assert max(read(house, "XC").shown(OUTCOME).values(), default=0) < 60


def test_nothing_is_released_twice_nor_before_its_end(house: House) -> None:
    release(planning(house), "XA", "2026-Q2", "Mira")
    for period in ("2026-Q2",):
        with pytest.raises(AlreadyReleasedError):
            release(planning(house), "XA", period, "Mira")
    for period in ("2026-Q4", "2026", "2027"):
        with pytest.raises(NotEndedError):
            release(planning(house), "XA", period, "Mira")
    with pytest.raises(MalformedValueError):
        release(planning(house), "XA", "lately", "Mira")
    release(planning(house), "XA", "2025", "Mira")
    with pytest.raises(AlreadyReleasedError, match="2025"):
        release(planning(house), "XA", "2025-Q3", "Mira")
    release(planning(house), "XB", "2025-Q3", "Mira")
    assert [(one.state, one.period) for one in releases(house.registry.database)] == [
        ("XA", "2026-Q2"),
        ("XB", "2025-Q3"),
        ("XA", "2025"),
    ]


def test_what_a_release_cost_is_written_down_and_the_budget_is_kept(house: House) -> None:
    database = house.registry.database
    assert budget(database, "XA", 2026) == {"awards": (0.0, 4.0), "decisions": (0.0, 8.0)}
    name = release(planning(house), "XA", "2026-Q3", "Mira")
    assert budget(database, "XA", 2026) == {"awards": (1.0, 4.0), "decisions": (2.0, 8.0)}
    assert budget(database, "XA", 2025)["awards"] == budget(database, "XB", 2026)["awards"] == (0.0, 4.0)
    spent = read(house).ledger
    assert [(one.measure, one.bound, one.scale, one.epsilon) for one in spent] == [
        (query.measure, query.bound, query.scale, query.epsilon) for query in QUERIES
    ]
    with database.write() as session:
        session.add(LedgerEntry(release=name, measure="once", dataset="awards", bound=1, scale=0.4, epsilon=2.5))
    with pytest.raises(BudgetSpentError):
        release(planning(house), "XA", "2026-Q2", "Mira")
    assert [one.period for one in releases(database)] == ["2026-Q3"]


def test_who_released_what_is_among_the_acts(house: House) -> None:
    release(planning(house), "XA", "2026-Q3", "Mira Solberg")
    [act] = [act for act in acts(house.registry.database, "state.XA") if act.action == "figures-released"]
    assert (act.by, act.thing) == ("Mira Solberg", "2026-Q3")


def test_there_is_nothing_where_nothing_was_released(house: House) -> None:
    assert releases(house.registry.database) == ()
    with pytest.raises(NotFoundError):
        read(house)


def test_a_decision_is_noted_without_whom_it_is_about(house: House) -> None:
    ruling = {"authority": BOARD, "outcome": "partly", "conditions": [{"id": "language-b1", "texts": {"en": "x"}}]}
    shown = (result(training(id="did:example:worker")), result(training(id="did:example:worker")), result(work()))
    with house.registry.database.write() as session:
        for one in shown:
            note_decision(session, SEALER, one, ruling, NOW - timedelta(days=70), bundle=bundle(), now=NOW)
    with house.registry.database.session() as session:
        rows = decisions(session, "XC", span("2026-Q4"))
        assert decisions(session, "XC", span("2026-Q3")) == decisions(session, "XB", span("2026-Q4")) == ()
    assert [(row.origin, row.qualification, row.outcome, row.days) for row in rows] == [
        ("XA", CAREGIVING, "partly", 70),
        ("XA", CAREGIVING, "partly", 70),
        ("XC", OTHER, "partly", 70),
    ]
    assert [row.without for row in rows] == ["RULE_CONDITIONAL", "RULE_CONDITIONAL", "HOME"]
    assert rows[0].person == rows[1].person
    assert b"worker" not in rows[0].person
    assert rows[0].conditions == ("language-b1",)
    assert first_decision(house.registry.database, "XC") == NOW.date()
    assert first_decision(house.registry.database, "XA") is None


def test_a_person_s_mark_is_another_every_year_and_in_every_deployment(house: House) -> None:
    ruling = {"authority": BOARD, "outcome": "recognised"}
    with house.registry.database.write() as session:
        for sealer, now in ((SEALER, NOW), (SEALER, NOW + timedelta(days=365)), (Sealer(bytes(31) + b"1"), NOW)):
            note_decision(session, sealer, result(training()), ruling, now, bundle=bundle(), now=now)
    with house.registry.database.session() as session:
        marks = session.exec(select(CountedDecision.person)).all()
    assert len(set(marks)) == 3


def test_nothing_is_noted_of_what_is_not_genuine(house: House) -> None:
    forged = result(training(), {"proof": MalformedValueError("x")})
    with house.registry.database.write() as session, pytest.raises(MalformedValueError):
        note_decision(session, SEALER, forged, {"authority": BOARD, "outcome": "recognised"}, NOW, bundle=bundle(), now=NOW)
