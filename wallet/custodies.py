"""Vaults that are not held by their person alone: a guardian holds one for a minor, or one is opened at a counter (`assisted`).

The server knows the kind and, for a minor, the first day of a month from which the vault is handed over; who they are is sealed in
the vault. A guardian's vault makes no links until then. For a vault at a counter, a caseworker starts things: sealed in the
caseworker's browser to a key of the vault, so that only the person, who opens it, reads and approves them.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlmodel import col, delete, select

from wallet.tables import Custody, Started
from wallet.vault_errors import GuardedError, VaultFullError, VaultTakenError, WayUnknownError

if TYPE_CHECKING:
    from datetime import date

    from sqlmodel import Session

    from wallet.service import Wallet

OWN: Final = "own"
GUARDIAN: Final = "guardian"
ASSISTED: Final = "assisted"
KINDS: Final = (OWN, GUARDIAN, ASSISTED)
MAX_STARTED: Final = 8 * 1024  # bytes of one sealed thing
MOST_STARTED: Final = 20


@dataclass(frozen=True, slots=True)
class Held:
    """By whom a vault is held: one of `KINDS`, and for a guardian's the day from which it is handed over."""

    custody: str = OWN
    hand_over_on: date | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """What a caseworker started, sealed to the vault."""

    id: str
    sealed: bytes
    started_on: date


def begin(session: Session, vault_id: str, custody: str, hand_over_on: date | None) -> None:
    """Note by whom a new vault is held.

    Raises:
        GuardedError: a guardian's has no day on which it is handed over, or another one has.
    """
    if (custody == GUARDIAN) != (hand_over_on is not None):
        raise GuardedError("a guardian's vault has a day from which it is handed over, and no other has")
    if custody != OWN:
        session.add(Custody(holder_id=vault_id, custody=custody, hand_over_on=hand_over_on))


def held(wallet: Wallet, vault_id: str) -> Held:
    """Return by whom a vault is held."""
    with wallet.database.session() as session:
        row = session.get(Custody, vault_id)
    return Held() if row is None else Held(row.custody, row.hand_over_on)


def check_public(wallet: Wallet, vault_id: str) -> None:
    """Raise where nothing of a vault may be made public.

    Raises:
        GuardedError: a guardian holds it.
    """
    if held(wallet, vault_id).custody == GUARDIAN:
        raise GuardedError("a vault that is held for a minor makes no links; that begins when it is handed over")


def hand_over(wallet: Wallet, session: Session, vault_id: str) -> None:
    """Make a vault its person's own, in the session in which it is put under a key that nobody else has.

    Raises:
        GuardedError: it is so already, or the day has not come.
    """
    row = session.get(Custody, vault_id)
    if row is None:
        raise GuardedError("this vault is its person's own already")
    if row.hand_over_on is not None and wallet.clock().date() < row.hand_over_on:
        raise GuardedError(f"this vault is handed over from {row.hand_over_on.isoformat()} on")
    session.exec(delete(Started).where(col(Started.holder_id) == vault_id))
    session.delete(row)


def open_inbox(wallet: Wallet, vault_id: str, locator: str) -> None:
    """Let things be started for a vault at a counter by whoever has the locator; another locator takes the place of the last.

    Raises:
        GuardedError: the vault is none at a counter.
        VaultTakenError: the locator is taken.
    """
    hashed = _hash(wallet, locator)
    with wallet.database.write(f"vault {vault_id}") as session:
        row = session.get(Custody, vault_id)
        if row is None or row.custody != ASSISTED:
            raise GuardedError("things are started for vaults at a counter alone")
        other = session.exec(select(Custody).where(Custody.inbox_hash == hashed)).first()
        if other is not None and other.holder_id != vault_id:
            raise VaultTakenError("this locator is taken")
        row.inbox_hash = hashed
        session.add(row)


def start(wallet: Wallet, locator: str, sealed: bytes) -> str:
    """Keep what a caseworker started, and return its number.

    Raises:
        WayUnknownError: no vault has this locator.
        VaultFullError: too much waits, or it is too large.
    """
    if len(sealed) > MAX_STARTED:
        raise VaultFullError(f"what is started has at most {MAX_STARTED} bytes")
    with wallet.database.write() as session:
        row = session.exec(select(Custody).where(Custody.inbox_hash == _hash(wallet, locator))).first()
        if row is None:
            raise WayUnknownError("nothing is started here; the slip was replaced, or the vault is its person's own now")
        waiting = session.exec(select(Started.id).where(Started.holder_id == row.holder_id)).all()
        if len(waiting) >= MOST_STARTED:
            raise VaultFullError(f"{MOST_STARTED} things wait for this person already")
        name = base64.b32encode(wallet.randomness(16)).decode("ascii").rstrip("=").lower()
        session.add(Started(id=name, holder_id=row.holder_id, sealed=sealed, started_on=wallet.clock().date()))
    return name


def started(wallet: Wallet, vault_id: str) -> tuple[Thing, ...]:
    """Return what waits for a vault's person, the oldest first."""
    query = select(Started).where(Started.holder_id == vault_id).order_by(col(Started.started_on), col(Started.id))
    with wallet.database.session() as session:
        return tuple(Thing(row.id, row.sealed, row.started_on) for row in session.exec(query).all())


def settle(wallet: Wallet, vault_id: str, name: str) -> None:
    """Take away what was approved or declined.

    Raises:
        WayUnknownError: nothing of that number waits.
    """
    with wallet.database.write(f"vault {vault_id}") as session:
        row = session.get(Started, name)
        if row is None or row.holder_id != vault_id:
            raise WayUnknownError("nothing of this number waits")
        session.delete(row)


def _hash(wallet: Wallet, locator: str) -> bytes:
    return wallet.sealer.keyed_hash(f"vault inbox {locator}")
