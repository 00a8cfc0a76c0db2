"""Keep what a vault's owner sealed in the browser: ciphertext, opaque numbers, versions. Nothing here opens any of it.

The vault's key is made in the browser and stays there. From it the browser derives an access key; the server keeps that one's
keyed hash. Every change of a record takes the next number of the vault's `cursor`, so that a device asks for what is new.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sqlmodel import col, delete, func, select, update

from wallet.custodies import hand_over
from wallet.tables import Custody, Holder, LogHead, Share, ShareLimit, ShareView, Started, Vault, VaultRecord, VaultWay
from wallet.vault_errors import (
    RecordChangedError,
    VaultChangedError,
    VaultClosedError,
    VaultFullError,
    VaultTakenError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlmodel import Session

    from wallet.service import Wallet

MAX_RECORD: Final = 256 * 1024  # bytes of one sealed record
MAX_RECORDS: Final = 2000  # removed ones count: their numbers are kept
MAX_VAULT: Final = 8 * 1024 * 1024  # bytes of all sealed records
PAGE: Final = 500
PAGE_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Change:
    """A record as the server keeps it; `sealed` is None once it was removed."""

    id: str
    version: int
    sealed: bytes | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since a cursor: records in the order of their changes, the cursor after them, whether there is more."""

    records: tuple[Change, ...]
    cursor: int
    more: bool


def create(wallet: Wallet, session: Session, vault_id: str, access: str) -> None:
    """Make an empty vault.

    Raises:
        VaultTakenError: the number is taken.
    """
    if session.get(Holder, vault_id) is not None:
        raise VaultTakenError("a vault of this number is there already")
    today = wallet.clock().date()
    session.add(Holder(id=vault_id, created_on=today, opened_on=today))
    session.flush()
    session.add(Vault(holder_id=vault_id, access_hash=access_hash(wallet, access)))
    session.flush()


def access_hash(wallet: Wallet, access: str) -> bytes:
    """Return what is kept of an access key."""
    return wallet.sealer.keyed_hash(f"vault access {access}")


def check_access(wallet: Wallet, authorization: str) -> str:
    """Return the number of the vault that an `Authorization: Bearer NUMBER.ACCESS-KEY` header opens.

    Raises:
        VaultClosedError: it opens none.
    """
    scheme, _, token = authorization.partition(" ")
    vault_id, _, access = token.partition(".")
    with wallet.database.session() as session:
        row = session.get(Vault, vault_id) if scheme.lower() == "bearer" else None
    kept = bytes(16) if row is None else row.access_hash
    if not hmac.compare_digest(kept, access_hash(wallet, access)) or row is None:
        raise VaultClosedError("this access key opens no vault here")
    return vault_id


def changes(wallet: Wallet, vault_id: str, since: int) -> Changes:
    """Return what changed in a vault after `since`; note the day on which it was opened."""
    mine = select(VaultRecord).where(VaultRecord.holder_id == vault_id, col(VaultRecord.sequence) > since)
    with wallet.database.session() as session:
        rows = session.exec(mine.order_by(col(VaultRecord.sequence)).limit(PAGE + 1)).all()
    found: list[VaultRecord] = []
    size = 0
    for row in rows[:PAGE]:
        size += len(row.sealed or b"")
        if found and size > PAGE_BYTES:
            break
        found.append(row)
    note_opened(wallet, vault_id)
    records = tuple(Change(row.id, row.version, row.sealed) for row in found)
    return Changes(records, found[-1].sequence if found else since, len(found) < len(rows))


def note_opened(wallet: Wallet, vault_id: str) -> None:
    """Remember the day on which a vault was last opened; written at most once a day."""
    today = wallet.clock().date()
    with wallet.database.session() as session:
        holder = session.get(Holder, vault_id)
        if holder is None or holder.opened_on >= today:
            return
    with wallet.database.write() as session:
        session.exec(update(Holder).where(col(Holder.id) == vault_id).values(opened_on=today))


def put(wallet: Wallet, vault_id: str, change: Change, *, request: str) -> Change:
    """Keep the next version of a record; `change.version` is the one after the version that it replaces.

    Args:
        wallet: the house.
        vault_id: whose.
        change: the record; without content to remove it.
        request: names this write; the same one sent again is answered as the first time.

    Raises:
        RecordChangedError: another version is kept.
        VaultFullError: more than a vault may hold.
    """
    if change.sealed is not None and len(change.sealed) > MAX_RECORD:
        raise VaultFullError(f"a record has at most {MAX_RECORD} bytes")
    with wallet.database.write(f"vault {vault_id}") as session:
        row = session.get(VaultRecord, (vault_id, change.id))
        if row is not None and request and hmac.compare_digest(row.request.encode(), request.encode()):
            return Change(row.id, row.version, row.sealed)
        kept = 0 if row is None else row.version
        if kept != change.version - 1:
            raise RecordChangedError("another device changed this record meanwhile", kept)
        _check_room(session, vault_id, change, row)
        written = row or VaultRecord(holder_id=vault_id, id=change.id, version=0, sequence=0, sealed=None, request="")
        written.version, written.sealed, written.request = change.version, change.sealed, request
        written.sequence = _next_number(session, vault_id)
        session.add(written)
    return change


