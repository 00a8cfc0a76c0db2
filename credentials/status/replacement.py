"""Was a revoked credential replaced by a newer one?

An issuer that revokes a credential because a corrected one took its place keeps, beside the list `…-revocation`, a list
`…-refresh` with the same indices and the purpose `refresh` (Bitstring Status List v1.0 §2.1: an updated version is available).
A credential names the first; the second is asked for only when the first says revoked. That it cannot be had or relied on takes
nothing from the revocation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from credentials.errors import VCError
from credentials.model import StatusEntry
from credentials.status.entry import BitstringEntry, check_bitstring_entry, read_entry

if TYPE_CHECKING:
    from credentials.model import Credential
    from credentials.status.lists import ListSource, StatusFinding

_REVOCATION: Final = "-revocation"
_REFRESH: Final = "-refresh"


def read_replacement(credential: Credential, source: ListSource) -> StatusFinding | None:
    """Return what the list of replaced credentials says of a revoked one; None where there is none that can be relied on."""
    for entry in credential.status_entries:
        try:
            beside = _beside(entry)
            if beside is not None:
                return check_bitstring_entry(beside, source)
        except VCError:
            continue
    return None


def _beside(entry: StatusEntry) -> StatusEntry | None:
    """Return the entry in the list of replaced credentials; None for an entry that has none beside it."""
    if "BitstringStatusListEntry" not in entry.types:
        return None
    read = read_entry(entry)
    if read.purpose != "revocation" or not read.url.endswith(_REVOCATION):
        return None
    refresh = BitstringEntry("refresh", read.index, read.url.removesuffix(_REVOCATION) + _REFRESH)
    return StatusEntry(entry.types, refresh.to_json(), entry.pointer)
