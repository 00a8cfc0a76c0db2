"""The rows of a class as a page shows them: what stands there, what is wrong, which field repairs it, what may be meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from issuer_api.cohort_file import COLUMNS, RowProblem
from issuer_api.cohorts import CohortRow
from issuer_api.delivery import DELIVERED
from issuer_api.handovers import CLAIMED, PRINTED
from issuer_api.identity_cells import IDENTITY
from issuer_api.latin_names import lacks_latin, suggestion
from issuer_api.stages import APPROVED, Stage
from issuer_api.standing import VALID
from issuer_api.status_changes import REPLACED
from issuer_api.subjects import ERASED
from issuer_api.visiting import Said, said

NOT_HANDED: Final = "not-handed"
"""Its certificate is good, and reached nobody yet."""
NEEDS_YOU: Final = ("wrong", "look")
_LONG_RUN: Final = 5
PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class RepairField:
    """One field to put right: its column, what stands in it, what is wrong, and what may be meant (a day, a Latin name)."""

    column: str
    value: str
    problems: tuple[RowProblem, ...]
    guess: str = ""

    @property
    def is_day(self) -> bool:
        """Whether a day stands in it, so that a calendar can be offered."""
        return self.column == "awarded_on" and _day(self.value) is not None


@dataclass(frozen=True, slots=True)
class RowShown:
    """A row of the page.

    Attributes:
        number: its line in the list.
        names: as given, Latin form first.
        cells: by column.
        day: the day of the award, where one can be read.
        state: `ready`, `approved`, `wrong`, `look`, `left-out`, `signed`, `erased`.
        repairs: the fields to put right.
        look: what is to be looked at.
        credential: the certificate's id without its prefix, or empty.
        version: of the cells, so that nobody overwrites what somebody else has changed.
        standing: `on-hold` or `withdrawn` where the certificate is, or empty.
        stage: how far it is.
    """

    number: int
    names: tuple[Said, ...]
    cells: Mapping[str, str]
    day: date | None
    state: str
    repairs: tuple[RepairField, ...]
    look: RowProblem | None
    credential: str
    version: str
    standing: str
    stage: Stage

    @property
    def kinds(self) -> tuple[str, ...]:
        """What the row is counted and found under: its state, how its certificate reached the person, what holds of it."""
        if self.state != "signed":
            return (self.state,)
        stage = self.stage
        further = {
            CLAIMED: stage.claimed,
            PRINTED: stage.printed,
            REPLACED: stage.replaces,
            NOT_HANDED: not (stage.claimed or stage.printed or self.standing),
        }
        return (self.state, *((self.standing,) if self.standing else ()), *(kind for kind, holds in further.items() if holds))

    @property
    def lacks_latin(self) -> bool:
        """Whether the person is named, and not in Latin letters."""
        return lacks_latin(self.cells)

    @property
    def is_open(self) -> bool:
        """Whether its certificate's status can be changed: it is signed, and not withdrawn."""
        return self.state == "signed" and self.standing != "withdrawn"


@dataclass(frozen=True, slots=True)
class Run:
    """Rows that follow one another; folded ones are only counted."""

    rows: tuple[RowShown, ...]
    folded: bool


def show_rows(
    rows: Sequence[CohortRow],
    kept: Collection[int],
    stages: Mapping[int, Stage],
    *,
    started: date | None,
    today: date,
    edit: int = 0,
) -> tuple[RowShown, ...]:
    """Return the rows as a page shows them.

    Args:
        rows: of a class.
        kept: rows that somebody had a second look at.
        stages: a row's number to how far it is.
        edit: the row whose cells are to be changed although nothing is wrong with them, or 0.
        started: the course's first day, or None.
        today: the present day.
    """
    usual = _usual_day(rows)
    guessing = Guessing(started, today, usual)
    return tuple(_show(row, guessing, stages[row.number], kept=row.number in kept, edit=row.number == edit) for row in rows)


@dataclass(frozen=True, slots=True)
class Guessing:
    """What a day may have been meant to be: the course's first day, the present day, and the day that most rows have."""

    started: date | None
    today: date
    usual: date | None

    def guess(self, text: str) -> str:
        """Return the day that may be meant, or nothing: the same day in a year that fits, else the day that most rows have."""
        typed = _day(text)
        years = range((self.started or self.today).year, self.today.year + 1)
        for year in sorted(years, reverse=True) if typed is not None else ():
            found = _in_year(typed, year)
            if found is not None and (self.started or found) <= found <= self.today:
                return found.isoformat()
        return self.usual.isoformat() if self.usual else ""


