"""The status lists of the conformance profile, kept in memory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final

from credentials.errors import MalformedValueError
from credentials.status.bitstring import MINIMUM_ENTRIES, StatusList, status_list_credential
from credentials.status.entry import PURPOSES

_VALID: Final = timedelta(minutes=5)


class StatusLists:
    """One Bitstring Status List for each purpose; every credential gets an index of its own."""

    def __init__(self, base_url: str) -> None:
        """Make empty lists.

        Args:
            base_url: a list's address is this, a slash, and its purpose.
        """
        self._urls = {purpose: f"{base_url}/{purpose}" for purpose in PURPOSES}
        self._set: dict[str, set[int]] = {purpose: set() for purpose in PURPOSES}
        self._by_id: dict[str, int] = {}
        self._next = 0
        self._lock = Lock()

    def allocate(self, credential_id: str | None) -> dict[str, Any]:
        """Return the entry of a new credential, for revocation.

        Raises:
            MalformedValueError: every index is taken.
        """
        with self._lock:
            index = self._next
            if index >= MINIMUM_ENTRIES:
                raise MalformedValueError("the status list is full: start anew")
            self._next += 1
            if credential_id is not None:
                self._by_id[credential_id] = index
        url = self._urls["revocation"]
        return {
            "id": f"{url}#{index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(index),
            "statusListCredential": url,
        }

    def change(self, credential_id: str, purpose: str, *, value: bool) -> None:
        """Set or clear a status of a credential that was issued with an id.

        Raises:
            MalformedValueError: no such purpose, or no such credential.
        """
        if purpose not in PURPOSES:
            raise MalformedValueError("statusPurpose is none that we know", pointer="/credentialStatus/statusPurpose")
        with self._lock:
            index = self._by_id.get(credential_id)
            if index is None:
                raise MalformedValueError("no credential with this id was issued here", pointer="/credentialId")
            (self._set[purpose].add if value else self._set[purpose].discard)(index)

    def document(self, purpose: str, issuer: str, now: datetime) -> Mapping[str, Any]:
        """Return a list as it is now, unsecured.

        Raises:
            MalformedValueError: there is none for this purpose.
        """
        if purpose not in PURPOSES:
            raise MalformedValueError("there is no such status list")
        with self._lock:
            bits = StatusList.from_indices(self._set[purpose])
        return status_list_credential(
            self._urls[purpose], issuer=issuer, purpose=purpose, status_list=bits, valid_from=now, valid_until=now + _VALID
        )
