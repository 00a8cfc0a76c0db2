"""What holds of an issuer's certificates: valid, on hold or withdrawn; of many at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import bindparam
from sqlmodel import col, select

from issuer_api.service import Issuer
from issuer_api.tables import Issued, StatusChange
from web.statements import Statement

VALID: Final = "valid"
_MANY: Final = 500
_OF_ISSUER: Final = (
    select(StatusChange.credential, StatusChange.purpose, StatusChange.is_set)
    .where(col(StatusChange.credential) == col(Issued.id), col(Issued.organisation) == bindparam("slug"))
    .order_by(col(StatusChange.id))
)
_CHANGES: Final = Statement(_OF_ISSUER.where(col(StatusChange.credential).in_(bindparam("credentials", expanding=True))))
_CHANGES_OF_ONE: Final = Statement(_OF_ISSUER.where(col(StatusChange.credential) == bindparam("credential")))


def standings(issuer: Issuer, slug: str, credentials: Sequence[str]) -> dict[str, str]:
    """Return credential id to `valid`, `on-hold` or `withdrawn`; withdrawn counts more than on hold."""
    found = dict.fromkeys(credentials, VALID)
    for start in range(0, len(credentials), _MANY):
        changes = _changes(issuer, slug, credentials[start : start + _MANY])
        newest = {(row.credential, row.purpose): row.is_set for row in changes}
        for (credential, purpose), is_set in newest.items():
            if is_set and found[credential] != "withdrawn":
                found[credential] = "withdrawn" if purpose == "revocation" else "on-hold"
    return found


def _changes(issuer: Issuer, slug: str, credentials: Sequence[str]) -> Sequence[Any]:
    if len(credentials) == 1:
        return issuer.database.rows(_CHANGES_OF_ONE, slug=slug, credential=credentials[0])
    return issuer.database.rows(_CHANGES, slug=slug, credentials=credentials)
