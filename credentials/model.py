"""Typed views over credentials and presentations (VC Data Model 2.0 §4).

A view holds exactly the JSON that was received: what was signed is what is kept. Only `parse_credential` makes a `Credential`; it
is conforming then, and still not trusted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from credentials import members
from credentials.data_integrity.options import parse_datetime
from credentials.errors import MalformedValueError, RangeError

CREDENTIALS_V2: Final = "https://www.w3.org/ns/credentials/v2"
JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """One entry of `credentialStatus`, not yet understood: its type says by whom."""

    type: str
    document: Mapping[str, Any]
    pointer: str


@dataclass(frozen=True, slots=True)
class SchemaReference:
    """One entry of `credentialSchema`."""

    id: str
    type: str
    pointer: str


@dataclass(frozen=True, slots=True)
class Credential:
    """A conforming credential, not trusted.

    Attributes:
        document: exactly what was received.
        id: the credential's identifier, or None.
        issuer: the issuer's identifier.
        issuer_name: the name the credential itself gives its issuer; never shown as if it were known to be true.
        types: the types, `VerifiableCredential` among them.
        valid_from: aware, or None.
        valid_until: aware, or None.
        subjects: one or more objects.
        status_entries: in order.
        schemas: in order.
    """

    document: Mapping[str, Any]
    id: str | None
    issuer: str
    issuer_name: str | None
    types: tuple[str, ...]
    valid_from: datetime | None
    valid_until: datetime | None
    subjects: tuple[Mapping[str, Any], ...]
    status_entries: tuple[StatusEntry, ...]
    schemas: tuple[SchemaReference, ...]


def parse_credential(document: Mapping[str, Any]) -> Credential:
    """Return the view of a VCDM 2.0 credential.

    Raises:
        MalformedValueError: what is wrong, with a pointer to it.
        RangeError: `validUntil` lies before `validFrom`.
    """
    members.check_context(document.get("@context"), CREDENTIALS_V2)
    types = members.types(document, "VerifiableCredential")
    issuer, issuer_name = _issuer(document)
    valid_from, valid_until = _moment(document, "validFrom"), _moment(document, "validUntil")
    if valid_from and valid_until and valid_until < valid_from:
        raise RangeError("validUntil lies before validFrom", pointer="/validUntil")
    members.check_texts(document, "")
    for name in ("termsOfUse", "evidence", "refreshService"):
        members.typed_objects(document, name)
    return Credential(
        document=document,
        id=members.identifier(document, ""),
        issuer=issuer,
        issuer_name=issuer_name,
        types=types,
        valid_from=valid_from,
        valid_until=valid_until,
        subjects=_subjects(document),
        status_entries=_status_entries(document),
        schemas=_schemas(document),
    )


def _issuer(document: Mapping[str, Any]) -> tuple[str, str | None]:
    issuer = document.get("issuer")
    if isinstance(issuer, dict):
        members.check_texts(issuer, "/issuer")
        return members.required_url(issuer.get("id"), "/issuer/id"), members.plain_text(issuer.get("name"))
    return members.required_url(issuer, "/issuer"), None


def _moment(document: Mapping[str, Any], name: str) -> datetime | None:
    if name not in document:
        return None
    moment = parse_datetime(document[name])
    if moment is None:
        raise MalformedValueError(f"{name} is no date and time with a zone", pointer=f"/{name}")
    return moment


def _subjects(document: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    subjects = members.objects(document.get("credentialSubject"), "/credentialSubject")
    if not subjects:
        raise MalformedValueError("credentialSubject is missing", pointer="/credentialSubject")
    for pointer, subject in subjects:
        if not subject:
            raise MalformedValueError("a credentialSubject says nothing", pointer=pointer)
        members.identifier(subject, pointer)
    return tuple(subject for _, subject in subjects)


def _status_entries(document: Mapping[str, Any]) -> tuple[StatusEntry, ...]:
    found = []
    for pointer, entry in members.typed_objects(document, "credentialStatus"):
        members.identifier(entry, pointer)
        found.append(StatusEntry(members.single_type(entry, pointer), entry, pointer))
    return tuple(found)


def _schemas(document: Mapping[str, Any]) -> tuple[SchemaReference, ...]:
    return tuple(
        SchemaReference(members.required_url(entry.get("id"), f"{pointer}/id"), members.single_type(entry, pointer), pointer)
        for pointer, entry in members.typed_objects(document, "credentialSchema")
    )


@dataclass(frozen=True, slots=True)
class Presentation:
    """A conforming presentation, not trusted.

    Attributes:
        document: exactly what was received.
        holder: who presents, or None.
        credentials: the documents it carries, each to be parsed on its own.
    """

    document: Mapping[str, Any]
    holder: str | None
    credentials: tuple[Mapping[str, Any], ...]


def parse_presentation(document: Mapping[str, Any]) -> Presentation:
    """Return the view of a VCDM 2.0 presentation.

    Raises:
        MalformedValueError: what is wrong, with a pointer to it.
    """
    members.check_context(document.get("@context"), CREDENTIALS_V2)
    members.types(document, "VerifiablePresentation")
    members.identifier(document, "")
    holder = document.get("holder")
    if holder is not None:
        holder = members.required_url(holder.get("id") if isinstance(holder, dict) else holder, "/holder")
    carried = members.objects(document.get("verifiableCredential"), "/verifiableCredential")
    for pointer, credential in carried:
        if not members.strings(credential.get("type")):
            raise MalformedValueError("a credential without a type", pointer=f"{pointer}/type")
    return Presentation(document, holder, tuple(credential for _, credential in carried))
