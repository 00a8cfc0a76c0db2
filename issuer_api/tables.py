"""The tables of the training centre's house. What identifies a person is sealed under that person's key, or a keyed hash."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from web.tables import UTCDateTime


class Organisation(SQLModel, table=True):
    """An issuer: a training centre, or an employer who attests work."""

    __tablename__ = "issuer_organisations"

    slug: str = Field(primary_key=True, max_length=64)
    did: str = Field(unique=True, max_length=300)
    record: str
    created_at: datetime = Field(sa_type=UTCDateTime)


class SigningKey(SQLModel, table=True):
    """A key of an issuer, its public half, and when it signs; the private half lies in the key store. Never removed."""

    __tablename__ = "issuer_keys"

    organisation: str = Field(foreign_key="issuer_organisations.slug", primary_key=True, max_length=64)
    number: int = Field(primary_key=True)
    public_key_multibase: str = Field(max_length=300)
    first_day: date | None = None
    until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    compromised_since: datetime | None = Field(default=None, sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)


class CertifiedTheft(SQLModel, table=True):
    """Since when a certified key of an issuer is known to be stolen. Never removed."""

    __tablename__ = "issuer_certified_thefts"

    organisation: str = Field(foreign_key="issuer_organisations.slug", primary_key=True, max_length=64)
    fragment: str = Field(primary_key=True, max_length=16)
    since: datetime = Field(sa_type=UTCDateTime)


class Programme(SQLModel, table=True):
    """What is taught and awarded, or a form of work experience; `record` is its JSON. A version is never changed."""

    __tablename__ = "issuer_programmes"

    organisation: str = Field(foreign_key="issuer_organisations.slug", primary_key=True, max_length=64)
    id: str = Field(primary_key=True, max_length=64)
    version: int = Field(primary_key=True)
    record: str
    created_at: datetime = Field(sa_type=UTCDateTime)


class Picture(SQLModel, table=True):
    """A logo for certificates, as a PNG of our own writing; its id is the SHA-256 of it. Stays while a version names it."""

    __tablename__ = "issuer_pictures"

    organisation: str = Field(foreign_key="issuer_organisations.slug", primary_key=True, max_length=64)
    id: str = Field(primary_key=True, max_length=64)
    content: bytes
    created_at: datetime = Field(sa_type=UTCDateTime)


class Concept(SQLModel, table=True):
    """An entry of ESCO, ISCO-08 or ISCED-F in one language; `words` are those under which it is found."""

    __tablename__ = "issuer_concepts"

    kind: str = Field(primary_key=True, max_length=20)
    code: str = Field(primary_key=True, max_length=64)
    language: str = Field(primary_key=True, max_length=8)
    label: str = Field(max_length=500)
    url: str = Field(max_length=300)
    group: str = Field(max_length=4)
    words: str


class ColumnChoice(SQLModel, table=True):
    """What a centre said about the headings of a programme's lists, sealed: a first line may hold a person. One at most holds."""

    __tablename__ = "issuer_column_choices"

    id: str = Field(primary_key=True, max_length=26)
    organisation: str = Field(foreign_key="issuer_organisations.slug", index=True, max_length=64)
    programme: str = Field(max_length=64)
    headings_hash: str = Field(index=True, max_length=32)
    wrapped_key: bytes
    sealed: bytes
    holds: bool
    created_at: datetime = Field(sa_type=UTCDateTime)


class Cohort(SQLModel, table=True):
    """A class, as its list was brought; `file_hash` is keyed, because a list can be guessed; `columns` is its `ColumnChoice`."""

    __tablename__ = "issuer_cohorts"
    __table_args__ = (UniqueConstraint("organisation", "programme", "file_hash"),)

    id: str = Field(primary_key=True, max_length=26)
    organisation: str = Field(foreign_key="issuer_organisations.slug", index=True, max_length=64)
    programme: str = Field(max_length=64)
    file_name: str = Field(max_length=200)
    file_hash: str = Field(max_length=32)
    columns: str | None = Field(default=None, max_length=26)
    created_at: datetime = Field(sa_type=UTCDateTime)


class Subject(SQLModel, table=True):
    """A person's key, wrapped. Once it is destroyed, everything sealed for that person is unreadable."""

    __tablename__ = "issuer_subjects"

    id: str = Field(primary_key=True, max_length=26)
    organisation: str = Field(foreign_key="issuer_organisations.slug", index=True, max_length=64)
    wrapped_key: bytes | None


