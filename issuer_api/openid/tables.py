"""The tables of OpenID4VCI. Codes, tokens and names that open something are kept as hashes; everything has an end."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from web.tables import UTCDateTime


class OpenIDOffer(SQLModel, table=True):
    """A certificate held out to a wallet: by a code that is good once, or by a sign-in."""

    __tablename__ = "issuer_openid_offers"

    id_hash: str = Field(primary_key=True, max_length=64)
    organisation: str = Field(index=True, max_length=64)
    configuration: str = Field(max_length=100)
    credential: str | None = Field(default=None, max_length=45)
    grant: str = Field(max_length=20)
    code_hash: str = Field(unique=True, max_length=64)
    tx_hash: str | None = Field(default=None, max_length=32)
    tries: int = 0
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)


class OpenIDRequest(SQLModel, table=True):
    """A pushed authorization request, and the code that it came to once the worker agreed."""

    __tablename__ = "issuer_openid_requests"

    id_hash: str = Field(primary_key=True, max_length=64)
    organisation: str = Field(index=True, max_length=64)
    asked: str
    tries: int = 0
    credential: str | None = Field(default=None, max_length=45)
    code_hash: str | None = Field(default=None, unique=True, max_length=64)
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)


class OpenIDGrant(SQLModel, table=True):
    """What one wallet may fetch: copies of one certificate, in these configurations."""

    __tablename__ = "issuer_openid_grants"

    id: str = Field(primary_key=True, max_length=26)
    organisation: str = Field(index=True, max_length=64)
    credential: str = Field(index=True, max_length=45)
    configurations: str
    is_identified: bool
    client_id: str | None = Field(default=None, max_length=500)
    jkt: str | None = Field(default=None, max_length=43)
    source_hash: str = Field(index=True, max_length=64)
    revoked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)


class OpenIDToken(SQLModel, table=True):
    """An access token, or a refresh token that is good once."""

    __tablename__ = "issuer_openid_tokens"

    token_hash: str = Field(primary_key=True, max_length=64)
    grant: str = Field(index=True, max_length=26)
    kind: str = Field(max_length=10)
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)


class OpenIDDeferral(SQLModel, table=True):
    """Copies that could not be handed out at once, and the public keys that they will be bound to."""

    __tablename__ = "issuer_openid_deferrals"

    id_hash: str = Field(primary_key=True, max_length=64)
    grant: str = Field(max_length=26)
    configuration: str = Field(max_length=100)
    holders: str
    ready_at: datetime = Field(sa_type=UTCDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)


class OpenIDNotification(SQLModel, table=True):
    """What a wallet said it did with its copies."""

    __tablename__ = "issuer_openid_notifications"

    id_hash: str = Field(primary_key=True, max_length=64)
    grant: str = Field(max_length=26)
    event: str | None = Field(default=None, max_length=30)
    expires_at: datetime = Field(sa_type=UTCDateTime)


class OpenIDSpent(SQLModel, table=True):
    """A nonce or a proof's name that was used: kept until it would be refused anyway."""

    __tablename__ = "issuer_openid_spent"

    hash: str = Field(primary_key=True, max_length=64)
    expires_at: datetime = Field(sa_type=UTCDateTime)
