"""A second look that was taken: two rows with the same name are two people. Kept in the history, with who said so."""

from __future__ import annotations

from typing import Final

from sqlmodel import col, select

from issuer_api.cohorts import cohort_report
from issuer_api.errors import UnknownThingError
from issuer_api.history import note
from issuer_api.service import Issuer
from issuer_api.tables import Act

KEPT: Final = "row-kept"
_ABOUT_ROWS: Final = (KEPT, "row-changed")


def keep_row(issuer: Issuer, slug: str, cohort_id: str, number: int, *, by: str) -> None:
    """Note that somebody looked at a row and wants it as it is; a later change of the row undoes that.

    Raises:
        UnknownThingError: this issuer has no such class or row.
    """
    if all(row.number != number for row in cohort_report(issuer, slug, cohort_id).rows):
        raise UnknownThingError(f"the class has no row {number}")
    with issuer.database.write(slug) as session:
        note(issuer, session, slug, by, KEPT, f"{cohort_id} {number}")


def kept_rows(issuer: Issuer, slug: str, cohort_id: str) -> frozenset[int]:
    """Return the numbers of the rows that somebody looked at, unchanged since."""
    query = select(Act.thing, Act.action).where(
        Act.organisation == slug, col(Act.action).in_(_ABOUT_ROWS), col(Act.thing).startswith(f"{cohort_id} ", autoescape=True)
    )
    with issuer.database.session() as session:
        newest = dict(session.exec(query.order_by(col(Act.id))).all())
    return frozenset(int(thing.partition(" ")[2]) for thing, action in newest.items() if action == KEPT)
