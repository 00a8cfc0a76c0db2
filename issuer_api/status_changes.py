"""What was done to a certificate's status: read and written in a session that is open already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from issuer_api.history import note
from issuer_api.notice_queue import ON_HOLD, RELEASED, WITHDRAWN, queue_notice
from issuer_api.service import Issuer
from issuer_api.tables import Copy, Issued, StatusChange, Subject

REVOCATION: Final = "revocation"
REPLACED: Final = "replaced"
"""The reason for which a certificate is withdrawn whose place a newer one took: no misconduct."""
MANY: Final = 500
"""So many certificates are asked for in one query."""


def set_indices_of(
    issuer: Issuer, places: type[Issued | Copy], credential: Mapped[str], slug: str, number: int, purpose: str
) -> frozenset[int]:
    """Return the indices that are set in a list of certificates or of copies: the newest change of that purpose holds.

    Args:
        issuer: the house.
        places: the table that says which index is whose.
        credential: its column of the certificate.
        slug: whose list.
        number: of the list.
        purpose: what it says.
    """
    query = (
        select(places.list_index, StatusChange.is_set)
        .where(
            col(StatusChange.credential) == credential,
            places.organisation == slug,
            places.list_number == number,
            StatusChange.purpose == purpose,
        )
        .order_by(col(StatusChange.id))
    )
    with issuer.database.session() as session:
        newest = dict(session.exec(query).all())
    return frozenset(index for index, is_set in newest.items() if is_set)


def status_history(session: Session, credential: str) -> Sequence[StatusChange]:
    """Return everything that was done to a certificate's status, the oldest first."""
    return session.exec(select(StatusChange).where(StatusChange.credential == credential).order_by(col(StatusChange.id))).all()


def status_in(session: Session, credential: str) -> dict[str, bool]:
    """Return purpose to whether it is set: the newest change of a purpose holds."""
    return {row.purpose: row.is_set for row in status_history(session, credential)}


def statuses_in(session: Session, credentials: Sequence[str]) -> dict[str, dict[str, bool]]:
    """Return credential to purpose to whether it is set, of many; one to which nothing was done is left out."""
    found: dict[str, dict[str, bool]] = {}
    for start in range(0, len(credentials), MANY):
        query = select(StatusChange).where(col(StatusChange.credential).in_(credentials[start : start + MANY]))
        for row in session.exec(query.order_by(col(StatusChange.id))):
            found.setdefault(row.credential, {})[row.purpose] = row.is_set
    return found


def issued_in(session: Session, slug: str, credentials: Sequence[str]) -> dict[str, tuple[Issued, Subject]]:
    """Return credential to its row and its person, of those that are this issuer's."""
    found: dict[str, tuple[Issued, Subject]] = {}
    for start in range(0, len(credentials), MANY):
        mine = (Issued.organisation == slug, col(Issued.id).in_(credentials[start : start + MANY]))
        query = select(Issued, Subject).where(col(Issued.subject) == col(Subject.id), *mine)
        found |= {row.id: (row, subject) for row, subject in session.exec(query)}
    return found


def record_change(
    issuer: Issuer,
    session: Session,
    slug: str,
    credential: str,
    purpose: str,
    *,
    value: bool,
    reason: str,
    by: str,
    tell: bool = True,
) -> None:
    """Add a change with its reason, sealed under the person's key; after erasure no reason is kept.

    The person is told by electronic mail, where there is an address, unless `tell` is false.
    """
    key = session.get_one(Subject, session.get_one(Issued, credential).subject).wrapped_key
    sealed = issuer.sealer.seal(key, reason.encode(), reason_binding(credential)) if key is not None else None
    session.add(
        StatusChange(credential=credential, purpose=purpose, is_set=value, sealed_reason=sealed, by=by[:200], at=issuer.clock())
    )
    if tell:
        queue_notice(issuer, session, slug, credential, told_of(purpose, value=value, reason=reason))
    note(issuer, session, slug, by, f"{purpose}-{'set' if value else 'ended'}", credential)


def told_of(purpose: str, *, value: bool, reason: str) -> str:
    """Return the kind of notice of a change."""
    if not value:
        return RELEASED
    if purpose == REVOCATION:
        return REPLACED if reason == REPLACED else WITHDRAWN
    return ON_HOLD


def reason_binding(credential: str) -> bytes:
    """Return what a sealed reason is bound to."""
    return f"reason {credential}".encode()
