"""How many certificates of an issuer this deployment knows: what an authority sees before it signs."""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import func, select

from issuer_api.tables import Issued, Organisation
from web.db import Database


def issued_count(database: Database) -> Callable[[str], int]:
    """Return what gives, for the DID of an issuer, the number of its certificates that were issued here."""

    def count(did: str) -> int:
        query = select(func.count()).select_from(Issued).where(Issued.organisation == Organisation.slug, Organisation.did == did)
        with database.session() as session:
            return session.exec(query).one()

    return count
