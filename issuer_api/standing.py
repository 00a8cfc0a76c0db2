"""What holds of an issuer's certificates: valid, on hold or withdrawn; of many at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam
from sqlmodel import col, select

from issuer_api.service import Issuer
from issuer_api.tables import Issued, StatusChange

VALID: Final = "valid"
_MANY: Final = 500
_CHANGES: Final = (
    select(StatusChange.credential, StatusChange.purpose, StatusChange.is_set)
    .where(
        StatusChange.credential == Issued.id,
        Issued.organisation == bindparam("slug"),
        col(StatusChange.credential).in_(bindparam("credentials", expanding=True)),
    )
    .order_by(col(StatusChange.id))
)


def standings(issuer: Issuer, slug: str, credentials: Sequence[str]) -> dict[str, str]:
    """Return credential id to `valid`, `on-hold` or `withdrawn`; withdrawn counts more than on hold."""
    found = dict.fromkeys(credentials, VALID)
    for start in range(0, len(credentials), _MANY):
        changes = issuer.database.rows(_CHANGES, slug=slug, credentials=credentials[start : start + _MANY])
        newest = {(row.credential, row.purpose): row.is_set for row in changes}
        for (credential, purpose), is_set in newest.items():
            if is_set and found[credential] != "withdrawn":
                found[credential] = "withdrawn" if purpose == "revocation" else "on-hold"
    return found
