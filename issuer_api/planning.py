"""Plan: a request becomes an unsigned document with a place in the status lists; nothing is stored, and no place is held.

The documents are built and checked before anything is written, for places that were free a moment ago. In the transaction that
stores what was signed, `still_holds` looks again at everything that was read here; where somebody was quicker, the whole is planned
anew. Writers of one issuer take turns, so that what is seen inside the transaction still holds when it ends.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlmodel import Session, col, select

from credentials.status.bitstring import MINIMUM_ENTRIES
from issuer_api.documents import Award, Place, build, check
from issuer_api.errors import ErasedError, InvalidRecordError, KeyReusedError
from issuer_api.organisations import organisation
from issuer_api.programmes import programme_version
from issuer_api.service import Issuer
from issuer_api.subjects import ERASED
from issuer_api.tables import Issued, StatusListRow

LIST_CAPACITY: Final = MINIMUM_ENTRIES // 2  # a list is filled by half: free indices stay quick to find


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
class Places:
    """A list and indices of it that nobody has."""

    number: int
    indices: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that passed, and what is stored beside it."""

    request: Request
    document: Mapping[str, Any]
    version: int
    index: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done for several requests.

    Attributes:
        known: key to credential id of those that came before.
        places: of the others.
        drafts: of the others.
    """

    known: Mapping[str, str]
    places: Places
    drafts: tuple[Draft, ...]


def plan(issuer: Issuer, slug: str, requests: Sequence[Request]) -> Plan:
    """Return which requests came before, and a document for each of the others.

    Args:
        issuer: the house.
        slug: the issuer.
        requests: with different keys.

    Raises:
        UnknownThingError: no such issuer or programme.
        InvalidRecordError: the award lies in the future or before the course.
        KeyReusedError: the key came before with another request.
        ErasedError: it came before, and the person's data was erased.
        SchemaError, DataLossError, MalformedValueError: the document would not do.
    """
    with issuer.database.session() as session:
        known = _known(issuer, session, slug, requests)
        fresh = [request for request in requests if request.key not in known]
        places = _free_places(issuer, session, slug, len(fresh))
    return Plan(known, places, _draft_all(issuer, slug, fresh, places) if fresh else ())


def still_holds(issuer: Issuer, session: Session, slug: str, made: Plan) -> bool:
    """Return whether the drafts of a plan may be stored in this session: their keys are new, and their places free.

    Raises:
        KeyReusedError, ErasedError: as `plan`.
    """
    return not _known(issuer, session, slug, (draft.request for draft in made.drafts)) and _still_free(session, slug, made.places)


def _known(issuer: Issuer, session: Session, slug: str, requests: Iterable[Request]) -> dict[str, str]:
    """Return key to credential id of the requests that came before."""
    hashes = {key_hash(issuer, slug, request): request for request in requests}
    query = select(Issued.key_hash, Issued.request_hash, Issued.id, Issued.state)
    known = {}
    for key, asked, credential, state in session.exec(
        query.where(Issued.organisation == slug, col(Issued.key_hash).in_(hashes))
    ).all():
        if state == ERASED:
            raise ErasedError("it was issued before, and this person's data was erased")
        if asked != request_hash(issuer, hashes[key]):
            raise KeyReusedError("this idempotency key came before with another request", pointer="/Idempotency-Key")
        known[hashes[key].key] = credential
    return known


def key_hash(issuer: Issuer, slug: str, request: Request) -> str:
    """Return what is kept of an idempotency key."""
    return issuer.sealer.keyed_hash(f"key\n{slug}\n{request.key}").hex()


def request_hash(issuer: Issuer, request: Request) -> str:
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


def _free_places(issuer: Issuer, session: Session, slug: str, count: int) -> Places:
    newest = _newest_list(session, slug)
    number = newest.number if newest else 1
    if newest is not None and newest.allocated + count > LIST_CAPACITY:
        number += 1
    free: dict[int, None] = {}
    while len(free) < count:
        drawn: dict[int, None] = {}
        while len(free) + len(drawn) < count:
            index = int.from_bytes(issuer.randomness(8), "big") % MINIMUM_ENTRIES
            drawn |= {} if index in free else {index: None}
        taken = _taken(session, slug, number, drawn)
        free |= {index: None for index in drawn if index not in taken}
    return Places(number, tuple(free))


def _taken(session: Session, slug: str, number: int, indices: Iterable[int]) -> set[int]:
    query = select(Issued.list_index).where(Issued.organisation == slug, Issued.list_number == number)
    return set(session.exec(query.where(col(Issued.list_index).in_(indices))).all())


def _still_free(session: Session, slug: str, places: Places) -> bool:
    newest = _newest_list(session, slug)
    room = newest is None or newest.number < places.number or newest.allocated + len(places.indices) <= LIST_CAPACITY
    return (newest is None or newest.number <= places.number) and room and not _taken(session, slug, places.number, places.indices)


def _draft_all(issuer: Issuer, slug: str, requests: Sequence[Request], places: Places) -> tuple[Draft, ...]:
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
        drafts.append(Draft(request, document, version, index))
    return tuple(drafts)


def _check_days(request: Request, today: date) -> None:
    award = request.award
    if award.awarded > today or (award.started is not None and award.awarded < award.started):
        where = f"row {request.row.number}: " if request.row else ""
        raise InvalidRecordError(f"{where}the award lies in the future or before the course began", pointer="/awardedDate")
