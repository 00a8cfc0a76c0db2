"""People who sign in, their passkeys, sessions, roles and invitations; proposals that wait for a second person; acts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy import DDL, DateTime, TypeDecorator, event
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
    person_id: int = Field(foreign_key="web_people.id", index=True)
    began_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)
    way: str = Field(max_length=16)
    browser: str = Field(max_length=80)


class Passkey(SQLModel, table=True):
    """A public key that signs a person in: one key belongs to one person."""

    __tablename__ = "web_passkeys"

    credential_id: str = Field(primary_key=True, max_length=1400)
    person_id: int = Field(foreign_key="web_people.id", index=True)
    user_handle: bytes = Field(max_length=64)
    public_key: bytes
    sign_count: int
    label: str = Field(max_length=80)
    added_at: datetime = Field(sa_type=UTCDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class PasskeyChallenge(SQLModel, table=True):
    """A challenge that a browser holds in a cookie: good once, for what it was asked for; only its hash is kept."""

    __tablename__ = "web_passkey_challenges"

    challenge_hash: str = Field(primary_key=True, max_length=64)
    person_id: int | None = Field(default=None, foreign_key="web_people.id")
    user_handle: bytes | None = Field(default=None, max_length=64)
    expires_at: datetime = Field(sa_type=UTCDateTime)


class Invitation(SQLModel, table=True):
    """A one-time link to a role: only the hash of its token is kept."""

    __tablename__ = "web_invitations"

    token_hash: str = Field(primary_key=True, max_length=64)
    organisation: str = Field(max_length=64, index=True)
    role: str = Field(max_length=32)
    name: str = Field(max_length=200)
    invited_by: int = Field(foreign_key="web_people.id")
    invited_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime = Field(sa_type=UTCDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    accepted_by: int | None = Field(default=None, foreign_key="web_people.id")


class Proposal(SQLModel, table=True):
    """What one person proposes and others approve: JSON that only its service understands."""

    __tablename__ = "web_proposals"

    id: str = Field(primary_key=True, max_length=32)
    service: str = Field(max_length=32)
    organisation: str = Field(max_length=64, index=True)
    kind: str = Field(max_length=40)
    subject: str = Field(max_length=300)
    payload: str
    digest: str = Field(max_length=64)
    needed: int
    state: str = Field(max_length=12, index=True)
    proposed_at: datetime = Field(sa_type=UTCDateTime)


class ProposalStep(SQLModel, table=True):
    """What somebody did with a proposal; `digest` is of the payload that they saw."""

    __tablename__ = "web_proposal_steps"

    id: int | None = Field(default=None, primary_key=True)
    proposal: str = Field(foreign_key="web_proposals.id", index=True, max_length=32)
    step: str = Field(max_length=12)
    person_id: int = Field(foreign_key="web_people.id")
    by: str = Field(max_length=200)
    at: datetime = Field(sa_type=UTCDateTime)
    digest: str = Field(max_length=64)
    reason: str = Field(max_length=2000)


class OrganisationAct(SQLModel, table=True):
    """Who did what in an organisation; rows are only added."""

    __tablename__ = "web_acts"

    organisation: str = Field(primary_key=True, max_length=64)
    number: int = Field(primary_key=True)
    at: datetime = Field(sa_type=UTCDateTime)
    by: str = Field(max_length=200)
    action: str = Field(max_length=40)
    thing: str = Field(max_length=300)
    digest: str = Field(max_length=64)


ONLY_ADDED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "sqlite": tuple(
            f"CREATE TRIGGER web_acts_no_{act} BEFORE {act} ON web_acts BEGIN SELECT RAISE(ABORT, 'acts are only added'); END"
            for act in ("update", "delete")
        ),
        "postgresql": (
            """CREATE FUNCTION web_acts_only_added() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN RAISE EXCEPTION 'acts are only added'; END $$""",
            """CREATE TRIGGER web_acts_no_change BEFORE UPDATE OR DELETE ON web_acts
            FOR EACH ROW EXECUTE FUNCTION web_acts_only_added()""",
        ),
    }
)
"""Database to the statements that make it refuse any change of an act."""

for _dialect, _statements in ONLY_ADDED.items():
    for _statement in _statements:
        _ddl = DDL(_statement)  # type: ignore[no-untyped-call]
        event.listen(SQLModel.metadata.tables["web_acts"], "after_create", _ddl.execute_if(dialect=_dialect))
