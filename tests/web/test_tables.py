from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from sqlalchemy import create_engine

from web.tables import UTCDateTime

DIALECT = create_engine("sqlite://").dialect
MOMENT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_a_moment_is_kept_in_utc_and_comes_back_aware() -> None:
    kind, here = UTCDateTime(), timezone(timedelta(hours=3))
    kept = kind.process_bind_param(MOMENT.astimezone(here), DIALECT)
    assert kept == MOMENT
    assert kept is not None
    assert kept.tzinfo is UTC
    assert kind.process_result_value(MOMENT.replace(tzinfo=None), DIALECT) == MOMENT
    assert kind.process_result_value(MOMENT.astimezone(here), DIALECT) == MOMENT


def test_no_moment_stays_none() -> None:
    assert UTCDateTime().process_bind_param(None, DIALECT) is None
    assert UTCDateTime().process_result_value(None, DIALECT) is None
