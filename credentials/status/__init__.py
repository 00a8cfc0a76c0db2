"""Status: has the issuer revoked or suspended the credential? `STATUS_TYPES` is the table of what is understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from credentials.errors import RevokedError, StatusVerificationError, SuspendedError
from credentials.status.entry import check_bitstring_entry
from credentials.status.lists import VerifyList

if TYPE_CHECKING:
    from credentials.fetching import Fetcher
    from credentials.model import Credential, StatusEntry

__all__ = ["STATUS_TYPES", "StatusFinding", "VerifyList", "check_status"]

StatusCheck = Callable[["StatusEntry", str, "Fetcher", VerifyList], "StatusFinding"]


@dataclass(frozen=True, slots=True)
class StatusFinding:
    """What a list says of one entry.

    Attributes:
        purpose: `revocation` or `suspension`.
        is_set: whether the bit is set.
        as_of: when the list was made.
    """

    purpose: str
    is_set: bool
    as_of: datetime


def _bitstring(entry: StatusEntry, issuer: str, fetcher: Fetcher, verify_list: VerifyList) -> StatusFinding:
    return StatusFinding(*check_bitstring_entry(entry, issuer, fetcher, verify_list))


STATUS_TYPES: Final[Mapping[str, StatusCheck]] = MappingProxyType({"BitstringStatusListEntry": _bitstring})


def check_status(credential: Credential, fetcher: Fetcher, verify_list: VerifyList) -> tuple[StatusFinding, ...]:
    """Return what the lists say of every entry.

    Args:
        credential: its entries are read in order; an entry with another purpose than ours is only noted.
        fetcher: brings the lists.
        verify_list: checks a list's own proof and dates.

    Raises:
        RevokedError, SuspendedError: a bit is set.
        StatusRetrievalError, StatusVerificationError, StatusListLengthError: could not check.
        MalformedValueError, RangeError: an entry is malformed.
    """
    findings = []
    for entry in credential.status_entries:
        check = STATUS_TYPES.get(entry.type)
        if check is None:
            raise StatusVerificationError(f"we do not know the status type {entry.type[:100]!r}", pointer=entry.pointer)
        findings.append(check(entry, credential.issuer, fetcher, verify_list))
    for finding in findings:
        if finding.is_set and finding.purpose == "revocation":
            raise RevokedError("the issuer has revoked this credential", pointer="/credentialStatus")
    for finding in findings:
        if finding.is_set and finding.purpose == "suspension":
            raise SuspendedError("the issuer has suspended this credential", pointer="/credentialStatus")
    return tuple(findings)
