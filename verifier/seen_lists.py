"""The status lists that were relied on, remembered in the database: by every process of a deployment, and after it starts anew."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from sqlalchemy import bindparam, func
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, delete, select

from verifier.tables import SeenList
from web.db import Database
from web.statements import Statement

MOST: Final = 65_536
_AT_ONCE: Final = 1_024
_KEPT: Final = Statement(select(col(SeenList.made_at)).where(col(SeenList.name) == bindparam("name")))
_LOG: Final = logging.getLogger("comity")


@dataclass(frozen=True, slots=True)
class KeptLists:
    """When the newest list was made that was relied on, by signer and address.

    Attributes:
        database: where it is kept.
        most: lists that are remembered; of more, the oldest are forgotten, which say themselves that they are too old.
    """

    database: Database
    most: int = MOST

    def newest(self, signer: str, url: str, made: datetime) -> datetime:
        """Return when the newest list of a signer at an address was made: this one, or one that was seen before, by whom ever.

        Where the database takes nothing, this list is held against what was kept before, and is not remembered.
        """
        name = sha256(f"{signer}\n{url}".encode()).hexdigest()
        kept = self.database.rows(_KEPT, name=name)
        if kept and kept[0].made_at >= made:
            return kept[0].made_at  # type: ignore[no-any-return]  # the column's type
        try:
            return self._keep(name, made)
        except SQLAlchemyError:
            _LOG.exception("a status list is not remembered: an older one could be shown in its place")
            return made

    def _keep(self, name: str, made: datetime) -> datetime:
        with self.database.write("verifier seen lists", together=True) as session:
            row = session.get(SeenList, name)
            if row is None:
                self._make_room(session)
                session.add(SeenList(name=name, made_at=made))
                return made
            row.made_at = max(row.made_at, made)
            return row.made_at

    def _make_room(self, session: Session) -> None:
        if session.exec(select(func.count()).select_from(SeenList)).one() >= self.most:
            oldest = select(SeenList.name).order_by(col(SeenList.made_at)).limit(min(_AT_ONCE, self.most))
            session.exec(delete(SeenList).where(col(SeenList.name).in_(oldest)))
