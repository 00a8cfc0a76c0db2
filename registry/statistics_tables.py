"""What planning figures rest on: counted decisions, releases, their figures, and what each release spent of the privacy budget."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from web.tables import UTCDateTime


class CountedDecision(SQLModel, table=True):
    """A decision that an authority has issued, without whom it is about: `person` is a keyed hash that changes every year."""

    __tablename__ = "registry_counted_decisions"

    id: int | None = Field(default=None, primary_key=True)
    state: str = Field(index=True, max_length=2)
    origin: str = Field(max_length=2)
    qualification: str = Field(max_length=300)
    outcome: str = Field(max_length=16)
    without: str = Field(max_length=40)
    conditions: str = Field(max_length=4000)
    days: int
    decided_on: date
    person: bytes = Field(max_length=16)


class Release(SQLModel, table=True):
    """The figures of a state for a period, made once."""

    __tablename__ = "registry_releases"
    __table_args__ = (UniqueConstraint("state", "period"),)

    id: str = Field(primary_key=True, max_length=32)
    state: str = Field(max_length=2)
    period: str = Field(max_length=7)
    released_at: datetime = Field(sa_type=UTCDateTime)
    by: str = Field(max_length=200)
    mechanism: str = Field(max_length=100)


class LedgerEntry(SQLModel, table=True):
    """What a release spent of the privacy budget on one measure. Only added to."""

    __tablename__ = "registry_privacy_ledger"

    release: str = Field(foreign_key="registry_releases.id", primary_key=True, max_length=32)
    measure: str = Field(primary_key=True, max_length=16)
    dataset: str = Field(max_length=16)
    bound: int
    scale: float
    epsilon: float


class ReleasedFigure(SQLModel, table=True):
    """One released figure, with its noise; none where the group is too small. What was counted exactly is kept nowhere."""

    __tablename__ = "registry_released_figures"

    release: str = Field(foreign_key="registry_releases.id", primary_key=True, max_length=32)
    measure: str = Field(primary_key=True, max_length=16)
    origin: str = Field(primary_key=True, max_length=2)
    state: str = Field(primary_key=True, max_length=2)
    qualification: str = Field(primary_key=True, max_length=300)
    category: str = Field(primary_key=True, max_length=100)
    figure: int | None = None
