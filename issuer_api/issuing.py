"""From a row to a certificate: reserve, sign, deliver, each a stored step, so that a crash loses nothing and doubles nothing.

    reserved    unsigned document, status index and idempotency key, in one transaction
    signed      the secured bytes, verified before they were stored
    delivered   the link code's ciphertext and the claim code are there; the certificate may leave

`resume` takes every credential that is not delivered from where it stands. Asking again with the same idempotency key gives the
stored bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final

from sqlmodel import Session, col, func, select

from credentials import rdf
from credentials.data_integrity import add_proof_set
from credentials.model import parse_credential
from credentials.parsing import parse_json
from credentials.schema import check_schemas
from credentials.status.bitstring import MINIMUM_ENTRIES
from credentials.verify import VerificationOptions, verify_credential
from issuer_api.cohorts import CohortRow, cohort_report, names_of, new_subject, wrapped_key
from issuer_api.delivery import deliver
from issuer_api.documents import Award, Place, build
from issuer_api.errors import InvalidRecordError, KeyReusedError, UnknownThingError
from issuer_api.organisations import KEY, organisation, public_keys
from issuer_api.programmes import programme
from issuer_api.service import Issuer
from issuer_api.tables import Issued, Row, StatusListRow, Subject

LIST_CAPACITY: Final = MINIMUM_ENTRIES // 2  # a list is filled by half: free indices stay quick to find
_SELF_CHECKS: Final = frozenset({"proof", "issuer-key", "schema"})
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A credential that is reserved: it fits its schema, all of it will be signed. Only `prepare` makes one."""

    id: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be issued.

    Attributes:
        programme: id of the programme or form.
        award: what is said of the person.
        key: idempotency key; the same key and content give the same credential.
        cohort: class and row number, or None.
    """

    programme: str
    award: Award
    key: str
    cohort: tuple[str, int] | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of what is asked, to tell a repetition from another request."""
        award = self.award
        text = json.dumps(
            [self.programme, award.names, str(award.awarded), award.number, str(award.started), award.work], default=dict
        )
        return hashlib.sha256(text.encode()).hexdigest()


def prepare(issuer: Issuer, slug: str, request: Request) -> Prepared:
    """Reserve a credential: check everything, then store it with its index and key in one transaction.

    Raises:
        UnknownThingError: no such issuer or programme.
        KeyReusedError: the key came before with another request.
        SchemaError, DataLossError, MalformedValueError: the document would not do; nothing is stored.
    """
    did, record = organisation(issuer, slug)
    course = programme(issuer, slug, request.programme)
    today = issuer.clock().date()
    with issuer.database.write() as session:
        known = _known(session, slug, request)
        if known is not None:
            return Prepared(known.id, slug)
        number, index = _allocate(issuer, session, slug)
        place = Place(f"{issuer.base_url}/status/{slug}-{number}", index)
        document = build(did, record["name"], course, request.award, place, today)
        _check(issuer, document)
        subject = _subject(issuer, session, slug, request)
        session.flush()
        session.add(
            Issued(
                id=document["id"],
                organisation=slug,
                programme=request.programme,
                cohort=request.cohort[0] if request.cohort else None,
                row_number=request.cohort[1] if request.cohort else None,
                subject=subject.id,
                list_number=number,
                list_index=index,
                idempotency_key=request.key,
                request_hash=request.digest,
                state="reserved",
                sealed=seal_document(issuer, subject, document["id"], json.dumps(document, ensure_ascii=False).encode()),
                valid_from=today,
                reserved_at=issuer.clock(),
            )
        )
    return Prepared(document["id"], slug)


def _known(session: Session, slug: str, request: Request) -> Issued | None:
    query = select(Issued).where(Issued.organisation == slug, Issued.idempotency_key == request.key)
    known = session.exec(query).first()
    if known is not None and known.request_hash != request.digest:
        raise KeyReusedError("this idempotency key came before with another request", pointer="/Idempotency-Key")
    return known


def _allocate(issuer: Issuer, session: Session, slug: str) -> tuple[int, int]:
    """Return a list's number and a random index of it that nobody has."""
    query = select(StatusListRow).where(StatusListRow.organisation == slug).order_by(col(StatusListRow.number).desc())
    newest = session.exec(query.with_for_update()).first()
    if newest is None or newest.allocated >= LIST_CAPACITY:
        newest = StatusListRow(organisation=slug, number=newest.number + 1 if newest else 1)
        session.add(newest)
    newest.allocated += 1
    while True:
        index = int.from_bytes(issuer.randomness(8), "big") % MINIMUM_ENTRIES
        taken = select(func.count()).where(
            col(Issued.organisation) == slug, col(Issued.list_number) == newest.number, col(Issued.list_index) == index
        )
        if session.exec(taken).one() == 0:
            return newest.number, index


def _check(issuer: Issuer, document: Mapping[str, Any]) -> None:
    check_schemas(parse_credential(document))
    issuer.canonicalize(document)


def _subject(issuer: Issuer, session: Session, slug: str, request: Request) -> Subject:
    if request.cohort is None:
        return new_subject(issuer, session, slug, request.award.names)
    return session.get_one(Subject, session.get_one(Row, request.cohort).subject)


def seal_document(issuer: Issuer, subject: Subject, credential: str, content: bytes) -> bytes:
    """Return a document sealed under its person's key."""
    return issuer.sealer.seal(wrapped_key(subject), content, credential.encode())


def open_document(issuer: Issuer, subject: Subject, row: Issued) -> bytes:
    """Return a stored document.

    Raises:
        UnknownThingError: the person's data was erased.
    """
    return issuer.sealer.open(wrapped_key(subject), row.sealed, row.id.encode())


