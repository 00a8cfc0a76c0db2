"""Sealed things that a wallet keeps beside a certificate: cases that states decide, and what others say of it.

Each is a row of `wallet_records` under a key of its own, found by the blind name of its certificate, and leaves with it.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlmodel import col, delete, select

from wallet.errors import NotInWalletError
from wallet.holding import BESIDE, spelled
from wallet.tables import Record, in_utc
from web.sealing import open_with, seal_with

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlmodel import Session

    from wallet.service import Wallet
    from wallet.unlocking import Vault


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing beside a certificate.

    Attributes:
        id: random; names it in this wallet's addresses.
        kind: what it is.
        of: id of the certificate's record.
        members: what is kept, as JSON.
        kept_at: when it was first kept.
    """

    id: str
    kind: str
    of: str
    members: Mapping[str, Any] = field(repr=False)
    kept_at: datetime


def put(wallet: Wallet, vault: Vault, kind: str, of: str, name: str, members: Mapping[str, Any]) -> Thing:
    """Keep a thing beside a certificate; one of the same kind and name is kept once, as it is now."""
    blind = vault.blind(kind, name)
    with wallet.database.write() as session:
        row = session.exec(select(Record).where(Record.holder_id == vault.holder_id, Record.blind == blind)).first()
        if row is None:
            row = Record(
                id=base64.b32encode(wallet.randomness(16)).decode("ascii").rstrip("=").lower(),
                holder_id=vault.holder_id,
                kind=kind,
                version=1,
                blind=blind,
                claim_blind=vault.blind(BESIDE, of),
                sealed=b"",
                kept_at=wallet.clock(),
            )
        plain = spelled({"of": of, "members": dict(members)})
        row.sealed = seal_with(vault.record_key(row.id), plain, vault.binding(row.id, row.version))
        session.add(row)
        return _opened(vault, row)


def things(wallet: Wallet, vault: Vault, kind: str, of: str = "") -> tuple[Thing, ...]:
    """Return the things of a kind, beside one certificate or all, the newest first."""
    query = select(Record).where(Record.holder_id == vault.holder_id, Record.kind == kind)
    if of:
        query = query.where(Record.claim_blind == vault.blind(BESIDE, of))
    with wallet.database.session() as session:
        rows = session.exec(query.order_by(col(Record.kept_at).desc(), col(Record.id))).all()
    return tuple(_opened(vault, row) for row in rows)


def thing(wallet: Wallet, vault: Vault, kind: str, name: str) -> Thing:
    """Return one thing of a kind.

    Raises:
        NotInWalletError: it is not in this wallet.
    """
    with wallet.database.session() as session:
        return _opened(vault, _row(session, vault, kind, name))


def drop(wallet: Wallet, vault: Vault, kind: str, name: str) -> None:
    """Take a thing out of the wallet.

    Raises:
        NotInWalletError: it is not in this wallet.
    """
    with wallet.database.write() as session:
        session.exec(delete(Record).where(col(Record.id) == _row(session, vault, kind, name).id))


def _row(session: Session, vault: Vault, kind: str, name: str) -> Record:
    row = session.get(Record, name)
    if row is None or (row.holder_id, row.kind) != (vault.holder_id, kind):
        raise NotInWalletError("this wallet holds no such thing")
    return row


def _opened(vault: Vault, row: Record) -> Thing:
    told = json.loads(open_with(vault.record_key(row.id), row.sealed, vault.binding(row.id, row.version)))
    return Thing(row.id, row.kind, told["of"], told["members"], in_utc(row.kept_at))
