"""People who sign in, and their sessions."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import DateTime, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlmodel import Field, SQLModel


class UTCDateTime(TypeDecorator[datetime]):
    """A moment, stored in UTC and read back aware on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the moment in UTC."""
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the moment with its zone, which SQLite drops."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class Person(SQLModel, table=True):
    """Someone who signs in."""

    __tablename__ = "web_people"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=200)
    created_at: datetime = Field(sa_type=UTCDateTime)


class Membership(SQLModel, table=True):
    """A person's role in an organisation, named by its slug."""

    __tablename__ = "web_memberships"

    person_id: int = Field(foreign_key="web_people.id", primary_key=True)
    organisation: str = Field(primary_key=True, max_length=64)
    role: str = Field(max_length=32)


class SignInLink(SQLModel, table=True):
    """A one-time link: only the hash of its token is kept."""

    __tablename__ = "web_sign_in_links"

    token_hash: str = Field(primary_key=True, max_length=64)
    person_id: int = Field(foreign_key="web_people.id")
    expires_at: datetime = Field(sa_type=UTCDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class WebSession(SQLModel, table=True):
    """A browser that is signed in: only the hash of its cookie is kept."""

    __tablename__ = "web_sessions"

    token_hash: str = Field(primary_key=True, max_length=64)
    person_id: int = Field(foreign_key="web_people.id")
    expires_at: datetime = Field(sa_type=UTCDateTime)