def issue(issuer: Issuer, prepared: Prepared) -> bytes:
    """Sign, check, store and deliver a prepared credential; return the secured bytes. What is done is not done again."""
    row, subject = find_issued(issuer, prepared.organisation, prepared.id)
    content = open_document(issuer, subject, row)
    if row.state == "reserved":
        content = _sign(issuer, prepared.organisation, parse_json(content), row.valid_from)
        _store_signed(issuer, prepared.id, seal_document(issuer, subject, row.id, content))
    if row.state != "delivered":
        deliver(issuer, prepared.id, subject, content)
    return content


def _sign(issuer: Issuer, slug: str, document: Mapping[str, Any], day: date) -> bytes:
    did, keys = public_keys(issuer, slug)
    method = f"{did}#{KEY}"
    created = datetime.combine(day, time(), UTC)
    secured = add_proof_set(document, issuer.keys.signer(method), created=created, canonicalize=issuer.canonicalize)
    content = json.dumps(secured, ensure_ascii=False, separators=(",", ":")).encode()
    options = VerificationOptions(
        now=issuer.clock(),
        fetcher=issuer.fetcher,
        canonicalize=rdf.canonicalize,
        checks=_SELF_CHECKS,
        known_keys={f"{did}#{fragment}": key for fragment, key in keys.items()},
    )
    verify_credential(content, options).require()
    return content


def _store_signed(issuer: Issuer, credential: str, sealed: bytes) -> None:
    with issuer.database.write() as session:
        row = session.get_one(Issued, credential)
        if row.state == "reserved":
            row.sealed, row.state = sealed, "signed"


def find_issued(issuer: Issuer, slug: str, credential: str) -> tuple[Issued, Subject]:
    """Return an issuer's credential and its person.

    Raises:
        UnknownThingError: there is none, or it is another issuer's.
    """
    query = select(Issued, Subject).where(Issued.subject == Subject.id, Issued.id == credential, Issued.organisation == slug)
    with issuer.database.session() as session:
        found = session.exec(query).first()
    if found is None:
        raise UnknownThingError(f"{slug} has issued no certificate {credential[:60]!r}")
    return found[0], found[1]


def credential_json(issuer: Issuer, slug: str, credential: str) -> bytes:
    """Return the secured bytes of a delivered credential, exactly as they were signed.

    Raises:
        UnknownThingError: none of this issuer, not delivered yet, or erased.
    """
    row, subject = find_issued(issuer, slug, credential)
    if row.state != "delivered":
        raise UnknownThingError("this certificate is not signed yet")
    return open_document(issuer, subject, row)


def issue_cohort(issuer: Issuer, slug: str, cohort_id: str, progress: Progress | None = None) -> tuple[str, ...]:
    """Issue every ready row of a class, go on where a crash left off, and return the credentials' ids in the order of the rows.

    Raises:
        UnknownThingError: this issuer has no such class.
    """
    report = cohort_report(issuer, slug, cohort_id)
    course = programme(issuer, slug, report.programme)
    ids = []
    for done, row in enumerate(report.ready, start=1):
        prepared = prepare(issuer, slug, _request_of(course, report.id, row))
        if row.state != "delivered":
            issue(issuer, prepared)
        ids.append(prepared.id)
        if progress is not None:
            progress(done, len(report.ready))
    return tuple(ids)


def _request_of(course: Mapping[str, Any], cohort: str, row: CohortRow) -> Request:
    awarded = date.fromisoformat(row.cells["awarded_on"])
    number = row.cells.get("number") or f"{course['number']}-{awarded.year}-{cohort[:4].upper()}{row.number:04}"
    started = date.fromisoformat(course["started"]) if course.get("started") else None
    award = Award(names_of(row.cells), awarded, number, started)
    return Request(course["id"], award, f"{cohort}:{row.number}", (cohort, row.number))


def issue_work(issuer: Issuer, slug: str, form_id: str, attestation: Mapping[str, Any], key: str) -> bytes:
    """Issue one work-experience attestation.

    Args:
        issuer: the house.
        slug: the employer.
        form_id: its form.
        attestation: `names`, and the members of `workExperience` with `alignment`.
        key: idempotency key.

    Raises:
        InvalidRecordError: names or dates are missing.
        VCError: as `prepare`.
    """
    if programme(issuer, slug, form_id)["kind"] != "work":
        raise InvalidRecordError("this is a training programme, not a form for work", pointer="/programme")
    try:
        names = tuple(str(name) for name in attestation["names"])
        work = {name: value for name, value in attestation.items() if name != "names"}
        ended = date.fromisoformat(work["endDate"])
        in_order = date.fromisoformat(work["startDate"]) <= ended <= issuer.clock().date()
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidRecordError("an attestation needs names, startDate, endDate and alignment", pointer="/") from error
    if not in_order:
        raise InvalidRecordError("the dates are out of order or in the future", pointer="/endDate")
    return issue(issuer, prepare(issuer, slug, Request(form_id, Award(names, ended, "", work=work), key)))


def resume(issuer: Issuer) -> int:
    """Finish every credential that a crash left half way; return how many."""
    query = select(Issued).where(Issued.state != "delivered").order_by(col(Issued.reserved_at))
    with issuer.database.session() as session:
        waiting = session.exec(query).all()
    for row in waiting:
        issue(issuer, Prepared(row.id, row.organisation))
    return len(waiting)


def erase_subject(issuer: Issuer, slug: str, credential: str) -> None:
    """Destroy the key of the person a credential is about: everything sealed for that person becomes unreadable.

    Raises:
        UnknownThingError: this issuer has no such credential.
    """
    _, subject = find_issued(issuer, slug, credential)
    with issuer.database.write() as session:
        session.merge(subject.model_copy(update={"wrapped_key": None}))
