"""The act of release: once for each state and period, with noise, small groups left out, and what it cost written down."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session, col, func, select

from registry.errors import AlreadyReleasedError, BudgetSpentError, NotEndedError
from registry.statistics_counting import (
    QUERIES,
    SMALLEST,
    YEARLY,
    Cell,
    Query,
    cells,
    counts,
    rows_of_awards,
    rows_of_decisions,
)
from registry.statistics_noise import margin, mechanism, noisy, privacy_loss
from registry.statistics_periods import Span, span
from registry.statistics_rows import Planning, decisions
from registry.statistics_tables import LedgerEntry, Release, ReleasedFigure
from web.acts import note
from web.db import Database
from web.people import NotFoundError
from web.roles import state_organisation

_A_HAIR: Final = 1e-9  # sums of binary fractions


@dataclass(frozen=True, slots=True)
class Spent:
    """What a release spent on one measure."""

    measure: str
    dataset: str
    bound: int
    scale: float
    epsilon: float


@dataclass(frozen=True, slots=True)
class Released:
    """A release as everybody may read it.

    Attributes:
        id: of the release.
        state: whose figures.
        period: for which time.
        at: when it was made.
        mechanism: what made the noise.
        figures: every cell; None for a group that is too small to be shown.
        ledger: what it spent.
    """

    id: str
    state: str
    period: Span
    at: datetime
    mechanism: str
    figures: Mapping[Cell, int | None]
    ledger: tuple[Spent, ...]

    def shown(self, measure: str) -> dict[Cell, int]:
        """Return the figures of a measure that are large enough to be shown, the largest first."""
        found = {cell: figure for cell, figure in self.figures.items() if figure is not None and cell.measure == measure}
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def margin(self, measure: str) -> int:
        """Return what the noise of a measure exceeds at most once in twenty times; 0 for one that was not released."""
        return next((margin(one.scale) for one in self.ledger if one.measure == measure), 0)


def release(planning: Planning, state: str, period: str, by: str) -> str:
    """Release the figures of a state for a period and return the release's id. It cannot be done again, nor undone.

    Raises:
        MalformedValueError: there is no such period.
        NotEndedError: it has not ended.
        AlreadyReleasedError: these figures, or some of the same days, were released.
        BudgetSpentError: no more may be spent in that year.
    """
    registry, within = planning.registry, span(period)
    bundle, now = registry.bundle(), registry.clock()
    if not within.has_ended(now.date()):
        raise NotEndedError(f"{within.name} ends on {within.until.isoformat()}", pointer="/period")
    domain, identifier = cells(state, bundle), secrets.token_hex(16)
    awards = tuple(planning.awarded(within.start, within.until))
    with registry.database.write(f"figures {state}") as session:
        _check(session, state, within)
        rows = (*rows_of_awards(state, awards, bundle), *rows_of_decisions(decisions(session, state, within), bundle))
        session.add(Release(id=identifier, state=state, period=within.name, released_at=now, by=by, mechanism=mechanism()))
        session.flush()
        for query in QUERIES:
            exact = counts(query, rows, domain)
            session.add_all(_figures(identifier, exact, noisy(tuple(exact.values()), query.scale)))
            session.add(_entry(identifier, query))
        note(session, state_organisation(state), by, "figures-released", within.name, now)
    return identifier


def _entry(release_id: str, query: Query) -> LedgerEntry:
    return LedgerEntry(
        release=release_id,
        measure=query.measure,
        dataset=query.dataset,
        bound=query.bound,
        scale=query.scale,
        epsilon=privacy_loss(query.scale, query.bound),
    )


def _figures(release_id: str, exact: Mapping[Cell, int], figures: Sequence[int]) -> list[ReleasedFigure]:
    return [
        ReleasedFigure(
            release=release_id,
            measure=cell.measure,
            origin=cell.origin,
            state=cell.state,
            qualification=cell.qualification,
            category=cell.category,
            figure=figure if figure >= SMALLEST else None,
        )
        for cell, figure in zip(exact, figures, strict=True)
    ]


def _check(session: Session, state: str, within: Span) -> None:
    released = [span(name) for name in session.exec(select(Release.period).where(Release.state == state)).all()]
    same = next((one for one in released if one.overlaps(within)), None)
    if same is not None:
        raise AlreadyReleasedError(f"figures of {same.name} were released, and no day is released twice", pointer="/period")
    for dataset, most in YEARLY.items():
        asked = sum(query.epsilon for query in QUERIES if query.dataset == dataset)
        if _spent(session, state, within.start.year, dataset) + asked > most + _A_HAIR:
            raise BudgetSpentError(f"the budget of {within.start.year} for {dataset} is spent", pointer="/period")


def _spent(session: Session, state: str, year: int, dataset: str) -> float:
    query = (
        select(func.coalesce(func.sum(LedgerEntry.epsilon), 0.0))
        .join(Release, col(LedgerEntry.release) == col(Release.id))
        .where(Release.state == state, col(Release.period).startswith(str(year)), LedgerEntry.dataset == dataset)
    )
    return float(session.exec(query).one())


def budget(database: Database, state: str, year: int) -> dict[str, tuple[float, float]]:
    """Return for each dataset what a state has spent on a year, and what it may."""
    with database.session() as session:
        return {dataset: (_spent(session, state, year, dataset), most) for dataset, most in YEARLY.items()}


def releases(database: Database) -> tuple[Release, ...]:
    """Return every release, the newest period first."""
    query = select(Release).order_by(col(Release.period).desc(), col(Release.state))
    with database.session() as session:
        return tuple(session.exec(query).all())


def released(database: Database, state: str, period: str) -> Released:
    """Return a release with its figures.

    Raises:
        NotFoundError: there is none.
    """
    with database.session() as session:
        row = session.exec(select(Release).where(Release.state == state, Release.period == period)).first()
        if row is None:
            raise NotFoundError("no figures were released for this state and period")
        figures = session.exec(select(ReleasedFigure).where(ReleasedFigure.release == row.id)).all()
        spent = session.exec(select(LedgerEntry).where(LedgerEntry.release == row.id)).all()
    order = [query.measure for query in QUERIES]
    return Released(
        row.id,
        row.state,
        span(row.period),
        row.released_at,
        row.mechanism,
        {Cell(one.measure, one.origin, one.state, one.qualification, one.category): one.figure for one in figures},
        tuple(
            Spent(one.measure, one.dataset, one.bound, one.scale, one.epsilon)
            for one in sorted(spent, key=lambda one: order.index(one.measure))
        ),
    )
