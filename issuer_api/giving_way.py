"""A certificate gives way to the one that corrects it: its place in the class, and its good standing.

There is no moment at which the person has none, and none after which both count: the old one is withdrawn in the transaction that
stores the new one.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from issuer_api.cohorts import names_of, open_cells, seal_cells
from issuer_api.delivery import DELIVERED
from issuer_api.errors import ConflictError, UnknownThingError
from issuer_api.history import note
from issuer_api.service import Issuer
from issuer_api.status_changes import REPLACED, REVOCATION, record_change, status_in
from issuer_api.subjects import index_names_anew
from issuer_api.tables import Issued, Row, Subject

CORRECTED: Final = "certificate-corrected"


def give_way(
    issuer: Issuer, session: Session, slug: str, credential: str, names: tuple[str, ...], by: str
) -> tuple[Subject, str | None, int | None]:
    """Take a certificate out of its class, in the session that stores the one that replaces it; `end_replaced` follows.

    Returns:
        its person, its class and its row, which are the other's from now on.

    Raises:
        UnknownThingError: this issuer has no such certificate.
        ConflictError: it is withdrawn, its person's data was erased, or it is corrected already.
    """
    old = session.get(Issued, credential)
    if old is None or old.organisation != slug:
        raise UnknownThingError(f"{slug} has issued no certificate {credential[:60]!r}")
    replaced = session.exec(select(Issued.id).where(Issued.replaces == credential)).first()
    if old.state != DELIVERED or replaced is not None or status_in(session, credential).get(REVOCATION):
        raise ConflictError("this certificate is withdrawn, erased, or was corrected already; look at it again")
    subject = session.get_one(Subject, old.subject)
    cohort, number, old.cohort, old.row_number = old.cohort, old.row_number, None, None
    known: tuple[str, ...] = ()
    if cohort is not None and number is not None:
        known = _correct_row(issuer, session.get_one(Row, (cohort, number)), subject, names)
    index_names_anew(issuer, session, subject, (*names, *known))
    note(issuer, session, slug, by, CORRECTED, credential)
    session.flush()
    return subject, cohort, number


def _correct_row(issuer: Issuer, row: Row, subject: Subject, names: tuple[str, ...]) -> tuple[str, ...]:
    """Write corrected names into a class's row, and return those that stood there."""
    cells = open_cells(issuer, subject, row)
    before = names_of(cells)
    row.sealed = seal_cells(issuer, subject, cells | {"name": names[0], "name_native": names[1] if names[1:] else ""})
    return before


def end_replaced(issuer: Issuer, session: Session, slug: str, credential: str, by: str) -> None:
    """Withdraw a certificate that gave way, once the one that replaces it is there: its person is told by that one's address."""
    record_change(issuer, session, slug, credential, REVOCATION, value=True, reason=REPLACED, by=by)


def replaced_indices(issuer: Issuer, slug: str, number: int) -> frozenset[int]:
    """Return the indices of a list whose certificates are withdrawn because a newer one took their place."""
    newer = aliased(Issued)
    query = select(Issued.list_index).where(
        col(newer.replaces) == col(Issued.id),
        Issued.organisation == slug,
        Issued.list_number == number,
    )
    with issuer.database.session() as session:
        return frozenset(session.exec(query).all())
