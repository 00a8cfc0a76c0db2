"""The history: every act that changes something, written in the transaction that changes it."""

from __future__ import annotations

from typing import Final

from sqlmodel import Session, col, select

from issuer_api.service import Issuer
from issuer_api.tables import Act
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
    session.add(Act(organisation=slug, at=issuer.clock(), by=by[:200], action=action, thing=thing))


def note_in(issuer: Issuer, writing: Writing, slug: str, by: str, action: str, thing: str) -> None:
    """Add an act among the statements that do it; as `note` does beside a session."""
    writing.run(_ADD, organisation=slug, at=issuer.clock(), by=by[:200], action=action, thing=thing)


def history(issuer: Issuer, slug: str, *, before: int | None = None, most: int = 100) -> tuple[Act, ...]:
    """Return an issuer's acts, the newest first; `before` is the id where an earlier page ended."""
    query = select(Act).where(Act.organisation == slug)
    if before is not None:
        query = query.where(col(Act.id) < before)
    with issuer.database.session() as session:
        return tuple(session.exec(query.order_by(col(Act.id).desc()).limit(min(most, MOST))).all())
