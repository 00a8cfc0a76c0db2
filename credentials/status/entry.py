"""One BitstringStatusListEntry against its list (Bitstring Status List v1.0 §3.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from credentials import members
from credentials.errors import (
    MalformedValueError,
    RangeError,
    StatusError,
    StatusVerificationError,
)
from credentials.status.bitstring import StatusList
from credentials.status.lists import StatusFinding

if TYPE_CHECKING:
    from credentials.model import Credential, StatusEntry
    from credentials.status.lists import ListSource

PURPOSES: Final = ("revocation", "suspension", "refresh", "message")
MAX_SIZE: Final = 8
"""So many bits a status has at most: each of its values has a message in every credential."""
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,8}")
_STATUS: Final = re.compile(r"0[xX][0-9A-Fa-f]{1,2}")
_WORDS: Final[Mapping[int, str]] = MappingProxyType({0: "unset", 1: "set"})


@dataclass(frozen=True, slots=True)
class BitstringEntry:
    """A BitstringStatusListEntry, understood (§2.1).

    Attributes:
        purpose: one of `PURPOSES`.
        index: of the status in the list.
        url: of the list.
        size: how many bits a status has.
        messages: status to its words; every status has some, or the entry has none at all.
        references: where the issuer says what the statuses mean.
    """

    purpose: str
    index: int
    url: str
    size: int = 1
    messages: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    references: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the entry as it stands in a credential."""
        document: dict[str, Any] = {
            "id": f"{self.url}#{self.index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": self.purpose,
            "statusListIndex": str(self.index),
            "statusListCredential": self.url,
        }
        if self.size > 1 or self.messages:
            document["statusSize"] = self.size
        if self.messages:
            document["statusMessage"] = [{"status": hex(status), "message": text} for status, text in self.messages.items()]
        if self.references:
            document["statusReference"] = self.references[0] if len(self.references) == 1 else list(self.references)
        return document

    def message(self, status: int) -> str | None:
        """Return the words for a status; those that the specification gives to a `message` without any are `set` and `unset`."""
        return self.messages.get(status, _WORDS.get(status) if self.purpose == "message" and not self.messages else None)


def check_bitstring_entry(entry: StatusEntry, source: ListSource) -> StatusFinding:
    """Return what the entry's list says of it.

    Raises:
        MalformedValueError, RangeError: the entry is malformed, or the list has no such index.
        StatusRetrievalError: the list could not be had.
        StatusVerificationError, StatusListLengthError: the list cannot be relied on, or is for a purpose that we do not know.
        StatusRollbackError: the list is older than one that was seen.
    """
    read = read_entry(entry)
    credential = source.take(read.url, entry.pointer)
    subject = _check_list(credential, read, source, entry.pointer)
    as_of = credential.valid_from
    if as_of is None:
        raise StatusVerificationError("the status list does not say from when it is", pointer=entry.pointer)
    source.check_newest(credential.issuer, read.url, as_of, entry.pointer)
    status = _status(subject.get("encodedList"), read, entry.pointer)
    return StatusFinding(read.purpose, status, as_of, read.message(status), read.references)


def read_entry(entry: StatusEntry) -> BitstringEntry:
    """Return an entry, understood.

    Raises:
        MalformedValueError, RangeError: it is malformed.
        StatusVerificationError: its purpose is none that we know, or a status has more bits than we read.
    """
    document, pointer = entry.document, entry.pointer
    purpose, index = document.get("statusPurpose"), document.get("statusListIndex")
    if not isinstance(purpose, str):
        raise MalformedValueError("statusPurpose must be a string", pointer=f"{pointer}/statusPurpose")
    if purpose not in PURPOSES:
        raise StatusVerificationError("statusPurpose is none that we know", pointer=f"{pointer}/statusPurpose")
    if not isinstance(index, str):
        raise MalformedValueError("statusListIndex must be a string", pointer=f"{pointer}/statusListIndex")
    if not _INDEX.fullmatch(index):
        raise RangeError("statusListIndex is no index", pointer=f"{pointer}/statusListIndex")
    url, size = members.required_url(document, "statusListCredential", pointer), read_size(document, pointer)
    messages = read_messages(document, size, pointer)
    return BitstringEntry(purpose, int(index), url, size, messages, read_references(document, pointer))


