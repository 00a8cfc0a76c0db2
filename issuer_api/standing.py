"""What holds of an issuer's certificates: valid, on hold or withdrawn; of many at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlmodel import col, select

from issuer_api.service import Issuer
from issuer_api.tables import Issued, StatusChange

_MANY: Final = 500


def standings(issuer: Issuer, slug: str, credentials: Sequence[str]) -> dict[str, str]:
    """Return credential id to `valid`, `on-hold` or `withdrawn`; withdrawn counts more than on hold."""
    found = dict.fromkeys(credentials, "valid")
    for start in range(0, len(credentials), _MANY):
        query = (
            select(StatusChange.credential, StatusChange.purpose, StatusChange.is_set)
            .where(
                StatusChange.credential == Issued.id,
                Issued.organisation == slug,
                col(StatusChange.credential).in_(credentials[start : start + _MANY]),
            )
            .order_by(col(StatusChange.id))
        )
        with issuer.database.session() as session:
            newest = {(credential, purpose): is_set for credential, purpose, is_set in session.exec(query).all()}
        for (credential, purpose), is_set in newest.items():
            if is_set and found[credential] != "withdrawn":
                found[credential] = "withdrawn" if purpose == "revocation" else "on-hold"
    return found
