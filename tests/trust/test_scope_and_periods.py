from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import MalformedValueError
from trust.periods import Period, parse_moment, parse_period
from trust.scope import Scope, Subject

CODES = st.sampled_from(["0", "07", "071", "0715", "09", "0922", "7"])
LIMITS = st.none() | st.lists(CODES, max_size=3, unique=True).map(tuple)
SCOPES = st.builds(Scope, LIMITS, LIMITS, LIMITS)
SUBJECTS = st.builds(Subject, CODES, CODES, CODES)


@given(SCOPES, SCOPES, SUBJECTS)
def test_the_meet_covers_exactly_what_both_cover(one: Scope, other: Scope, subject: Subject) -> None:
    assert one.meet(other).covers(subject) == (one.covers(subject) and other.covers(subject))
    assert other.meet(one).covers(subject) == one.meet(other).covers(subject)


def test_fields_are_a_tree_of_digits_and_not_numbers() -> None:
    assert Scope(fields=("07",)).meet(Scope(fields=("0715",))) == Scope(fields=("0715",))
    assert not Scope(fields=("7",)).covers(Subject("q", "0715", "2"))


def test_an_empty_list_allows_nothing_and_an_absent_one_limits_nothing() -> None:
    subject = Subject("q", "0715", "2")
    assert Scope().covers(subject)
    assert not Scope(qualifications=()).covers(subject)
    assert not Scope(nqf=("20",)).covers(subject)


def test_a_named_qualification_is_more_specific_than_any_field() -> None:
    assert Scope(qualifications=("q",)).specificity > Scope(fields=("0715",)).specificity > Scope(fields=("07",)).specificity
    assert Scope(nqf=("2",)).specificity > Scope().specificity


def test_the_last_day_is_inside_and_the_next_is_not() -> None:
    period = parse_period("2024-01-01", "2026-05-10")
    assert datetime(2026, 5, 10, 23, 59, tzinfo=UTC) in period
    assert datetime(2026, 5, 11, tzinfo=UTC) not in period
    assert datetime(2023, 12, 31, 23, 59, tzinfo=UTC) not in period
    assert datetime(2999, 1, 1, tzinfo=UTC) in parse_period("2024-01-01", None)


def test_a_time_ends_to_the_instant_and_is_read_in_utc() -> None:
    assert parse_period("2024-01-01", "2026-05-10T02:00:00+02:00") == Period(
        datetime(2024, 1, 1, tzinfo=UTC), datetime(2026, 5, 10, tzinfo=UTC)
    )


@pytest.mark.parametrize("text", [None, 5, "", "yesterday", "2026-02-30", "2026-01-01T00:00:00"])
def test_what_is_no_moment_is_refused(text: object) -> None:
    with pytest.raises(MalformedValueError):
        parse_moment(text)
