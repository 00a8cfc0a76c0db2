"""An issuer's statuses as a Token Status List, which SD-JWT VCs point to: the same indices and register, in two bits each."""

from __future__ import annotations

import hashlib
import re
import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlmodel import func, select

from credentials.keys import Signer
from credentials.status.bitstring import MINIMUM_ENTRIES
from credentials.status.lists import list_date
from credentials.status.token import INVALID, SUSPENDED, TokenStatusList, status_list_jwt
from issuer_api.errors import UnknownThingError
from issuer_api.keys import signing_key
from issuer_api.service import Issuer
from issuer_api.status import LIST_LASTS, PublishedList, set_indices
from issuer_api.tables import Issued, StatusChange, StatusListRow

_LIST: Final = re.compile(r"([a-z][a-z0-9-]*)-([1-9][0-9]{0,8})-tokens")


def list_url(issuer: Issuer, slug: str, number: int) -> str:
    """Return the address of a list."""
    return f"{issuer.base_url}/status/{slug}-{number}-tokens"


def is_token_list(name: str) -> bool:
    """Return whether a name is that of a Token Status List."""
    return _LIST.fullmatch(name) is not None


@dataclass(slots=True)
class TokenLists:
    """Signs lists when they are asked for and have changed, half a day is over, or they were signed by a key that signs no more."""

    issuer: Issuer
    _signed: dict[str, PublishedList] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, name: str) -> PublishedList:
        """Return the list `{slug}-{number}-tokens`, as a JWT.

        Raises:
            UnknownThingError: there is no such list.
            NoSigningKeyError: the issuer has no key that may sign.
        """
        match = _LIST.fullmatch(name)
        if match is None:
            raise UnknownThingError(f"there is no status list {name[:80]!r}")
        slug, number = match.group(1), int(match.group(2))
        with self._lock:
            changes, newest = self._changes(slug, number)
            known, signer = self._signed.get(name), signing_key(self.issuer, slug)
            made = list_date(self.issuer.clock(), newest)
            wanted = (made + LIST_LASTS, changes, signer.verification_method)
            if known is None or (known.valid_until, known.changes, known.signed_by) != wanted:
                known = self._signed[name] = self._sign(slug, number, made, changes, signer)
            return known

    def _changes(self, slug: str, number: int) -> tuple[int, datetime | None]:
        """Return how many changes a list has, and when the newest was made."""
        query = (
            select(func.count(), func.max(StatusChange.at))
            .select_from(StatusChange)
            .where(StatusChange.credential == Issued.id, Issued.organisation == slug, Issued.list_number == number)
        )
        with self.issuer.database.session() as session:
            if session.get(StatusListRow, (slug, number)) is None:
                raise UnknownThingError("there is no such status list")
            return session.exec(query).one()

    def _sign(self, slug: str, number: int, made: datetime, changes: int, signer: Signer) -> PublishedList:
        issuer = self.issuer
        statuses = dict.fromkeys(set_indices(issuer, slug, number, "suspension"), SUSPENDED)
        statuses |= dict.fromkeys(set_indices(issuer, slug, number, "revocation"), INVALID)
        listed = TokenStatusList.from_statuses(statuses, bits=2, size=MINIMUM_ENTRIES)
        content = status_list_jwt(list_url(issuer, slug, number), listed, signer, issued=made, lifetime=LIST_LASTS)
        etag = f'"{hashlib.sha256(content).hexdigest()}"'
        return PublishedList(content, etag, made + LIST_LASTS, changes, signer.verification_method)