def read_size(document: Mapping[str, Any], pointer: str = "") -> int:
    """Return how many bits a status has; 1 where the entry does not say.

    Raises:
        MalformedValueError: no whole number above zero.
        StatusVerificationError: more than we read.
    """
    size = document.get("statusSize", 1)
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        raise MalformedValueError("statusSize must be a whole number above zero", pointer=f"{pointer}/statusSize")
    if size > MAX_SIZE:
        raise StatusVerificationError(f"we read statuses of at most {MAX_SIZE} bits", pointer=f"{pointer}/statusSize")
    return size


def read_messages(document: Mapping[str, Any], size: int, pointer: str = "") -> Mapping[int, str]:
    """Return status to its words: for every status of that size, or none at all where a status has one bit.

    Raises:
        MalformedValueError: a status has none, or several, or it is no list of them.
    """
    where = f"{pointer}/statusMessage"
    if "statusMessage" not in document and size == 1:
        return MappingProxyType({})
    listed = document.get("statusMessage")
    if not isinstance(listed, list) or len(listed) != 1 << size:
        raise MalformedValueError(f"statusMessage must be a list of {1 << size}: one for each status", pointer=where)
    found = dict(_message(item, f"{where}/{position}") for position, item in enumerate(listed))
    if set(found) != set(range(1 << size)):
        raise MalformedValueError("statusMessage must name each status once", pointer=where)
    return MappingProxyType(found)


def _message(item: object, pointer: str) -> tuple[int, str]:
    status, text = (item.get("status"), item.get("message")) if isinstance(item, dict) else (None, None)
    if not isinstance(status, str) or not _STATUS.fullmatch(status):
        raise MalformedValueError("status must be a hexadecimal number that begins with 0x", pointer=f"{pointer}/status")
    if not isinstance(text, str):
        raise MalformedValueError("message must be a text", pointer=f"{pointer}/message")
    return int(status, 16), text


def read_references(document: Mapping[str, Any], pointer: str = "") -> tuple[str, ...]:
    """Return where the issuer says what the statuses mean.

    Raises:
        MalformedValueError: no URL, and no list of some.
    """
    if "statusReference" not in document:
        return ()
    value, where = document["statusReference"], f"{pointer}/statusReference"
    listed = value if isinstance(value, list) else [value]
    if not listed:
        raise MalformedValueError("statusReference holds nothing", pointer=where)
    return tuple(members.required_url({"": item}, "", where) for item in listed)


def _status(encoded_list: object, entry: BitstringEntry, pointer: str) -> int:
    try:
        return StatusList.decode(encoded_list, entry.size)[entry.index]
    except RangeError as error:
        raise RangeError(error.detail, pointer=f"{pointer}/statusListIndex") from error
    except StatusError as error:
        raise type(error)(error.detail, pointer=pointer) from error


def _check_list(credential: Credential, entry: BitstringEntry, source: ListSource, pointer: str) -> dict[str, Any]:
    subject = dict(credential.subjects[0])
    problem = ""
    if "BitstringStatusListCredential" not in credential.types or "BitstringStatusList" not in members.strings(subject.get("type")):
        problem = "is of another type"
    elif credential.id != entry.url:
        problem = "has another id than its address"
    elif credential.issuer not in source.signers:
        problem = "is signed by somebody else than the credential's issuer, or who signs lists for it"
    elif len(credential.subjects) > 1:
        problem = "is several lists"
    elif entry.purpose not in members.strings(subject.get("statusPurpose")):
        problem = "is for another purpose"
    if problem:
        raise StatusVerificationError(f"the status list {problem}", pointer=pointer)
    return subject
