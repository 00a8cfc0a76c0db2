"""What is counted for planning, over which cells, and how much one person can weigh. Pure; the noise is added elsewhere.

Counted are awards, at the centres, and decisions, at the authorities. Checking a certificate is never counted. The cells follow
from the signed lists alone, so that an empty one tells nobody anything.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from trust.bundle import Bundle

ISSUED: Final = "issued"
OUTCOME: Final = "outcome"
NO_RULE: Final = "no-rule"
CONDITION: Final = "condition"
DAYS: Final = "days"
OTHER: Final = ""
"""Stands in place of a qualification for work, and for everything that the lists do not define."""
OUTCOMES: Final = ("recognised", "partly", "refused")
OTHER_CONDITION: Final = "other"
SMALLEST: Final = 10
"""A figure below this is not shown."""
_WAITS: Final = ((30, "30"), (60, "60"), (120, "120"))
_LONGER: Final = "more"
WAITS: Final = (*(name for _, name in _WAITS), _LONGER)


@dataclass(frozen=True, slots=True)
class Query:
    """One measure and what it may cost.

    Attributes:
        measure: what is counted.
        dataset: whose rows it counts.
        bound: how many of one person's rows count in a release.
        epsilon: what a release spends on it.
    """

    measure: str
    dataset: str
    bound: int
    epsilon: float

    @property
    def scale(self) -> float:
        """The scale of the noise."""
        return self.bound / self.epsilon


QUERIES: Final = (
    Query(ISSUED, "awards", 2, 1.0),
    Query(OUTCOME, "decisions", 1, 0.5),
    Query(NO_RULE, "decisions", 1, 0.5),
    Query(CONDITION, "decisions", 2, 0.5),
    Query(DAYS, "decisions", 1, 0.5),
)
YEARLY: Final[Mapping[str, float]] = {"awards": 4.0, "decisions": 8.0}
"""Dataset to what all releases of one state may spend on a year."""


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """What one figure is about.

    Attributes:
        measure: one of those of `QUERIES`.
        origin: the state in which it was awarded.
        state: the state that decided; empty for awards.
        qualification: its id, or `OTHER`.
        category: outcome, condition or wait; empty where the measure has none.
    """

    measure: str
    origin: str
    state: str
    qualification: str
    category: str = ""


@dataclass(frozen=True, slots=True)
class Award:
    """One certificate that a centre has awarded; `person` is whatever the centre knows the person by."""

    issuer: str
    qualification: str
    person: str
    day: date


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision that an authority has made.

    Attributes:
        state: that decided.
        origin: where the certificate was awarded.
        qualification: its id; empty for work.
        outcome: one of `OUTCOMES`.
        without: the code of what the lists alone would have answered, such as `NO_RULE`.
        conditions: ids of what was asked for.
        days: from the question to the decision.
        day: of the decision.
        person: keyed hash.
    """

    state: str
    origin: str
    qualification: str
    outcome: str
    without: str
    conditions: tuple[str, ...]
    days: int
    day: date
    person: bytes


def cells(state: str, bundle: Bundle) -> tuple[Cell, ...]:
    """Return every cell of a state's release: they follow from the lists, not from what was counted."""
    own = [Cell(ISSUED, state, "", name) for name in (*_defined_by(state, bundle), OTHER)]
    conditions = (*conditions_of(state, bundle), OTHER_CONDITION)
    categories = {OUTCOME: OUTCOMES, NO_RULE: ("",), CONDITION: conditions, DAYS: WAITS}
    corridors = [
        Cell(measure, origin, state, name, category)
        for origin in sorted(bundle.states)
        if origin != state
        for name in (*_defined_by(origin, bundle), OTHER)
        for measure, listed in categories.items()
        for category in listed
    ]
    return (*own, *corridors)


def _defined_by(state: str, bundle: Bundle) -> tuple[str, ...]:
    return tuple(sorted(one.id for one in bundle.qualifications.values() if state in one.states))


def conditions_of(state: str, bundle: Bundle) -> dict[str, Mapping[str, str]]:
    """Return the conditions in a state's rules by their ids: their words by language."""
    named = {name: texts for rule in bundle.rules if rule.state == state for name, texts in _named(rule.requires or {})}
    return {name: named[name] for name in sorted(named) if name != OTHER_CONDITION}


def _named(requires: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, str]]]:
    for branch in requires.get("allOf", requires.get("anyOf", ())):
        yield from _named(branch)
    if "id" in requires:
        yield requires["id"], requires["texts"]


Row = tuple[str | bytes, Cell]
"""Whom a row is about, and the cell in which it counts."""


def rows_of_awards(state: str, awards: Iterable[Award], bundle: Bundle) -> Iterator[Row]:
    """Yield a row for each award of a state's centres."""
    for award in awards:
        issuer = bundle.issuers.get(award.issuer)
        if issuer is not None and issuer.state == state:
            yield f"{award.issuer} {award.person}", Cell(ISSUED, state, "", _listed(award.qualification, state, bundle))


def rows_of_decisions(decisions: Iterable[Decided], bundle: Bundle) -> Iterator[Row]:
    """Yield the rows of decisions: each counts once in each measure, and once for every condition."""
    for one in decisions:
        name, known = _listed(one.qualification, one.origin, bundle), conditions_of(one.state, bundle)
        where = (one.origin, one.state, name)
        yield one.person, Cell(OUTCOME, *where, one.outcome)
        yield one.person, Cell(DAYS, *where, wait(one.days))
        if one.without == "NO_RULE":
            yield one.person, Cell(NO_RULE, *where)
        for condition in one.conditions:
            short = condition.rpartition(":")[2]
            yield one.person, Cell(CONDITION, *where, short if short in known else OTHER_CONDITION)


def _listed(qualification: str, state: str, bundle: Bundle) -> str:
    known = bundle.qualifications.get(qualification)
    return qualification if known is not None and state in known.states else OTHER


def wait(days: int) -> str:
    """Return within how many days a decision came: `30`, `60`, `120` or `more`."""
    return next((name for most, name in _WAITS if days <= most), _LONGER)


def counts(query: Query, rows: Iterable[Row], domain: Iterable[Cell]) -> dict[Cell, int]:
    """Return how often each cell of a measure was hit, where each person counts at most `query.bound` times."""
    by_person: defaultdict[str | bytes, list[Cell]] = defaultdict(list)
    for person, cell in rows:
        if cell.measure == query.measure:
            by_person[person].append(cell)
    found = Counter(cell for listed in by_person.values() for cell in sorted(listed)[: query.bound])
    return {cell: found[cell] for cell in domain if cell.measure == query.measure}


def spelled_conditions(conditions: Iterable[str]) -> str:
    """Return condition ids as they are kept."""
    return json.dumps(list(conditions))
