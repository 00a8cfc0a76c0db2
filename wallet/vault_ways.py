"""The ways to open a vault: recovery card, device, passkey, PIN, helper. Each has the vault's key, wrapped in the browser.

A way is found by its *locator*, which the browser derives from what the holder has; the server keeps the locator's keyed hash.
A PIN is short, so its wrap needs a *pepper* too. The server gives it only with the right verifier of the PIN, which is stretched in
the browser together with a secret of the device, and after ten wrong ones not any more.

A helper, a person or office of the holder's choice, has a card that is one half; the other is the pepper. The server gives it 72
hours after it was asked, for a week, unless the holder cancels meanwhile.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlmodel import col, select

from wallet.tables import VaultWay, in_utc
from wallet.vault_errors import HelperWaitsError, LastCardError, PinWrongError, VaultFullError, VaultTakenError, WayUnknownError

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlmodel import Session

    from wallet.service import Wallet

CARD: Final = "card"
PIN: Final = "pin"
HELPER: Final = "helper"
KINDS: Final = (CARD, "device", "passkey", PIN, HELPER)
DELAY: Final = timedelta(hours=72)
READY_FOR: Final = timedelta(days=7)
TRIES: Final = 10
MOST: Final = 20


@dataclass(frozen=True, slots=True)
class NewWay:
    """A way as the browser sends it; `verifier` is a PIN's, `pepper` a PIN's or a helper's.

    Attributes:
        id: random, chosen by the browser.
        kind: one of `KINDS`.
        locator: how it is found.
        wrap: the vault's key, wrapped.
        verifier: what shows that the PIN is known.
        pepper: 32 bytes.
    """

    id: str
    kind: str
    locator: str = field(repr=False)
    wrap: bytes = field(repr=False)
    verifier: str = field(default="", repr=False)
    pepper: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class KeptWay:
    """A way as its owner sees it; `ready_at` says from when a helper who asked can open the vault."""

    id: str
    kind: str
    created_on: date
    used_on: date
    tries_left: int | None
    ready_at: datetime | None


@dataclass(frozen=True, slots=True)
class Opening:
    """What a way gives to whoever has it."""

    vault_id: str
    way_id: str
    kind: str
    wrap: bytes = field(repr=False)
    pepper: bytes | None = field(repr=False)


def add(wallet: Wallet, session: Session, vault_id: str, way: NewWay) -> None:
    """Keep one more way.

    Raises:
        VaultTakenError: its number or its locator is taken.
        VaultFullError: there are enough.
    """
    hashed = _locator_hash(wallet, way.locator)
    taken = select(VaultWay).where((col(VaultWay.id) == way.id) | (col(VaultWay.locator_hash) == hashed))
    if session.exec(taken).first() is not None:
        raise VaultTakenError("a way of this number is there already")
    if len(session.exec(select(VaultWay.id).where(VaultWay.holder_id == vault_id)).all()) >= MOST:
        raise VaultFullError(f"{MOST} ways to open a vault are enough; take one away first")
    today = wallet.clock().date()
    row = VaultWay(
        id=way.id, holder_id=vault_id, kind=way.kind, locator_hash=hashed, wrap=way.wrap, created_on=today, used_on=today
    )
    if way.kind in (PIN, HELPER):
        row.wrapped_key = wallet.sealer.new_subject_key()
        row.pepper = wallet.sealer.seal(row.wrapped_key, way.pepper, way.id.encode())
    if way.kind == PIN:
        row.verifier_hash = _verifier_hash(wallet, way.verifier)
        row.tries_left = TRIES
    session.add(row)
    session.flush()


def _locator_hash(wallet: Wallet, locator: str) -> bytes:
    return wallet.sealer.keyed_hash(f"vault locator {locator}")


def _verifier_hash(wallet: Wallet, verifier: str) -> bytes:
    return wallet.sealer.keyed_hash(f"vault pin {verifier}")


def open_way(wallet: Wallet, locator: str, verifier: str) -> Opening:
    """Return what a way gives; a PIN's only with its verifier.

    Raises:
        WayUnknownError: no way has this locator.
        PinWrongError: that is not the PIN, or its tries are used up.
        HelperWaitsError: a helper asked; says from when the vault opens.
    """
    now = wallet.clock()
    with wallet.database.write() as session:
        found = select(VaultWay).where(col(VaultWay.locator_hash) == _locator_hash(wallet, locator)).with_for_update()
        row = session.exec(found).first()
        if row is None:
            raise WayUnknownError("no way to open a vault is known by this; a word is wrong, or it was taken away")
        right = row.kind != PIN or _try(wallet, row, verifier)
        ready_at = _asked(row, now) if row.kind == HELPER else None
        if right and ready_at is None:
            row.used_on = now.date()
        session.add(row)
    if ready_at is not None:
        raise HelperWaitsError("the vault opens later, unless its owner cancels", ready_at)
    if not right:
        raise PinWrongError("that is not the PIN", row.tries_left or 0)
    pepper = None
    if row.wrapped_key is not None and row.pepper is not None:
        pepper = wallet.sealer.open(row.wrapped_key, row.pepper, row.id.encode())
    return Opening(row.holder_id, row.id, row.kind, row.wrap, pepper)


def _try(wallet: Wallet, row: VaultWay, verifier: str) -> bool:
    """Use up one try; the right verifier gives all of them back. With no try left nothing is compared."""
    if not row.tries_left:
        return False
    row.tries_left -= 1
    if not hmac.compare_digest(row.verifier_hash or b"", _verifier_hash(wallet, verifier)):
        return False
    row.tries_left = TRIES
    return True


def _asked(row: VaultWay, now: datetime) -> datetime | None:
    """Return from when a helper can open the vault, None when that is now; asking begins the delay, and each opening ends it."""
    asked_at = None if row.asked_at is None else in_utc(row.asked_at)
    if asked_at is None or now > asked_at + DELAY + READY_FOR:
        row.asked_at = asked_at = now
    if now < asked_at + DELAY:
        return asked_at + DELAY
    row.asked_at = None
    return None


def cancel(wallet: Wallet, vault_id: str, way_id: str) -> None:
    """Turn down what a helper asked: whoever asks again waits again.

    Raises:
        WayUnknownError: the vault has no such way.
    """
    with wallet.database.write(f"vault {vault_id}") as session:
        row = session.get(VaultWay, way_id)
        if row is None or row.holder_id != vault_id:
            raise WayUnknownError("this vault has no such way")
        row.asked_at = None
        session.add(row)


def ways(wallet: Wallet, vault_id: str) -> tuple[KeptWay, ...]:
    """Return the ways to open a vault, the oldest first."""
    query = select(VaultWay).where(VaultWay.holder_id == vault_id).order_by(col(VaultWay.created_on), col(VaultWay.id))
    with wallet.database.session() as session:
        rows = session.exec(query).all()
    return tuple(
        KeptWay(
            row.id,
            row.kind,
            row.created_on,
            row.used_on,
            row.tries_left,
            None if row.asked_at is None else in_utc(row.asked_at) + DELAY,
        )
        for row in rows
    )


def remove(wallet: Wallet, vault_id: str, way_id: str) -> None:
    """Take a way away.

    Raises:
        WayUnknownError: the vault has no such way.
        LastCardError: it is the vault's only card.
    """
    with wallet.database.write(f"vault {vault_id}") as session:
        row = session.get(VaultWay, way_id)
        if row is None or row.holder_id != vault_id:
            raise WayUnknownError("this vault has no such way")
        cards = session.exec(select(VaultWay.id).where(VaultWay.holder_id == vault_id, VaultWay.kind == CARD)).all()
        if row.kind == CARD and len(cards) == 1:
            raise LastCardError("print another card first")
        session.delete(row)
