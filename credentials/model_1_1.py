"""Typed view over a credential of the older VC Data Model 1.1, which is verified where a caller asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from credentials import members
from credentials.errors import RangeError
from credentials.model import Credential, StatusEntry, issuer_name, moment, schema_references, subjects

CREDENTIALS_V1: Final = "https://www.w3.org/2018/credentials/v1"


def is_1_1(document: Mapping[str, Any]) -> bool:
    """Return whether the base context of a document is that of VC Data Model 1.1."""
    value = document.get("@context")
    return (value[:1] if isinstance(value, list) else [value]) == [CREDENTIALS_V1]


def parse_credential_1_1(document: Mapping[str, Any]) -> Credential:
    """Return the view of a VCDM 1.1 credential; its days of issuance and expiration are its period of validity.

    Raises:
        MalformedValueError: what is wrong, with a pointer to it.
        RangeError: `expirationDate` lies before `issuanceDate`.
    """
    members.check_context(document, CREDENTIALS_V1)
    types = members.types(document, "VerifiableCredential")
    members.required(document, "issuanceDate")
    valid_from, valid_until = moment(document, "issuanceDate"), moment(document, "expirationDate")
    if valid_from and valid_until and valid_until < valid_from:
        raise RangeError("expirationDate lies before issuanceDate", pointer="/expirationDate")
    for name in ("termsOfUse", "evidence", "refreshService", "proof"):
        members.typed_objects(document, name)
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


def _status_entries(document: Mapping[str, Any]) -> tuple[StatusEntry, ...]:
    entries = members.typed_objects(document, "credentialStatus")
    for pointer, entry in entries:
        members.required_url(entry, "id", pointer)  # §4.9, where the newer model lets it be left out
    return tuple(StatusEntry(members.strings(entry["type"]), entry, pointer) for pointer, entry in entries)
