"""Credentials of other systems as evidence of prior learning: what they say, and what can be checked of it.

    Open Badges 3.0 and other W3C credentials   by our verifier: proofs, issuer's key, dates, status
    Open Badges 2.0, hosted                     asked for at the address that it names; the same is said there, or not
    Open Badges 2.0, signed                     could not check: its key lies at an address, under algorithms that we do not read
    European Learning Model, sealed             could not check: a seal of JAdES or XAdES under certificates of others

What could not be checked is evidence that a person may weigh; what is not genuine is none.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from credentials.encoding import b64url_decode
from credentials.errors import VCError
from credentials.fetching import Fetcher
from credentials.parsing import parse_json
from credentials.report import CheckOutcome, VerificationResult
from credentials.verify import VerificationOptions, verify_credential
from issuer_api.errors import FileUnreadableError

MAX_FILE: Final = 256 * 1024
_MAX_TEXT: Final = 200
_MAX_OUTCOMES: Final = 40
_JWS_PARTS: Final = 3
_GENUINE: Final = frozenset({"data-model", "proof", "issuer-key"})
_CURRENT: Final = frozenset({"validity-period", "status"})
_ELM: Final = "EuropeanDigitalCredential"


class Found(StrEnum):
    """What came of looking."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "could-not-check"


@dataclass(frozen=True, slots=True)
class Foreign:
    """A credential of another system: what it says, and what was found.

    Attributes:
        kind: `open-badges-3`, `open-badges-2` or `elm`.
        title: of the award, as it says itself.
        issuer: who says it, as it says itself.
        person: whom it names; empty where that is only a hash or an address.
        awarded: the day, or empty.
        outcomes: what it says was learned.
        genuine: whether it is from where it says.
        current: whether it holds today.
        name: of its bytes: `ni:///sha-256;…` (RFC 6920).
    """

    kind: str
    title: str
    issuer: str
    person: str
    awarded: str
    outcomes: tuple[str, ...]
    genuine: Found
    current: Found
    name: str


def read_foreign(content: bytes, options: VerificationOptions) -> Foreign:
    """Return what a file says and what could be checked of it.

    Raises:
        FileUnreadableError: it is too large, or no such credential.
    """
    if not 0 < len(content) <= MAX_FILE:
        raise FileUnreadableError(f"a credential of at most {MAX_FILE} bytes is read", "foreign")
    text = content.strip()
    name = f"ni:///sha-256;{base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b'=').decode()}"
    document = _json_in(text)
    if "payload" in document and "signatures" in document:
        document = _payload(str(document["payload"]))
    types = _listed(document.get("type"))
    if _ELM in types:
        return _elm(document, name)
    if "Assertion" in types or "openbadges/v2" in str(document.get("@context", "")):
        return _older_badge(document, name, options.fetcher, signed=not text.startswith(b"{"))
    result = verify_credential(text, options)
    if result.unverified_credential is None:
        raise FileUnreadableError("this is no Open Badge and no credential of the European Learning Model", "foreign")
    return _badge(result, name)


def _json_in(text: bytes) -> dict[str, Any]:
    """Return the object that a file or the middle of a token holds; empty where there is none."""
    if text.startswith(b"{"):
        document = _parsed(text)
    else:
        parts = text.split(b".")
        document = _payload(parts[1].decode("latin-1")) if len(parts) == _JWS_PARTS else {}
    return document


def _payload(text: str) -> dict[str, Any]:
    if text.lstrip().startswith("{"):
        return _parsed(text.encode())
    try:
        return _parsed(b64url_decode(text))
    except VCError:
        return {}


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        return parse_json(content)
    except VCError:
        return {}


def _badge(result: VerificationResult, name: str) -> Foreign:
    document = _document(result)
    subject = _first(document.get("credentialSubject"))
    achievement = _first(subject.get("achievement"))
    return Foreign(
        kind="open-badges-3",
        title=_text(achievement.get("name")) or _text(document.get("name")),
        issuer=_named(document.get("issuer")),
        person=_text(subject.get("name")),
        awarded=_text(document.get("awardedDate") or document.get("validFrom"))[:10],
        outcomes=_outcomes(achievement.get("alignment"), "targetName"),
        genuine=_outcome(result, _GENUINE),
        current=_outcome(result, _CURRENT),
        name=name,
    )


