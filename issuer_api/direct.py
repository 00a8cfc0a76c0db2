"""VC-API: a program hands over a whole credential to be secured.

The issuer is the token's own; the credential gets its own status entries, id and dates like every other, and passes the same
checks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from credentials.errors import MalformedValueError
from issuer_api.documents import Award
from issuer_api.issuing import Request, issue, prepare
from issuer_api.names import tidy
from issuer_api.organisations import organisation
from issuer_api.programmes import programmes
from issuer_api.service import Issuer


def issue_document(issuer: Issuer, slug: str, credential: Mapping[str, Any]) -> bytes:
    """Return the secured credential for a document that names one of the issuer's qualifications and a person.

    Args:
        issuer: the house.
        slug: the token's issuer.
        credential: an OpenBadgeCredential; what the issuer decides itself (id, dates, status, schema) is set by it.

    Raises:
        MalformedValueError: another issuer, an unknown qualification, or no name; with a pointer.
    """
    did, _ = organisation(issuer, slug)
    named = credential.get("issuer")
    if named is not None and (named.get("id") if isinstance(named, dict) else named) != did:
        raise MalformedValueError("the issuer is not the one this token is for", pointer="/issuer")
    subject = credential.get("credentialSubject")
    subject = subject if isinstance(subject, dict) else {}
    qualification = _member(subject, "achievement").get("id")
    course = next((entry for entry in programmes(issuer, slug) if entry.get("qualification") == qualification), None)
    if course is None:
        raise MalformedValueError("no programme of this issuer awards this", pointer="/credentialSubject/achievement/id")
    award = Award(_names(subject), _awarded(credential, issuer), str(subject.get("licenseNumber", "")) or "none", None)
    text = json.dumps(credential, sort_keys=True, default=str)
    key = f"vc-api:{hashlib.sha256(text.encode()).hexdigest()[:48]}"
    return issue(issuer, prepare(issuer, slug, Request(course["id"], award, key)))


def _member(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def _names(subject: Mapping[str, Any]) -> tuple[str, ...]:
    value = subject.get("name")
    listed = value if isinstance(value, list) else [value]
    found = [item.get("@value") if isinstance(item, dict) else item for item in listed]
    names = tuple(tidy(name) for name in found if isinstance(name, str) and name.strip())
    if not names:
        raise MalformedValueError("the person's name is missing", pointer="/credentialSubject/name")
    return names


def _awarded(credential: Mapping[str, Any], issuer: Issuer) -> date:
    text = str(credential.get("awardedDate", ""))[:10]
    try:
        return date.fromisoformat(text) if text else issuer.clock().date()
    except ValueError as error:
        raise MalformedValueError("awardedDate is no date", pointer="/awardedDate") from error
