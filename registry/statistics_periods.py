"""The periods for which figures are released: quarters and, for small states, years."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from credentials.errors import MalformedValueError

_SPELLED: Final = re.compile(r"(20\d\d)(?:-Q([1-4]))?")
_MONTHS: Final = 3


@dataclass(frozen=True, slots=True)
class Span:
    """A quarter (`2026-Q3`) or a year (`2026`); `until` is the day after its last."""

    name: str
    start: date
    until: date

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.until

    def overlaps(self, other: Span) -> bool:
        """Return whether the two share a day."""
        return self.start < other.until and other.start < self.until

    def has_ended(self, today: date) -> bool:
        """Return whether its last day has passed."""
        return self.until <= today


def span(name: str) -> Span:
    """Return the period of a name.

    Raises:
        MalformedValueError: it names none.
    """
    found = _SPELLED.fullmatch(name)
    if found is None:
        raise MalformedValueError(f"{name[:20]!r} is no period; write 2026-Q3 or 2026", pointer="/period")
    year, quarter = int(found.group(1)), found.group(2)
    if quarter is None:
        return Span(name, date(year, 1, 1), date(year + 1, 1, 1))
    first = (int(quarter) - 1) * _MONTHS + 1
    after = date(year + 1, 1, 1) if quarter == "4" else date(year, first + _MONTHS, 1)
    return Span(name, date(year, first, 1), after)


def quarter_of(day: date) -> Span:
    """Return the quarter in which a day lies."""
    return span(f"{day.year}-Q{(day.month - 1) // _MONTHS + 1}")


def ended(today: date, first: date) -> tuple[Span, ...]:
    """Return the quarters and years since `first` that have ended, the newest first."""
    names = [f"{year}{part}" for year in range(first.year, today.year + 1) for part in ("", "-Q1", "-Q2", "-Q3", "-Q4")]
    listed = [one for one in map(span, names) if one.has_ended(today) and first < one.until]
    return tuple(sorted(listed, key=lambda one: (one.until, one.start), reverse=True))
