"""What has ended is removed: looked for when something new is offered or asked for, at most once in a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam
from sqlmodel import col, delete, select

from issuer_api.openid.tables import (
    OpenIDDeferral,
    OpenIDGrant,
    OpenIDNotification,
    OpenIDOffer,
    OpenIDRequest,
    OpenIDSpent,
    OpenIDToken,
)
from web.statements import Statement, Writing

_KEPT: Final = timedelta(days=1)
"""For so long a code that comes again is still known, and ends what came of it."""
_TABLES: Final[tuple[type[Any], ...]] = (OpenIDOffer, OpenIDRequest, OpenIDToken, OpenIDDeferral, OpenIDNotification, OpenIDSpent)
_REMOVALS: Final = (
    *(Statement(delete(table).where(col(table.expires_at) < bindparam("before"))) for table in _TABLES),
    Statement(
        delete(OpenIDGrant).where(
            col(OpenIDGrant.created_at) < bindparam("before"), col(OpenIDGrant.id).not_in(select(OpenIDToken.grant))
        )
    ),
)
EVERY: Final = timedelta(minutes=5)


@dataclass(slots=True)
class Sweeping:
    """Removes what has ended.

    Attributes:
        due: when it is looked for again.
    """

    due: datetime | None = None

    def sweep(self, writing: Writing, now: datetime) -> None:
        """Remove every row that ended a day ago, unless that was done a moment ago."""
        if self.due is None or now >= self.due:
            self.due = now + EVERY
            for statement in _REMOVALS:
                writing.run(statement, before=now - _KEPT)
