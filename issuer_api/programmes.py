"""Programmes and work-experience forms: what can be issued, defined once, in JSON.

A training programme::

    {"id": "caregiving-nc2", "kind": "training", "title": {"en": …}, "description": …, "criteria": …,
     "qualification": "urn:…", "hours": 786, "validYears": 10, "number": "XA-SBC", "started": "2026-03-02",
     "alignment": [{"targetType": …, "targetFramework": …, "targetCode": …, "targetName": …, "targetUrl": …}]}

A form has kind `work`, and takes role, dates and occupation from each attestation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from sqlmodel import col, select

from issuer_api.errors import ConflictError, InvalidRecordError, UnknownThingError
from issuer_api.organisations import organisation
from issuer_api.service import Issuer
from issuer_api.tables import Programme

_ID: Final = re.compile(r"[a-z][a-z0-9-]{1,62}")
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "training": ("title", "qualification", "hours", "validYears", "number", "criteria", "alignment"),
    "work": ("title", "validYears"),
}
_FRAMEWORKS: Final = frozenset({"ext:ESCOOccupation", "ext:ESCOSkill", "ext:ISCO08", "ext:ISCEDF", "ext:NQF"})


def define_programme(issuer: Issuer, slug: str, record: Mapping[str, Any]) -> str:
    """Define a programme and return its id; defining the same again changes nothing.

    Raises:
        UnknownThingError: there is no such issuer.
        InvalidRecordError: something is missing; with a pointer.
        ConflictError: there is another programme of that id.
    """
    organisation(issuer, slug)
    _check(record)
    text = json.dumps(dict(record), ensure_ascii=False, sort_keys=True)
    with issuer.database.write() as session:
        found = session.get(Programme, (slug, record["id"]))
        if found is None:
            session.add(Programme(organisation=slug, id=record["id"], record=text, created_at=issuer.clock()))
        elif found.record != text:
            raise ConflictError(f"there is another programme {record['id']!r}; give the new one another id", pointer="/id")
    return str(record["id"])


def _check(record: Mapping[str, Any]) -> None:
    if not isinstance(record.get("id"), str) or not _ID.fullmatch(record["id"]):
        raise InvalidRecordError("the id has 2 to 63 lower-case letters, digits and hyphens", pointer="/id")
    needed = _NEEDED.get(str(record.get("kind")))
    if needed is None:
        raise InvalidRecordError("kind is training or work", pointer="/kind")
    for name in needed:
        if not record.get(name):
            raise InvalidRecordError(f"{name} is missing", pointer=f"/{name}")
    for name in ("criteria", "description"):
        if not isinstance(record.get(name, ""), str):
            raise InvalidRecordError(f"{name} is one text", pointer=f"/{name}")
    for position, entry in enumerate(record.get("alignment", [])):
        if entry.get("targetType") not in _FRAMEWORKS or not entry.get("targetCode") or not entry.get("targetName"):
            raise InvalidRecordError("an alignment names a framework we know, a code and a name", pointer=f"/alignment/{position}")


def programme(issuer: Issuer, slug: str, programme_id: str) -> dict[str, Any]:
    """Return a programme's record.

    Raises:
        UnknownThingError: this issuer has no such programme.
    """
    with issuer.database.session() as session:
        row = session.get(Programme, (slug, programme_id))
    if row is None:
        raise UnknownThingError(f"{slug} has no programme {programme_id[:64]!r}")
    record: dict[str, Any] = json.loads(row.record)
    return record


def programmes(issuer: Issuer, slug: str) -> tuple[dict[str, Any], ...]:
    """Return the records of an issuer's programmes, by id."""
    query = select(Programme).where(Programme.organisation == slug).order_by(col(Programme.id))
    with issuer.database.session() as session:
        return tuple(json.loads(row.record) for row in session.exec(query).all())


def owner_of(issuer: Issuer, programme_id: str) -> str:
    """Return the slug of the one issuer that has this programme.

    Raises:
        UnknownThingError: nobody has it, or several do.
    """
    query = select(Programme.organisation).where(Programme.id == programme_id)
    with issuer.database.session() as session:
        owners = session.exec(query).all()
    if len(owners) != 1:
        known = "no programme" if not owners else "more than one issuer with the programme"
        raise UnknownThingError(f"there is {known} {programme_id[:64]!r}; see: comity programme list")
    return owners[0]
