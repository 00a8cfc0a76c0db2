"""Places of copies in status lists: every copy that a wallet fetches has one of its own, which no other copy gives away.

They lie in Token Status Lists apart from those of certificates (HAIP 1.0 §6.1: an index that is unique and cannot be guessed).
What is done to a certificate holds for all its copies.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam
from sqlmodel import col, func, select, update

from credentials.status.bitstring import MINIMUM_ENTRIES
from issuer_api.errors import UnknownThingError
from issuer_api.service import Issuer
from issuer_api.status_changes import set_indices_of
from issuer_api.tables import Copy, CopyList, StatusChange
from web.statements import Statement, Writing, inserted

CAPACITY: Final = MINIMUM_ENTRIES // 2  # filled by half: free indices stay quick to find
_CHANGES: Final = Statement(
    select(func.count(), func.max(StatusChange.at)).where(
        col(StatusChange.credential) == col(Copy.credential),
        col(Copy.organisation) == bindparam("slug"),
        col(Copy.list_number) == bindparam("number"),
    )
)
_NEWEST: Final = Statement(
    select(CopyList.number, CopyList.allocated)
    .where(col(CopyList.organisation) == bindparam("slug"))
    .order_by(col(CopyList.number).desc())
    .limit(1)
)
_BEGIN: Final = inserted(CopyList)
_ALLOCATE: Final = Statement(
    update(CopyList)
    .where(col(CopyList.organisation) == bindparam("slug"), col(CopyList.number) == bindparam("which"))
    .values(allocated=bindparam("allocated"))
)
_TAKEN: Final = Statement(
    select(Copy.list_index).where(
        col(Copy.organisation) == bindparam("slug"),
        col(Copy.list_number) == bindparam("number"),
        col(Copy.list_index) == bindparam("index"),
    )
)
_ADD: Final = inserted(Copy)


@dataclass(frozen=True, slots=True)
class CopyPlace:
    """A place in the lists of copies."""

    number: int
    index: int


def take_places(issuer: Issuer, writing: Writing, slug: str, credential: str, count: int) -> tuple[CopyPlace, ...]:
    """Give places to so many copies of a certificate, in the turn of the issuer's wallets."""
    lists = writing.rows(_NEWEST, slug=slug)
    number, allocated = (lists[0].number, lists[0].allocated) if lists else (0, CAPACITY)
    if allocated + count > CAPACITY:
        number += 1
        writing.run(_BEGIN, organisation=slug, number=number, allocated=count)
    else:
        writing.run(_ALLOCATE, slug=slug, which=number, allocated=allocated + count)
    places = tuple(CopyPlace(number, index) for index in _free(issuer, writing, slug, number, count))
    for one in places:
        writing.run(_ADD, organisation=slug, list_number=one.number, list_index=one.index, credential=credential)
    return places


def _free(issuer: Issuer, writing: Writing, slug: str, number: int, count: int) -> list[int]:
    indices: list[int] = []
    while len(indices) < count:
        fresh = {int.from_bytes(issuer.randomness(8), "big") % MINIMUM_ENTRIES for _ in range(count - len(indices))}
        free = {index for index in fresh - set(indices) if not writing.rows(_TAKEN, slug=slug, number=number, index=index)}
        indices += sorted(free)
    return indices


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
