"""What the states' house keeps: the working copy of every list, applications of centres, cases of people, and awards to endorse."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from web.tables import UTCDateTime


class ListFile(SQLModel, table=True):
    """One file of the lists as it will be published next, by its target path."""

    __tablename__ = "registry_list_files"

    path: str = Field(primary_key=True, max_length=100)
    document: str
    changed_at: datetime = Field(sa_type=UTCDateTime)


class Application(SQLModel, table=True):
    """A centre, of this deployment or another, asks a state to be accredited."""

    __tablename__ = "registry_applications"

    id: str = Field(primary_key=True, max_length=32)
    state: str = Field(index=True, max_length=2)
    did: str = Field(max_length=300)
    record: str
    standing: str = Field(max_length=16)
    note: str = Field(default="", max_length=2000)
    received_at: datetime = Field(sa_type=UTCDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Case(SQLModel, table=True):
    """A person asks a state to decide on one certificate; what says who they are is sealed."""

    __tablename__ = "registry_cases"

    id: str = Field(primary_key=True, max_length=32)
    state: str = Field(index=True, max_length=2)
    of: bytes = Field(index=True, max_length=16)
    standing: str = Field(max_length=16)
    wrapped_key: bytes
    asked: bytes
    decision: bytes | None = None
    asked_at: datetime = Field(sa_type=UTCDateTime)
    due_at: datetime = Field(sa_type=UTCDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    status_list: str | None = Field(default=None, index=True, max_length=120)
    status_index: int | None = None
    withdrawn_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class AwardToEndorse(SQLModel, table=True):
    """An award that several parties are to certify, with the endorsements that are here; both sealed."""

    __tablename__ = "registry_awards"

    id: str = Field(primary_key=True, max_length=32)
    of: bytes = Field(index=True, unique=True, max_length=16)
    states: str = Field(max_length=1000)
    wrapped_key: bytes
    content: bytes
    brought_at: datetime = Field(sa_type=UTCDateTime)


class EndorsementGiven(SQLModel, table=True):
    """An endorsement that an authority gave, by its id, and where it stands whether it was withdrawn; it tells of nobody."""

    __tablename__ = "registry_endorsements"
    __table_args__ = (UniqueConstraint("status_list", "status_index"),)

    id: str = Field(primary_key=True, max_length=60)
    status_list: str = Field(max_length=120)
    status_index: int
    given_at: datetime = Field(sa_type=UTCDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    reason: str = Field(default="", max_length=2000)
