"""A cost-sharing statement between two parties: exact counts under the agreement, for these two alone, never published.

A group of fewer people than a published figure may show is put together with the other small ones; when even together they are
too few, they wait for a statement over a longer time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from credentials.errors import MalformedValueError
from registry.statistics_counting import OTHER, SMALLEST, Decided
from registry.statistics_periods import Span
from trust.bundle import Bundle
from trust.records import CostShare

_RECOGNISED = frozenset({"recognised", "partly"})


@dataclass(frozen=True, slots=True)
class Line:
    """People of one qualification; `OTHER` for the small groups together."""

    qualification: str
    people: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Statement:
    """What one party owes another for a period.

    Attributes:
        share: what they agreed.
        period: for which time.
        lines: by qualification, the largest first.
        waits: whether people are left for a statement over a longer time, because they are too few to be named.
    """

    share: CostShare
    period: Span
    lines: tuple[Line, ...]
    waits: bool

    @property
    def people(self) -> int:
        """How many people are charged."""
        return sum(line.people for line in self.lines)

    @property
    def total(self) -> Decimal:
        """What is owed."""
        return sum((line.amount for line in self.lines), Decimal(0))


def agreed(bundle: Bundle, payer: str, payee: str) -> CostShare:
    """Return what two parties agreed.

    Raises:
        MalformedValueError: the agreement says nothing of these two.
    """
    for share in bundle.cost_shares:
        if (share.payer, share.payee) == (payer, payee):
            return share
    raise MalformedValueError("the agreement has no sharing of costs between these two", pointer="/payee")


def statement(share: CostShare, period: Span, decisions: Iterable[Decided]) -> Statement:
    """Return the statement over the decisions of the payer; a person counts once for a qualification, however often decided."""
    people = {
        (one.qualification, one.person)
        for one in decisions
        if one.state == share.payer and one.origin == share.payee and one.day in period and one.outcome in _RECOGNISED
    }
    found = Counter(qualification for qualification, _ in people)
    large = {name: count for name, count in found.items() if name != OTHER and count >= SMALLEST}
    rest = sum(found.values()) - sum(large.values())
    named = sorted(large.items(), key=lambda item: (-item[1], item[0]))
    counted = [*named, (OTHER, rest)] if rest >= SMALLEST else named
    lines = tuple(Line(name, count, share.amount * count) for name, count in counted)
    return Statement(share, period, lines, waits=0 < rest < SMALLEST)
