"""The tables of the worker's house. None holds anything that could be read of a certificate."""

from __future__ import annotations

from datetime import UTC, date, datetime  # SQLModel reads the annotations

from sqlalchemy import DateTime, UniqueConstraint
from sqlmodel import Field, SQLModel


def in_utc(moment: datetime) -> datetime:
    """Return a stored moment with its zone; SQLite keeps moments without one."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Holder(SQLModel, table=True):
    """One wallet. Its id is random and says nothing."""

    __tablename__ = "wallet_holders"

    id: str = Field(primary_key=True, max_length=32)
    created_on: date
    opened_on: date


class Unlock(SQLModel, table=True):
    """One way to open a wallet: the vault key, sealed under what only the holder has."""

    __tablename__ = "wallet_unlocks"

    locator: str = Field(primary_key=True, max_length=64)
    holder_id: str = Field(foreign_key="wallet_holders.id", index=True, max_length=32)
    kind: str = Field(max_length=16)
    wrapped: bytes
    created_on: date


class Record(SQLModel, table=True):
    """One sealed thing in a wallet. `blind` is equal for equal certificates of one wallet."""

    __tablename__ = "wallet_records"
    __table_args__ = (UniqueConstraint("holder_id", "blind"),)

    id: str = Field(primary_key=True, max_length=26)
    holder_id: str = Field(foreign_key="wallet_holders.id", index=True, max_length=32)
    kind: str = Field(max_length=16)
    version: int
    blind: str = Field(max_length=64)
    claim_blind: str = Field(index=True, max_length=64)
    sealed: bytes
    kept_at: datetime = Field(sa_type=DateTime(timezone=True))


class Share(SQLModel, table=True):
    """One share link: ciphertext for who has the key, which its maker has sealed beside it."""

    __tablename__ = "wallet_shares"

    id: str = Field(primary_key=True, max_length=13)
    holder_id: str = Field(foreign_key="wallet_holders.id", index=True, max_length=32)
    record_id: str = Field(index=True, max_length=26)
    ciphertext: bytes | None
    sealed: bytes | None
    created_at: datetime = Field(sa_type=DateTime(timezone=True))
    ends_at: datetime = Field(sa_type=DateTime(timezone=True))
    stopped_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    times_opened: int = 0
    last_opened_on: date | None = None


class Vault(SQLModel, table=True):
    """A wallet whose key never leaves the holder's devices. `cursor` counts its changes."""

    __tablename__ = "wallet_vaults"

    holder_id: str = Field(primary_key=True, foreign_key="wallet_holders.id", max_length=32)
    access_hash: bytes
    cursor: int = 0


class VaultRecord(SQLModel, table=True):
    """One record of a vault, sealed in the browser; without content once it was removed.

    `request` names the write that made this version, so that the same write sent again is answered as the first time.
    """

    __tablename__ = "wallet_vault_records"

    holder_id: str = Field(primary_key=True, foreign_key="wallet_vaults.holder_id", max_length=32)
    id: str = Field(primary_key=True, max_length=26)
    version: int
    sequence: int = Field(index=True)
    sealed: bytes | None
    request: str = Field(max_length=64)


class VaultWay(SQLModel, table=True):
    """One way to open a vault: its key, wrapped in the browser.

    A PIN's row also has what the server gives only to whoever knows the PIN, and how often it may still be asked; a helper's
    has what the server gives 72 hours after it was asked.
    """

    __tablename__ = "wallet_vault_ways"

    id: str = Field(primary_key=True, max_length=26)
    holder_id: str = Field(foreign_key="wallet_vaults.holder_id", index=True, max_length=32)
    kind: str = Field(max_length=16)
    locator_hash: bytes = Field(unique=True)
    wrap: bytes
    created_on: date
    used_on: date
    verifier_hash: bytes | None = None
    wrapped_key: bytes | None = None
    pepper: bytes | None = None
    tries_left: int | None = None
    asked_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class Custody(SQLModel, table=True):
    """A vault that a guardian holds until a day, or one that is opened at a counter: `inbox_hash` lets things be started for it."""

    __tablename__ = "wallet_custodies"

    holder_id: str = Field(primary_key=True, foreign_key="wallet_vaults.holder_id", max_length=32)
    custody: str = Field(max_length=10)
    hand_over_on: date | None = None
    inbox_hash: bytes | None = Field(default=None, unique=True)


class Started(SQLModel, table=True):
    """What a caseworker started for a vault at a counter, sealed to the vault's key."""

    __tablename__ = "wallet_started"

    id: str = Field(primary_key=True, max_length=26)
    holder_id: str = Field(foreign_key="wallet_vaults.holder_id", index=True, max_length=32)
    sealed: bytes
    started_on: date


class ShareLimit(SQLModel, table=True):
    """What a vault's link has besides its end: how often it opens, and a passcode with the tries that are left."""

    __tablename__ = "wallet_share_limits"

    share_id: str = Field(primary_key=True, foreign_key="wallet_shares.id", max_length=13)
    most_views: int | None
    passcode_hash: bytes | None
    tries_left: int


class ShareView(SQLModel, table=True):
    """How often a link was opened on a day. By whom is not recorded."""

    __tablename__ = "wallet_share_views"

    share_id: str = Field(primary_key=True, foreign_key="wallet_shares.id", max_length=13)
    opened_on: date = Field(primary_key=True)
    times: int


class LogHead(SQLModel, table=True):
    """One entry of a vault's record of consents: its place and its hash, so that a missing entry shows. What it says is sealed."""

    __tablename__ = "wallet_log_heads"

    holder_id: str = Field(primary_key=True, foreign_key="wallet_vaults.holder_id", max_length=32)
    sequence: int = Field(primary_key=True)
    hash: bytes
    noted_on: date
