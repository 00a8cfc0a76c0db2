"""Reserve: a request becomes an unsigned document with a place in the status lists, stored in one transaction or not at all.

The documents are built and checked before the transaction, for places that were free a moment ago; inside it everything that was
read is looked at again, and where somebody was quicker the whole is done anew. Writers of one issuer take turns, so that what is
seen inside the transaction still holds when it ends.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlmodel import Session, col, select

from credentials.status.bitstring import MINIMUM_ENTRIES
from issuer_api.cohorts import is_blocked
from issuer_api.documents import Award, Place, build, check
from issuer_api.errors import ConflictError, ErasedError, InvalidRecordError, KeyReusedError
from issuer_api.giving_way import give_way
from issuer_api.history import COMMAND_LINE, note
from issuer_api.organisations import organisation
from issuer_api.programmes import programme_version
from issuer_api.service import Issuer
from issuer_api.subjects import ERASED, index_names, new_subject, wrapped_key
from issuer_api.tables import Issued, Row, StatusListRow, Subject

LIST_CAPACITY: Final = MINIMUM_ENTRIES // 2  # a list is filled by half: free indices stay quick to find
RESERVED: Final = "reserved"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A credential that is reserved: it fits its schema, all of it will be signed. Only `prepare` makes one."""

    id: str
    organisation: str


