"""What all status lists of the house have in common: they are signed when they are asked for, and kept as long as they hold."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import bindparam
from sqlmodel import col, func, select

from credentials.keys import Signer
from credentials.status.lists import list_date
from issuer_api.errors import UnknownThingError
from issuer_api.keys import signing_key
from issuer_api.service import Issuer
from issuer_api.tables import Issued, StatusChange, StatusListRow
from web.statements import Statement

LIST_LASTS: Final = timedelta(hours=24)
_CHANGES: Final = Statement(
    select(func.count(), func.max(StatusChange.at)).where(
        col(StatusChange.credential) == col(Issued.id),
        col(Issued.organisation) == bindparam("slug"),
        col(Issued.list_number) == bindparam("number"),
        col(StatusChange.purpose).in_(bindparam("purposes", expanding=True)),
    )
)


@dataclass(frozen=True, slots=True)
class PublishedList:
    """A signed list: bytes, a strong tag of them, until when verifiers may keep it, and the key that signed it."""

    content: bytes
    etag: str
    valid_until: datetime
    changes: int
    signed_by: str


@dataclass(slots=True)
class SignedLists:
    """Signs a list when it has changed, half a day is over, or it was signed by a key that signs no more.

    A list is from its last change, or from the half day in which it is asked for: processes side by side give one date to the same
    list, and none of them an older list than another gave.
    """

    issuer: Issuer
    _signed: dict[str, PublishedList] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(
        self,
        name: str,
        slug: str,
        changed: Callable[[], tuple[int, datetime | None]],
        sign: Callable[[datetime, Signer], bytes],
        signer: Signer | None = None,
    ) -> PublishedList:
        """Return a list.

        Args:
            name: of the list.
            slug: its issuer.
            changed: says how many changes it has, and when the newest was made.
            sign: makes it as of a day.
            signer: who signs it; None for the key that signs for the issuer now.

        Raises:
            NoSigningKeyError: the issuer has no key that may sign.
        """
        with self._lock:
            changes, newest = changed()
            known, signer = self._signed.get(name), signer or signing_key(self.issuer, slug)
            made = list_date(self.issuer.clock(), newest)
            wanted = (made + LIST_LASTS, changes, signer.verification_method)
            if known is None or (known.valid_until, known.changes, known.signed_by) != wanted:
                content = sign(made, signer)
                known = self._signed[name] = PublishedList(content, f'"{hashlib.sha256(content).hexdigest()}"', *wanted)
            return known


def changes_of(issuer: Issuer, slug: str, number: int, *purposes: str) -> tuple[int, datetime | None]:
    """Return how many changes a list has for some purposes, and when the newest was made.

    Raises:
        UnknownThingError: there is no such list.
    """
    known = ("status list", slug, str(number))
    if known not in issuer.database.unchanging:  # a list that was begun is never removed
        with issuer.database.session() as session:
            if session.get(StatusListRow, (slug, number)) is None:
                raise UnknownThingError("there is no such status list")
        issuer.database.unchanging[known] = True
    found: Any = issuer.database.rows(_CHANGES, slug=slug, number=number, purposes=purposes)[0]
    return found[0], found[1]
