from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bench.plots import plot
from bench.rows import NO_WORSE, Goal, Row, at_least, at_most, spelled, table, times_the_peer, write

KEYS = {"section", "name", "value", "unit", "peer", "peer_value", "limit", "limit_value", "ratio", "line", "met"}
FAST = Row("core", "sign", 2.0, "ms", times_the_peer(5), "peer 1.0", 11.0)
SLOW = Row("core", "verify & more", 3.0, "ms", times_the_peer(5), "peer 1.0", 11.0)
SMALL = Row("core", "size", 18.0, "MB", at_most(20, "MB"))


@pytest.mark.parametrize(
    ("goal", "value", "ratio", "met"),
    [
        (at_most(20, "MB"), 20, None, True),
        (at_most(20, "MB"), 20.1, None, False),
        (at_least(99, "%"), 99, None, True),
        (at_least(99, "%"), 98.9, None, False),
        (times_the_peer(5), 1, 5.0, True),
        (times_the_peer(5), 1, 4.9, False),
        (NO_WORSE, 1, None, False),
        (Goal("reported"), 1, None, True),
    ],
)
def test_a_goal_is_met_by_this_runs_value(goal: Goal, value: float, ratio: float | None, met: bool) -> None:  # noqa: FBT001
    assert goal.met(value, ratio) is met


def test_a_row_is_written_with_every_member(tmp_path: Path) -> None:
    file = tmp_path / "latest.json"
    write([FAST, SLOW], file)
    fast, slow = json.loads(file.read_bytes())
    assert set(fast) == KEYS
    assert (fast["ratio"], fast["met"], fast["line"]) == (5.5, True, "≥ 5 times the peer")
    assert (slow["met"], slow["limit"], slow["limit_value"]) == (False, None, None)


def test_a_run_replaces_the_rows_of_its_own_sections_alone(tmp_path: Path) -> None:
    file = tmp_path / "latest.json"
    write([FAST, SMALL], file)
    write([Row("trust", "open", 1.0, "s", at_most(3, "s"))], file)
    write([SLOW], file)
    assert [(row["section"], row["name"]) for row in json.loads(file.read_bytes())] == [
        ("trust", "open"),
        ("core", "verify & more"),
    ]


def test_the_table_says_what_is_met_and_what_is_not() -> None:
    head, first, second, third = table([FAST, SLOW, SMALL]).splitlines()
    assert head.split() == ["figure", "value", "peer", "peer's", "ratio", "goal"]
    assert (first[:3], second[:3], third[:3]) == ("met", "NOT", "met")
    assert first.index("≥") == second.index("≥") == third.index("≤")


@pytest.mark.parametrize(
    ("value", "text"), [(0.01234, "0.0123"), (12.34, "12.3"), (1234.5, "1,234"), (100_000, "100,000"), (3.0, "3")]
)
def test_numbers_are_spelled_shortly(value: float, text: str) -> None:
    assert spelled(value) == text


def test_the_plot_is_svg_with_a_bar_for_each_value_and_a_mark_for_each_goal() -> None:
    document = ET.fromstring(plot([FAST, SLOW, SMALL]))  # noqa: S314  # our own
    kinds = [element.get("class") for element in document.iter()]
    assert (kinds.count("ours"), kinds.count("missed"), kinds.count("peer"), kinds.count("goal")) == (2, 1, 2, 3)
    ours, peers = ([float(one.get("width", 0)) for one in document.iter() if one.get("class") == name] for name in ("ours", "peer"))
    assert min(peers) > ours[0]
    assert "verify & more" in [element.text for element in document.iter()]


def test_values_that_differ_by_much_are_drawn_in_powers_of_ten() -> None:
    drawn = plot([Row("core", "a", 1.0, "ms", NO_WORSE, "peer", 1000.0), Row("core", "b", 0.0, "ms", NO_WORSE)])
    assert "ms, in powers of ten" in drawn
    assert "ms, from zero" in plot([FAST])