def _in_year(day: date | None, year: int) -> date | None:
    try:
        return day.replace(year=year) if day else None
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _usual_day(rows: Iterable[CohortRow]) -> date | None:
    days = Counter(_day(row.cells["awarded_on"]) for row in rows if row.is_ready)
    found = next(iter(days.most_common(1)), None)
    return found[0] if found is not None and found[1] > 1 else None


def _show(row: CohortRow, guessing: Guessing, stage: Stage, *, kept: bool, edit: bool) -> RowShown:
    warning = next((problem for problem in row.problems if problem.is_warning), None)
    look = warning if warning is not None and row.is_ready and row.credential is None and not kept else None
    wrong = not row.is_ready and not row.left_out and row.state != ERASED
    return RowShown(
        row.number,
        tuple(said(row.cells[column]) for column in ("name", "name_native") if row.cells.get(column)),
        {column: row.cells.get(column, "") for column in COLUMNS},
        _day(row.cells.get("awarded_on", "")),
        _state(row, look, stage),
        tuple(_repairs(row, guessing)) if wrong else tuple(_open(row)) if edit and row.is_ready and row.credential is None else (),
        look,
        (row.credential or "").removeprefix("urn:uuid:"),
        row.version,
        "" if stage.standing == VALID else stage.standing,
        stage,
    )


def _state(row: CohortRow, look: RowProblem | None, stage: Stage) -> str:
    if row.state in (ERASED, DELIVERED):
        return ERASED if row.state == ERASED else "signed"
    if row.left_out:
        return "left-out"
    if not row.is_ready:
        return "wrong"
    return "look" if look else APPROVED if stage.name == APPROVED else "ready"


def _open(row: CohortRow) -> Iterable[RepairField]:
    """Yield the fields of a row in which nothing is wrong: those that every list has, and others that are filled in."""
    for column in COLUMNS:
        if column not in IDENTITY or row.cells.get(column):
            yield RepairField(column, row.cells.get(column, ""), (), _latin(column, row))


def _latin(column: str, row: CohortRow) -> str:
    return suggestion(row.cells) if column == "name" else ""


def _repairs(row: CohortRow, guessing: Guessing) -> Iterable[RepairField]:
    stops = [problem for problem in row.problems if not problem.is_warning]
    all_of_it = any(problem.code == "cells" for problem in stops)
    for column in COLUMNS:
        problems = tuple(problem for problem in stops if problem.column == column)
        if problems or all_of_it:
            value = row.cells.get(column, "")
            guess = guessing.guess(value) if column == "awarded_on" and problems else _latin(column, row)
            yield RepairField(column, value, problems, guess)


@dataclass(frozen=True, slots=True)
class View:
    """What of a class a page shows.

    Attributes:
        show: which rows: `all`, one of their kinds, or `` for what needs the registrar between what is folded.
        runs: these rows.
        figures: each of the rows' kinds to how many rows have it.
        before: the page before, or 0.
        after: the page after, or 0.
    """

    show: str
    runs: tuple[Run, ...]
    figures: Mapping[str, int]
    before: int
    after: int

    @property
    def open_standings(self) -> frozenset[str]:
        """What holds of the certificates that are shown and whose status can be changed."""
        shown = (row for run in self.runs if not run.folded for row in run.rows)
        return frozenset(row.standing or VALID for row in shown if row.is_open)


def view(rows: Sequence[RowShown], show: str, page: int, edit: int = 0) -> View:
    """Return one page of a class: all rows, those of one kind, or those that need the registrar with the others folded.

    The page is the one of the row that is to be changed (`edit`), if there is one.
    """
    figures = Counter(kind for row in rows for kind in row.kinds)
    needed = sum(figures[state] for state in NEEDS_YOU)
    if show not in figures and show != "all":
        show = "" if 0 < needed <= PAGE else "wrong" if needed else "all"
    if not show:
        return View(show, _fold(rows), figures, 0, 0)
    chosen = [row for row in rows if show in ("all", *row.kinds)]
    page = next((at // PAGE + 1 for at, row in enumerate(chosen) if row.number == edit), page)
    page = min(max(page, 1), max(1, -(-len(chosen) // PAGE)))
    shown = tuple(chosen[(page - 1) * PAGE : page * PAGE])
    return View(show, (Run(shown, folded=False),), figures, page - 1, page + 1 if page * PAGE < len(chosen) else 0)


def _fold(rows: Sequence[RowShown]) -> tuple[Run, ...]:
    """Return all rows, with long runs of those that need nobody folded: what needs the registrar is never far away."""
    found = []
    for needs, run in groupby(rows, lambda row: row.state in NEEDS_YOU):
        members = tuple(run)
        found.append(Run(members, folded=not needs and len(members) > _LONG_RUN))
    return tuple(found)
