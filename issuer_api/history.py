"""The history: every act that changes something, written in the transaction that changes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from issuer_api.service import Issuer
from issuer_api.tables import Act, Issued
from web.statements import Writing, inserted

COMMAND_LINE: Final = "command line"
MOST: Final = 500
_ADD: Final = inserted(Act, "organisation", "at", "by", "action", "thing")


def note(issuer: Issuer, session: Session, slug: str, by: str, action: str, thing: str) -> None:
    """Add an act to the session that does it.

    Args:
        issuer: the house.
        session: the writing session.
        slug: for which issuer.
        by: who: a person, an API token, or the command line.
        action: what, such as `list-brought`.
        thing: the id of what was changed, never a name.
    """
    note_all(issuer, session, slug, by, action, (thing,))


def note_all(issuer: Issuer, session: Session, slug: str, by: str, action: str, things: Iterable[str]) -> None:
    """Add the same act on several things, in their order, to the session that does it."""
    session.add_all(Act(organisation=slug, at=issuer.clock(), by=by[:200], action=action, thing=thing) for thing in things)


def note_in(issuer: Issuer, writing: Writing, slug: str, by: str, action: str, thing: str) -> None:
    """Add an act among the statements that do it; as `note` does beside a session."""
    writing.run(_ADD, organisation=slug, at=issuer.clock(), by=by[:200], action=action, thing=thing)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which acts are looked for; what is empty is not asked about.

    Attributes:
        by: who did it, as the history names them.
        action: what, such as `list-brought`.
        cohort: only what was done to a class, its rows and its certificates.
        since: from this day on, in UTC.
        until: up to this day and with it, in UTC.
    """

    by: str = ""
    action: str = ""
    cohort: str = ""
    since: date | None = None
    until: date | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Yield what must hold of an act."""
        if self.by:
            yield col(Act.by) == self.by
        if self.action:
            yield col(Act.action) == self.action
        if self.cohort:
            mine = select(Issued.id).where(Issued.cohort == self.cohort)
            rows = col(Act.thing).startswith(f"{self.cohort} ", autoescape=True)
            yield or_(col(Act.thing) == self.cohort, rows, col(Act.thing).in_(mine))
        if self.since:
            yield col(Act.at) >= datetime.combine(self.since, time(), UTC)
        if self.until:
            yield col(Act.at) < datetime.combine(self.until, time(), UTC) + timedelta(days=1)


ALL: Final = Wanted()


def history(
    issuer: Issuer, slug: str, wanted: Wanted = ALL, *, before: int | None = None, most: int = 100, bound: int = MOST
) -> tuple[Act, ...]:
    """Return an issuer's acts, the newest first; `before` is the id where an earlier page ended, `bound` the most that are read."""
    query = select(Act).where(Act.organisation == slug, *wanted.conditions())
    if before is not None:
        query = query.where(col(Act.id) < before)
    with issuer.database.session() as session:
        return tuple(session.exec(query.order_by(col(Act.id).desc()).limit(min(most, bound))).all())


def asked_about(issuer: Issuer, slug: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return who ever did something for an issuer, and what was ever done, each in order."""
    with issuer.database.session() as session:
        people = session.exec(select(Act.by).where(Act.organisation == slug).distinct()).all()
        actions = session.exec(select(Act.action).where(Act.organisation == slug).distinct()).all()
    return tuple(sorted(people, key=str.casefold)), tuple(sorted(actions))
