"""Status: has the issuer revoked or suspended the credential? `STATUS_TYPES` is the table of what is understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from credentials.errors import RevokedError, StatusVerificationError, SuspendedError, VCError
from credentials.status.entry import check_bitstring_entry
from credentials.status.lists import ListMemory, ListSource, SeenLists, StatusFinding, VerifyList
from credentials.status.token import ENTRY_TYPE, check_token_status

if TYPE_CHECKING:
    from credentials.model import Credential, StatusEntry

__all__ = ["STATUS_TYPES", "ListMemory", "ListSource", "SeenLists", "StatusFinding", "VerifyList", "check_status", "read_statuses"]

StatusCheck = Callable[["StatusEntry", ListSource], StatusFinding]
"""(entry, where lists come from) to what the list says; raises a `VCError`."""

STATUS_TYPES: Final[Mapping[str, StatusCheck]] = MappingProxyType(
    {"BitstringStatusListEntry": check_bitstring_entry, ENTRY_TYPE: check_token_status}
)


def read_statuses(credential: Credential, source: ListSource) -> tuple[tuple[StatusFinding, ...], tuple[VCError, ...]]:
    """Return (what the lists say of the entries, what kept us from reading the others), both in order.

    Args:
        credential: its entries are read in order.
        source: where the lists come from, and whose count.
    """
    findings: list[StatusFinding] = []
    problems: list[VCError] = []
    for entry in credential.status_entries:
        try:
            findings.append(_finding(entry, source))
        except VCError as error:
            problems.append(error)
    return tuple(findings), tuple(problems)


def check_status(findings: tuple[StatusFinding, ...], problems: tuple[VCError, ...]) -> None:
    """Raise where a credential is revoked or suspended, or where that could not be read.

    What one list says for certain outweighs what another does not say: a credential that is revoked by one entry is revoked, even
    where the list of another could not be had. A `refresh` or a `message` is told and takes nothing from the credential.

    Raises:
        RevokedError, SuspendedError: a status is set.
        StatusRetrievalError, StatusVerificationError, StatusListLengthError: could not check.
        MalformedValueError, RangeError: an entry is malformed.
    """
    purposes = {finding.purpose for finding in findings if finding.is_set}
    if "revocation" in purposes:
        raise RevokedError("the issuer has revoked this credential", pointer="/credentialStatus")
    if "suspension" in purposes:
        raise SuspendedError("the issuer has suspended this credential", pointer="/credentialStatus")
    for problem in problems:
        raise problem


def _finding(entry: StatusEntry, source: ListSource) -> StatusFinding:
    check = next((STATUS_TYPES[name] for name in entry.types if name in STATUS_TYPES), None)
    if check is None:
        raise StatusVerificationError(f"we do not know the status type {entry.types[0][:100]!r}", pointer=f"{entry.pointer}/type")
    return check(entry, source)
