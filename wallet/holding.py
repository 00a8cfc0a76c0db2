"""Keep certificates in a wallet that only its holder can open."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlmodel import and_, col, delete, or_, select, update

from wallet.errors import NotInWalletError
from wallet.tables import Holder, Record, Share, Unlock, in_utc
from wallet.unlocking import SECRET_LENGTH, BrowserSecret, Vault, unlock_binding
from web.sealing import open_with, seal_with

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlmodel import Session

    from wallet.service import Wallet

CREDENTIAL: Final = "credential"
BESIDE: Final = "beside"
"""The blind name of a certificate among the things that are kept beside it."""


@dataclass(frozen=True, slots=True)
class Held:
    """One certificate of an open wallet.

    Attributes:
        id: random; names it in this wallet's addresses.
        content: the secured credential, byte for byte as it was received.
        claim: the code of the link it came by.
        kept_at: when it was kept.
        anchor: its place in the centre's issuance log, or None while it is not known.
    """

    id: str
    content: bytes = field(repr=False)
    claim: str = field(repr=False)
    kept_at: datetime
    anchor: Mapping[str, Any] | None = field(default=None, repr=False)


def new_secret(wallet: Wallet) -> BrowserSecret:
    """Return a fresh secret for a browser that has none. Nothing is stored yet."""
    return BrowserSecret(wallet.randomness(SECRET_LENGTH))


def open_vault(wallet: Wallet, secret: BrowserSecret | None) -> Vault | None:
    """Return the wallet that this secret opens, or nothing when there is none yet."""
    if secret is None:
        return None
    with wallet.database.session() as session:
        return _unlock(session, wallet, secret)


def _locator(wallet: Wallet, secret: BrowserSecret) -> str:
    return wallet.sealer.keyed_hash(secret.locator).hex()


def _unlock(session: Session, wallet: Wallet, secret: BrowserSecret) -> Vault | None:
    row = session.get(Unlock, _locator(wallet, secret))
    if row is None:
        return None
    binding = unlock_binding(row.locator, row.holder_id)
    return Vault(row.holder_id, open_with(secret.unlock_key, row.wrapped, binding))


def note_visit(wallet: Wallet, vault: Vault) -> None:
    """Remember the day on which the wallet was last opened; written at most once a day."""
    today = wallet.clock().date()
    with wallet.database.session() as session:
        holder = session.get(Holder, vault.holder_id)
        if holder is None or holder.opened_on >= today:
            return
    with wallet.database.write() as session:
        session.exec(update(Holder).where(col(Holder.id) == vault.holder_id).values(opened_on=today))


def keep(wallet: Wallet, secret: BrowserSecret, content: bytes, *, name: str, claim: str) -> tuple[Held, bool]:
    """Keep a certificate; the wallet is made with the first one.

    Args:
        wallet: the house.
        secret: of the browser that asks.
        content: the secured credential, already found genuine.
        name: the credential's `id`; the same one is kept once.
        claim: the code of the link it came by.

    Returns:
        The certificate as kept, and whether it was there before.
    """
    with wallet.database.write() as session:
        vault = _unlock(session, wallet, secret) or _create(session, wallet, secret)
        blind = vault.blind(CREDENTIAL, name)
        row = _first(session, vault, col(Record.blind) == blind)
        if row is not None:
            return _open(vault, row), True
        row = _sealed_record(wallet, vault, content, claim, blind)
        session.add(row)
        return _open(vault, row), False


def _create(session: Session, wallet: Wallet, secret: BrowserSecret) -> Vault:
    today = wallet.clock().date()
    vault = Vault(wallet.randomness(16).hex(), wallet.randomness(SECRET_LENGTH))
    session.add(Holder(id=vault.holder_id, created_on=today, opened_on=today))
    session.flush()
    locator = _locator(wallet, secret)
    wrapped = seal_with(secret.unlock_key, vault.key, unlock_binding(locator, vault.holder_id))
    session.add(
        Unlock(
            locator=locator,
            holder_id=vault.holder_id,
            kind="browser",
            wrapped=wrapped,
            created_on=today,
        )
    )
    return vault


def _sealed_record(wallet: Wallet, vault: Vault, content: bytes, claim: str, blind: str) -> Record:
    record_id = base64.b32encode(wallet.randomness(16)).decode("ascii").rstrip("=").lower()
    plain = spelled({"credential": content.decode("utf-8"), "claim": claim})
    return Record(
        id=record_id,
        holder_id=vault.holder_id,
        kind=CREDENTIAL,
        version=1,
        blind=blind,
        claim_blind=vault.blind("claim", claim),
        sealed=seal_with(vault.record_key(record_id), plain, vault.binding(record_id, 1)),
        kept_at=wallet.clock(),
    )


def _open(vault: Vault, row: Record) -> Held:
    plain = open_with(vault.record_key(row.id), row.sealed, vault.binding(row.id, row.version))
    members = json.loads(plain)
    return Held(row.id, members["credential"].encode(), members["claim"], in_utc(row.kept_at), members.get("anchor"))


def keep_anchor(wallet: Wallet, vault: Vault, held: Held, anchor: Mapping[str, Any]) -> Held:
    """Keep a certificate's place in an issuance log beside it.

    Raises:
        NotInWalletError: it is not in this wallet.
    """
    with wallet.database.write() as session:
        row = _first(session, vault, col(Record.id) == held.id)
        if row is None:
            raise NotInWalletError("this wallet holds no such certificate")
        members = {"credential": held.content.decode("utf-8"), "claim": held.claim, "anchor": dict(anchor)}
        row.sealed = seal_with(vault.record_key(row.id), spelled(members), vault.binding(row.id, row.version))
        session.add(row)
        return _open(vault, row)


def spelled(value: object) -> bytes:
    """Return a value as JSON."""
    return json.dumps(value).encode()


def _first(session: Session, vault: Vault, condition: object) -> Record | None:
    query = select(Record).where(col(Record.holder_id) == vault.holder_id, condition)  # type: ignore[arg-type]
    return session.exec(query).first()


def certificates(wallet: Wallet, vault: Vault) -> tuple[Held, ...]:
    """Return what the wallet holds, the newest first."""
    query = select(Record).where(Record.holder_id == vault.holder_id, Record.kind == CREDENTIAL)
    with wallet.database.session() as session:
        rows = session.exec(query.order_by(col(Record.kept_at).desc(), col(Record.id))).all()
    return tuple(_open(vault, row) for row in rows)


def find(wallet: Wallet, vault: Vault, record_id: str) -> Held | None:
    """Return one certificate of this wallet, or nothing when it is not in it."""
    with wallet.database.session() as session:
        row = _first(session, vault, and_(col(Record.id) == record_id, col(Record.kind) == CREDENTIAL))
    return None if row is None else _open(vault, row)


def certificate(wallet: Wallet, vault: Vault, record_id: str) -> Held:
    """Return one certificate of this wallet.

    Raises:
        NotInWalletError: it is not in this wallet.
    """
    held = find(wallet, vault, record_id)
    if held is None:
        raise NotInWalletError("this wallet holds no such certificate")
    return held


def claimed(wallet: Wallet, vault: Vault | None, claim: str) -> Held | None:
    """Return the certificate that this wallet got by the claim link, if it did."""
    if vault is None:
        return None
    with wallet.database.session() as session:
        row = _first(session, vault, col(Record.claim_blind) == vault.blind("claim", claim))
    return None if row is None else _open(vault, row)


def remove(wallet: Wallet, vault: Vault, record_id: str) -> None:
    """Take a certificate out of the wallet, with what is kept beside it; its links stop with it.

    Raises:
        NotInWalletError: it is not in this wallet.
    """
    now = wallet.clock()
    with wallet.database.write() as session:
        row = _first(session, vault, and_(col(Record.id) == record_id, col(Record.kind) == CREDENTIAL))
        if row is None:
            raise NotInWalletError("this wallet holds no such certificate")
        links = update(Share).where(col(Share.record_id) == record_id)
        still_open = links.where(col(Share.stopped_at).is_(None), col(Share.ends_at) > now)
        session.exec(still_open.values(stopped_at=now))
        session.exec(links.values(ciphertext=None, sealed=None))
        beside = col(Record.claim_blind) == vault.blind(BESIDE, record_id)
        session.exec(delete(Record).where(col(Record.holder_id) == vault.holder_id, or_(col(Record.id) == record_id, beside)))
