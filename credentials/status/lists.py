"""What a status list is, whatever its form: from when, whose it may be, how it is had, and what it says of one entry."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Protocol

from credentials.errors import StatusRetrievalError, StatusRollbackError, StatusVerificationError, VCError

if TYPE_CHECKING:
    from credentials.fetching import Fetcher
    from credentials.model import Credential

VerifyList = Callable[[bytes], "Credential"]
"""Bytes of a status list credential to its view, once proof, key and validity period are good; raises a `VCError` otherwise."""
_REMEMBERED: Final = 65_536  # addresses, of some 100 bytes each; lists say themselves within days that they are too old


class ListMemory(Protocol):
    """Remembers which lists were relied on; may be asked from many threads."""

    def newest(self, signer: str, url: str, made: datetime) -> datetime:
        """Return when the newest list of a signer at an address was made: this one, or one that was seen before."""
        ...


@dataclass(slots=True)
class SeenLists:
    """When the newest list was made that was relied on, by signer and address, for as long as this process runs.

    Of more than 65,536, the one not met for longest is forgotten.
    """

    _made: OrderedDict[tuple[str, str], datetime] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def newest(self, signer: str, url: str, made: datetime) -> datetime:
        """Return when the newest list of a signer at an address was made: this one, or one that was seen before."""
        with self._lock:
            newest = self._made[signer, url] = max(made, self._made.get((signer, url), made))
            self._made.move_to_end((signer, url))
            if len(self._made) > _REMEMBERED:
                self._made.popitem(last=False)
            return newest


@dataclass(frozen=True, slots=True)
class ListSource:
    """Where the lists of one credential come from.

    Attributes:
        signers: DIDs whose lists count: the credential's issuer, and who signs lists for it.
        fetcher: brings the lists.
        verify_list: checks a list's own proof and dates.
        seen: what was relied on before; None where nothing is remembered.
    """

    signers: Collection[str]
    fetcher: Fetcher
    verify_list: VerifyList
    seen: ListMemory | None = None

    def take(self, url: str, pointer: str) -> Credential:
        """Return the list at an address, itself verified; whose it is, is asked of `signers`.

        Raises:
            StatusRetrievalError: it could not be had.
            StatusVerificationError: it cannot be relied on.
        """
        try:
            content = self.fetcher.fetch(url).content
        except VCError as error:
            raise StatusRetrievalError(f"the status list could not be had: {error.detail}", pointer=pointer) from error
        try:
            return self.verify_list(content)
        except VCError as error:
            raise StatusVerificationError(f"the status list cannot be relied on: {error.detail}", pointer=pointer) from error

    def check_newest(self, signer: str, url: str, made: datetime, pointer: str) -> None:
        """Raise when a list that would be relied on is older than one that was.

        Raises:
            StatusRollbackError: it is.
        """
        newest = made if self.seen is None else self.seen.newest(signer, url, made)
        if made < newest:
            raise StatusRollbackError(f"the status list is older than the one of {newest:%Y-%m-%d %H:%M} UTC", pointer=pointer)


@dataclass(frozen=True, slots=True)
class StatusFinding:
    """What a list says of one entry.

    Attributes:
        purpose: `revocation`, `suspension`, `refresh` or `message`.
        status: zero where nothing is set.
        as_of: when the list was made.
        message: the words that the entry has for this status, for those who write programs; None where it has none.
        references: where the issuer says what the statuses mean.
    """

    purpose: str
    status: int
    as_of: datetime
    message: str | None = None
    references: tuple[str, ...] = ()

    @property
    def is_set(self) -> bool:
        """Whether the status is another than zero."""
        return self.status != 0

    def to_json(self) -> dict[str, Any]:
        """Return the result of the validation algorithm (Bitstring Status List v1.0 §3.2)."""
        found: dict[str, Any] = {"purpose": self.purpose, "status": self.status, "valid": not self.is_set}
        if self.message is not None:
            found["message"] = self.message
        if self.references:
            found["statusReference"] = list(self.references)
        return found


def list_date(now: datetime, newest: datetime | None) -> datetime:
    """Return from when a list is that is asked for now, so that whoever signs it beside us gives it the same date.

    Args:
        now: the moment, in UTC.
        newest: when its newest change was made; None where it has none.

    Returns:
        The beginning of this half day, or the newest change after that.
    """
    began = now.replace(hour=now.hour // 12 * 12, minute=0, second=0, microsecond=0)
    return began if newest is None else max(began, newest.replace(microsecond=0))
