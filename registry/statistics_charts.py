"""Released figures as bars: the largest groups of a measure, each with its margin; a table beneath has them all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from registry.statistics_counting import QUERIES, Cell
from registry.statistics_releasing import Released

MOST_BARS: Final = 8
BAR_HEIGHT: Final = 72
_FULL: Final = 70.0
"""How much of the width the longest bar with its margin takes; the rest is for its figure."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One group: its length, and where its margin begins and ends, in percent of the width."""

    cell: Cell
    figure: int
    length: float
    low: float
    high: float
    top: int


@dataclass(frozen=True, slots=True)
class Chart:
    """One measure of a release.

    Attributes:
        measure: what was counted.
        bars: the largest groups.
        figures: every group that is large enough to be shown.
        hidden: how many groups are not.
        margin: what the noise exceeds at most once in twenty times.
    """

    measure: str
    bars: tuple[Bar, ...]
    figures: Mapping[Cell, int]
    hidden: int
    margin: int

    @property
    def height(self) -> int:
        """The height of the drawing."""
        return len(self.bars) * BAR_HEIGHT

    @property
    def total(self) -> int:
        """The sum of what is shown."""
        return sum(self.figures.values())


def charts(found: Released) -> tuple[Chart, ...]:
    """Return a chart for each measure."""
    return tuple(_chart(found, query.measure) for query in QUERIES)


def _chart(found: Released, measure: str) -> Chart:
    figures, margin = found.shown(measure), found.margin(measure)
    largest = list(figures.items())[:MOST_BARS]
    most = max((figure + margin for _, figure in largest), default=1)
    bars = tuple(_bar(cell, figure, at, margin, most) for at, (cell, figure) in enumerate(largest))
    hidden = sum(figure is None for cell, figure in found.figures.items() if cell.measure == measure)
    return Chart(measure, bars, figures, hidden, margin)


def _bar(cell: Cell, figure: int, at: int, margin: int, most: int) -> Bar:
    def percent(value: int) -> float:
        return round(max(value, 0) / most * _FULL, 1)

    return Bar(cell, figure, percent(figure), percent(figure - margin), percent(figure + margin), at * BAR_HEIGHT)
