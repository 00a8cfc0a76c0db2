"""An authority's accreditations in the shape of W3C Recognized Entities, for whoever reads that.

Only what holds at the moment is exported: the shape has no intervals and no history of keys, which is why the lists are the source.
The terms are the W3C's, by a context of our own: the draft's contradicts that of VC Data Model 2.0 (docs/divergences.md).
`recognizedIn` leads to the signed list that says the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import schemas
from credentials.encoding import b64url_encode
from trust.bundle import Bundle
from trust.records import Accreditation, Authority, IssuerRecord
from trust.scope import Scope

_SHA2_256: Final = b"\x12\x20"  # multihash: code and length
_SCHEMA_OF: Final[Mapping[str, str]] = {"issue": schemas.TRAINING_SCHEMA, "attest": schemas.WORK_EXPERIENCE_SCHEMA}
_LIMITS: Final[Mapping[str, str]] = {
    "qualifications": "limitQualification",
    "fields": "limitField",
    "nqf": "limitNQFLevel",
    "occupations": "limitOccupation",
    "routes": "limitAssessmentRoute",
}


def recognized_entities(authority: Authority, bundle: Bundle, base_url: str, now: datetime, lasts: timedelta) -> dict[str, Any]:
    """Return what an authority recognizes now.

    Args:
        authority: whose word it is.
        bundle: the lists.
        base_url: where the lists are served.
        now: the moment.
        lasts: for how long after their publishing the lists are current.
    """
    name = authority.id.rpartition(":")[2]
    return {
        "@context": [schemas.CREDENTIALS_V2, schemas.RECOGNITION_CONTEXT],
        "id": f"{base_url}/registry/recognized-entities/{authority.state}/{name}",
        "type": ["VerifiableCredential", "RecognizedEntityCredential"],
        "issuer": {"id": authority.did or authority.id, "type": "RecognizedIssuer", "name": _name(authority.names)},
        "validFrom": f"{bundle.published:%Y-%m-%dT%H:%M:%SZ}",
        "validUntil": f"{bundle.published + lasts:%Y-%m-%dT%H:%M:%SZ}",
        "credentialSubject": list(_entities(authority, bundle, base_url, now)),
    }


def _entities(authority: Authority, bundle: Bundle, base_url: str, now: datetime) -> Iterator[dict[str, Any]]:
    of_state = (issuer for issuer in bundle.issuers.values() if issuer.state == authority.state)
    for issuer in sorted(of_state, key=lambda entry: entry.did):
        held = [entry for entry in issuer.accreditations if entry.by == authority.id and _holds(entry, now)]
        if held:
            yield _entity(issuer, held, authority, base_url)


def _holds(entry: Accreditation, now: datetime) -> bool:
    """Return whether something may be done by an accreditation now: one whose scope is empty allows nothing."""
    return () not in _limits(entry.scope).values() and any(now in period for period in entry.periods)


def _entity(issuer: IssuerRecord, held: list[Accreditation], authority: Authority, base_url: str) -> dict[str, Any]:
    return {
        "id": issuer.did,
        "type": "RecognizedEntity",
        "name": _name(issuer.names),
        "recognizedTo": [_action(entry, authority) for entry in held],
        "recognizedIn": {
            "id": f"{base_url}/trust/bundle#states/{issuer.state}/issuers.json",
            "type": "RecognizedEntityCredential",
        },
    }


def _action(entry: Accreditation, authority: Authority) -> dict[str, Any]:
    schema = _SCHEMA_OF.get(entry.action)
    shape = {"outputValidation": _shape(schema)} if schema else {}
    limits = {term: list(value) for term, value in _limits(entry.scope).items()}
    return {
        "id": entry.id,
        "type": "RecognizedAction",
        "action": entry.action,
        "recognizedBy": authority.did or authority.id,
        **shape,
        **({"accreditation": {"type": "AccreditationScope", **limits}} if limits else {}),
    }


def _shape(url: str) -> dict[str, str]:
    digest = hashlib.sha256(schemas.JSON_SCHEMAS[url].read_bytes()).digest()
    return {"id": url, "type": "JsonSchema", "digestMultibase": "u" + b64url_encode(_SHA2_256 + digest)}


def _limits(scope: Scope) -> dict[str, tuple[str, ...]]:
    """Return the limits by ELM's terms and in their manner; a missing one is no limit."""
    values = {term: getattr(scope, name) for name, term in _LIMITS.items()}
    return {term: tuple(value) for term, value in values.items() if value is not None}


def _name(names: Mapping[str, str]) -> str:
    return names.get("en") or next(iter(names.values()))