@dataclass(frozen=True, slots=True)
class FromRow:
    """The row of a class that a request stands for: class, number, and the cells as they were read, still sealed."""

    cohort: str
    number: int
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be issued.

    Attributes:
        programme: id of the programme or form.
        award: what is said of the person.
        key: idempotency key; the same key and content give the same credential.
        row: the row of a class, or None.
        replaces: the certificate that this one corrects, or None.
        version: of the programme, or None for the newest.
        person: id of a person who is known already, or None.
    """

    programme: str
    award: Award
    key: str
    row: FromRow | None = None
    replaces: str | None = None
    version: int | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class _Person:
    """Whom a certificate is about, and its place in a class."""

    subject: Subject
    cohort: str | None = None
    row_number: int | None = None


@dataclass(frozen=True, slots=True)
class _Draft:
    """A document that passed, not stored yet."""

    request: Request
    document: Mapping[str, Any]
    version: int
    index: int


@dataclass(frozen=True, slots=True)
class _Places:
    """A list and indices of it that nobody has."""

    number: int
    indices: tuple[int, ...]


def prepare(issuer: Issuer, slug: str, request: Request, *, by: str = COMMAND_LINE) -> Prepared:
    """Reserve one credential; a request that came before gives what was reserved then.

    Raises:
        UnknownThingError: no such issuer or programme.
        InvalidRecordError: the award lies in the future or before the course.
        KeyReusedError: the key came before with another request.
        ErasedError: it came before, and the person's data was erased.
        SchemaError, DataLossError, MalformedValueError: the document would not do; nothing is stored.
    """
    return prepare_all(issuer, slug, (request,), by=by)[0]


def prepare_all(issuer: Issuer, slug: str, requests: Sequence[Request], *, by: str = COMMAND_LINE) -> tuple[Prepared, ...]:
    """Reserve several credentials in one transaction, in the order of the requests.

    Args:
        issuer: the house.
        slug: the issuer.
        requests: with different keys.
        by: who asks.

    Raises:
        ConflictError: a row was changed since it was read.
        VCError: as `prepare`; nothing is stored.
    """
    while True:
        with issuer.database.session() as session:
            known = _known(issuer, session, slug, requests)
            fresh = [request for request in requests if request.key not in known]
            places = _free_places(issuer, session, slug, len(fresh))
        if fresh:
            drafts = _draft_all(issuer, slug, fresh, places)
            with issuer.database.write(slug, together=True) as session:
                if _known(issuer, session, slug, fresh) or not _still_free(session, slug, places):
                    continue
                known |= _store_all(issuer, session, slug, drafts, places.number, by)
        return tuple(Prepared(known[request.key], slug) for request in requests)


def _known(issuer: Issuer, session: Session, slug: str, requests: Iterable[Request]) -> dict[str, str]:
    """Return key to credential id of the requests that came before."""
    hashes = {_key_hash(issuer, slug, request): request for request in requests}
    query = select(Issued).where(Issued.organisation == slug, col(Issued.key_hash).in_(hashes))
    known = {}
    for row in session.exec(query).all():
        request = hashes[row.key_hash]
        if row.state == ERASED:
            raise ErasedError("it was issued before, and this person's data was erased")
        if row.request_hash != _request_hash(issuer, request):
            raise KeyReusedError("this idempotency key came before with another request", pointer="/Idempotency-Key")
        known[request.key] = row.id
    return known


def _key_hash(issuer: Issuer, slug: str, request: Request) -> str:
    return issuer.sealer.keyed_hash(f"key\n{slug}\n{request.key}").hex()


def _request_hash(issuer: Issuer, request: Request) -> str:
    """Return a keyed hash of what is asked, to tell a repetition from another request."""
    award = request.award
    asked: list[object] = [request.programme, award.names, str(award.awarded), award.number, award.work]
    if award.passport or award.holder:
        asked.append([str(award.passport), award.holder])
    if award.evidence:
        asked.append([dict(one) for one in award.evidence])
    return issuer.sealer.keyed_hash(f"request\n{json.dumps(asked, default=dict)}").hex()


def _newest_list(session: Session, slug: str) -> StatusListRow | None:
    query = select(StatusListRow).where(StatusListRow.organisation == slug).order_by(col(StatusListRow.number).desc())
    return session.exec(query).first()


def _free_places(issuer: Issuer, session: Session, slug: str, count: int) -> _Places:
    newest = _newest_list(session, slug)
    number = newest.number if newest else 1
    if newest is not None and newest.allocated + count > LIST_CAPACITY:
        number += 1
    indices: list[int] = []
    while len(indices) < count:
        index = int.from_bytes(issuer.randomness(8), "big") % MINIMUM_ENTRIES
        if index not in indices and not _taken(session, slug, number, (index,)):
            indices.append(index)
    return _Places(number, tuple(indices))


def _taken(session: Session, slug: str, number: int, indices: Iterable[int]) -> set[int]:
    query = select(Issued.list_index).where(Issued.organisation == slug, Issued.list_number == number)
    return set(session.exec(query.where(col(Issued.list_index).in_(indices))).all())


def _still_free(session: Session, slug: str, places: _Places) -> bool:
    newest = _newest_list(session, slug)
    room = newest is None or newest.number < places.number or newest.allocated + len(places.indices) <= LIST_CAPACITY
    return (newest is None or newest.number <= places.number) and room and not _taken(session, slug, places.number, places.indices)


def _draft_all(issuer: Issuer, slug: str, requests: Sequence[Request], places: _Places) -> tuple[_Draft, ...]:
    did, centre = organisation(issuer, slug)
    wanted = {(request.programme, request.version) for request in requests}
    courses = {asked: programme_version(issuer, slug, *asked) for asked in wanted}
    today = issuer.clock().date()
    drafts = []
    for request, index in zip(requests, places.indices, strict=True):
        version, course = courses[request.programme, request.version]
        _check_days(request, today)
        place = Place(f"{issuer.base_url}/status/{slug}-{places.number}", index)
        document = build(did, centre["name"], course, request.award, place, today)
        check(document, issuer.canonicalize)
        drafts.append(_Draft(request, document, version, index))
    return tuple(drafts)


def _check_days(request: Request, today: date) -> None:
    award = request.award
    if award.awarded > today or (award.started is not None and award.awarded < award.started):
        where = f"row {request.row.number}: " if request.row else ""
        raise InvalidRecordError(f"{where}the award lies in the future or before the course began", pointer="/awardedDate")


def _store_all(issuer: Issuer, session: Session, slug: str, drafts: Sequence[_Draft], number: int, by: str) -> dict[str, str]:
    """Store drafts with places in a list, and return key to credential id."""
    people = _people_of(issuer, session, slug, [draft.request for draft in drafts], by)
    _count_places(session, slug, number, len(drafts))
    for draft, person in zip(drafts, people, strict=True):
        session.add(_reserved(issuer, slug, draft, person, number))
        note(issuer, session, slug, by, "credential-issued", draft.document["id"])
    return {draft.request.key: draft.document["id"] for draft in drafts}


def _reserved(issuer: Issuer, slug: str, draft: _Draft, person: _Person, number: int) -> Issued:
    request, document, subject = draft.request, draft.document, person.subject
    content = json.dumps(document, ensure_ascii=False).encode()
    return Issued(
        id=document["id"],
        organisation=slug,
        programme=request.programme,
        programme_version=draft.version,
        cohort=person.cohort,
        row_number=person.row_number,
        subject=subject.id,
        replaces=request.replaces,
        list_number=number,
        list_index=draft.index,
        key_hash=_key_hash(issuer, slug, request),
        request_hash=_request_hash(issuer, request),
        state=RESERVED,
        sealed=seal_document(issuer, subject, document["id"], content),
        valid_from=date.fromisoformat(document["validFrom"][:10]),
        reserved_at=issuer.clock(),
    )


def _count_places(session: Session, slug: str, number: int, count: int) -> None:
    listed = session.get(StatusListRow, (slug, number))
    if listed is None:
        listed = StatusListRow(organisation=slug, number=number)
        session.add(listed)
    listed.allocated += count


def _people_of(issuer: Issuer, session: Session, slug: str, requests: Sequence[Request], by: str) -> list[_Person]:
    """Return the persons that requests are about: those of rows and of certificates that are corrected, and new ones."""
    people = [_person_of(issuer, session, slug, request, by) for request in requests]
    fresh = [
        (person.subject, request.award.names)
        for person, request in zip(people, requests, strict=True)
        if request.row is None and request.replaces is None and request.person is None
    ]
    session.add_all(subject for subject, _ in fresh)
    session.flush()
    index_names(issuer, session, fresh)
    return people


def _person_of(issuer: Issuer, session: Session, slug: str, request: Request, by: str) -> _Person:
    if request.replaces is not None:
        return _Person(*give_way(issuer, session, slug, request.replaces, request.award.names, by))
    if request.person is not None:
        return _Person(session.get_one(Subject, request.person))
    return _Person(new_subject(issuer, slug)) if request.row is None else _person_of_row(session, request.row)


def _person_of_row(session: Session, asked: FromRow) -> _Person:
    row = session.get_one(Row, (asked.cohort, asked.number))
    if row.sealed != asked.sealed or row.left_out or is_blocked(row):
        raise ConflictError(f"row {row.number} was changed meanwhile; look at the class again", pointer=f"/rows/{row.number}")
    return _Person(session.get_one(Subject, row.subject), asked.cohort, asked.number)


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
