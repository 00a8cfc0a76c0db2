"""The tables of the employer's house: questions to wallets, gone within the hour, and the status lists that were relied on."""

from __future__ import annotations

from datetime import datetime  # SQLModel reads the annotations

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from web.tables import UTCDateTime


class WalletRequest(SQLModel, table=True):
    """One question to a wallet. Who asks holds its id, of which the hash is kept; wallets know it by its reference.

    The private key for an encrypted answer, and the answer, are sealed under a key of this row.
    """

    __tablename__ = "verifier_requests"
    __table_args__ = (Index("ix_verifier_requests_open", "standing", "ends_at"),)

    id_hash: str = Field(primary_key=True, max_length=64)
    reference: str = Field(unique=True, index=True, max_length=43)
    nonce: str = Field(max_length=43)
    asked: str
    standing: str = Field(max_length=12)
    wrapped_key: bytes
    sealed_key: bytes | None
    sealed_answer: bytes | None
    code_hash: str | None = Field(default=None, max_length=64)
    created_at: datetime = Field(sa_type=UTCDateTime, index=True)
    ends_at: datetime = Field(sa_type=UTCDateTime)


class SeenList(SQLModel, table=True):
    """When the newest list was made that was relied on, of one signer at one address; both are in the hash that is its name."""

    __tablename__ = "verifier_seen_lists"

    name: str = Field(primary_key=True, max_length=64)
    made_at: datetime = Field(sa_type=UTCDateTime, index=True)
