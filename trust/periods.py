"""Half-open intervals of UTC time, the rule for dates without a time, and records that were written down late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from credentials.errors import MalformedValueError

_DATE_LENGTH = len("2026-11-20")


@dataclass(frozen=True, slots=True)
class Period:
    """`[start, end)` in UTC; `end` None means open. A date without time begins at midnight and, as an end, counts its whole day."""

    start: datetime
    end: datetime | None

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment and (self.end is None or moment < self.end)


_period = lru_cache(maxsize=4096)(Period)  # many records hold in the same time: they share it


def parse_moment(text: object, *, as_end: bool = False) -> datetime:
    """Return a date or a date and time as a moment in UTC; a date as an end is the midnight after it.

    Raises:
        MalformedValueError: neither.
    """
    if not isinstance(text, str):
        raise MalformedValueError("a date is missing")
    return _moment(text, as_end=as_end)


@lru_cache(maxsize=4096)
def _moment(text: str, *, as_end: bool) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise MalformedValueError(f"{text[:40]!r} is no date") from error
    if len(text) == _DATE_LENGTH:
        moment = datetime.combine(moment.date(), time(), UTC)
        return moment + timedelta(days=1) if as_end else moment
    if moment.tzinfo is None:
        raise MalformedValueError(f"{text[:40]!r} has no time zone")
    return moment.astimezone(UTC)


def parse_period(start: object, end: object) -> Period:
    """Return the period between two dates or moments; `end` None means open.

    Raises:
        MalformedValueError: one of them is no date.
    """
    return _period(parse_moment(start), None if end is None else parse_moment(end, as_end=True))


def parse_recorded_period(record: Mapping[str, Any]) -> Period:
    """Return when a recorded period holds.

    A beginning (`recordedAt`) or an end (`untilRecordedAt`) that was written down after the fact counts from the day it was written
    down, so that a later record never changes an earlier answer; `retroactive` says that it is meant to.

    Raises:
        MalformedValueError: one of the dates is no date.
    """
    period = parse_period(record["from"], record.get("until"))
    if record.get("retroactive"):
        return period
    start, end = period.start, period.end
    if "recordedAt" in record:
        start = max(start, parse_moment(record["recordedAt"]))
    if end is not None and "untilRecordedAt" in record:
        end = max(end, parse_moment(record["untilRecordedAt"]))
    return _period(start, end)
