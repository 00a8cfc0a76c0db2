"""Places of copies in status lists: every copy that a wallet fetches has one of its own, which no other copy gives away.

They lie in Token Status Lists apart from those of certificates (HAIP 1.0 §6.1: an index that is unique and cannot be guessed).
What is done to a certificate holds for all its copies.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam
from sqlmodel import Session, col, func, select

from credentials.status.bitstring import MINIMUM_ENTRIES
from issuer_api.errors import UnknownThingError
from issuer_api.service import Issuer
from issuer_api.status_changes import set_indices_of
from issuer_api.tables import Copy, CopyList, StatusChange
from web.statements import Statement

CAPACITY: Final = MINIMUM_ENTRIES // 2  # filled by half: free indices stay quick to find
_CHANGES: Final = Statement(
    select(func.count(), func.max(StatusChange.at)).where(
        col(StatusChange.credential) == col(Copy.credential),
        col(Copy.organisation) == bindparam("slug"),
        col(Copy.list_number) == bindparam("number"),
    )
)


@dataclass(frozen=True, slots=True)
class CopyPlace:
    """A place in the lists of copies."""

    number: int
    index: int


def take_places(issuer: Issuer, session: Session, slug: str, credential: str, count: int) -> tuple[CopyPlace, ...]:
    """Give places to so many copies of a certificate, in the turn of the issuer's wallets."""
    newest = session.exec(select(CopyList).where(CopyList.organisation == slug).order_by(col(CopyList.number).desc())).first()
    if newest is None or newest.allocated + count > CAPACITY:
        newest = CopyList(organisation=slug, number=newest.number + 1 if newest else 1)
        session.add(newest)
    newest.allocated += count
    session.flush()
    places = tuple(CopyPlace(newest.number, index) for index in _free(issuer, session, slug, newest.number, count))
    session.add_all(Copy(organisation=slug, list_number=one.number, list_index=one.index, credential=credential) for one in places)
    return places


def _free(issuer: Issuer, session: Session, slug: str, number: int, count: int) -> list[int]:
    indices: list[int] = []
    while len(indices) < count:
        fresh = {int.from_bytes(issuer.randomness(8), "big") % MINIMUM_ENTRIES for _ in range(count - len(indices))}
        indices += sorted(fresh - set(indices) - _taken(session, slug, number, fresh))
    return indices


def _taken(session: Session, slug: str, number: int, indices: Iterable[int]) -> set[int]:
    query = select(Copy.list_index).where(Copy.organisation == slug, Copy.list_number == number)
    return set(session.exec(query.where(col(Copy.list_index).in_(indices))).all())


def changes_of_copies(issuer: Issuer, slug: str, number: int) -> tuple[int, datetime | None]:
    """Return how many changes a list of copies has, and when the newest was made.

    Raises:
        UnknownThingError: there is no such list.
    """
    known = ("copy list", slug, str(number))
    if known not in issuer.database.unchanging:  # a list that was begun is never removed
        with issuer.database.session() as session:
            if session.get(CopyList, (slug, number)) is None:
                raise UnknownThingError("there is no such status list")
        issuer.database.unchanging[known] = True
    found: Any = issuer.database.rows(_CHANGES, slug=slug, number=number)[0]
    return found[0], found[1]


def set_copies(issuer: Issuer, slug: str, number: int, purpose: str) -> frozenset[int]:
    """Return the indices that are set in a list of copies: of every certificate, the newest change of that purpose holds."""
    return set_indices_of(issuer, Copy, col(Copy.credential), slug, number, purpose)
