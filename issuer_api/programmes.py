"""Programmes and forms for work: what can be issued, defined in JSON, kept in versions.

A training programme::

    {"id": "caregiving-nc2", "kind": "training", "title": {"en": …}, "description": …, "criteria": …,
     "qualification": "urn:…", "hours": 786, "validYears": 10, "number": "XA-SBC", "started": "2026-03-02",
     "alignment": [{"targetType": …, "targetFramework": …, "targetCode": …, "targetName": …, "targetUrl": …}]}

A form has kind `work`, and takes role, dates and occupation from each attestation. Defining a programme anew makes a version; what
was issued keeps the version that it was issued with.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import bindparam
from sqlmodel import Session, col, func, select

from credentials.errors import VCError
from issuer_api.documents import Award, Place, build, check
from issuer_api.errors import ConflictError, InvalidRecordError, UnknownThingError
from issuer_api.history import COMMAND_LINE, note
from issuer_api.organisations import organisation
from issuer_api.records import TrainingProgramme, WorkForm, read_record
from issuer_api.service import Issuer
from issuer_api.tables import Programme
from web.statements import Statement

KINDS: Final[Mapping[str, type[TrainingProgramme | WorkForm]]] = MappingProxyType({"training": TrainingProgramme, "work": WorkForm})


_OF_ISSUER: Final = col(Programme.organisation) == bindparam("slug")
_ALL: Final = Statement(
    select(Programme.id, Programme.record).where(_OF_ISSUER).order_by(col(Programme.id), col(Programme.version))
)
_VERSIONS: Final = Statement(select(func.count()).select_from(Programme).where(_OF_ISSUER))


def define_programme(
    issuer: Issuer,
    slug: str,
    record: Mapping[str, Any],
    *,
    by: str = COMMAND_LINE,
    check: Callable[[Issuer, str, Mapping[str, Any]], None] | None = None,
) -> str:
    """Define a programme or its next version and return its id; defining the same again changes nothing.

    Args:
        issuer: the house.
        slug: the issuer.
        record: the programme or form.
        by: who defines it.
        check: what else a training programme must do, such as fit on paper; raises where it does not.

    Raises:
        UnknownThingError: there is no such issuer.
        InvalidRecordError: something is missing, or no certificate could be made of it; with a pointer.
        ConflictError: there is one of that id and of the other kind.
    """
    did, centre = organisation(issuer, slug)
    kind = KINDS.get(str(record.get("kind")))
    if kind is None:
        raise InvalidRecordError(f"kind is one of: {', '.join(KINDS)}", pointer="/kind")
    read = read_record(kind, record)
    if isinstance(read, TrainingProgramme):
        _try_out(issuer, did, centre["name"], record)
        if check is not None:
            check(issuer, slug, record)
    text = json.dumps(dict(record), ensure_ascii=False, sort_keys=True)
    with issuer.database.write(slug) as session:
        newest = _newest(session, slug, read.id)
        if newest is not None and json.loads(newest.record)["kind"] != read.kind:
            raise ConflictError(f"{read.id!r} is of another kind; give this one another id", pointer="/kind")
        if newest is None or newest.record != text:
            version = newest.version + 1 if newest else 1
            row = Programme(organisation=slug, id=read.id, version=version, record=text, created_at=issuer.clock())
            session.add(row)
            note(issuer, session, slug, by, "programme-defined", f"{read.id} {version}")
    return read.id


def _try_out(issuer: Issuer, did: str, name: str, record: Mapping[str, Any]) -> None:
    """Raise unless a certificate of the programme would do.

    Raises:
        InvalidRecordError: it would not.
    """
    today = issuer.clock().date()
    award = Award(("Specimen",), today, str(record["number"]), course_start(record))
    try:
        check(build(did, name, record, award, Place(f"{issuer.base_url}/status/specimen", 0), today), issuer.canonicalize)
    except VCError as error:
        raise InvalidRecordError(f"no certificate can be made of it: {error.detail} ({error.pointer or 'document'})") from error


def _newest(session: Session, slug: str, programme_id: str) -> Programme | None:
    query = select(Programme).where(Programme.organisation == slug, Programme.id == programme_id)
    return session.exec(query.order_by(col(Programme.version).desc())).first()


def programme_version(issuer: Issuer, slug: str, programme_id: str, version: int | None = None) -> tuple[int, dict[str, Any]]:
    """Return (version, record) of a programme: the newest, or the one asked for.

    Raises:
        UnknownThingError: this issuer has no such programme.
    """
    with issuer.database.session() as session:
        newest = version is None
        row = _newest(session, slug, programme_id) if newest else session.get(Programme, (slug, programme_id, version))
    if row is None:
        raise UnknownThingError(f"{slug} has no programme {programme_id[:64]!r}", pointer="/programme")
    record: dict[str, Any] = json.loads(row.record)
    return row.version, record


def programme(issuer: Issuer, slug: str, programme_id: str) -> dict[str, Any]:
    """Return a programme's newest record.

    Raises:
        UnknownThingError: this issuer has no such programme.
    """
    return programme_version(issuer, slug, programme_id)[1]


def programmes(issuer: Issuer, slug: str) -> tuple[dict[str, Any], ...]:
    """Return the newest records of an issuer's programmes, by id."""
    newest = {row.id: row.record for row in issuer.database.rows(_ALL, slug=slug)}
    return tuple(json.loads(text) for text in newest.values())


def versions(issuer: Issuer, slug: str) -> int:
    """Return how many versions of programmes an issuer has: while the number stays, they do, since none is changed or removed."""
    return int(issuer.database.rows(_VERSIONS, slug=slug)[0][0])


def owner_of(issuer: Issuer, programme_id: str) -> str:
    """Return the slug of the one issuer that has this programme.

    Raises:
        UnknownThingError: nobody has it, or several do.
    """
    query = select(Programme.organisation).where(Programme.id == programme_id).distinct()
    with issuer.database.session() as session:
        owners = session.exec(query).all()
    if len(owners) != 1:
        known = "no programme" if not owners else "more than one issuer with the programme"
        raise UnknownThingError(f"there is {known} {programme_id[:64]!r}; see: comity programme list")
    return owners[0]


def course_start(record: Mapping[str, Any]) -> date | None:
    """Return the course's first day, if the programme names one."""
    started = record.get("started")
    return date.fromisoformat(started) if isinstance(started, str) else None
