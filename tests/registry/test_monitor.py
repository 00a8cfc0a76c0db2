"""What is issued under a state's name, and what makes an authority look."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from registry.monitor import Day, newest_heads, watched
from registry.routes import router
from tests.registry.conftest import Desk, House
from tests.trust.test_scenarios import issuer
from tests.trust.world import CARE_SCHOOL, NOW, bundle_of, did, shipped
from trust.anchoring import LogHead
from trust.records import IssuerRecord
from web import people
from web.joining import join

TODAY = NOW.date()


def centre(*periods: tuple[str, str | None]) -> IssuerRecord:
    files = shipped()
    if periods:
        issuer(files)["accreditations"][0]["periods"] = [{"from": start, "until": until} for start, until in periods]
    return bundle_of(files).issuers[did(CARE_SCHOOL)]


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_the_last_days_are_counted_the_newest_first() -> None:
    found = watched(centre(), {ago(0): 30, ago(3): 28, ago(27): 5, ago(28): 9, ago(2): 0}, TODAY)
    assert found.days == (Day(ago(0), 30, ""), Day(ago(3), 28, ""), Day(ago(27), 5, ""))
    assert (found.total, found.usual, found.alarms) == (63, 18, ())


@pytest.mark.parametrize(
    ("counts", "alarmed"),
    [
        ({0: 121, 5: 30, 9: 30}, {0}),
        ({0: 120, 5: 30, 9: 30}, set()),
        ({0: 20, 5: 1, 9: 1}, set()),
        ({0: 21, 5: 1, 9: 1}, {0}),
        ({0: 200}, set()),
        ({0: 201}, {0}),
        ({0: 201, 100: 5}, {0}),
        ({0: 90, 40: 30, 80: 30}, set()),
        ({5: 500, 9: 30, 12: 30, 0: 500}, {0, 5}),
    ],
)
def test_j10_many_more_than_usual_on_a_day_is_an_alarm(counts: dict[int, int], alarmed: set[int]) -> None:
    found = watched(centre(), {ago(days): count for days, count in counts.items()}, TODAY)
    assert {(TODAY - one.day).days for one in found.alarms} == alarmed
    assert {one.alarm for one in found.alarms} <= {"many"}


def test_what_is_issued_without_an_approval_is_an_alarm_whatever_its_number() -> None:
    ended = centre(("2025-01-01", ago(5).isoformat()), (ago(1).isoformat(), None))
    found = watched(ended, {ago(days): 1 for days in (0, 1, 2, 4, 5, 6)}, TODAY)
    assert [(TODAY - one.day).days for one in found.alarms] == [2, 4]
    assert {one.alarm for one in found.alarms} == {"unapproved"}


def test_of_each_log_the_state_s_longest_head_is_told() -> None:
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    heads = [
        LogHead(log, state, size, b"", moment)
        for log, state, size in (("b", "XA", 3), ("a", "XA", 9), ("b", "XA", 7), ("b", "XA", 5), ("b", "XB", 99))
    ]
    assert [(head.log, head.tree_size) for head in newest_heads(heads, "XA")] == [("a", 9), ("b", 7)]


def desk_with(house: House, counts: dict[date, int]) -> Desk:
    def by_day(name: str, since: date) -> dict[date, int]:
        return {day: count for day, count in counts.items() if day >= since} if name == did(CARE_SCHOOL) else {}

    changed = replace(house.registry, issued_by_day=by_day)
    app = FastAPI()
    join(app, people.router(changed.people), router(changed))
    return replace(house, registry=changed, app=app).desk("The assessor", "assessor")


@pytest.mark.parametrize(("language", "word"), [("en", "far more than usual"), ("fr", "bien plus que d"), ("ar", "المعتاد")])
def test_the_page_says_what_to_look_at(house: House, language: str, word: str) -> None:
    desk = desk_with(house, {ago(0): 400, ago(7): 30})
    page = desk.get(f"/registry/states/XA/issued?lang={language}")
    assert word in page
    assert "430" in page
    assert "/registry/states/XA/centres/sunder-bay-care" in page


def test_a_quiet_month_is_said_to_be_one(house: House) -> None:
    page = desk_with(house, {ago(3): 30}).get("/registry/states/XA/issued")
    assert "Nothing unusual was seen." in page
    assert "None is recorded yet" in page


def test_strangers_and_other_states_see_nothing(house: House) -> None:
    assert house.anybody.get("/registry/states/XA/issued", headers={"Accept": "application/json"}).status_code == 401
    other: TestClient = house.desk("Somebody", "assessor", "XB").client
    assert other.get("/registry/states/XA/issued").status_code == 404
