"""Store what was signed: certificate, status index, idempotency key, person, place in the log, link and claim, in one session.

Rows are written table by table, so that a group of certificates costs a few statements.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from issuer_api.cohorts import is_blocked
from issuer_api.delivery import DELIVERED, deliver
from issuer_api.errors import ConflictError
from issuer_api.giving_way import end_replaced, give_way
from issuer_api.history import note_all
from issuer_api.log import Entry, append
from issuer_api.planning import Draft, FromRow, Plan, key_hash, request_hash
from issuer_api.service import Issuer
from issuer_api.subjects import index_names, new_subject, seal_document, wrapped_key
from issuer_api.tables import Issued, Row, StatusListRow, Subject


@dataclass(frozen=True, slots=True)
class Signed:
    """A secured credential: as JSON, and as the bytes that are handed out."""

    draft: Draft
    document: Mapping[str, Any]
    content: bytes

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.document["id"])


@dataclass(frozen=True, slots=True)
class _Person:
    """Whom a certificate is about, and its place in a class."""

    subject: Subject
    cohort: str | None = None
    row_number: int | None = None


def store_all(issuer: Issuer, session: Session, slug: str, made: Plan, signed: Sequence[Signed], by: str) -> None:
    """Store signed credentials of a plan that still holds.

    Raises:
        ConflictError: a row was changed since it was read, or the certificate to be corrected cannot be.
        ErasedError: a person's data was erased meanwhile.
        LogSetBackError: the lists have seen a longer log than this one.
    """
    people = _people_of(issuer, session, slug, [one.draft for one in signed], by)
    _count_places(session, slug, made.places.number, len(signed))
    pairs = list(zip(signed, people, strict=True))
    rows = [_row(issuer, slug, one, person, made.places.number) for one, person in pairs]
    session.execute(insert(Issued), rows)
    note_all(issuer, session, slug, by, "credential-issued", [one.id for one in signed])
    for replaced in filter(None, (one.draft.request.replaces for one in signed)):
        end_replaced(issuer, session, slug, replaced, by)
    append(issuer, session, [Entry(one.id, wrapped_key(person.subject), one.document) for one, person in pairs])
    deliver(issuer, session, [(one.id, person.subject, one.content) for one, person in pairs])


def _row(issuer: Issuer, slug: str, signed: Signed, person: _Person, number: int) -> dict[str, Any]:
    request, now = signed.draft.request, issuer.clock()
    return {
        "id": signed.id,
        "organisation": slug,
        "programme": request.programme,
        "programme_version": signed.draft.version,
        "cohort": person.cohort,
        "row_number": person.row_number,
        "subject": person.subject.id,
        "replaces": request.replaces,
        "list_number": number,
        "list_index": signed.draft.index,
        "key_hash": key_hash(issuer, slug, request),
        "request_hash": request_hash(issuer, request),
        "state": DELIVERED,
        "sealed": seal_document(issuer, person.subject, signed.id, signed.content),
        "valid_from": date.fromisoformat(signed.document["validFrom"][:10]),
        "reserved_at": now,
        "delivered_at": now,
    }


def _count_places(session: Session, slug: str, number: int, count: int) -> None:
    listed = session.get(StatusListRow, (slug, number))
    if listed is None:
        listed = StatusListRow(organisation=slug, number=number)
        session.add(listed)
    listed.allocated += count


def _people_of(issuer: Issuer, session: Session, slug: str, drafts: Sequence[Draft], by: str) -> list[_Person]:
    """Return the persons that drafts are about: those of rows and of certificates that are corrected, and new ones."""
    of_rows = _people_of_rows(session, [draft.request.row for draft in drafts if draft.request.row])
    people, fresh = [], []
    for request in (draft.request for draft in drafts):
        if request.replaces is not None:
            people.append(_Person(*give_way(issuer, session, slug, request.replaces, request.award.names, by)))
        elif request.row is not None:
            people.append(of_rows[request.row.cohort, request.row.number])
        elif request.person is not None:
            people.append(_Person(session.get_one(Subject, request.person)))
        else:
            people.append(_Person(new_subject(issuer, slug)))
            fresh.append((people[-1].subject, request.award.names))
    session.add_all(subject for subject, _ in fresh)
    session.flush()
    index_names(issuer, session, fresh)
    return people


def _people_of_rows(session: Session, asked: Sequence[FromRow]) -> dict[tuple[str, int], _Person]:
    """Return the persons of rows that stand as they were read.

    Raises:
        ConflictError: a row was changed since.
    """
    wanted: dict[str, dict[int, FromRow]] = {}
    for one in asked:
        wanted.setdefault(one.cohort, {})[one.number] = one
    people: dict[tuple[str, int], _Person] = {}
    for cohort, rows in wanted.items():
        query = select(Row, Subject).where(Row.subject == Subject.id, Row.cohort == cohort, col(Row.number).in_(rows))
        for row, subject in session.exec(query).all():
            if row.sealed != rows[row.number].sealed or row.left_out or is_blocked(row):
                where = f"/rows/{row.number}"
                raise ConflictError(f"row {row.number} was changed meanwhile; look at the class again", pointer=where)
            people[cohort, row.number] = _Person(subject, cohort, row.number)
    return people