def _check_room(session: Session, vault_id: str, change: Change, row: VaultRecord | None) -> None:
    sizes = select(func.count(), func.sum(func.length(VaultRecord.sealed))).where(VaultRecord.holder_id == vault_id)
    count, size = session.exec(sizes).one()
    before = len(row.sealed or b"") if row is not None else 0
    if (row is None and count >= MAX_RECORDS) or (size or 0) - before + len(change.sealed or b"") > MAX_VAULT:
        raise VaultFullError("this vault is full")


def _next_number(session: Session, vault_id: str) -> int:
    vault = session.get(Vault, vault_id, with_for_update=True)
    if vault is None:
        raise VaultClosedError("this vault was deleted")
    vault.cursor += 1
    session.add(vault)
    session.flush()
    return vault.cursor


@dataclass(frozen=True, slots=True)
class Fresh:
    """A vault under its new key.

    Attributes:
        access: the access key of the new key.
        wraps: way to wrapped key; a recovery card is among them.
        records: every record that was not removed, with its next version.
        hands_over: whether the vault becomes its person's own with this key.
    """

    access: str = field(repr=False)
    wraps: Mapping[str, bytes] = field(repr=False)
    records: Sequence[Change] = field(repr=False)
    hands_over: bool = False


def rotate(wallet: Wallet, vault_id: str, fresh: Fresh, *, cursor: int) -> int:
    """Put a vault under a new key: every record sealed anew, every way that stays wrapped anew, the others gone.

    Args:
        wallet: the house.
        vault_id: whose.
        fresh: the vault under the new key.
        cursor: up to which change the device had read the vault.

    Returns:
        The vault's cursor afterwards.

    Raises:
        VaultChangedError: the vault is not as the device read it.
        GuardedError: it is to be handed over, and that is not due.
    """
    with wallet.database.write(f"vault {vault_id}") as session:
        vault = session.get(Vault, vault_id, with_for_update=True)
        rows = session.exec(
            select(VaultRecord).where(VaultRecord.holder_id == vault_id, col(VaultRecord.sealed).is_not(None))
        ).all()
        given = {record.id: record for record in fresh.records}
        same = given.keys() == {row.id for row in rows} and all(given[row.id].version == row.version + 1 for row in rows)
        if vault is None or vault.cursor != cursor or not same:
            raise VaultChangedError("the vault changed meanwhile")
        _rewrap(session, vault_id, fresh.wraps)
        if fresh.hands_over:
            hand_over(wallet, session, vault_id)
        for row in rows:
            vault.cursor += 1
            row.version, row.sealed, row.sequence, row.request = row.version + 1, given[row.id].sealed, vault.cursor, ""
            session.add(row)
        vault.access_hash = access_hash(wallet, fresh.access)
        session.add(vault)
        return vault.cursor


def _rewrap(session: Session, vault_id: str, wraps: Mapping[str, bytes]) -> None:
    ways = session.exec(select(VaultWay).where(VaultWay.holder_id == vault_id)).all()
    staying = [way for way in ways if way.id in wraps]
    if len(staying) != len(wraps) or not any(way.kind == "card" for way in staying):
        raise VaultChangedError("the ways to open this vault changed meanwhile, or no card is among them")
    for way in ways:
        if way in staying:
            way.wrap = wraps[way.id]
            session.add(way)
        else:
            session.delete(way)


def erase(wallet: Wallet, vault_id: str) -> None:
    """Delete a vault: the wrapped keys first, so that what is left opens with nothing; then the records and the links."""
    links = select(Share.id).where(Share.holder_id == vault_id)
    for gone in (
        delete(VaultWay).where(col(VaultWay.holder_id) == vault_id),
        delete(Started).where(col(Started.holder_id) == vault_id),
        delete(Custody).where(col(Custody.holder_id) == vault_id),
        delete(VaultRecord).where(col(VaultRecord.holder_id) == vault_id),
        delete(LogHead).where(col(LogHead.holder_id) == vault_id),
        delete(ShareLimit).where(col(ShareLimit.share_id).in_(links)),
        delete(ShareView).where(col(ShareView.share_id).in_(links)),
        delete(Share).where(col(Share.holder_id) == vault_id),
        delete(Vault).where(col(Vault.holder_id) == vault_id),
        delete(Holder).where(col(Holder.id) == vault_id),
    ):
        with wallet.database.write(f"vault {vault_id}") as session:
            session.exec(gone)
    wallet.database.wipe_traces()
