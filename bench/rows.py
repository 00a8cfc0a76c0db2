"""One figure and its goal, the table on the terminal, and the rows of `bench/latest.json`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

LATEST: Final = Path(__file__).with_name("latest.json")
_HEADS: Final = ("", "figure", "value", "peer", "peer's", "ratio", "goal")
_HUNDRED: Final = 100
_TEN: Final = 10


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure has to reach.

    Attributes:
        text: as it is read.
        most: the largest value that meets it.
        least: the smallest value that meets it.
        ratio: how many times the peer's value must be ours, at least.
    """

    text: str
    most: float | None = None
    least: float | None = None
    ratio: float | None = None

    def met(self, value: float, ratio: float | None) -> bool:
        """Return whether a measured value meets it; without a peer no ratio is met."""
        return (
            (self.most is None or value <= self.most)
            and (self.least is None or value >= self.least)
            and (self.ratio is None or (ratio is not None and ratio >= self.ratio))
        )


def at_most(value: float, unit: str) -> Goal:
    """Return the goal of a value that is small enough."""
    return Goal(f"≤ {spelled(value)} {unit}", most=value)


def at_least(value: float, unit: str) -> Goal:
    """Return the goal of a value that is large enough."""
    return Goal(f"≥ {spelled(value)} {unit}", least=value)


def times_the_peer(ratio: float) -> Goal:
    """Return the goal of a value that is so many times smaller than the peer's."""
    return Goal(f"≥ {spelled(ratio)} times the peer", ratio=ratio)


NO_WORSE: Final = Goal("no worse than the peer", ratio=1)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of this run.

    Attributes:
        section: which part of the benchmark it belongs to.
        name: what was measured.
        value: what came of it.
        unit: of all values of the row.
        goal: what it has to reach.
        peer: who was measured beside it, with the version, or empty.
        peer_value: what came of that.
        limit: what cannot be undercut, or empty.
        limit_value: what that costs.
    """

    section: str
    name: str
    value: float
    unit: str
    goal: Goal
    peer: str = ""
    peer_value: float | None = None
    limit: str = ""
    limit_value: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the peer's value is ours."""
        return None if self.peer_value is None or not self.value else self.peer_value / self.value

    @property
    def met(self) -> bool:
        """Whether this run meets the goal."""
        return self.goal.met(self.value, self.ratio)

    def as_json(self) -> dict[str, Any]:
        """Return the row as it is written."""
        return {
            "section": self.section,
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "peer": self.peer or None,
            "peer_value": self.peer_value,
            "limit": self.limit or None,
            "limit_value": self.limit_value,
            "ratio": self.ratio,
            "line": self.goal.text,
            "met": self.met,
        }


def spelled(value: float) -> str:
    """Return a number with three digits that say something; whole numbers in full."""
    if value == int(value) or abs(value) >= _HUNDRED:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= _TEN else f"{value:.3g}"


def table(rows: Sequence[Row]) -> str:
    """Return the rows as lines of aligned text."""
    cells = [_HEADS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_HEADS))]
    lines = ("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in cells)
    return "\n".join(lines)


def _cells(row: Row) -> tuple[str, ...]:
    peer_value = "" if row.peer_value is None else f"{spelled(row.peer_value)} {row.unit}"
    ratio = "" if row.ratio is None else spelled(row.ratio)
    return ("met" if row.met else "NOT", row.name, f"{spelled(row.value)} {row.unit}", row.peer, peer_value, ratio, row.goal.text)


def write(rows: Sequence[Row], path: Path = LATEST) -> None:
    """Write the rows of this run in the place of those of the same sections; rows of other sections stay."""
    measured = {row.section for row in rows}
    kept = [row for row in _written(path) if row["section"] not in measured]
    path.write_text(json.dumps([*kept, *(row.as_json() for row in rows)], indent=1, ensure_ascii=False) + "\n", "utf-8")


def _written(path: Path) -> Iterable[dict[str, Any]]:
    return json.loads(path.read_text("utf-8")) if path.exists() else []
