"""Show a certificate by a link that ends, and that can be stopped at once.

The server keeps the ciphertext under the link's id. The key stands in the link's fragment, and
sealed in the wallet that made the link, so that its maker can look at the link again. A link that
was stopped, or is seen to have ended, keeps neither.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sqlmodel import col, select, update

from wallet.errors import NotInWalletError, ShareEndedError, ShareStoppedError, ShareUnknownError, ShareUsedUpError
from wallet.holding import certificate
from wallet.tables import Share, ShareLimit, in_utc
from wallet.vault_shares import note_view, refusal
from web.links import new_link_id
from web.sealing import encrypt_link, open_with, seal_with

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from sqlmodel import Session

    from wallet.service import Wallet
    from wallet.unlocking import Vault

DURATIONS: Final[Mapping[str, timedelta]] = MappingProxyType(
    {
        "1-hour": timedelta(hours=1),
        "7-days": timedelta(days=7),
        "30-days": timedelta(days=30),
        "1-year": timedelta(days=365),
    }
)
KEPT_FOR: Final = timedelta(days=30)  # how long the wallet's page still lists a link that is closed


@dataclass(frozen=True, slots=True)
class Link:
    """A share link as its maker sees it.

    Attributes:
        id: the link's number, 13 letters and digits.
        key: the key of its fragment; nothing when the link is closed.
        record_id: the certificate that it shows.
        created_at: when it was made.
        ends_at: when the link (not the certificate) ends.
        stopped_at: when its maker stopped it.
        times_opened: how many times it was opened. By whom is not recorded.
        last_opened_on: the last day on which it was opened.
    """

    id: str
    key: bytes | None = field(repr=False)
    record_id: str
    created_at: datetime
    ends_at: datetime
    stopped_at: datetime | None
    times_opened: int
    last_opened_on: date | None

    def is_open(self, now: datetime) -> bool:
        """Return whether the link still works."""
        return self.stopped_at is None and now < self.ends_at


def share(wallet: Wallet, vault: Vault, record_id: str, duration: timedelta) -> Link:
    """Make a link to a certificate of this wallet.

    Raises:
        NotInWalletError: it is not in this wallet.
    """
    held = certificate(wallet, vault, record_id)
    link_id = new_link_id()
    ciphertext, key = encrypt_link(held.content, link_id)
    now = wallet.clock()
    row = Share(
        id=link_id,
        holder_id=vault.holder_id,
        record_id=record_id,
        ciphertext=ciphertext,
        sealed=seal_with(vault.record_key(link_id), key, vault.binding(link_id, 1)),
        created_at=now,
        ends_at=now + duration,
    )
    made = _link(vault, row)
    destroy_ended(wallet)
    with wallet.database.write() as session:
        session.add(row)
    return made


def _link(vault: Vault, row: Share) -> Link:
    key = None if row.sealed is None else open_with(vault.record_key(row.id), row.sealed, vault.binding(row.id, 1))
    return Link(
        row.id,
        key,
        row.record_id,
        in_utc(row.created_at),
        in_utc(row.ends_at),
        None if row.stopped_at is None else in_utc(row.stopped_at),
        row.times_opened,
        row.last_opened_on,
    )


def links(wallet: Wallet, vault: Vault, record_id: str | None = None) -> tuple[Link, ...]:
    """Return this wallet's open links and those closed within 30 days, the newest first."""
    query = select(Share).where(Share.holder_id == vault.holder_id, col(Share.ends_at) > wallet.clock() - KEPT_FOR)
    if record_id is not None:
        query = query.where(Share.record_id == record_id)
    with wallet.database.session() as session:
        rows = session.exec(query.order_by(col(Share.created_at).desc(), col(Share.id))).all()
    return tuple(_link(vault, row) for row in rows)


def link(wallet: Wallet, vault: Vault, link_id: str) -> Link:
    """Return one link of this wallet.

    Raises:
        NotInWalletError: this wallet did not make it.
    """
    with wallet.database.session() as session:
        row = session.get(Share, link_id)
    if row is None or row.holder_id != vault.holder_id:
        raise NotInWalletError("this wallet has made no such link")
    return _link(vault, row)


def stop(wallet: Wallet, vault: Vault, link_id: str) -> None:
    """Stop a link of this wallet, at once. Stopping it again, or after its end, changes nothing.

    Raises:
        NotInWalletError: this wallet did not make it.
    """
    now = wallet.clock()
    if not link(wallet, vault, link_id).is_open(now):
        return
    with wallet.database.write() as session:
        mine = update(Share).where(col(Share.id) == link_id, col(Share.stopped_at).is_(None))
        session.exec(mine.values(stopped_at=now, ciphertext=None, sealed=None))


def check_open(wallet: Wallet, link_id: str) -> tuple[datetime, bool]:
    """Return when the link ends, and whether it has a passcode.

    Raises:
        ShareUnknownError: no link has this number.
        ShareEndedError: its time is over.
        ShareStoppedError: its maker stopped it.
        ShareUsedUpError: it was opened as often as it may be.
    """
    with wallet.database.session() as session:
        row = _open_row(session, link_id, wallet.clock())
        limit = session.get(ShareLimit, link_id)
        return in_utc(row.ends_at), limit is not None and limit.passcode_hash is not None


def _open_row(session: Session, link_id: str, now: datetime) -> Share:
    row, limit = session.get(Share, link_id), session.get(ShareLimit, link_id)
    if row is None:
        raise ShareUnknownError("no link has this number")
    if row.stopped_at is not None or (limit is not None and not limit.tries_left):
        raise ShareStoppedError("the person who made this link stopped it, or its passcode was tried too often")
    if in_utc(row.ends_at) <= now:
        raise ShareEndedError("the time of this link is over; the certificate is another matter", in_utc(row.ends_at))
    if limit is not None and limit.most_views is not None and row.times_opened >= limit.most_views:
        raise ShareUsedUpError("this link was opened as often as its maker allowed")
    return row


def collect(wallet: Wallet, link_id: str, verifier: str = "") -> bytes:
    """Return the ciphertext behind a link; count that it was opened, and on which day.

    Args:
        wallet: the house.
        link_id: its number.
        verifier: shows that the reader knows the link's passcode, if it has one.

    Raises:
        ShareUnknownError: no link has this number.
        ShareEndedError: its time is over; the ciphertext is destroyed.
        ShareStoppedError: its maker stopped it.
        ShareUsedUpError: it was opened as often as it may be.
        SharePasscodeError: it has a passcode, and that is not it.
    """
    now = wallet.clock()
    try:
        with wallet.database.write() as session:
            row = _open_row(session, link_id, now)
            refused = refusal(wallet, session, link_id, verifier)
            content = row.ciphertext
            if refused is None:
                row.times_opened += 1
                row.last_opened_on = now.date()
                note_view(session, row, now.date())
                session.add(row)
    except ShareEndedError:
        destroy_ended(wallet)
        raise
    if refused is not None:
        raise refused
    assert content is not None  # noqa: S101  # an open link keeps its ciphertext
    return content


def destroy_ended(wallet: Wallet) -> None:
    """Destroy the ciphertext and the sealed key of every link whose time is over."""
    ended = update(Share).where(col(Share.ends_at) <= wallet.clock(), col(Share.ciphertext).is_not(None))
    with wallet.database.write() as session:
        session.exec(ended.values(ciphertext=None, sealed=None))
