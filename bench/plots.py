"""The rows of a section as bars, in plain SVG: ours, the peer's below it, and a mark at the goal; each unit has its own scale."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Final

from bench.rows import Row, spelled

FOLDER: Final = Path(__file__).parent
_WIDTH, _NAMES, _FIGURES = 1180, 430, 200
_BARS: Final = _WIDTH - _NAMES - _FIGURES
_ROW, _HEAD, _MARGIN = 34, 46, 16
_STYLE: Final = """
text { font: 13px system-ui, sans-serif; fill: #1d2733; }
.title { font-size: 18px; font-weight: 600; }
.unit, .peer-name { font-size: 11px; fill: #5b6875; }
.ours { fill: #0b6e5a; }
.missed { fill: #b3261e; }
.peer { fill: #b9c4cf; }
.goal { stroke: #1d2733; stroke-width: 2; stroke-dasharray: 3 2; }
"""


def write(rows: Sequence[Row]) -> Path:
    """Write the plot of a section's rows; return where it is."""
    path = FOLDER / f"{rows[0].section}.svg"
    path.write_text(plot(rows), "utf-8")
    return path


def plot(rows: Sequence[Row]) -> str:
    """Return the bars of a section's rows as an SVG document."""
    groups = [[row for row in rows if row.unit == unit] for unit in dict.fromkeys(row.unit for row in rows)]
    parts, top = [f'<text class="title" x="{_MARGIN}" y="30">{escape(rows[0].section)}</text>'], _HEAD
    for group in groups:
        scale = _Scale(group)
        parts.append(f'<text class="unit" x="{_NAMES}" y="{top + 12}">{escape(group[0].unit)}, {scale.name}</text>')
        top += 20
        for row in group:
            parts += _bar(row, scale, top)
            top += _ROW
        top += 10
    height = top + _MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}">'
        f'<style>{_STYLE}</style><rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


class _Scale:
    """Where a value of one unit ends: in powers of ten where the values differ by more than that, else straight from zero."""

    def __init__(self, rows: Sequence[Row]) -> None:
        values = [value for row in rows for value in _values(row) if value > 0] or [1.0]
        self._most, self._least = max(values), min(values)
        self._powers = self._most > 20 * self._least
        self.name = "in powers of ten" if self._powers else "from zero"

    def __call__(self, value: float) -> float:
        """Return how long the bar of a value is."""
        if value <= 0:
            return 0
        if not self._powers:
            return _BARS * value / self._most
        start = math.floor(math.log10(self._least) - 0.3)
        return _BARS * (math.log10(value) - start) / (math.log10(self._most) - start)


def _values(row: Row) -> Iterator[float]:
    yield row.value
    yield from (value for value in (row.peer_value, _mark(row)) if value is not None)


def _mark(row: Row) -> float | None:
    """Return the value at which the goal lies."""
    goal = row.goal
    if goal.ratio is not None:
        return None if row.peer_value is None else row.peer_value / goal.ratio
    return goal.least if goal.most is None else goal.most


def _bar(row: Row, scale: _Scale, top: int) -> Iterator[str]:
    figure = f"{spelled(row.value)} {row.unit}" + ("" if row.peer_value is None else f" · peer {spelled(row.peer_value)}")
    yield f'<text x="{_MARGIN}" y="{top + 13}">{escape(row.name)}</text>'
    yield f'<text class="peer-name" x="{_MARGIN}" y="{top + 26}">{escape(row.peer)}</text>'
    if row.peer_value is not None:
        yield f'<rect class="peer" x="{_NAMES}" y="{top + 14}" width="{scale(row.peer_value):.1f}" height="10"/>'
    kind = "ours" if row.met else "missed"
    yield f'<rect class="{kind}" x="{_NAMES}" y="{top + 3}" width="{scale(row.value):.1f}" height="10"/>'
    mark = _mark(row)
    if mark is not None:
        x = _NAMES + scale(mark)
        yield f'<line class="goal" x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{top + 27}"/>'
    yield f'<text x="{_WIDTH - _FIGURES + 12}" y="{top + 16}">{escape(figure)}</text>'
