"""From a row to a certificate: reserve, sign, deliver, each a stored step, so that a crash loses nothing and doubles nothing.

    reserved    unsigned document, status index and idempotency key, in one transaction
    signed      the secured bytes, verified before they were stored
    logged      its salted hash stands in the issuance log, under a signed checkpoint
    delivered   the link code's ciphertext and the claim code are there; the certificate may leave

`STEPS` says which step leads on from a state; a further step is one more state and row before delivery.
`resume` takes every credential that is not delivered from where it stands. Asking again with the same idempotency key gives the
stored bytes. A class is issued in groups, with one commit for each step of a group.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from credentials.data_integrity import add_proof_set
from credentials.errors import VCError
from credentials.parsing import parse_json
from credentials.verify import VerificationOptions, verify_credential
from issuer_api.cohorts import CohortRow, cohort_report, names_of
from issuer_api.delivery import DELIVERED, deliver
from issuer_api.documents import Award
from issuer_api.errors import ErasedError, InvalidRecordError, KeyCompromisedError, KeyRetiredError, UnknownThingError
from issuer_api.giving_way import end_replaced
from issuer_api.history import COMMAND_LINE
from issuer_api.identity_cells import holder_of, passport_of
from issuer_api.keys import check_may_sign, signing_key
from issuer_api.log import LOGGED, append
from issuer_api.organisations import public_keys
from issuer_api.programmes import course_start, programme
from issuer_api.records import Attestation, CollectedAttestation, read_record
from issuer_api.reserving import (
    RESERVED,
    FromRow,
    Prepared,
    Request,
    open_document,
    prepare,
    prepare_all,
    seal_document,
)
from issuer_api.second_person import check_approved
from issuer_api.service import Issuer
from issuer_api.subjects import ERASED, erase_person
from issuer_api.tables import Issued, Subject
from web.statements import Statement

GROUP: Final = 20
SIGNED: Final = "signed"
_SELF_CHECKS: Final = frozenset({"proof", "issuer-key", "schema"})
_LOG: Final = logging.getLogger("comity")
_ENTRIES: Final = select(Issued, Subject).where(
    Issued.subject == Subject.id,
    Issued.organisation == bindparam("slug"),
    col(Issued.id).in_(bindparam("credentials", expanding=True)),
)
_ENTRY: Final = Statement(
    select(*Issued.metadata.tables["issuer_credentials"].columns, col(Subject.wrapped_key)).where(  # type: ignore[call-overload]
        col(Issued.subject) == col(Subject.id),
        col(Issued.organisation) == bindparam("slug"),
        col(Issued.id) == bindparam("credential"),
    )
)
Progress = Callable[[int, int], None]
Entry = tuple[Issued, Subject]


class _Person(NamedTuple):
    """A row of `Subject` that is read and not changed."""

    id: str
    organisation: str
    wrapped_key: bytes | None


Step = Callable[[Issuer, str, Sequence[Entry]], None]


def _sign_all(issuer: Issuer, slug: str, entries: Sequence[Entry]) -> None:
    """Sign reserved credentials with the key that signs; where it ends in the middle of that, with the next one."""
    try:
        _sign_with_one_key(issuer, slug, entries)
    except (KeyRetiredError, KeyCompromisedError):
        _sign_with_one_key(issuer, slug, entries)


def _sign_with_one_key(issuer: Issuer, slug: str, entries: Sequence[Entry]) -> None:
    """Sign credentials, check each as a verifier would, and store the bytes; bytes that are stored already stay.

    Raises:
        KeyRetiredError, KeyCompromisedError: the key ended meanwhile; nothing is stored.
    """
    signer = signing_key(issuer, slug)
    did, keys = public_keys(issuer, slug)  # read after the signer: a key that came in between is among them
    options = VerificationOptions(
        now=issuer.clock(),
        fetcher=issuer.fetcher,
        canonicalize=issuer.canonicalize,
        checks=_SELF_CHECKS,
        known_keys={f"{did}#{fragment}": key for fragment, key in keys.items()},
    )
    sealed = {}
    for row, subject in entries:
        document = parse_json(open_document(issuer, subject, row))
        created = datetime.combine(row.valid_from, time(), UTC)
        secured = add_proof_set(document, signer, created=created, canonicalize=issuer.canonicalize)
        content = json.dumps(secured, ensure_ascii=False, separators=(",", ":")).encode()
        verify_credential(content, options).require()
        sealed[row.id] = seal_document(issuer, subject, row.id, content)
    with issuer.database.write(slug, together=True) as session:
        check_may_sign(session, slug, signer.verification_method.partition("#")[2], issuer.clock())
        for row, _ in _entries(session, slug, tuple(sealed)):
            if row.state == RESERVED:
                row.sealed, row.state = sealed[row.id], SIGNED


def _log_all(issuer: Issuer, slug: str, entries: Sequence[Entry]) -> None:
    """Add signed credentials to the issuance log, in one growth of it; what is logged stays where it is."""
    with issuer.database.write(slug, together=True) as session:
        stored = _entries(session, slug, tuple(row.id for row, _ in entries))
        signed = [(row, subject, open_document(issuer, subject, row)) for row, subject in stored if row.state == SIGNED]
        if signed:
            append(issuer, session, signed)


def _deliver_all(issuer: Issuer, slug: str, entries: Sequence[Entry]) -> None:
    """Make link code and claim code of logged credentials; what is delivered stays as it is."""
    with issuer.database.write(slug, together=True) as session:
        for row, subject in _entries(session, slug, tuple(row.id for row, _ in entries)):
            if row.state == LOGGED:
                deliver(issuer, session, row, subject, open_document(issuer, subject, row))
                end_replaced(issuer, session, row)


STEPS: Final[Mapping[str, Step]] = MappingProxyType({RESERVED: _sign_all, SIGNED: _log_all, LOGGED: _deliver_all})
"""State to the step that leads on from it. A step stores what it did in one transaction, and leaves alone what is further."""


def _entries(session: Session, slug: str, credentials: Sequence[str]) -> Sequence[Entry]:
    found = session.execute(_ENTRIES, {"slug": slug, "credentials": credentials}).all()
    return [(row, subject) for row, subject in found]


def _advance(issuer: Issuer, slug: str, credentials: Sequence[str]) -> dict[str, Entry]:
    """Take credentials through the steps that are left, and return them as stored, by id."""
    for state, step in STEPS.items():
        with issuer.database.session() as session:
            waiting = [entry for entry in _entries(session, slug, credentials) if entry[0].state == state]
        if waiting:
            step(issuer, slug, waiting)
    with issuer.database.session() as session:
        return {row.id: (row, subject) for row, subject in _entries(session, slug, credentials)}


def issue(issuer: Issuer, prepared: Prepared) -> bytes:
    """Sign, check, store and deliver a prepared credential; return the stored bytes. What is done is not done again.

    Raises:
        ErasedError: the person's data was erased meanwhile.
    """
    return issue_all(issuer, prepared.organisation, (prepared,))[0]


def issue_all(issuer: Issuer, slug: str, prepared: Sequence[Prepared]) -> tuple[bytes, ...]:
    """Sign, check, store and deliver prepared credentials of one issuer together; return the stored bytes, in their order.

    Raises:
        ErasedError: a person's data was erased meanwhile.
    """
    stored = _advance(issuer, slug, [made.id for made in prepared])
    return tuple(open_document(issuer, stored[made.id][1], stored[made.id][0]) for made in prepared)


def find_issued(issuer: Issuer, slug: str, credential: str) -> Entry:
    """Return an issuer's credential and its person, to be read.

    Raises:
        UnknownThingError: there is none, or it is another issuer's.
    """
    found = issuer.database.rows(_ENTRY, slug=slug, credential=credential)
    if not found:
        raise UnknownThingError(f"{slug} has issued no certificate {credential[:60]!r}")
    row = found[0]
    return cast("Entry", (row, _Person(row.subject, row.organisation, row.wrapped_key)))


def credential_json(issuer: Issuer, slug: str, credential: str) -> bytes:
    """Return the secured bytes of a delivered credential, exactly as they were signed.

    Raises:
        UnknownThingError: none of this issuer, or not delivered yet.
        ErasedError: the person's data was erased.
    """
    row, subject = find_issued(issuer, slug, credential)
    if row.state == ERASED:
        raise ErasedError("this person's data was erased")
    if row.state != DELIVERED:
        raise UnknownThingError("this certificate is not signed yet")
    return open_document(issuer, subject, row)


def issue_cohort(
    issuer: Issuer, slug: str, cohort_id: str, progress: Progress | None = None, *, by: str = COMMAND_LINE
) -> tuple[str, ...]:
    """Issue every ready row of a class, go on where a crash left off, and return the credentials' ids in the order of the rows.

    Raises:
        UnknownThingError: this issuer has no such class.
        SecondPersonError: somebody else has to approve the class first.
        ConflictError: a row was changed meanwhile; what was issued before stays issued.
    """
    report = cohort_report(issuer, slug, cohort_id)
    check_approved(issuer, slug, report)
    course = programme(issuer, slug, report.programme)
    ids: list[str] = []
    for group in _groups(report.ready):
        fresh = [row for row in group if row.credential is None]
        requests = [request_of(course, report.id, row) for row in fresh]
        prepared = prepare_all(issuer, slug, requests, by=by)
        credentials = {row.number: made.id for row, made in zip(fresh, prepared, strict=True)}
        found = [row.credential or credentials[row.number] for row in group]
        waiting = [row.credential or credentials[row.number] for row in group if row.state != DELIVERED]
        if waiting:
            _advance(issuer, slug, waiting)
        for credential in found:
            ids.append(credential)
            if progress is not None:
                progress(len(ids), len(report.ready))
    return tuple(ids)


def _groups(rows: Sequence[CohortRow]) -> Iterator[Sequence[CohortRow]]:
    for start in range(0, len(rows), GROUP):
        yield rows[start : start + GROUP]


def request_of(course: Mapping[str, Any], cohort: str, row: CohortRow) -> Request:
    """Return what is to be issued for a row that is ready."""
    awarded = date.fromisoformat(row.cells["awarded_on"])
    number = row.cells.get("number") or f"{course['number']}-{awarded.year}-{cohort[:8].upper()}{row.number:04}"
    start, passport, holder = course_start(course), passport_of(row.cells), holder_of(row.cells)
    award = Award(names_of(row.cells), awarded, number, start, passport=passport, holder=holder)
    return Request(course["id"], award, f"row {cohort} {row.number}", FromRow(cohort, row.number, row.sealed))


def issue_work(
    issuer: Issuer,
    slug: str,
    form_id: str,
    attestation: Mapping[str, Any],
    key: str,
    *,
    person: str | None = None,
    by: str = COMMAND_LINE,
) -> bytes:
    """Issue one work-experience attestation.

    Args:
        issuer: the house.
        slug: the employer.
        form_id: its form.
        attestation: `names`, and the members of `workExperience` with `alignment`.
        key: idempotency key.
        person: whose work somebody else told of, and this issuer takes down; None where it attests itself.
        by: who attests.

    Raises:
        InvalidRecordError: something is missing, or the dates are out of order; with a pointer.
        VCError: as `prepare`.
    """
    if programme(issuer, slug, form_id)["kind"] != "work":
        raise InvalidRecordError("this is a training programme, not a form for work", pointer="/programme")
    read = read_record(Attestation if person is None else CollectedAttestation, attestation)
    started, ended = date.fromisoformat(read.start_date), date.fromisoformat(read.end_date)
    if not started <= ended <= issuer.clock().date():
        raise InvalidRecordError("the dates are out of order or in the future", pointer="/endDate")
    work = read.model_dump(by_alias=True, exclude_none=True, exclude={"names"})
    award = Award(tuple(read.names), ended, "", work=work)
    return issue(issuer, prepare(issuer, slug, Request(form_id, award, f"work {key}", person=person), by=by))


def resume(issuer: Issuer) -> int:
    """Finish every credential that a crash left half way; return how many. One that cannot be finished is logged and waits."""
    query = select(Issued.organisation, Issued.id).where(col(Issued.state).in_(STEPS)).order_by(col(Issued.reserved_at))
    with issuer.database.session() as session:
        waiting = session.exec(query).all()
    return sum(_finish(issuer, slug, credential) for slug, credential in waiting)


def _finish(issuer: Issuer, slug: str, credential: str) -> bool:
    try:
        issue(issuer, Prepared(credential, slug))
    except VCError as error:
        _LOG.error("%s of %s is left half way: %s", credential, slug, error.type)
        return False
    return True


def erase_subject(issuer: Issuer, slug: str, credential: str, *, by: str = COMMAND_LINE) -> None:
    """Erase the person a credential is about: everything sealed for that person becomes unreadable.

    Raises:
        UnknownThingError: this issuer has no such credential.
    """
    row, _ = find_issued(issuer, slug, credential)
    erase_person(issuer, slug, row.subject, by=by)
