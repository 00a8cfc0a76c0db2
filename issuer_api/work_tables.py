"""The tables of work that others confirm: what a person tells of it, and who is asked."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from web.tables import UTCDateTime


class WorkExperience(SQLModel, table=True):
    """Work that a person asks others to confirm; `follow_hash` is of the person's own link, `person_mark` keyed, of the names."""

    __tablename__ = "issuer_work_experiences"

    id: str = Field(primary_key=True, max_length=26)
    organisation: str = Field(foreign_key="issuer_organisations.slug", index=True, max_length=64)
    form: str = Field(max_length=64)
    subject: str = Field(foreign_key="issuer_subjects.id", index=True, max_length=26)
    follow_hash: str = Field(unique=True, max_length=64)
    person_mark: str = Field(index=True, max_length=32)
    sealed: bytes
    created_at: datetime = Field(sa_type=UTCDateTime)


class WorkWitness(SQLModel, table=True):
    """One who is asked to confirm work, by a link that works once; `mark` is keyed, of the name that was answered with."""

    __tablename__ = "issuer_work_witnesses"

    id: str = Field(primary_key=True, max_length=26)
    experience: str = Field(foreign_key="issuer_work_experiences.id", index=True, max_length=26)
    organisation: str = Field(foreign_key="issuer_organisations.slug", index=True, max_length=64)
    link_hash: str = Field(unique=True, max_length=64)
    mark: str = Field(default="", index=True, max_length=32)
    state: str = Field(max_length=10)
    sealed: bytes
    credential: str | None = Field(default=None, foreign_key="issuer_credentials.id", max_length=45)
    created_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)
