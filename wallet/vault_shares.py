"""Links that a vault's owner makes: sealed in the browser, with an end, a number of views, a passcode; and the record of consents.

The key of a link stands in its fragment and, sealed, in the vault. With a passcode the browser also mixes that in; the server keeps
the keyed hash of a verifier and, after ten wrong ones, opens the link no more.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sqlmodel import col, func, select, update

from wallet.errors import NotInWalletError, SharePasscodeError
from wallet.tables import LogHead, Share, ShareLimit, ShareView, in_utc
from wallet.vault_errors import VaultChangedError, VaultFullError, VaultTakenError

if TYPE_CHECKING:
    from datetime import date, datetime, timedelta

    from sqlmodel import Session

    from wallet.service import Wallet

TRIES: Final = 10
MOST_OPEN: Final = 100
MOST_ENTRIES: Final = 100_000


@dataclass(frozen=True, slots=True)
class NewShare:
    """A link as the browser sends it.

    Attributes:
        id: its number, 13 letters and digits.
        ciphertext: what it shows, sealed under the key of its fragment.
        lasts: how long it opens.
        most_views: how often it opens; None for as often as anybody likes.
        verifier: what shows that the passcode is known; empty without one.
    """

    id: str
    ciphertext: bytes = field(repr=False)
    lasts: timedelta
    most_views: int | None
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeptShare:
    """A link as its owner sees it; `views` has the days on which it was opened, and how often."""

    id: str
    created_at: datetime
    ends_at: datetime
    stopped_at: datetime | None
    most_views: int | None
    has_passcode: bool
    tries_left: int
    views: tuple[tuple[date, int], ...]


def make(wallet: Wallet, vault_id: str, new: NewShare) -> None:
    """Keep a link.

    Raises:
        VaultTakenError: its number is taken.
        VaultFullError: as many links are open as may be.
    """
    now = wallet.clock()
    still_open = select(func.count()).where(Share.holder_id == vault_id, col(Share.ciphertext).is_not(None))
    with wallet.database.write(f"vault {vault_id}") as session:
        if session.exec(still_open).one() >= MOST_OPEN:
            raise VaultFullError(f"{MOST_OPEN} open links are enough; stop one first")
        if session.get(Share, new.id) is not None:
            raise VaultTakenError("a link of this number is there already")
        session.add(
            Share(
                id=new.id,
                holder_id=vault_id,
                record_id="",
                ciphertext=new.ciphertext,
                sealed=None,
                created_at=now,
                ends_at=now + new.lasts,
            )
        )
        session.flush()
        hashed = _hash(wallet, new.verifier) if new.verifier else None
        session.add(ShareLimit(share_id=new.id, most_views=new.most_views, passcode_hash=hashed, tries_left=TRIES))


def _hash(wallet: Wallet, verifier: str) -> bytes:
    return wallet.sealer.keyed_hash(f"share passcode {verifier}")


def shares(wallet: Wallet, vault_id: str) -> tuple[KeptShare, ...]:
    """Return the links of a vault, the newest first."""
    mine = select(Share, ShareLimit).where(Share.holder_id == vault_id, ShareLimit.share_id == Share.id)
    seen = select(ShareView).where(ShareView.share_id == Share.id, Share.holder_id == vault_id).order_by(col(ShareView.opened_on))
    with wallet.database.session() as session:
        rows = session.exec(mine.order_by(col(Share.created_at).desc(), col(Share.id))).all()
        views = session.exec(seen).all()
    return tuple(
        KeptShare(
            share.id,
            in_utc(share.created_at),
            in_utc(share.ends_at),
            None if share.stopped_at is None else in_utc(share.stopped_at),
            limit.most_views,
            limit.passcode_hash is not None,
            limit.tries_left,
            tuple((view.opened_on, view.times) for view in views if view.share_id == share.id),
        )
        for share, limit in rows
    )


def stop(wallet: Wallet, vault_id: str, share_id: str) -> None:
    """Stop a link, at once; its ciphertext is destroyed.

    Raises:
        NotInWalletError: it is not this vault's.
    """
    with wallet.database.write(f"vault {vault_id}") as session:
        row = session.get(Share, share_id)
        if row is None or row.holder_id != vault_id:
            raise NotInWalletError("this vault has made no such link")
        mine = update(Share).where(col(Share.id) == share_id, col(Share.stopped_at).is_(None))
        session.exec(mine.values(stopped_at=wallet.clock(), ciphertext=None))


def refusal(wallet: Wallet, session: Session, share_id: str, verifier: str) -> SharePasscodeError | None:
    """Return why a link is not opened now: its passcode is missing or wrong. A wrong one uses up a try."""
    limit = session.get(ShareLimit, share_id, with_for_update=True)
    if limit is None or limit.passcode_hash is None:
        return None
    if not verifier:
        return SharePasscodeError("this link has a passcode", limit.tries_left)
    right = hmac.compare_digest(limit.passcode_hash, _hash(wallet, verifier))
    limit.tries_left = TRIES if right else limit.tries_left - 1
    session.add(limit)
    return None if right else SharePasscodeError("that is not the passcode of this link", limit.tries_left)


def note_view(session: Session, row: Share, today: date) -> None:
    """Count that a vault's link was opened; after its last view nothing of it is kept."""
    limit = session.get(ShareLimit, row.id)
    if limit is None:
        return
    view = session.get(ShareView, (row.id, today)) or ShareView(share_id=row.id, opened_on=today, times=0)
    view.times += 1
    session.add(view)
    if limit.most_views is not None and row.times_opened >= limit.most_views:
        row.ciphertext = None


def note_consent(wallet: Wallet, vault_id: str, sequence: int, digest: bytes) -> None:
    """Keep the head of the next entry of a vault's record of consents; the same one again changes nothing.

    Raises:
        VaultChangedError: it is not the next one: another device wrote an entry meanwhile.
        VaultFullError: the record is full.
    """
    last = select(func.max(LogHead.sequence)).where(LogHead.holder_id == vault_id)
    with wallet.database.write(f"vault {vault_id}") as session:
        kept = session.get(LogHead, (vault_id, sequence))
        if kept is not None and hmac.compare_digest(kept.hash, digest):
            return
        if sequence > MOST_ENTRIES:
            raise VaultFullError("the record of consents is full")
        if sequence != (session.exec(last).one() or 0) + 1:
            raise VaultChangedError("another device wrote an entry meanwhile")
        session.add(LogHead(holder_id=vault_id, sequence=sequence, hash=digest, noted_on=wallet.clock().date()))


def consents(wallet: Wallet, vault_id: str) -> tuple[LogHead, ...]:
    """Return the heads of a vault's record of consents, in order."""
    query = select(LogHead).where(LogHead.holder_id == vault_id).order_by(col(LogHead.sequence))
    with wallet.database.session() as session:
        return tuple(session.exec(query).all())
