"""Revoke, suspend, reinstate; and the signed lists that say so."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from sqlmodel import col

from credentials.data_integrity import add_proof_set
from credentials.keys import Signer
from credentials.status.bitstring import StatusList, status_list_credential
from issuer_api.documents import PURPOSES
from issuer_api.errors import ConflictError, InvalidRecordError, UnknownThingError
from issuer_api.giving_way import replaced_indices
from issuer_api.issuing import find_issued
from issuer_api.names import text_problem
from issuer_api.organisations import organisation
from issuer_api.service import Issuer
from issuer_api.signed_lists import LIST_LASTS, PublishedList, SignedLists, changes_of
from issuer_api.status_changes import (
    REVOCATION,
    issued_in,
    reason_binding,
    record_change,
    set_indices_of,
    status_history,
    status_in,
    statuses_in,
)
from issuer_api.tables import Issued, StatusChange, Subject

_LIST: Final = re.compile(r"([a-z][a-z0-9-]*)-([1-9][0-9]{0,8})-(revocation|suspension|refresh)")
MAX_REASON: Final = 200
REFRESH: Final = "refresh"
CHANGED: Final = "changed"
UNCHANGED: Final = "unchanged"
"""It was so already."""
WITHDRAWN: Final = "withdrawn"
"""It stays withdrawn, and was left as it is."""
UNKNOWN: Final = "unknown"
"""This issuer has no such credential."""


class StatusLists:
    """The Bitstring Status Lists of every issuer, one for each purpose; and `refresh`, of what a newer one took the place of."""

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        self._lists = SignedLists(issuer)

    def get(self, name: str) -> PublishedList:
        """Return the list `{slug}-{number}-{purpose}`.

        Raises:
            UnknownThingError: there is no such list.
            NoSigningKeyError: the issuer has no key that may sign.
        """
        match = _LIST.fullmatch(name)
        if match is None:
            raise UnknownThingError(f"there is no status list {name[:80]!r}")
        issuer, slug, number, purpose = self._issuer, match.group(1), int(match.group(2)), match.group(3)
        counted = "revocation" if purpose == REFRESH else purpose  # what is replaced is revoked in the same transaction
        return self._lists.get(
            name, slug, partial(changes_of, issuer, slug, number, counted), partial(_sign, issuer, slug, number, purpose)
        )


def _sign(issuer: Issuer, slug: str, number: int, purpose: str, made: datetime, signer: Signer) -> bytes:
    did, _ = organisation(issuer, slug)
    url = f"{issuer.base_url}/status/{slug}-{number}-{purpose}"
    indices = replaced_indices(issuer, slug, number) if purpose == REFRESH else set_indices(issuer, slug, number, purpose)
    bits = StatusList.from_indices(indices)
    document = status_list_credential(
        url, issuer=did, purpose=purpose, status_list=bits, valid_from=made, valid_until=made + LIST_LASTS
    )
    secured = add_proof_set(document, signer, created=issuer.clock().replace(microsecond=0), canonicalize=issuer.canonicalize)
    return json.dumps(secured, separators=(",", ":")).encode()


def set_indices(issuer: Issuer, slug: str, number: int, purpose: str) -> frozenset[int]:
    """Return the indices that are set in a list: of every credential, the newest change of that purpose holds."""
    return set_indices_of(issuer, Issued, col(Issued.id), slug, number, purpose)


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to a credential's status; the reason is empty once the person's data was erased."""

    purpose: str
    is_set: bool
    reason: str
    by: str
    at: datetime


def status_changes(issuer: Issuer, slug: str, credential: str) -> tuple[Change, ...]:
    """Return everything that was done to a credential's status, the oldest first.

    Raises:
        UnknownThingError: this issuer has no such credential.
    """
    _, subject = find_issued(issuer, slug, credential)
    with issuer.database.session() as session:
        return tuple(_opened(issuer, subject, row) for row in status_history(session, credential))


def _opened(issuer: Issuer, subject: Subject, row: StatusChange) -> Change:
    reason = b""
    if row.sealed_reason is not None and subject.wrapped_key is not None:
        reason = issuer.sealer.open(subject.wrapped_key, row.sealed_reason, reason_binding(row.credential))
    return Change(row.purpose, row.is_set, reason.decode(), row.by, row.at)


def status_of(issuer: Issuer, slug: str, credential: str) -> dict[str, Change]:
    """Return purpose to the change that holds, for purposes that are set.

    Raises:
        UnknownThingError: this issuer has no such credential.
    """
    newest = {change.purpose: change for change in status_changes(issuer, slug, credential)}
    return {purpose: change for purpose, change in newest.items() if change.is_set}


def set_status(
    issuer: Issuer, slug: str, credential: str, purpose: str, *, value: bool, reason: str, by: str, tell: bool = True
) -> None:
    """Set or take back a status, with its reason; the same again changes nothing. A revocation is not taken back.

    The reason may name the person, so it is sealed under the person's key; after erasure none is kept. The person is told by mail,
    unless `tell` is false.

    Raises:
        UnknownThingError: this issuer has no such credential.
        InvalidRecordError: no such purpose, or no reason.
        ConflictError: a revoked credential cannot be reinstated; issue a new one.
    """
    _check(purpose, reason)
    find_issued(issuer, slug, credential)
    with issuer.database.write(slug) as session:
        is_set = status_in(session, credential).get(purpose, False)
        if is_set == value:
            return
        if purpose == REVOCATION and is_set:
            raise ConflictError("a withdrawn certificate stays withdrawn; issue a new one")
        record_change(issuer, session, slug, credential, purpose, value=value, reason=reason, by=by, tell=tell)


def set_statuses(
    issuer: Issuer, slug: str, credentials: Sequence[str], purpose: str, *, value: bool, reason: str, by: str, tell: bool = True
) -> dict[str, str]:
    """Set or take back a status of many credentials in one transaction, all for one reason: all that can be, or none.

    Returns:
        credential to what came of it: `changed`, `unchanged`, `withdrawn` or `unknown`, in the order in which they were named.

    Raises:
        InvalidRecordError: no such purpose, or no reason; nothing was changed.
    """
    _check(purpose, reason)
    named = tuple(dict.fromkeys(credentials))
    with issuer.database.write(slug) as session:
        mine, now = issued_in(session, slug, named), statuses_in(session, named)
        outcomes = {one: _outcome(now.get(one, {}), purpose, value=value) if one in mine else UNKNOWN for one in named}
        for credential, outcome in outcomes.items():
            if outcome == CHANGED:
                record_change(issuer, session, slug, credential, purpose, value=value, reason=reason, by=by, tell=tell)
    return outcomes


def _outcome(now: Mapping[str, bool], purpose: str, *, value: bool) -> str:
    if now.get(purpose, False) == value:
        return UNCHANGED
    return WITHDRAWN if now.get(REVOCATION, False) else CHANGED


def _check(purpose: str, reason: str) -> None:
    if purpose not in PURPOSES:
        raise InvalidRecordError("the purpose is revocation or suspension", pointer="/statusPurpose")
    if text_problem(reason, MAX_REASON):
        raise InvalidRecordError(f"give a reason of at most {MAX_REASON} letters on one line", pointer="/reason")
