"""What counts where: each qualification against each state, read from the signed lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from trust.bundle import Bundle, Freshness
from trust.claims import DEFAULT_ROUTE, Claim
from trust.conditions import unmet
from trust.outcomes import Condition
from trust.recognition import best_rule
from trust.records import Qualification
from trust.rules import Rule

SIGNS: Final[Mapping[str, str]] = {
    "home": "home",
    "recognised": "yes",
    "partly": "partly",
    "refused": "no",
    "undecided": "undecided",
    "unknown": "unknown",
}
"""Standing to icon."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What one state says about one qualification.

    Attributes:
        standing: a key of `SIGNS`.
        detail: by language, what it counts as or what is asked for; may be empty.
    """

    state: str
    standing: str
    detail: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One qualification and what every state says about it."""

    qualification: Qualification
    cells: tuple[Cell, ...]


def matrix(bundle: Bundle, at: datetime, now: datetime) -> tuple[Row, ...]:
    """Return the rows by state and id; lists too old for yes or no say `unknown` in every cell that is not home."""
    known = bundle.freshness(now) is not Freshness.RED
    listed = sorted(bundle.qualifications.values(), key=lambda entry: (entry.state, entry.id))
    return tuple(Row(entry, tuple(_cell(entry, code, bundle, at, known=known) for code in bundle.states)) for entry in listed)


def _cell(qualification: Qualification, state: str, bundle: Bundle, at: datetime, *, known: bool) -> Cell:
    if state in qualification.states:
        return Cell(state, "home", {})
    if not known:
        return Cell(state, "unknown", {})
    claim = Claim("training", "", at, at, qualification.id, qualification.field, qualification.isco, DEFAULT_ROUTE, "", "")
    rule = best_rule(claim, qualification.state, state, at, bundle)
    return Cell(state, "undecided", {}) if rule is None else _of_rule(rule, state, at)


def _of_rule(rule: Rule, state: str, at: datetime) -> Cell:
    if rule.mode in {"none", "caseByCase"}:
        return Cell(state, "refused" if rule.mode == "none" else "undecided", {})
    conditions = unmet(rule.requires or {}, (), at)
    if conditions:
        return Cell(state, "partly", conditions[0].texts)
    return Cell(state, "recognised", rule.local_titles)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a cell says what it says.

    Attributes:
        qualification: of the row.
        cell: what the state says.
        rule: the rule in force on that day; None where there is none.
        conditions: everything that the rule asks for.
        others: the state's other rules that cover it, in force before or after, the newest first.
    """

    qualification: Qualification
    cell: Cell
    rule: Rule | None
    conditions: tuple[Condition, ...]
    others: tuple[Rule, ...]


def reason(qualification: Qualification, state: str, bundle: Bundle, at: datetime, now: datetime) -> Reason:
    """Return the reason of a cell as it stood on a day."""
    known = bundle.freshness(now) is not Freshness.RED
    cell = _cell(qualification, state, bundle, at, known=known)
    claim = Claim("training", "", at, at, qualification.id, qualification.field, qualification.isco, DEFAULT_ROUTE, "", "")
    home = state in qualification.states
    rule = None if home else best_rule(claim, qualification.state, state, at, bundle)
    covering = [
        one
        for one in bundle.rules
        if one.state == state and qualification.state in one.origins and one.subject == "training" and one != rule
        if one.scope.covers(claim.subject(bundle)) and not home
    ]
    newest = sorted(covering, key=lambda one: one.in_force.start, reverse=True)
    return Reason(qualification, cell, rule, unmet(rule.requires or {}, (), at) if rule else (), tuple(newest))


def turning_days(bundle: Bundle, now: datetime) -> tuple[date, ...]:
    """Return the days on which a rule began or ended, up to now, the newest first."""
    moments = {moment for rule in bundle.rules for moment in (rule.in_force.start, rule.in_force.end) if moment and moment <= now}
    return tuple(sorted({moment.date() for moment in moments}, reverse=True))
