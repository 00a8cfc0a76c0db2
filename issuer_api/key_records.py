"""What an issuer's keys are and were: the public halves, since when each signs, until when, and since when one is known stolen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Row, bindparam
from sqlmodel import Session, col, select

from credentials.keys import KeyStore, PublicKey, parse_multikey
from issuer_api.tables import Organisation, SigningKey
from web.db import Database
from web.statements import Statement

FIRST: Final = 1
_KEYS: Final = Statement(
    select(SigningKey).where(col(SigningKey.organisation) == bindparam("slug")).order_by(col(SigningKey.number))
)


class KeyState(StrEnum):
    """What a key may do."""

    ACTIVE = "active"
    RETIRING = "retiring"
    RETIRED = "retired"
    COMPROMISED = "compromised"


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """One key of an issuer.

    Attributes:
        number: from 1; the fragment of its verification method is `k` and this.
        public_key: stays known when the private half is gone.
        first_day: the earliest day that what it signs may bear; None for the first key, which is as old as the issuer.
        until: when it ends or ended; None while it goes on.
        compromised_since: since when it is known to be stolen, which can be learnt after it ended.
        created_at: when it was made.
    """

    number: int
    public_key: PublicKey
    first_day: date | None
    until: datetime | None
    compromised_since: datetime | None
    created_at: datetime

    @property
    def fragment(self) -> str:
        """Such as `k1`."""
        return fragment_of(self.number)

    def state(self, now: datetime) -> KeyState:
        """Return what the key may do now."""
        if self.compromised_since is not None:
            return KeyState.COMPROMISED
        if self.until is None:
            return KeyState.ACTIVE
        return KeyState.RETIRED if self.until <= now else KeyState.RETIRING


def fragment_of(number: int) -> str:
    """Return the fragment of a key; printed codes hold the number alone."""
    return f"k{number}"


def record_of(row: SigningKey | Row[Any]) -> KeyRecord:
    """Return a row as the record of a key."""
    key = _public_key(row.public_key_multibase)
    return KeyRecord(row.number, key, row.first_day, row.until, row.compromised_since, row.created_at)


@lru_cache(maxsize=1024)
def _public_key(multibase: str) -> PublicKey:
    return parse_multikey(multibase)


def rows_of(session: Session, slug: str) -> list[SigningKey]:
    """Return the rows of an issuer's keys, the oldest first."""
    return list(session.exec(select(SigningKey).where(SigningKey.organisation == slug).order_by(col(SigningKey.number))).all())


def read_keys(database: Database, slug: str) -> tuple[KeyRecord, ...]:
    """Return every key that an issuer has or had, the oldest first."""
    return tuple(map(record_of, database.rows(_KEYS, slug=slug)))


def first_key(slug: str, key: PublicKey, now: datetime) -> SigningKey:
    """Return the row of an issuer's first key."""
    return SigningKey(organisation=slug, number=FIRST, public_key_multibase=key.multibase, created_at=now)


def adopt_first_keys(database: Database, keys: KeyStore) -> None:
    """Record the first key of every issuer that was created before keys were recorded."""
    with database.session() as session:
        known = select(SigningKey.organisation)
        waiting = session.exec(select(Organisation).where(col(Organisation.slug).not_in(known))).all()
    for organisation in waiting:
        public_key = keys.create(f"{organisation.did}#{fragment_of(FIRST)}")
        with database.write(organisation.slug) as session:
            if not rows_of(session, organisation.slug):
                session.add(first_key(organisation.slug, public_key, organisation.created_at))
