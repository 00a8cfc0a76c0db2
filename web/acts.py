"""Who did what, and when: acts are only added, in the transaction that does them.

The database refuses to change or remove a row, and every row carries a digest over itself and the one before, so that a
change made behind the database's back is found by reading. A cut tail is found by whoever noted an earlier `head`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from sqlmodel import Session, col, select

from web.db import Database, take_turn
from web.tables import OrganisationAct

MOST: Final = 500
_LONGEST_NAME: Final = 200


def note(session: Session, organisation: str, by: str, action: str, thing: str, at: datetime) -> None:
    """Add an act to the session that does it.

    Args:
        session: the writing session.
        organisation: where.
        by: the name of who does it.
        action: what, such as `role-changed`.
        thing: the id of what was changed.
        at: when.
    """
    take_turn(session, f"acts {organisation}")
    last = _last(session, organisation)
    number, before = (last.number + 1, last.digest) if last else (1, "")
    act = OrganisationAct(
        organisation=organisation,
        number=number,
        at=at.astimezone(UTC),
        by=by[:_LONGEST_NAME],
        action=action,
        thing=thing,
        digest="",
    )
    act.digest = _digest(act, before)
    session.add(act)
    session.flush()


def note_in_all(session: Session, organisations: Iterable[str], by: str, action: str, thing: str, at: datetime) -> None:
    """Add an act of a person to each organisation that the person belongs to, always in the same order."""
    for organisation in sorted(organisations):
        note(session, organisation, by, action, thing, at)


def acts(database: Database, organisation: str, *, before: int | None = None, most: int = 100) -> tuple[OrganisationAct, ...]:
    """Return an organisation's acts, the newest first; `before` is the number where an earlier page ended."""
    query = select(OrganisationAct).where(OrganisationAct.organisation == organisation)
    if before is not None:
        query = query.where(col(OrganisationAct.number) < before)
    with database.session() as session:
        return tuple(session.exec(query.order_by(col(OrganisationAct.number).desc()).limit(min(most, MOST))).all())


def head(database: Database, organisation: str) -> tuple[int, str]:
    """Return (number, digest) of the newest act; (0, "") when there is none."""
    with database.session() as session:
        last = _last(session, organisation)
    return (last.number, last.digest) if last else (0, "")


def first_bad_act(database: Database, organisation: str, noted: tuple[int, str] = (0, "")) -> int | None:
    """Return the number of the first act that was changed, moved or removed; None when all are as they were written.

    Args:
        database: holds them.
        organisation: whose.
        noted: a `head` that was noted earlier, elsewhere.
    """
    query = select(OrganisationAct).where(OrganisationAct.organisation == organisation).order_by(col(OrganisationAct.number))
    expected, before = 1, ""
    with database.session() as session:
        for act in session.exec(query):
            if act.number != expected or act.digest != _digest(act, before):
                return expected
            if (act.number, act.digest) != noted and act.number == noted[0]:
                return expected
            expected, before = expected + 1, act.digest
    return expected if expected <= noted[0] else None


def _last(session: Session, organisation: str) -> OrganisationAct | None:
    query = select(OrganisationAct).where(OrganisationAct.organisation == organisation)
    return session.exec(query.order_by(col(OrganisationAct.number).desc()).limit(1)).first()


def _digest(act: OrganisationAct, before: str) -> str:
    row = [before, act.organisation, act.number, act.at.isoformat(), act.by, act.action, act.thing]
    return hashlib.sha256(json.dumps(row, ensure_ascii=False).encode()).hexdigest()
