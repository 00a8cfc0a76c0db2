"""Correct a certificate: a new one with what is right takes its place, and the old one is withdrawn as replaced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlmodel import col

from credentials.parsing import parse_json
from issuer_api.cohorts import cohort_report
from issuer_api.direct import MAX_NUMBER
from issuer_api.documents import Award
from issuer_api.errors import ConflictError, InvalidRecordError
from issuer_api.history import COMMAND_LINE
from issuer_api.identity_cells import passport_of
from issuer_api.issuing import credential_json, find_issued, issue
from issuer_api.names import name_problem, text_problem, tidy
from issuer_api.planning import Request
from issuer_api.service import Issuer
from issuer_api.tables import Issued
from web.statements import Statement

_REPLACING: Final = Statement(select(col(Issued.id)).where(col(Issued.replaces) == bindparam("credential")))

MOST_NAMES: Final = 2


@dataclass(frozen=True, slots=True)
class Said:
    """What a certificate says of its person, and what can be corrected of it.

    Attributes:
        names: Latin form first.
        awarded: the day of the award.
        number: the certificate's number.
    """

    names: tuple[str, ...]
    awarded: date
    number: str


def said_by(issuer: Issuer, slug: str, credential: str) -> Said:
    """Return what a certificate says.

    Raises:
        UnknownThingError: none of this issuer.
        ErasedError: the person's data was erased.
        InvalidRecordError: it attests work; that is withdrawn, and attested anew.
    """
    document = _document(issuer, slug, credential)
    subject = document["credentialSubject"]
    names = tuple(entry["@value"] for entry in subject["name"])
    return Said(names, date.fromisoformat(document["awardedDate"][:10]), subject["licenseNumber"])


def correct(issuer: Issuer, slug: str, credential: str, said: Said, *, anew: bool = False, by: str = COMMAND_LINE) -> str:
    """Issue a certificate that says what is right instead of one that does not, and return its id.

    Everything that is not corrected stays, the day of ending and the programme's version too: a correction prolongs nothing. The
    day of issue is new, and so are claim link and printed code.
    The same correction again gives the certificate that is there.

    Args:
        issuer: the house.
        slug: the issuer.
        credential: id of the one that is wrong.
        said: everything as it should be, also what was right before.
        anew: whether the same words are wanted with a new code, because the paper was lost or its code seen by others.
        by: who corrects it.

    Raises:
        InvalidRecordError: nothing is corrected, or what should be said cannot be.
        ConflictError: it is withdrawn, or was corrected in another way before.
        VCError: as `said_by` and `issuer_api.issuing.issue`.
    """
    row, _ = find_issued(issuer, slug, credential)
    right = replace(said, names=tuple(tidy(name) for name in said.names))
    check_said(right)
    if right == said_by(issuer, slug, credential) and not anew:
        raise InvalidRecordError("nothing is corrected: this is what the certificate says", pointer="/names")
    known = corrected_by(issuer, credential)
    if known is not None:
        return _known(issuer, slug, known, right)
    award = _award(issuer, slug, row, right)
    request = Request(row.programme, award, f"correct {credential}", replaces=credential, version=row.programme_version)
    return issue(issuer, slug, request, by=by).id


def corrected_by(issuer: Issuer, credential: str) -> str | None:
    """Return the id of the certificate that replaces one, if there is any."""
    found = issuer.database.rows(_REPLACING, credential=credential)
    return str(found[0].id) if found else None


def _known(issuer: Issuer, slug: str, credential: str, right: Said) -> str:
    if said_by(issuer, slug, credential) != right:
        raise ConflictError("this certificate was corrected already; correct the one that took its place")
    return credential


def check_said(said: Said) -> None:
    """Raise unless a certificate can say this.

    Raises:
        InvalidRecordError: it cannot; points at what is wrong.
    """
    if not 1 <= len(said.names) <= MOST_NAMES or any(name_problem(name) for name in said.names):
        raise InvalidRecordError("name the person: one name or two, without control characters", pointer="/names")
    if text_problem(said.number, MAX_NUMBER):
        raise InvalidRecordError(f"give the certificate's number, 1 to {MAX_NUMBER} letters", pointer="/number")


def _award(issuer: Issuer, slug: str, row: Issued, said: Said) -> Award:
    document = _document(issuer, slug, row.id)
    subject = document["credentialSubject"]
    started = subject.get("activityStartDate")
    cells: Mapping[str, str] = {}
    if row.cohort is not None:
        cells = next(one.cells for one in cohort_report(issuer, slug, row.cohort).rows if one.number == row.row_number)
    return Award(
        said.names,
        said.awarded,
        said.number,
        None if started is None else date.fromisoformat(started),
        passport=passport_of(cells),
        holder=subject.get("id"),
        until=date.fromisoformat(document["validUntil"][:10]),
        evidence=tuple({name: text for name, text in one.items() if name != "type"} for one in document.get("evidence", ())),
    )


def _document(issuer: Issuer, slug: str, credential: str) -> dict[str, Any]:
    document: dict[str, Any] = parse_json(credential_json(issuer, slug, credential))
    if "awardedDate" not in document:
        raise InvalidRecordError("this attests work; withdraw it, and attest it anew")
    return document
