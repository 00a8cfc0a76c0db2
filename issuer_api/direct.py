"""VC-API: a program hands over a credential to be secured.

The issuer is the token's own, and decides on id, status, schema and days. What the program says beyond that is issued exactly as
said, or refused with a pointer to the first member that would be issued in another way: nothing is dropped or changed silently.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from credentials.errors import MalformedValueError
from issuer_api.documents import Award, Place, build
from issuer_api.history import COMMAND_LINE
from issuer_api.issuing import issue
from issuer_api.names import name_problem, text_problem, tidy
from issuer_api.organisations import organisation
from issuer_api.planning import Request
from issuer_api.programmes import programmes
from issuer_api.service import Issuer

OURS: Final = ("id", "credentialStatus", "credentialSchema", "proof")
"""Members that the issuer sets, and a program leaves out."""
MAX_NUMBER: Final = 40
_MAX_NAMES: Final = 5


def issue_document(
    issuer: Issuer, slug: str, credential: Mapping[str, Any], *, key: str | None = None, by: str = COMMAND_LINE
) -> bytes:
    """Return the secured credential for a document that names one of the issuer's qualifications and a person.

    Args:
        issuer: the house.
        slug: the token's issuer.
        credential: an OpenBadgeCredential.
        key: idempotency key; without one, the same document gives the same credential.
        by: who asks.

    Raises:
        MalformedValueError: as `request_for`.
        VCError: as `issuer_api.issuing.issue`.
    """
    return issue(issuer, slug, request_for(issuer, slug, credential, key or _digest(credential)), by=by).content


def batch_request_for(issuer: Issuer, slug: str, credential: Mapping[str, Any], key: str | None) -> Request:
    """Return what is to be issued for one document of many, which have one key together or none.

    Raises:
        MalformedValueError: as `request_for`.
    """
    own = _digest(credential)
    return request_for(issuer, slug, credential, own if key is None else f"{key} {own}")


def request_for(issuer: Issuer, slug: str, credential: Mapping[str, Any], key: str) -> Request:
    """Return what is to be issued for a document.

    Raises:
        MalformedValueError: another issuer, an unknown qualification, no name, or a member that would be issued in another way.
    """
    did, centre = organisation(issuer, slug)
    for name in OURS:
        if name in credential:
            raise MalformedValueError(f"the issuer sets {name}; leave it out", pointer=f"/{name}")
    subject = _member(credential, "credentialSubject")
    course = _course(issuer, slug, subject)
    award = Award(_names(subject), _awarded(credential, issuer), _number(subject), _started(subject))
    issued = build(did, centre["name"], course, award, Place("", 0), issuer.clock().date())
    _check_issuer(credential, did)
    _check_same(credential, issued)
    return Request(course["id"], award, f"vc {key}")


def _digest(credential: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(credential, sort_keys=True).encode()).hexdigest()


def _member(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def _course(issuer: Issuer, slug: str, subject: Mapping[str, Any]) -> Mapping[str, Any]:
    qualification = _member(subject, "achievement").get("id")
    for course in programmes(issuer, slug):
        if course["kind"] == "training" and course["qualification"] == qualification:
            return course
    raise MalformedValueError("no programme of this issuer awards this", pointer="/credentialSubject/achievement/id")


def _names(subject: Mapping[str, Any]) -> tuple[str, ...]:
    value = subject.get("name")
    listed = value if isinstance(value, list) else [value]
    found = [item.get("@value") if isinstance(item, dict) else item for item in listed]
    names = tuple(tidy(name) for name in found if isinstance(name, str))
    if not names or len(names) != len(listed) or len(names) > _MAX_NAMES or any(name_problem(name) for name in names):
        raise MalformedValueError("name the person: 1 to 5 names without control characters", pointer="/credentialSubject/name")
    return names


def _number(subject: Mapping[str, Any]) -> str:
    number = subject.get("licenseNumber")
    if not isinstance(number, str) or text_problem(number, MAX_NUMBER):
        raise MalformedValueError(
            f"give the certificate's number, 1 to {MAX_NUMBER} letters", pointer="/credentialSubject/licenseNumber"
        )
    return number


def _awarded(credential: Mapping[str, Any], issuer: Issuer) -> date:
    text = credential.get("awardedDate")
    return issuer.clock().date() if text is None else _day(text, "/awardedDate")


def _started(subject: Mapping[str, Any]) -> date | None:
    text = subject.get("activityStartDate")
    return None if text is None else _day(text, "/credentialSubject/activityStartDate")


def _day(text: object, pointer: str) -> date:
    try:
        return date.fromisoformat(str(text).removesuffix("T00:00:00Z"))
    except ValueError as error:
        raise MalformedValueError("this is no day", pointer=pointer) from error


def _check_issuer(credential: Mapping[str, Any], did: str) -> None:
    named = credential.get("issuer", did)
    if (named.get("id") if isinstance(named, dict) else named) != did:
        raise MalformedValueError("the issuer is not the one this token is for", pointer="/issuer")


def _check_same(credential: Mapping[str, Any], issued: Mapping[str, Any]) -> None:
    for name, value in credential.items():
        if name == "@context":
            _check_contexts(value, issued[name])
        elif name != "issuer" or isinstance(value, dict):
            _check_part(value, issued.get(name), f"/{name}")


def _check_contexts(given: object, issued: Sequence[str]) -> None:
    for position, context in enumerate(given if isinstance(given, list) else [given]):
        if context not in issued:
            raise MalformedValueError("a certificate of this issuer has no such context", pointer=f"/@context/{position}")


def _without_values(names: object) -> list[dict[str, Any]]:
    listed = names if isinstance(names, list) else [names]
    return [{tag: value for tag, value in item.items() if tag != "@value"} if isinstance(item, dict) else {} for item in listed]


def _check_part(given: object, issued: object, pointer: str) -> None:
    if pointer == "/credentialSubject/name":
        given = _without_values(given)  # names are issued tidied, in NFC and with single spaces; their tags are not touched
    if isinstance(given, dict) and isinstance(issued, dict):
        for name, value in given.items():
            _check_part(value, issued.get(name), f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(given, list) and isinstance(issued, list) and len(given) == len(issued):
        for position, (item, ours) in enumerate(zip(given, issued, strict=True)):
            _check_part(item, ours, f"{pointer}/{position}")
    elif given != issued:
        said = f"it would be issued as {issued!r}"[:200] if issued is not None else "it would not be issued"
        raise MalformedValueError(f"{said}; leave it out or say the same", pointer=pointer)