def _document(result: VerificationResult) -> Mapping[str, Any]:
    return result.unverified_credential.document if result.unverified_credential else {}


def _outcome(result: VerificationResult, names: frozenset[str]) -> Found:
    found = {check.outcome for check in result.checks if check.name in names}
    if CheckOutcome.FAILED in found:
        return Found.NO
    return Found.UNKNOWN if CheckOutcome.COULD_NOT_CHECK in found or not found else Found.YES


def _elm(document: Mapping[str, Any], name: str) -> Foreign:
    subject = _first(document.get("credentialSubject"))
    claims = [_first(claim) for claim in _items(subject.get("hasClaim"))]
    specified = [_first(claim.get("specifiedBy")) for claim in claims]
    given = _text(subject.get("fullName")) or f"{_text(subject.get('givenName'))} {_text(subject.get('familyName'))}".strip()
    outcomes = [item for one in specified for item in _items(one.get("learningOutcome"))]
    profile = next((_text(one.get("title")) for one in (*claims, *specified) if _text(one.get("title"))), "")
    return Foreign(
        kind="elm",
        title=profile or _text(_first(document.get("displayParameter")).get("title")),
        issuer=_named(document.get("issuer")),
        person=given,
        awarded=_text(document.get("issuanceDate") or document.get("validFrom"))[:10],
        outcomes=_outcomes(outcomes, "title"),
        genuine=Found.UNKNOWN,
        current=Found.UNKNOWN,
        name=name,
    )


def _older_badge(document: Mapping[str, Any], name: str, fetcher: Fetcher, *, signed: bool) -> Foreign:
    badge = document.get("badge")
    about = badge if isinstance(badge, dict) else {}
    genuine = Found.UNKNOWN if signed else _hosted(document, fetcher)
    return Foreign(
        kind="open-badges-2",
        title=_text(about.get("name")) or _text(badge),
        issuer=_named(about.get("issuer")) or (urlsplit(_text(document.get("id"))).hostname or ""),
        person="",
        awarded=_text(document.get("issuedOn"))[:10],
        outcomes=_outcomes(about.get("alignment"), "targetName"),
        genuine=genuine,
        current=genuine,
        name=name,
    )


def _hosted(document: Mapping[str, Any], fetcher: Fetcher) -> Found:
    """Return whether the address that an assertion names says the same (Open Badges 2.0, hosted verification)."""
    address = _text(document.get("id"))
    if _first(document.get("verification")).get("type") not in ("HostedBadge", "hosted") or not address.startswith("https://"):
        return Found.UNKNOWN
    try:
        there = _parsed(fetcher.fetch(address).content)
    except VCError:
        return Found.UNKNOWN
    return Found.YES if there == dict(document) and there.get("revoked") is not True else Found.NO


def _named(value: object) -> str:
    one = _first(value)
    return _text(one.get("legalName")) or _text(one.get("name")) or _text(one.get("prefLabel")) or _text(one.get("id") or value)


def _outcomes(value: object, member: str) -> tuple[str, ...]:
    names = (_text(_first(item).get(member)) for item in _items(value)[:_MAX_OUTCOMES])
    return tuple(dict.fromkeys(name for name in names if name))


def _items(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _first(value: object) -> Mapping[str, Any]:
    one = next(iter(_items(value)), None)
    return one if isinstance(one, dict) else {}


def _listed(value: object) -> list[str]:
    return [one for one in _items(value) if isinstance(one, str)]


def _text(value: object) -> str:
    """Return a text, or the one in English or in the first language of a text in several; cut, on one line, no hidden letters."""
    if isinstance(value, list):
        value = next(iter(value), None)
    if isinstance(value, dict):
        value = value.get("@value") or value.get("en") or next(iter(value.values()), "")
        value = next(iter(value), "") if isinstance(value, list) else value
    shown = "".join(letter if letter.isprintable() else " " for letter in value) if isinstance(value, str) else ""
    return " ".join(shown.split())[:_MAX_TEXT]
