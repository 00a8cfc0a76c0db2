"""The tables of the classroom: codes that learners scan, and what they ask for."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from web.tables import UTCDateTime


class Classroom(SQLModel, table=True):
    """A code for a class, open until a moment and for so many requests; `closed_at` where somebody closed it before."""

    __tablename__ = "issuer_classrooms"

    code: str = Field(primary_key=True, max_length=16)
    organisation: str = Field(foreign_key="issuer_organisations.slug", index=True, max_length=64)
    cohort: str = Field(foreign_key="issuer_cohorts.id", index=True, max_length=26)
    awarded_on: date
    most: int
    opened_at: datetime = Field(sa_type=UTCDateTime)
    closes_at: datetime = Field(sa_type=UTCDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class ClassroomRequest(SQLModel, table=True):
    """What a learner asked for, sealed for the learner alone: `asked`, `taken` as a row, or `refused`; then nothing is sealed here.

    `id_hash` is of the secret in the learner's own address.
    """

    __tablename__ = "issuer_classroom_requests"

    id_hash: str = Field(primary_key=True, max_length=64)
    code: str = Field(foreign_key="issuer_classrooms.code", index=True, max_length=16)
    number: int
    subject: str = Field(foreign_key="issuer_subjects.id", max_length=26)
    sealed: bytes
    state: str = Field(max_length=10)
    row_number: int | None = None
    asked_at: datetime = Field(sa_type=UTCDateTime)
