"""Intervals of valid time: half-open, in UTC, with one rule for plain days.

A `from` of `2026-01-01` begins at that midnight; an `until` of `2026-12-31` includes that whole day. A time that is
exactly a midnight stands for its day (product credentials carry whole days), any other time for itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from trust.errors import RecordError

ONE_DAY: Final = timedelta(days=1)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` until just before `end`; without an end it goes on.

    Attributes:
        recorded_at: when it was written into the register (the second clock).
    """

    start: datetime
    end: datetime | None = None
    recorded_at: datetime | None = None

    def holds(self, moment: datetime) -> bool:
        """Return whether the interval holds at `moment`; a midnight stands for its whole day."""
        last = moment + ONE_DAY if is_whole_day(moment) else moment
        begun = self.start <= moment or self.start < last
        return begun and (self.end is None or moment < self.end)

    def contains(self, moment: datetime) -> bool:
        """Return whether `start <= moment < end`, to the instant."""
        return self.start <= moment and (self.end is None or moment < self.end)


def is_whole_day(moment: datetime) -> bool:
    """Return whether the moment is a midnight in UTC."""
    utc = moment.astimezone(UTC)
    return utc.replace(hour=0, minute=0, second=0, microsecond=0) == utc


def parse_moment(text: str, *, end: bool = False) -> datetime:
    """Return the moment of `YYYY-MM-DD` or of an RFC 3339 time; the day of an end is included.

    Raises:
        RecordError: neither form, no time zone, or a day after which there is none.
    """
    try:
        if _DAY.fullmatch(text):
            day = date.fromisoformat(text) + (ONE_DAY if end else timedelta())
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise RecordError(f"{text!r} is no date and no time") from error
    if moment.tzinfo is None:
        raise RecordError(f"{text!r} has no time zone")
    return moment.astimezone(UTC)


def in_any(periods: tuple[Period, ...], moment: datetime) -> bool:
    """Return whether one of the periods holds at `moment`."""
    return any(period.holds(moment) for period in periods)
