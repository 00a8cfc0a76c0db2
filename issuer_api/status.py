"""Revoke, suspend, reinstate; and the signed lists that say so."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session, col, func, select

from credentials.data_integrity import add_proof_set
from credentials.keys import Signer
from credentials.status.bitstring import StatusList, status_list_credential
from credentials.status.lists import list_date
from issuer_api.documents import PURPOSES
from issuer_api.errors import ConflictError, InvalidRecordError, UnknownThingError
from issuer_api.history import note
from issuer_api.issuing import find_issued
from issuer_api.keys import signing_key
from issuer_api.names import text_problem
from issuer_api.organisations import organisation
from issuer_api.service import Issuer
from issuer_api.tables import Issued, StatusChange, StatusListRow, Subject

LIST_LASTS: Final = timedelta(hours=24)
_LIST: Final = re.compile(r"([a-z][a-z0-9-]*)-([1-9][0-9]{0,8})-(revocation|suspension)")
MAX_REASON: Final = 200


@dataclass(frozen=True, slots=True)
class PublishedList:
    """A signed list: bytes, a strong tag of them, until when verifiers may keep it, and the key that signed it."""

    content: bytes
    etag: str
    valid_until: datetime
    changes: int
    signed_by: str


@dataclass(slots=True)
class StatusLists:
    """Signs lists when they are asked for and have changed, half a day is over, or they were signed by a key that signs no more.

    A list is from its last change, or from the half day in which it is asked for: processes side by side give one date to the same
    list, and none of them an older list than another gave.
    """

    issuer: Issuer
    _signed: dict[str, PublishedList] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, name: str) -> PublishedList:
        """Return the list `{slug}-{number}-{purpose}`.

        Raises:
            UnknownThingError: there is no such list.
            NoSigningKeyError: the issuer has no key that may sign.
        """
        match = _LIST.fullmatch(name)
        if match is None:
            raise UnknownThingError(f"there is no status list {name[:80]!r}")
        slug, number, purpose = match.group(1), int(match.group(2)), match.group(3)
        with self._lock:
            changes, newest = self._changes(slug, number, purpose)
            known, signer = self._signed.get(name), signing_key(self.issuer, slug)
            made = list_date(self.issuer.clock(), newest)
            wanted = (made + LIST_LASTS, changes, signer.verification_method)
            if known is None or (known.valid_until, known.changes, known.signed_by) != wanted:
                known = self._signed[name] = self._sign(slug, number, purpose, made, changes, signer)
            return known

    def _changes(self, slug: str, number: int, purpose: str) -> tuple[int, datetime | None]:
        """Return how many changes a list has, and when the newest was made."""
        query = select(func.count(), func.max(StatusChange.at)).where(
            col(StatusChange.credential) == col(Issued.id),
            col(Issued.organisation) == slug,
            col(Issued.list_number) == number,
            col(StatusChange.purpose) == purpose,
        )
        with self.issuer.database.session() as session:
            if session.get(StatusListRow, (slug, number)) is None:
                raise UnknownThingError("there is no such status list")
            return session.exec(query).one()

    def _sign(self, slug: str, number: int, purpose: str, made: datetime, changes: int, signer: Signer) -> PublishedList:
        issuer = self.issuer
        did, _ = organisation(issuer, slug)
        url = f"{issuer.base_url}/status/{slug}-{number}-{purpose}"
        bits = StatusList.from_indices(set_indices(issuer, slug, number, purpose))
        document = status_list_credential(
            url, issuer=did, purpose=purpose, status_list=bits, valid_from=made, valid_until=made + LIST_LASTS
        )
        secured = add_proof_set(document, signer, created=issuer.clock().replace(microsecond=0), canonicalize=issuer.canonicalize)
        content = json.dumps(secured, separators=(",", ":")).encode()
        etag = f'"{hashlib.sha256(content).hexdigest()}"'
        return PublishedList(content, etag, made + LIST_LASTS, changes, signer.verification_method)


def set_indices(issuer: Issuer, slug: str, number: int, purpose: str) -> frozenset[int]:
    """Return the indices that are set in a list: of every credential, the newest change of that purpose holds."""
    query = (
        select(Issued.list_index, StatusChange.is_set)
        .where(
            StatusChange.credential == Issued.id,
            Issued.organisation == slug,
            Issued.list_number == number,
            StatusChange.purpose == purpose,
        )
        .order_by(col(StatusChange.id))
    )
    with issuer.database.session() as session:
        newest = dict(session.exec(query).all())
    return frozenset(index for index, is_set in newest.items() if is_set)


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
        return tuple(_opened(issuer, subject, row) for row in _changes_of(session, credential))


def _changes_of(session: Session, credential: str) -> Sequence[StatusChange]:
    return session.exec(select(StatusChange).where(StatusChange.credential == credential).order_by(col(StatusChange.id))).all()


def _opened(issuer: Issuer, subject: Subject, row: StatusChange) -> Change:
    reason = b""
    if row.sealed_reason is not None and subject.wrapped_key is not None:
        reason = issuer.sealer.open(subject.wrapped_key, row.sealed_reason, _binding(row.credential))
    return Change(row.purpose, row.is_set, reason.decode(), row.by, row.at)


def _binding(credential: str) -> bytes:
    return f"reason {credential}".encode()


def status_of(issuer: Issuer, slug: str, credential: str) -> dict[str, Change]:
    """Return purpose to the change that holds, for purposes that are set.

    Raises:
        UnknownThingError: this issuer has no such credential.
    """
    newest = {change.purpose: change for change in status_changes(issuer, slug, credential)}
    return {purpose: change for purpose, change in newest.items() if change.is_set}


def set_status(issuer: Issuer, slug: str, credential: str, purpose: str, *, value: bool, reason: str, by: str) -> None:
    """Set or take back a status, with its reason; the same again changes nothing. A revocation is not taken back.

    The reason may name the person, so it is sealed under the person's key; after erasure none is kept.

    Raises:
        UnknownThingError: this issuer has no such credential.
        InvalidRecordError: no such purpose, or no reason.
        ConflictError: a revoked credential cannot be reinstated; issue a new one.
    """
    if purpose not in PURPOSES:
        raise InvalidRecordError("the purpose is revocation or suspension", pointer="/statusPurpose")
    if text_problem(reason, MAX_REASON):
        raise InvalidRecordError(f"give a reason of at most {MAX_REASON} letters on one line", pointer="/reason")
    find_issued(issuer, slug, credential)
    with issuer.database.write(slug) as session:
        newest = {row.purpose: row.is_set for row in _changes_of(session, credential)}
        is_set = newest.get(purpose, False)
        if is_set == value:
            return
        if purpose == "revocation" and is_set:
            raise ConflictError("a withdrawn certificate stays withdrawn; issue a new one")
        key = session.get_one(Subject, session.get_one(Issued, credential).subject).wrapped_key
        sealed = issuer.sealer.seal(key, reason.encode(), _binding(credential)) if key is not None else None
        session.add(
            StatusChange(credential=credential, purpose=purpose, is_set=value, sealed_reason=sealed, by=by[:200], at=issuer.clock())
        )
        note(issuer, session, slug, by, f"{purpose}-{'set' if value else 'ended'}", credential)