class Row(SQLModel, table=True):
    """One line of a class's list: its cells sealed, its problems named without personal data."""

    __tablename__ = "issuer_rows"

    cohort: str = Field(foreign_key="issuer_cohorts.id", primary_key=True, max_length=26)
    number: int = Field(primary_key=True)
    subject: str = Field(foreign_key="issuer_subjects.id", max_length=26)
    sealed: bytes
    problems: str
    left_out: bool = False


class NameIndex(SQLModel, table=True):
    """Keyed hashes of the parts of a person's names: what a search by name compares."""

    __tablename__ = "issuer_name_index"

    subject: str = Field(foreign_key="issuer_subjects.id", primary_key=True, max_length=26)
    name_hash: bytes = Field(primary_key=True, max_length=16, index=True)


class StatusListRow(SQLModel, table=True):
    """A pair of status lists (revocation, suspension) with the same indices."""

    __tablename__ = "issuer_status_lists"

    organisation: str = Field(foreign_key="issuer_organisations.slug", primary_key=True, max_length=64)
    number: int = Field(primary_key=True)
    allocated: int = 0


class Issued(SQLModel, table=True):
    """One credential: delivered, or erased. Key and request are kept as keyed hashes.

    One that corrects another `replaces` it, and has its place in the class.
    """

    __tablename__ = "issuer_credentials"
    __table_args__ = (
        UniqueConstraint("organisation", "list_number", "list_index"),
        UniqueConstraint("organisation", "key_hash"),
        UniqueConstraint("cohort", "row_number"),
    )

    id: str = Field(primary_key=True, max_length=45)
    organisation: str = Field(foreign_key="issuer_organisations.slug", index=True, max_length=64)
    programme: str = Field(max_length=64)
    programme_version: int
    cohort: str | None = Field(default=None, max_length=26)
    row_number: int | None = None
    subject: str = Field(foreign_key="issuer_subjects.id", index=True, max_length=26)
    replaces: str | None = Field(default=None, foreign_key="issuer_credentials.id", unique=True, max_length=45)
    list_number: int
    list_index: int
    key_hash: str = Field(max_length=32)
    request_hash: str = Field(max_length=32)
    state: str = Field(index=True, max_length=10)
    sealed: bytes
    valid_from: date
    reserved_at: datetime = Field(sa_type=UTCDateTime)
    delivered_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class CopyList(SQLModel, table=True):
    """A status list of copies that wallets fetched."""

    __tablename__ = "issuer_copy_lists"

    organisation: str = Field(foreign_key="issuer_organisations.slug", primary_key=True, max_length=64)
    number: int = Field(primary_key=True)
    allocated: int = 0


class Copy(SQLModel, table=True):
    """The place of one copy of a credential in a status list of copies."""

    __tablename__ = "issuer_copies"

    organisation: str = Field(foreign_key="issuer_organisations.slug", primary_key=True, max_length=64)
    list_number: int = Field(primary_key=True)
    list_index: int = Field(primary_key=True)
    credential: str = Field(foreign_key="issuer_credentials.id", index=True, max_length=45)


class LogLeaf(SQLModel, table=True):
    """A leaf of the issuance log: a salted hash, and what a closing roll would name of it. Only added to."""

    __tablename__ = "issuer_log_leaves"

    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    credential: str = Field(foreign_key="issuer_credentials.id", unique=True, max_length=45)
    entry: bytes
    short_hash: bytes
    sealed_salt: bytes
    logged_at: datetime = Field(sa_type=UTCDateTime)


class LogTile(SQLModel, table=True):
    """Up to 256 hashes of the log's tree; the last of a level grows until it is whole."""

    __tablename__ = "issuer_log_tiles"

    level: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    hashes: bytes


class LogCheckpoint(SQLModel, table=True):
    """How far the log was once, signed: one for a size, ever."""

    __tablename__ = "issuer_log_checkpoints"

    size: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    note: str
    signed_at: datetime = Field(sa_type=UTCDateTime)


class Link(SQLModel, table=True):
    """The printed code's ciphertext, and its key sealed for printing again."""

    __tablename__ = "issuer_links"

    id: str = Field(primary_key=True, max_length=13)
    credential: str = Field(foreign_key="issuer_credentials.id", unique=True, max_length=45)
    ciphertext: bytes
    sealed_key: bytes


class Claim(SQLModel, table=True):
    """A worker's claim link: the hash of its code, and the code sealed for printing again."""

    __tablename__ = "issuer_claims"

    code_hash: str = Field(primary_key=True, max_length=64)
    credential: str = Field(foreign_key="issuer_credentials.id", unique=True, max_length=45)
    sealed_code: bytes


