"""What planning figures count, over which cells, how much one person weighs, and what two parties owe each other."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from statistics import fmean, pstdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import MalformedValueError, VCError
from registry.statistics_costs import agreed, statement
from registry.statistics_counting import (
    CONDITION,
    DAYS,
    ISSUED,
    NO_RULE,
    OTHER,
    OUTCOME,
    QUERIES,
    YEARLY,
    Award,
    Cell,
    Decided,
    Row,
    cells,
    conditions_of,
    counts,
    rows_of_awards,
    rows_of_decisions,
    wait,
)
from registry.statistics_noise import margin, mechanism, noisy, privacy_loss
from registry.statistics_periods import ended, quarter_of, span
from tests.trust.world import CARE_SCHOOL, CAREGIVING, SHIPYARD, WELDING, bundle, bundle_of, did, shipped
from trust.records import parse_cost_share

BY = {query.measure: query for query in QUERIES}
DAY = date(2026, 8, 3)


def decided(
    number: int = 0,
    qualification: str = CAREGIVING,
    outcome: str = "recognised",
    without: str = "NO_RULE",
    days: int = 20,
    **more: str,
) -> Decided:
    asked = tuple(more.get("conditions", "").split())
    return Decided("XC", more.get("origin", "XA"), qualification, outcome, without, asked, days, DAY, number.to_bytes(16, "big"))


def counted(measure: str, *decisions: Decided) -> dict[Cell, int]:
    found = counts(BY[measure], rows_of_decisions(decisions, bundle()), cells("XC", bundle()))
    return {cell: number for cell, number in found.items() if number}


def test_every_cell_follows_from_the_lists_and_none_is_named_twice() -> None:
    listed = cells("XC", bundle())
    assert len(listed) == len(set(listed))
    assert Cell(ISSUED, "XC", "", OTHER) in listed
    assert {cell.origin for cell in listed if cell.measure == OUTCOME} == {"XA", "XB"}
    assert Cell(OUTCOME, "XA", "XC", CAREGIVING, "refused") in listed
    assert {cell.category for cell in listed if cell.measure == CONDITION} == {*conditions_of("XC", bundle()), "other"}
    assert all(set(counts(query, (), listed).values()) == {0} for query in QUERIES)


def test_awards_count_where_the_centre_is() -> None:
    awards = [
        Award(did(CARE_SCHOOL), CAREGIVING, "one", DAY),
        Award(did(CARE_SCHOOL), "urn:x:unknown", "two", DAY),
        Award(did(SHIPYARD), "", "three", DAY),
        Award(did("stranger"), CAREGIVING, "four", DAY),
    ]
    for state, expected in (("XA", {CAREGIVING: 1, OTHER: 1}), ("XC", {OTHER: 1}), ("XB", {})):
        found = counts(BY[ISSUED], rows_of_awards(state, awards, bundle()), cells(state, bundle()))
        assert {cell.qualification: number for cell, number in found.items() if number} == expected


def test_a_decision_counts_once_in_each_measure() -> None:
    one = decided(outcome="partly", conditions="urn:comity:XC:condition:language-b1 more", days=70)
    where = ("XA", "XC", CAREGIVING)
    assert counted(OUTCOME, one) == {Cell(OUTCOME, *where, "partly"): 1}
    assert counted(NO_RULE, one) == {Cell(NO_RULE, *where): 1}
    assert counted(DAYS, one) == {Cell(DAYS, *where, "120"): 1}
    assert sum(counted(CONDITION, one).values()) == 2
    assert counted(NO_RULE, decided(without="RULE_GRANTS")) == {}


def test_what_the_lists_do_not_define_counts_as_other_and_strangers_do_not_count() -> None:
    assert counted(OUTCOME, decided(qualification="")) == {Cell(OUTCOME, "XA", "XC", OTHER, "recognised"): 1}
    assert counted(OUTCOME, decided(qualification="urn:x", origin="XB")) == {Cell(OUTCOME, "XB", "XC", OTHER, "recognised"): 1}
    assert counted(OUTCOME, decided(origin="")) == {}


@pytest.mark.parametrize(("days", "expected"), [(0, "30"), (30, "30"), (31, "60"), (120, "120"), (121, "more")])
def test_waits_have_fixed_borders(days: int, expected: str) -> None:
    assert wait(days) == expected


PEOPLE = st.integers(0, 5)
CELLS = st.sampled_from([cell for cell in cells("XC", bundle()) if cell.measure in {ISSUED, OUTCOME, CONDITION}])
ROWS = st.lists(st.tuples(PEOPLE.map(str), CELLS), max_size=60)


@settings(max_examples=60, deadline=None)
@given(ROWS, PEOPLE.map(str), st.sampled_from([ISSUED, OUTCOME, CONDITION]))
def test_one_person_never_moves_the_figures_by_more_than_the_bound(rows: list[Row], person: str, measure: str) -> None:
    query, listed = BY[measure], cells("XC", bundle())
    every = counts(query, rows, listed)
    without = counts(query, [row for row in rows if row[0] != person], listed)
    assert every.keys() == without.keys()
    assert sum(abs(every[cell] - without[cell]) for cell in every) <= query.bound


@settings(max_examples=30, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: list[Row], chance: object) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # random.Random, which the house does not import
    for query in QUERIES:
        assert counts(query, rows, cells("XC", bundle())) == counts(query, shuffled, cells("XC", bundle()))


def test_noise_costs_what_the_query_says_and_a_year_of_quarters_what_the_budget_allows() -> None:
    for query in QUERIES:
        assert privacy_loss(query.scale, query.bound) == pytest.approx(query.epsilon)
    yearly: Counter[str] = Counter()
    for query in QUERIES:
        yearly[query.dataset] += 4 * query.epsilon  # type: ignore[assignment]  # a Counter sums what it is given
    assert dict(yearly) == YEARLY
    assert mechanism().startswith("discrete Laplace, OpenDP ")


def test_noise_is_centred_spread_as_its_scale_says_and_within_its_margin() -> None:
    figures = noisy([100] * 4000, 2.0)
    assert fmean(figures) == pytest.approx(100, abs=0.3)
    assert pstdev(figures) == pytest.approx(2.82, abs=0.35)
    beyond = sum(abs(figure - 100) > margin(2.0) for figure in figures)
    assert beyond < 4000 * 0.06
    assert noisy([], 2.0) == []


def test_periods_are_quarters_and_years() -> None:
    assert (span("2026-Q4").start, span("2026-Q4").until) == (date(2026, 10, 1), date(2027, 1, 1))
    assert (span("2026").start, span("2026").until) == (date(2026, 1, 1), date(2027, 1, 1))
    assert quarter_of(date(2026, 8, 3)) == span("2026-Q3")
    assert span("2026-Q3").overlaps(span("2026"))
    assert not span("2026-Q3").overlaps(span("2026-Q4"))
    assert [one.name for one in ended(date(2026, 11, 20), date(2026, 2, 1))] == ["2026-Q3", "2026-Q2", "2026-Q1"]
    assert "2025" in [one.name for one in ended(date(2026, 1, 1), date(2025, 3, 1))]
    for wrong in ("2026-Q5", "26", "2026-Q", "2026-q1", ""):
        with pytest.raises(MalformedValueError):
            span(wrong)


SHARE = parse_cost_share({"payer": "XC", "payee": "XA", "amount": "210.00", "currency": "EUR", "legalBasis": "Article 12(2)"})


def owed(*groups: tuple[str, int], outcome: str = "recognised") -> list[Decided]:
    return [decided(100 * at + number, name, outcome) for at, (name, people) in enumerate(groups) for number in range(people)]


def test_a_statement_names_groups_that_are_large_enough_and_charges_them_exactly() -> None:
    found = statement(SHARE, span("2026-Q3"), owed((CAREGIVING, 12), (WELDING, 10)))
    assert [(line.qualification, line.people, line.amount) for line in found.lines] == [
        (CAREGIVING, 12, Decimal("2520.00")),
        (WELDING, 10, Decimal("2100.00")),
    ]
    assert (found.people, found.total, found.waits) == (22, Decimal("4620.00"), False)


def test_small_groups_are_put_together_or_wait() -> None:
    together = statement(SHARE, span("2026-Q3"), owed((CAREGIVING, 12), (WELDING, 9), ("", 1)))
    assert [(line.qualification, line.people) for line in together.lines] == [(CAREGIVING, 12), (OTHER, 10)]
    waiting = statement(SHARE, span("2026-Q3"), owed((CAREGIVING, 12), (WELDING, 9)))
    assert [(line.qualification, line.people) for line in waiting.lines] == [(CAREGIVING, 12)]
    assert (waiting.waits, waiting.people) == (True, 12)
    assert statement(SHARE, span("2026-Q3"), []).total == 0


def test_only_what_was_recognised_by_the_payer_from_the_payee_in_the_period_is_charged_and_once_a_person() -> None:
    assert statement(SHARE, span("2026-Q3"), owed((CAREGIVING, 12), outcome="refused")).lines == ()
    assert statement(SHARE, span("2026-Q3"), owed((CAREGIVING, 12), outcome="partly")).people == 12
    assert statement(SHARE, span("2026-Q2"), owed((CAREGIVING, 12))).lines == ()
    assert statement(SHARE, span("2026-Q3"), 3 * owed((CAREGIVING, 12))).people == 12
    assert statement(SHARE, span("2026-Q3"), [decided(number, origin="XB") for number in range(12)]).lines == ()


def test_costs_are_shared_by_who_agreed_to() -> None:
    assert agreed(bundle(), "XC", "XA").amount == Decimal("210.00")
    for payer, payee in (("XA", "XC"), ("XB", "XC"), ("XB", "XX")):
        with pytest.raises(MalformedValueError):
            agreed(bundle(), payer, payee)


@pytest.mark.parametrize("change", [{"amount": 120}, {"amount": "-1.00"}, {"amount": "1e3"}, {"amount": "12"}, {"payee": "XC"}])
def test_a_share_that_is_no_amount_between_two_parties_is_refused(change: dict[str, object]) -> None:
    files = shipped()
    files["partnership/parties.json"]["costSharing"][1].update(change)
    with pytest.raises(VCError):
        bundle_of(files)
