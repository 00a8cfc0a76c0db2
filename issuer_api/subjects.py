"""Persons: a key for each, what is sealed under it, the search by name, and erasure.

A person is known by a random id. What identifies the person is sealed under the person's key, or kept as keyed hashes of the parts
of the names. Erasing destroys the key, the hashes and the sealed bytes; what stays is a status index that says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import insert, update
from sqlmodel import Session, col, delete, func, select

from issuer_api.errors import ErasedError, InvalidRecordError, UnknownThingError
from issuer_api.history import COMMAND_LINE, note
from issuer_api.names import name_hashes
from issuer_api.service import Issuer
from issuer_api.tables import (
    AskedCorrection,
    Claim,
    ClaimMail,
    Handover,
    Issued,
    Link,
    LogLeaf,
    NameIndex,
    Notice,
    Row,
    StatusChange,
    Subject,
)
from issuer_api.work_tables import WorkExperience, WorkWitness

ERASED: Final = "erased"
MOST_FOUND: Final = 100


@dataclass(frozen=True, slots=True)
class Found:
    """What is there of a person whose name was searched: ids, no names."""

    person: str
    credential: str | None
    state: str | None
    cohort: str | None
    row: int | None


def new_subject(issuer: Issuer, slug: str) -> Subject:
    """Return a person with a fresh key; the caller stores it."""
    return Subject(id=issuer.new_id(), organisation=slug, wrapped_key=issuer.sealer.new_subject_key())


def index_names(issuer: Issuer, session: Session, people: Iterable[tuple[Subject, tuple[str, ...]]]) -> None:
    """Add the keyed hashes of the names of persons that are stored already."""
    rows = [
        {"subject": subject.id, "name_hash": digest}
        for subject, names in people
        for digest in name_hashes(issuer.sealer, subject.organisation, names)
    ]
    if rows:
        session.execute(insert(NameIndex), rows)


def index_names_anew(issuer: Issuer, session: Session, subject: Subject, names: tuple[str, ...]) -> None:
    """Replace the keyed hashes of a person's names."""
    session.exec(delete(NameIndex).where(col(NameIndex.subject) == subject.id))
    index_names(issuer, session, ((subject, names),))


def wrapped_key(subject: Subject) -> bytes:
    """Return the person's wrapped key.

    Raises:
        ErasedError: the person's data was erased.
    """
    if subject.wrapped_key is None:
        raise ErasedError("this person's data was erased")
    return subject.wrapped_key


def seal_document(issuer: Issuer, subject: Subject, credential: str, content: bytes) -> bytes:
    """Return a document sealed under its person's key.

    Raises:
        ErasedError: the person's data was erased.
    """
    return issuer.sealer.seal(wrapped_key(subject), content, credential.encode())


def open_document(issuer: Issuer, subject: Subject, row: Issued) -> bytes:
    """Return a stored document.

    Raises:
        ErasedError: the person's data was erased.
    """
    return issuer.sealer.open(wrapped_key(subject), row.sealed, row.id.encode())


def search(issuer: Issuer, slug: str, text: str) -> tuple[Found, ...]:
    """Return persons of whom every word of `text` is part of a name, whatever its case and accents; at most 100.

    Raises:
        InvalidRecordError: the text has no word.
    """
    hashes = name_hashes(issuer.sealer, slug, (text,))
    if not hashes:
        raise InvalidRecordError("give at least one part of a name", pointer="/name")
    persons = (
        select(NameIndex.subject)
        .where(col(NameIndex.subject) == col(Subject.id), Subject.organisation == slug, col(NameIndex.name_hash).in_(hashes))
        .group_by(col(NameIndex.subject))
        .having(func.count() == len(hashes))
    )
    query = (
        select(Subject, Issued, Row)
        .join(Issued, col(Issued.subject) == col(Subject.id), isouter=True)
        .join(Row, col(Row.subject) == col(Subject.id), isouter=True)
        .where(col(Subject.id).in_(persons))
        .order_by(col(Row.cohort), col(Row.number), col(Subject.id))
        .limit(MOST_FOUND)
    )
    with issuer.database.session() as session:
        return tuple(_found(*entry) for entry in session.exec(query).all())


def _found(subject: Subject, issued: Issued | None, row: Row | None) -> Found:
    return Found(
        subject.id,
        issued.id if issued else None,
        issued.state if issued else None,
        row.cohort if row else None,
        row.number if row else None,
    )


def erase_person(issuer: Issuer, slug: str, person: str, *, by: str = COMMAND_LINE) -> None:
    """Destroy a person's key, and with it everything that identifies the person; again changes nothing.

    The certificate that the person holds stays good and can still be withdrawn: its status index is no personal data.

    Raises:
        UnknownThingError: this issuer knows no such person.
    """
    with issuer.database.write(slug) as session:
        subject = session.get(Subject, person)
        if subject is None or subject.organisation != slug:
            raise UnknownThingError(f"{slug} knows no person {person[:40]!r}")
        if subject.wrapped_key is None:
            return
        subject.wrapped_key = None
        _destroy(session, person)
        note(issuer, session, slug, by, "person-erased", person)
    issuer.database.wipe_traces()


def _destroy(session: Session, person: str) -> None:
    credentials: Sequence[str] = session.exec(select(Issued.id).where(Issued.subject == person)).all()
    session.exec(delete(NameIndex).where(col(NameIndex.subject) == person))
    session.exec(delete(ClaimMail).where(col(ClaimMail.credential).in_(credentials)))
    session.exec(delete(AskedCorrection).where(col(AskedCorrection.credential).in_(credentials)))
    session.exec(delete(Notice).where(col(Notice.credential).in_(credentials)))
    session.exec(delete(Handover).where(col(Handover.credential).in_(credentials)))
    session.execute(update(Row).where(col(Row.subject) == person).values(sealed=b""))
    told = select(WorkExperience.id).where(WorkExperience.subject == person)
    session.execute(update(WorkWitness).where(col(WorkWitness.experience).in_(told)).values(sealed=b"", mark=""))
    session.execute(update(WorkExperience).where(col(WorkExperience.subject) == person).values(sealed=b"", person_mark=""))
    session.execute(update(Issued).where(col(Issued.subject) == person).values(sealed=b"", request_hash="", state=ERASED))
    session.execute(update(Link).where(col(Link.credential).in_(credentials)).values(sealed_key=b""))
    session.execute(update(Claim).where(col(Claim.credential).in_(credentials)).values(sealed_code=b""))
    session.execute(update(LogLeaf).where(col(LogLeaf.credential).in_(credentials)).values(sealed_salt=b""))
    session.execute(update(StatusChange).where(col(StatusChange.credential).in_(credentials)).values(sealed_reason=None))
