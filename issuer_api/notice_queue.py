"""What people are told of their certificates, queued in the session that changes something, so that it is told once."""

from __future__ import annotations

from typing import Final

from sqlmodel import Session, col, select

from issuer_api.cohorts import open_cells
from issuer_api.contact_cells import address_of
from issuer_api.service import Issuer
from issuer_api.tables import ClaimMail, Issued, Notice, Row, Subject
from web.languages import DEFAULT

WITHDRAWN: Final = "withdrawn"
ON_HOLD: Final = "on-hold"
RELEASED: Final = "released"
NO_ADDRESS: Final = "no-address"
"""State of a notice that nobody can be sent: whoever did it tells the person in another way."""
_WAITING: Final = "waiting"


def queue_notice(issuer: Issuer, session: Session, slug: str, credential: str, kind: str) -> None:
    """Queue a notice in a writing session; nothing where this deployment sends no mail, or the person's data was erased."""
    row = session.get_one(Issued, credential)
    subject = session.get_one(Subject, row.subject)
    if issuer.post is None or subject.wrapped_key is None:
        return
    waits = address_in(issuer, session, row, subject) is not None
    session.add(
        Notice(
            id=issuer.new_id(),
            credential=credential,
            organisation=slug,
            kind=kind,
            language=_language(session, row),
            state=_WAITING if waits else NO_ADDRESS,
            next_try=issuer.clock() if waits else None,
            at=issuer.clock(),
        )
    )


def address_in(issuer: Issuer, session: Session, row: Issued, subject: Subject) -> str | None:
    """Return the address in the class's row of a certificate, also of one whose place in the class another took."""
    place = row
    while place.cohort is None:
        newer = session.exec(select(Issued).where(col(Issued.replaces) == place.id)).first()
        if newer is None:
            return None
        place = newer
    listed = session.get(Row, (place.cohort, place.row_number))
    return address_of(open_cells(issuer, subject, listed)) if listed is not None else None


def _language(session: Session, row: Issued) -> str:
    """Return the language of the mail that brought the person a claim link; else the default."""
    query = select(ClaimMail.language).where(ClaimMail.credential == Issued.id, Issued.subject == row.subject)
    return session.exec(query).first() or DEFAULT