class ClaimMail(SQLModel, table=True):
    """A claim link to be sent by electronic mail: how far that is. Address and text are made when it is sent, and kept nowhere."""

    __tablename__ = "issuer_claim_mails"

    credential: str = Field(foreign_key="issuer_credentials.id", primary_key=True, max_length=45)
    organisation: str = Field(foreign_key="issuer_organisations.slug", index=True, max_length=64)
    language: str = Field(max_length=8)
    state: str = Field(max_length=10)
    attempts: int = 0
    next_try: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)


class Notice(SQLModel, table=True):
    """What a person is told of a certificate by electronic mail, and how far that is; address and text are made when it is sent."""

    __tablename__ = "issuer_notices"

    id: str = Field(primary_key=True, max_length=26)
    credential: str = Field(foreign_key="issuer_credentials.id", index=True, max_length=45)
    organisation: str = Field(foreign_key="issuer_organisations.slug", index=True, max_length=64)
    kind: str = Field(max_length=10)
    language: str = Field(max_length=8)
    state: str = Field(max_length=10)
    attempts: int = 0
    next_try: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)
    at: datetime = Field(sa_type=UTCDateTime)


class Handover(SQLModel, table=True):
    """How a credential reached its person: `claimed` or `printed`, when first and last, and how often."""

    __tablename__ = "issuer_handovers"

    credential: str = Field(foreign_key="issuer_credentials.id", primary_key=True, max_length=45)
    kind: str = Field(primary_key=True, max_length=10)
    first_at: datetime = Field(sa_type=UTCDateTime)
    last_at: datetime = Field(sa_type=UTCDateTime)
    times: int


class StatusChange(SQLModel, table=True):
    """What was done to a credential's status, when, and why. Only added to; the newest row of a purpose holds."""

    __tablename__ = "issuer_status_changes"

    id: int | None = Field(default=None, primary_key=True)
    credential: str = Field(foreign_key="issuer_credentials.id", index=True, max_length=45)
    purpose: str = Field(max_length=16)
    is_set: bool
    sealed_reason: bytes | None
    by: str = Field(max_length=200)
    at: datetime = Field(sa_type=UTCDateTime)


class AskedCorrection(SQLModel, table=True):
    """What a holder asked to have corrected, and what was said since, sealed under the person's key; gone with the person's data.

    `state` is `waiting`, `asked-back` or `refused`: whether it was corrected is told by the certificate.
    """

    __tablename__ = "issuer_asked_corrections"

    id: str = Field(primary_key=True, max_length=32)
    organisation: str = Field(foreign_key="issuer_organisations.slug", index=True, max_length=64)
    credential: str = Field(foreign_key="issuer_credentials.id", index=True, max_length=45)
    state: str = Field(index=True, max_length=10)
    sealed: bytes
    sealed_evidence: bytes | None
    asked_at: datetime = Field(sa_type=UTCDateTime)
    answered_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class ApiToken(SQLModel, table=True):
    """A program's right to act for one issuer: the hash of its token, and the actions."""

    __tablename__ = "issuer_api_tokens"

    id: str = Field(primary_key=True, max_length=26)
    token_hash: str = Field(unique=True, max_length=64)
    organisation: str = Field(foreign_key="issuer_organisations.slug", index=True, max_length=64)
    name: str = Field(max_length=100)
    actions: str = Field(max_length=200)
    created_at: datetime = Field(sa_type=UTCDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Act(SQLModel, table=True):
    """Who did what to which thing, and when; nothing that identifies a graduate. Only added to."""

    __tablename__ = "issuer_history"

    id: int | None = Field(default=None, primary_key=True)
    organisation: str = Field(foreign_key="issuer_organisations.slug", index=True, max_length=64)
    at: datetime = Field(sa_type=UTCDateTime)
    by: str = Field(max_length=200)
    action: str = Field(max_length=40)
    thing: str = Field(max_length=64)


class Webhook(SQLModel, table=True):
    """An address that is told of an issuer's acts, as far as `position`; `next_try` is empty once it is asked no more."""

    __tablename__ = "issuer_webhooks"

    id: str = Field(primary_key=True, max_length=26)
    organisation: str = Field(foreign_key="issuer_organisations.slug", index=True, max_length=64)
    url: str = Field(max_length=500)
    wrapped_key: bytes
    sealed_secret: bytes
    position: int
    failures: int = 0
    next_try: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)
    created_at: datetime = Field(sa_type=UTCDateTime)
