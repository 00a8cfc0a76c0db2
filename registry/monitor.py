"""What is issued under a state's name: counts for each day, and what should make an authority look. Pure.

Two things raise an alarm: many more certificates on a day than this centre issues otherwise, and certificates on a day on which no
approval of the centre held. Counts are of the issuance log, so that what is counted is what left the house.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Final

from trust.anchoring import LogHead
from trust.records import IssuerRecord

SHOWN_DAYS: Final = 28
KEPT_DAYS: Final = 118
"""How far back counts are asked for: the days that are shown, and 90 before the first of them to compare with."""
LEAST: Final = 20
"""A day with fewer raises no alarm by its number."""
TIMES: Final = 4
"""How many times the usual number is too many."""
NEWCOMER: Final = 50
"""What counts as usual for a centre that has not issued before."""
_COMPARED: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a centre: how many, and why to look; `alarm` is `many`, `unapproved` or empty."""

    day: date
    count: int
    alarm: str


@dataclass(frozen=True, slots=True)
class Watched:
    """A centre and its last days, the newest first; days without a certificate are left out."""

    issuer: IssuerRecord
    days: tuple[Day, ...]
    usual: int

    @property
    def total(self) -> int:
        """How many in the days that are shown."""
        return sum(one.count for one in self.days)

    @property
    def alarms(self) -> tuple[Day, ...]:
        """The days to look at."""
        return tuple(one for one in self.days if one.alarm)


def watched(issuer: IssuerRecord, counts: Mapping[date, int], today: date) -> Watched:
    """Return what a centre issued lately.

    Args:
        issuer: the centre as its state lists it.
        counts: day (UTC) to how many; at least the last `KEPT_DAYS`.
        today: the last day.
    """
    first = today - timedelta(days=SHOWN_DAYS - 1)
    shown = sorted((day for day, count in counts.items() if count and first <= day <= today), reverse=True)
    days = tuple(Day(day, counts[day], _alarm(issuer, counts, day)) for day in shown)
    return Watched(issuer, days, _usual(counts, today + timedelta(days=1)))


def _usual(counts: Mapping[date, int], before: date) -> int:
    """Return the middle number of the days on which something was issued, in the 90 days before one; 0 where there is none."""
    earlier = [count for day, count in counts.items() if count and before - _COMPARED <= day < before]
    return round(median(earlier)) if earlier else 0


def _alarm(issuer: IssuerRecord, counts: Mapping[date, int], day: date) -> str:
    if not _approved(issuer, day):
        return "unapproved"
    return "many" if counts[day] > max(LEAST, TIMES * (_usual(counts, day) or NEWCOMER)) else ""


def _approved(issuer: IssuerRecord, day: date) -> bool:
    """Return whether some approval of the centre held at some moment of a day."""
    start = datetime.combine(day, time(), UTC)
    end = start + timedelta(days=1)
    periods = [period for entry in issuer.accreditations for period in entry.periods]
    return any(period.start < end and (period.end is None or start < period.end) for period in periods)


def newest_heads(heads: Iterable[LogHead], state: str) -> Sequence[LogHead]:
    """Return how far each log is by what a state has recorded, by the logs' names."""
    newest: dict[str, LogHead] = {}
    for head in heads:
        if head.state == state and (head.log not in newest or head.tree_size > newest[head.log].tree_size):
            newest[head.log] = head
    return [newest[name] for name in sorted(newest)]
