"""Typed view over a credential (VC Data Model 2.0 §4).

A view holds exactly the JSON that was received: what was signed is what is kept. Only `parse_credential` makes a `Credential`; it
is conforming then, and still not trusted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from credentials import members, texts
from credentials.data_integrity.options import parse_datetime
from credentials.errors import MalformedValueError, RangeError
from credentials.related import related_resources

CREDENTIALS_V2: Final = "https://www.w3.org/ns/credentials/v2"
JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """One entry of `credentialStatus`, not yet understood: its types say by whom."""

    types: tuple[str, ...]
    document: Mapping[str, Any]
    pointer: str


@dataclass(frozen=True, slots=True)
class SchemaReference:
    """One entry of `credentialSchema`."""

    id: str
    types: tuple[str, ...]
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
        secured_by: the verification method of the envelope, once it is verified; empty where proofs stand in the document.
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
    secured_by: str = ""


def parse_credential(document: Mapping[str, Any]) -> Credential:
    """Return the view of a VCDM 2.0 credential.

    Raises:
        MalformedValueError: what is wrong, with a pointer to it.
        RangeError: `validUntil` lies before `validFrom`.
    """
    members.check_context(document, CREDENTIALS_V2)
    types = members.types(document, "VerifiableCredential")
    valid_from, valid_until = moment(document, "validFrom"), moment(document, "validUntil")
    if valid_from and valid_until and valid_until < valid_from:
        raise RangeError("validUntil lies before validFrom", pointer="/validUntil")
    texts.check_texts(document)
    for name in ("termsOfUse", "evidence", "refreshService", "proof"):
        members.typed_objects(document, name)
    related_resources(document)
    return Credential(
        document=document,
        id=members.identifier(document),
        issuer=members.party(document, "issuer"),
        issuer_name=issuer_name(document["issuer"]),
        types=types,
        valid_from=valid_from,
        valid_until=valid_until,
        subjects=subjects(document),
        status_entries=_status_entries(document),
        schemas=schema_references(document),
    )


def issuer_name(issuer: object) -> str | None:
    """Return the name that a credential gives its issuer.

    Raises:
        MalformedValueError: it is no text.
    """
    if not isinstance(issuer, dict):
        return None
    texts.check_texts(issuer, "/issuer")
    return texts.plain_text(issuer.get("name"))


def moment(document: Mapping[str, Any], name: str) -> datetime | None:
    """Return a member that is a date and time, or None where there is none.

    Raises:
        MalformedValueError: it is something else.
    """
    if name not in document:
        return None
    found = parse_datetime(document[name])
    if found is None:
        raise MalformedValueError(f"{name} is no date and time with a zone", pointer=f"/{name}")
    return found


def subjects(document: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """Return what a credential says things about: one or more objects.

    Raises:
        MalformedValueError: none, or one that says nothing.
    """
    found = members.objects(document, "credentialSubject")
    if not found:
        raise MalformedValueError("credentialSubject is missing", pointer="/credentialSubject")
    for pointer, subject in found:
        if not subject:
            raise MalformedValueError("a credentialSubject says nothing", pointer=pointer)
        members.identifier(subject, pointer)
    return tuple(subject for _, subject in found)


def _status_entries(document: Mapping[str, Any]) -> tuple[StatusEntry, ...]:
    entries = members.typed_objects(document, "credentialStatus")
    return tuple(StatusEntry(members.strings(entry["type"]), entry, pointer) for pointer, entry in entries)


def schema_references(document: Mapping[str, Any]) -> tuple[SchemaReference, ...]:
    """Return the schemas that a credential names.

    Raises:
        MalformedValueError: one has no type, or no URL for an id.
    """
    entries = members.typed_objects(document, "credentialSchema")
    return tuple(
        SchemaReference(members.required_url(entry, "id", pointer), members.strings(entry["type"]), pointer)
        for pointer, entry in entries
    )
