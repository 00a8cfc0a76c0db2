"""One BitstringStatusListEntry against its list (Bitstring Status List v1.0 §3.2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from credentials import members
from credentials.errors import (
    MalformedValueError,
    RangeError,
    StatusError,
    StatusRetrievalError,
    StatusVerificationError,
    VCError,
)
from credentials.status.bitstring import StatusList
from credentials.status.lists import StatusFinding

if TYPE_CHECKING:
    from credentials.fetching import Fetcher
    from credentials.model import Credential, StatusEntry
    from credentials.status.lists import VerifyList

PURPOSES: Final = ("revocation", "suspension")
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,8}")


def check_bitstring_entry(entry: StatusEntry, issuer: str, fetcher: Fetcher, verify_list: VerifyList) -> StatusFinding:
    """Return what the entry's list says of it.

    Raises:
        MalformedValueError, RangeError: the entry is malformed, or the list has no such index.
        StatusRetrievalError: the list could not be had.
        StatusVerificationError, StatusListLengthError: the list cannot be relied on, or is for a purpose that we do not know.
    """
    purpose, index, url = read_entry(entry)
    try:
        content = fetcher.fetch(url).content
    except VCError as error:
        raise StatusRetrievalError(f"the status list could not be had: {error.detail}", pointer=entry.pointer) from error
    try:
        credential = verify_list(content)
    except VCError as error:
        raise StatusVerificationError(f"the status list cannot be relied on: {error.detail}", pointer=entry.pointer) from error
    subject = _check_list(credential, url, issuer, purpose, entry.pointer)
    as_of = credential.valid_from
    if as_of is None:
        raise StatusVerificationError("the status list does not say from when it is", pointer=entry.pointer)
    return StatusFinding(purpose, _bit(subject.get("encodedList"), index, entry.pointer), as_of)


def read_entry(entry: StatusEntry) -> tuple[str, int, str]:
    """Return (purpose, index, address of the list) of an entry.

    Raises:
        MalformedValueError, RangeError: it is malformed.
        StatusVerificationError: its purpose is none that we know.
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
    return purpose, int(index), members.required_url(document, "statusListCredential", pointer)


def _bit(encoded_list: object, index: int, pointer: str) -> bool:
    try:
        return StatusList.decode(encoded_list)[index]
    except RangeError as error:
        raise RangeError(error.detail, pointer=f"{pointer}/statusListIndex") from error
    except StatusError as error:
        raise type(error)(error.detail, pointer=pointer) from error


def _check_list(credential: Credential, url: str, issuer: str, purpose: str, pointer: str) -> dict[str, Any]:
    subject = dict(credential.subjects[0])
    problem = ""
    if "BitstringStatusListCredential" not in credential.types or "BitstringStatusList" not in members.strings(subject.get("type")):
        problem = "is of another type"
    elif credential.id != url:
        problem = "has another id than its address"
    elif credential.issuer != issuer:
        problem = "is signed by somebody else than the credential's issuer"
    elif purpose not in members.strings(subject.get("statusPurpose")):
        problem = "is for another purpose"
    if problem:
        raise StatusVerificationError(f"the status list {problem}", pointer=pointer)
    return subject
