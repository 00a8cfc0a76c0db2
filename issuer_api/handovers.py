"""How certificates reached their people: when a claim link was used, when a paper was made, and how often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Executable
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select

from issuer_api.service import Issuer
from issuer_api.tables import Handover, Issued

CLAIMED: Final = "claimed"
"""A wallet took it, or somebody had it from the claim link."""
PRINTED: Final = "printed"
"""Its paper or its card was made into a PDF and sent."""


def _counted(insert: postgresql.Insert | sqlite.Insert) -> Executable:
    more = {"last_at": insert.excluded.last_at, "times": col(Handover.times) + 1}
    return insert.on_conflict_do_update(index_elements=["credential", "kind"], set_=more)


_COUNT: Final = {"sqlite": _counted(sqlite.insert(Handover)), "postgresql": _counted(postgresql.insert(Handover))}


@dataclass(frozen=True, slots=True)
class Times:
    """When something happened first and last, and how often."""

    first: datetime
    last: datetime
    n: int


def record_handovers(issuer: Issuer, connection: Connection, credentials: Sequence[str], kind: str) -> None:
    """Count once more that each of these certificates was claimed or printed, within a transaction that writes."""
    now = issuer.clock()
    values = [
        {"credential": one, "kind": kind, "first_at": now, "last_at": now, "times": 1} for one in sorted(dict.fromkeys(credentials))
    ]
    if values:
        connection.execute(_COUNT[connection.dialect.name], values)


def hand_over(issuer: Issuer, slug: str, credentials: Sequence[str], kind: str) -> None:
    """Count that these certificates of an issuer were claimed or printed, now."""
    with issuer.database.write(slug, together=True) as session:
        record_handovers(issuer, session.connection(), credentials, kind)


def handovers_of_class(issuer: Issuer, cohort: str) -> Mapping[str, Mapping[str, Times]]:
    """Return certificate id to kind to when, of a class; one that reached nobody is left out."""
    found: dict[str, dict[str, Times]] = {}
    query = select(Handover).where(Handover.credential == Issued.id, Issued.cohort == cohort)
    with issuer.database.session() as session:
        for row in session.exec(query):
            found.setdefault(row.credential, {})[row.kind] = Times(row.first_at, row.last_at, row.times)
    return found


def handovers_of(issuer: Issuer, credential: str) -> Mapping[str, Times]:
    """Return kind to when, of one certificate."""
    with issuer.database.session() as session:
        rows = session.exec(select(Handover).where(Handover.credential == credential)).all()
    return {row.kind: Times(row.first_at, row.last_at, row.times) for row in rows}
