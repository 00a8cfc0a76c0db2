"""What this deployment's centres have issued: for an authority that is about to sign, for its watch, and for the figures."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time

from sqlmodel import col, func, select

from issuer_api.tables import Issued, LogLeaf, Organisation, Programme
from registry.statistics_counting import Award
from registry.statistics_rows import Awarded
from web.db import Database


def issued_count(database: Database) -> Callable[[str], int]:
    """Return what gives, for the DID of an issuer, the number of its certificates that were issued here."""

    def count(did: str) -> int:
        query = select(func.count()).select_from(Issued).where(Issued.organisation == Organisation.slug, Organisation.did == did)
        with database.session() as session:
            return session.exec(query).one()

    return count


def awards_in(database: Database) -> Awarded:
    """Return what gives the certificates that were issued here from a day to the day before another."""

    def awarded(start: date, until: date) -> Iterator[Award]:
        query = (
            select(col(Organisation.did), col(Programme.record), col(Issued.subject), col(Issued.valid_from))
            .join(Organisation, col(Organisation.slug) == col(Issued.organisation))
            .join(
                Programme,
                (col(Programme.organisation) == col(Issued.organisation))
                & (col(Programme.id) == col(Issued.programme))
                & (col(Programme.version) == col(Issued.programme_version)),
            )
            .where(col(Issued.valid_from) >= start, col(Issued.valid_from) < until)
        )
        with database.session() as session:
            for did, record, subject, day in session.exec(query).all():
                yield Award(did, str(json.loads(record).get("qualification", "")), subject, day)

    return awarded


def issued_by_day(database: Database) -> Callable[[str, date], Mapping[date, int]]:
    """Return what gives, for an issuer's DID and a first day, how many of its certificates entered the issuance log on each."""

    def count(did: str, since: date) -> Mapping[date, int]:
        query = select(LogLeaf.logged_at).where(
            LogLeaf.credential == Issued.id,
            Issued.organisation == Organisation.slug,
            Organisation.did == did,
            col(LogLeaf.logged_at) >= datetime.combine(since, time(), UTC),
        )
        with database.session() as session:
            return Counter(moment.astimezone(UTC).date() for moment in session.exec(query).all())

    return count
