"""The Token Status List of the conformance profile, kept in memory and signed in either coding."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Lock
from types import MappingProxyType
from typing import Any, Final

from credentials.errors import MalformedValueError
from credentials.keys import Signer
from credentials.status.token import (
    ENTRY_TYPE,
    INVALID,
    STATUS_LIST_CWT,
    STATUS_LIST_JWT,
    SUSPENDED,
    VALID,
    TokenStatusList,
    status_list_cwt,
    status_list_jwt,
)

NAME: Final = "tokens"
_SIZE: Final = 1024
_LIFETIME: Final = timedelta(minutes=5)
_STATUSES: Final = MappingProxyType({"revocation": INVALID, "suspension": SUSPENDED})
_MAKERS: Final = MappingProxyType({STATUS_LIST_JWT: status_list_jwt, STATUS_LIST_CWT: status_list_cwt})


class TokenLists:
    """One list of two bits; every token that wants a status gets an index of its own."""

    def __init__(self, base_url: str) -> None:
        """Make an empty list.

        Args:
            base_url: the list's address is this, a slash, and `tokens`.
        """
        self._url = f"{base_url}/{NAME}"
        self._statuses: dict[int, int] = {}
        self._by_id: dict[str, int] = {}
        self._next = 0
        self._lock = Lock()

    def allocate(self, credential_id: str | None) -> dict[str, Any]:
        """Return the `status` claim of a new token.

        Raises:
            MalformedValueError: every index is taken.
        """
        with self._lock:
            index = self._next
            if index >= _SIZE:
                raise MalformedValueError("the status list is full: start anew")
            self._next += 1
            if credential_id is not None:
                self._by_id[credential_id] = index
        return {ENTRY_TYPE: {"idx": index, "uri": self._url}}

    def change(self, credential_id: str, purpose: str, *, value: int) -> None:
        """Set a status, or make it valid again.

        Raises:
            MalformedValueError: no such credential, purpose or value.
        """
        if purpose not in _STATUSES:
            raise MalformedValueError("statusPurpose is none that this list has", pointer="/credentialStatus/statusPurpose")
        if value not in (0, 1):
            raise MalformedValueError("its status has no such value", pointer="/status")
        with self._lock:
            index = self._by_id.get(credential_id)
            if index is None:
                raise MalformedValueError("no credential with this id was issued here", pointer="/credentialId")
            self._statuses[index] = _STATUSES[purpose] if value else VALID

    def token(self, signer: Signer, media_type: str, now: datetime) -> bytes:
        """Return the list as it is now, signed in the coding of a media type."""
        with self._lock:
            listed = TokenStatusList.from_statuses(self._statuses, bits=2, size=_SIZE)
        return _MAKERS[media_type](self._url, listed, signer, issued=now, lifetime=_LIFETIME)


def coding(accept: str) -> str:
    """Return the media type to answer an `Accept` header with: CBOR where only that is named, else JSON."""
    return STATUS_LIST_CWT if STATUS_LIST_CWT in accept and STATUS_LIST_JWT not in accept else STATUS_LIST_JWT
