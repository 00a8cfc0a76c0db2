"""An issuer's statuses as a Token Status List, which SD-JWT VCs point to: the same indices and register, in two bits each."""

from __future__ import annotations

import hashlib
import re
import threading
from dataclasses import dataclass, field
from typing import Final

from sqlmodel import func, select

from credentials.status.bitstring import MINIMUM_ENTRIES
from credentials.status.token import INVALID, SUSPENDED, TokenStatusList, status_list_jwt
from issuer_api.errors import UnknownThingError
from issuer_api.keys import signing_key
from issuer_api.service import Issuer
from issuer_api.status import LIST_LASTS, RENEW_BEFORE, PublishedList, set_indices
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
    """Signs lists when they are asked for and have changed, are near their end, or were signed by a key that signs no more."""

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
            changes, known = self._changes(slug, number), self._signed.get(name)
            method = signing_key(self.issuer, slug).verification_method
            fresh = known is not None and known.valid_until - RENEW_BEFORE > self.issuer.clock()
            if known is None or not fresh or (known.changes, known.signed_by) != (changes, method):
                known = self._signed[name] = self._sign(slug, number, changes)
            return known

    def _changes(self, slug: str, number: int) -> int:
        query = (
            select(func.count())
            .select_from(StatusChange)
            .where(StatusChange.credential == Issued.id, Issued.organisation == slug, Issued.list_number == number)
        )
        with self.issuer.database.session() as session:
            if session.get(StatusListRow, (slug, number)) is None:
                raise UnknownThingError("there is no such status list")
            return session.exec(query).one()

    def _sign(self, slug: str, number: int, changes: int) -> PublishedList:
        issuer, now = self.issuer, self.issuer.clock().replace(microsecond=0)
        signer = signing_key(issuer, slug)
        statuses = dict.fromkeys(set_indices(issuer, slug, number, "suspension"), SUSPENDED)
        statuses |= dict.fromkeys(set_indices(issuer, slug, number, "revocation"), INVALID)
        listed = TokenStatusList.from_statuses(statuses, bits=2, size=MINIMUM_ENTRIES)
        content = status_list_jwt(list_url(issuer, slug, number), listed, signer, issued=now, lifetime=LIST_LASTS)
        etag = f'"{hashlib.sha256(content).hexdigest()}"'
        return PublishedList(content, etag, now + LIST_LASTS, changes, signer.verification_method)
