"""From a request to a certificate: plan, sign, check, store.

Everything is stored in one transaction once it is signed and was verified: the certificate, its status index, its idempotency key,
its leaf in the issuance log under a signed checkpoint, the printed code's ciphertext and the claim code. A crash before it leaves
nothing; a crash after it, a certificate that may leave. Asking again with the same idempotency key gives the stored bytes. A class
is issued in groups, with one commit each.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from credentials.data_integrity import add_proof_set
from credentials.keys import Signer
from credentials.verify import VerificationOptions, verify_credential
from issuer_api.cohorts import CohortRow, cohort_report, names_of
from issuer_api.documents import Award
from issuer_api.errors import ErasedError, InvalidRecordError, KeyCompromisedError, KeyRetiredError, UnknownThingError
from issuer_api.history import COMMAND_LINE
from issuer_api.identity_cells import holder_of, passport_of
from issuer_api.keys import check_may_sign, signing_key
from issuer_api.organisations import public_keys
from issuer_api.planning import Draft, FromRow, Request, plan, still_holds
from issuer_api.programmes import course_start, programme
from issuer_api.records import Attestation, CollectedAttestation, read_record
from issuer_api.second_person import check_approved
from issuer_api.service import Issuer
from issuer_api.storing import Signed, store_all
from issuer_api.subjects import ERASED, erase_person, open_document
from issuer_api.tables import Issued, Subject
from web.statements import Statement

GROUP: Final = 50
_SELF_CHECKS: Final = frozenset({"proof", "issuer-key", "schema"})
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


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was issued: its id, and the bytes as they were signed."""

    id: str
    content: bytes


def issue(issuer: Issuer, slug: str, request: Request, *, by: str = COMMAND_LINE) -> Certificate:
    """Issue one credential; a request that came before gives what was issued then.

    Raises:
        UnknownThingError: no such issuer or programme.
        InvalidRecordError: the award lies in the future or before the course.
        KeyReusedError: the key came before with another request.
        ErasedError: it came before, and the person's data was erased.
        SchemaError, DataLossError, MalformedValueError: the document would not do.
        NoSigningKeyError, KeyRetiredError, KeyCompromisedError: no key may sign.
        ConflictError: a row, or the certificate that is corrected, was changed since it was read.
        LogSetBackError: the lists have seen a longer issuance log than there is.
        VCError: what was signed does not verify. Nothing is stored, whatever is raised.
    """
    return issue_all(issuer, slug, (request,), by=by)[0]


def issue_all(issuer: Issuer, slug: str, requests: Sequence[Request], *, by: str = COMMAND_LINE) -> tuple[Certificate, ...]:
    """Issue several credentials in one transaction, and return them in the order of the requests.

    Args:
        issuer: the house.
        slug: the issuer.
        requests: with different keys.
        by: who asks.

    Raises:
        VCError: as `issue`; nothing is stored.
    """
    try:
        return _issue_with_one_key(issuer, slug, requests, by)
    except (KeyRetiredError, KeyCompromisedError):  # it ended while it signed; the next one signs
        return _issue_with_one_key(issuer, slug, requests, by)


def _issue_with_one_key(issuer: Issuer, slug: str, requests: Sequence[Request], by: str) -> tuple[Certificate, ...]:
    while True:
        made = plan(issuer, slug, requests)
        signed: dict[str, Signed] = {}
        if made.drafts:
            signer = signing_key(issuer, slug)
            signed = {one.draft.request.key: one for one in _sign_all(issuer, slug, signer, made.drafts)}
            with issuer.database.write(slug, together=True) as session:
                check_may_sign(session, slug, signer.verification_method.partition("#")[2], issuer.clock())
                if not still_holds(issuer, session, slug, made):
                    continue
                store_all(issuer, session, slug, made, tuple(signed.values()), by)
        known = _stored(issuer, slug, tuple(made.known.values()))
        fresh = {key: Certificate(one.id, one.content) for key, one in signed.items()}
        return tuple(fresh.get(request.key) or known[made.known[request.key]] for request in requests)


def _sign_all(issuer: Issuer, slug: str, signer: Signer, drafts: Sequence[Draft]) -> Iterator[Signed]:
    """Yield drafts signed, each checked as a verifier would."""
    did, keys = public_keys(issuer, slug)  # read after the signer: a key that came in between is among them
    options = VerificationOptions(
        now=issuer.clock(),
        fetcher=issuer.fetcher,
        canonicalize=issuer.canonicalize,
        checks=_SELF_CHECKS,
        known_keys={f"{did}#{fragment}": key for fragment, key in keys.items()},
    )
    for draft in drafts:
        created = datetime.combine(date.fromisoformat(draft.document["validFrom"][:10]), time(), UTC)
        secured = add_proof_set(draft.document, signer, created=created, canonicalize=issuer.canonicalize)
        content = json.dumps(secured, ensure_ascii=False, separators=(",", ":")).encode()
        verify_credential(content, options).require()
        yield Signed(draft, secured, content)


def _stored(issuer: Issuer, slug: str, credentials: Sequence[str]) -> dict[str, Certificate]:
    """Return credentials that were issued before, by id."""
    if not credentials:
        return {}
    with issuer.database.session() as session:
        entries = _entries(session, slug, credentials)
    return {row.id: Certificate(row.id, open_document(issuer, subject, row)) for row, subject in entries}


def _entries(session: Session, slug: str, credentials: Sequence[str]) -> Sequence[Entry]:
    found = session.execute(_ENTRIES, {"slug": slug, "credentials": credentials}).all()
    return [(row, subject) for row, subject in found]


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
    """Return the secured bytes of a credential, exactly as they were signed.

    Raises:
        UnknownThingError: none of this issuer.
        ErasedError: the person's data was erased.
    """
    row, subject = find_issued(issuer, slug, credential)
    if row.state == ERASED:
        raise ErasedError("this person's data was erased")
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
        issued = issue_all(issuer, slug, [request_of(course, report.id, row) for row in fresh], by=by)
        credentials = {row.number: one.id for row, one in zip(fresh, issued, strict=True)}
        for credential in (row.credential or credentials[row.number] for row in group):
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
        VCError: as `issue`.
    """
    if programme(issuer, slug, form_id)["kind"] != "work":
        raise InvalidRecordError("this is a training programme, not a form for work", pointer="/programme")
    read = read_record(Attestation if person is None else CollectedAttestation, attestation)
    started, ended = date.fromisoformat(read.start_date), date.fromisoformat(read.end_date)
    if not started <= ended <= issuer.clock().date():
        raise InvalidRecordError("the dates are out of order or in the future", pointer="/endDate")
    work = read.model_dump(by_alias=True, exclude_none=True, exclude={"names"})
    award = Award(tuple(read.names), ended, "", work=work)
    return issue(issuer, slug, Request(form_id, award, f"work {key}", person=person), by=by).content


def erase_subject(issuer: Issuer, slug: str, credential: str, *, by: str = COMMAND_LINE) -> None:
    """Erase the person a credential is about: everything sealed for that person becomes unreadable.

    Raises:
        UnknownThingError: this issuer has no such credential.
    """
    row, _ = find_issued(issuer, slug, credential)
    erase_person(issuer, slug, row.subject, by=by)
