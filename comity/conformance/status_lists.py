"""The status lists of the conformance profile, kept in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final

from credentials.errors import MalformedValueError
from credentials.model import StatusEntry
from credentials.status.bitstring import MINIMUM_ENTRIES, StatusList, status_list_credential
from credentials.status.entry import MAX_SIZE, PURPOSES, BitstringEntry, read_entry

_VALID: Final = timedelta(minutes=5)
_REVOCATION: Final = ({"statusPurpose": "revocation"},)
_PLACE: Final = {"statusListIndex": "0", "statusListCredential": "urn:none"}


@dataclass(frozen=True, slots=True)
class _Given:
    """What one credential was given: an index, and the lists that it has a status in, by purpose."""

    index: int
    lists: Mapping[str, str]


class StatusLists:
    """One Bitstring Status List for each purpose and size of status; every credential gets an index of its own in all of them."""

    def __init__(self, base_url: str) -> None:
        """Make empty lists.

        Args:
            base_url: a list's address is this, a slash, and its name: the purpose, with the size where it is not 1.
        """
        self._base_url = base_url
        self._sizes = {_name(purpose, size): size for purpose in PURPOSES for size in range(1, MAX_SIZE + 1)}
        self._set: dict[str, dict[int, int]] = {name: {} for name in self._sizes}
        self._by_id: dict[str, _Given] = {}
        self._next = 0
        self._lock = Lock()

    def allocate(self, credential_id: str | None, asked: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any] | list[dict[str, Any]]:
        """Return the entry, or the entries, of a new credential.

        Args:
            credential_id: to change its status by; None where it has none.
            asked: purposes, sizes and words that the entries shall have; a revocation where nothing is asked.

        Raises:
            MalformedValueError: what is asked is malformed, or every index is taken.
        """
        entries = [_read(item, f"/options/credentialStatus/{number}") for number, item in enumerate(asked or _REVOCATION)]
        names = {entry.purpose: _name(entry.purpose, entry.size) for entry in entries}
        if len(names) != len(entries):
            raise MalformedValueError("one status for each purpose", pointer="/options/credentialStatus")
        with self._lock:
            index = self._next
            if index >= MINIMUM_ENTRIES:
                raise MalformedValueError("the status list is full: start anew")
            self._next += 1
            if credential_id is not None:
                self._by_id[credential_id] = _Given(index, names)
        documents = [replace(entry, index=index, url=f"{self._base_url}/{names[entry.purpose]}").to_json() for entry in entries]
        return documents[0] if len(documents) == 1 else documents

    def change(self, credential_id: str, purpose: str, *, value: int) -> None:
        """Set or clear a status of a credential that was issued with an id.

        Raises:
            MalformedValueError: no such credential, or it has no status of this purpose, or no such status.
        """
        with self._lock:
            given = self._by_id.get(credential_id)
            if given is None:
                raise MalformedValueError("no credential with this id was issued here", pointer="/credentialId")
            name = given.lists.get(purpose)
            if name is None:
                raise MalformedValueError("it has no status of this purpose", pointer="/credentialStatus/statusPurpose")
            if not 0 <= value < 1 << self._sizes[name]:
                raise MalformedValueError("its status has no such value", pointer="/status")
            self._set[name][given.index] = value

    def document(self, name: str, issuer: str, now: datetime) -> Mapping[str, Any]:
        """Return a list as it is now, unsecured.

        Raises:
            MalformedValueError: there is none of this name.
        """
        if name not in self._sizes:
            raise MalformedValueError("there is no such status list")
        with self._lock:
            statuses = StatusList.from_statuses(self._set[name], size=self._sizes[name])
        return status_list_credential(
            f"{self._base_url}/{name}",
            issuer=issuer,
            purpose=name.partition("-")[0],
            status_list=statuses,
            valid_from=now,
            valid_until=now + _VALID,
        )


def _name(purpose: str, size: int) -> str:
    return purpose if size == 1 else f"{purpose}-{size}"


def _read(asked: Mapping[str, Any], pointer: str) -> BitstringEntry:
    return read_entry(StatusEntry((), {**asked, **_PLACE}, pointer))
