"""The browsers in which a person is signed in: listed, and signed out one by one or all at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi import Request
from sqlmodel import col, delete, select

from web.acts import note_in_all
from web.people import NotFoundError, People, SignedIn, hash_of
from web.tables import WebSession

_REFERENCE: Final = 16


@dataclass(frozen=True, slots=True)
class Open:
    """A session as its person sees it; `reference` names it and opens nothing."""

    reference: str
    browser: str
    way: str
    began_at: datetime
    expires_at: datetime
    here: bool


def sessions(people: People, request: Request, person: SignedIn) -> tuple[Open, ...]:
    """Return the sessions of a person that last, the newest first."""
    here, now = hash_of(people.token(request)), people.clock()
    query = select(WebSession).where(WebSession.person_id == person.id, col(WebSession.expires_at) > now)
    with people.database.session() as session:
        rows = session.exec(query.order_by(col(WebSession.began_at).desc(), col(WebSession.token_hash))).all()
    return tuple(
        Open(row.token_hash[:_REFERENCE], row.browser, row.way, row.began_at, row.expires_at, row.token_hash == here)
        for row in rows
    )


def end_session(people: People, person: SignedIn, reference: str) -> None:
    """End one session of a person.

    Raises:
        NotFoundError: the person has no such session.
    """
    mine = (col(WebSession.person_id) == person.id, col(WebSession.token_hash).startswith(reference, autoescape=True))
    with people.database.write() as session:
        if len(reference) != _REFERENCE or session.exec(delete(WebSession).where(*mine)).rowcount != 1:
            raise NotFoundError("you have no such session")


def end_all_sessions(people: People, person: SignedIn) -> None:
    """Sign a person out everywhere."""
    with people.database.write() as session:
        session.exec(delete(WebSession).where(col(WebSession.person_id) == person.id))
        note_in_all(session, person.roles, person.name, "signed-out-everywhere", f"person {person.id}", people.clock())
