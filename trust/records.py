"""What the states' files say, as frozen records. A file that is not as it must be is refused whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from credentials.errors import MalformedValueError
from credentials.keys import parse_multikey
from trust.periods import Period, parse_moment, parse_period
from trust.scope import Scope

Names = Mapping[str, str]
MODES: Final = frozenset(
    {"automatic", "levelOnly", "equivalent", "conditional", "experienceBased", "temporary", "caseByCase", "none"}
)
"""What a rule may say; a mode that is not here is refused, because it could mean less than it seems."""


@dataclass(frozen=True, slots=True)
class State:
    """A party to the partnership and when it was one."""

    code: str
    names: Names
    member: Period


@dataclass(frozen=True, slots=True)
class Authority:
    """Whom to ask in a state; `answers_within_days` is its own word."""

    id: str
    state: str
    names: Names
    contact: str
    answers_within_days: int


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """A signing key of an issuer, when it was in use, and since when it is known to be stolen."""

    id: str
    public_key_multibase: str
    period: Period
    compromised_since: datetime | None


@dataclass(frozen=True, slots=True)
class Accreditation:
    """An authority's word that an issuer may `issue` or `attest` within a scope and period."""

    id: str
    by: str
    action: str
    scope: Scope
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class IssuerRecord:
    """An issuer as its home state knows it."""

    did: str
    slug: str
    state: str
    names: Names
    kind: str
    place: str
    keys: tuple[IssuerKey, ...]
    accreditations: tuple[Accreditation, ...]


@dataclass(frozen=True, slots=True)
class Qualification:
    """A qualification as the state that defines it describes it."""

    id: str
    state: str
    names: Names
    field: str
    nqf: str
    isco: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What a state says of qualifications from other states."""

    id: str
    state: str
    origins: tuple[str, ...]
    subject: str
    scope: Scope
    mode: str
    local_titles: Names
    nqf: str
    requires: Mapping[str, Any] | None
    in_force: Period
    legal_basis: str
    authority: str


@dataclass(frozen=True, slots=True)
class Suspension:
    """A state's stop for an issuer (`issuer`) or a whole origin state (`origin`); one of them is empty."""

    id: str
    by: str
    issuer: str
    origin: str
    period: Period
    affects_issued_before: bool
    reason: str


def _tuple(value: object) -> tuple[str, ...] | None:
    return None if value is None else tuple(str(item) for item in value) if isinstance(value, list) else (str(value),)


def parse_scope(record: Mapping[str, Any]) -> Scope:
    """Return the scope of an accreditation or a rule."""
    return Scope(_tuple(record.get("qualifications")), _tuple(record.get("fields")), _tuple(record.get("nqf")))


def parse_state(record: Mapping[str, Any]) -> State:
    """Return a party of `partnership/parties.json`."""
    return State(record["code"], record["names"], parse_period(record["from"], record.get("until")))


def parse_authority(record: Mapping[str, Any], state: str) -> Authority:
    """Return an entry of `states/XX/authorities.json`."""
    return Authority(record["id"], state, record["names"], record["contact"], int(record["answersWithinDays"]))


def parse_issuer(record: Mapping[str, Any], state: str) -> IssuerRecord:
    """Return an entry of `states/XX/issuers.json`."""
    keys = tuple(
        IssuerKey(
            key["id"],
            parse_multikey(key["publicKeyMultibase"]).multibase,
            parse_period(key["from"], key.get("until")),
            None if key.get("compromisedSince") is None else parse_moment(key["compromisedSince"]),
        )
        for key in record["keys"]
    )
    accreditations = tuple(
        Accreditation(
            entry["id"],
            entry["by"],
            entry["action"],
            parse_scope(entry["scope"]),
            tuple(parse_period(period["from"], period.get("until")) for period in entry["periods"]),
        )
        for entry in record["accreditations"]
    )
    return IssuerRecord(
        record["did"], record["slug"], state, record["names"], record["kind"], record["place"], keys, accreditations
    )


def parse_qualification(record: Mapping[str, Any], state: str) -> Qualification:
    """Return an entry of `states/XX/qualifications.json`."""
    return Qualification(record["id"], state, record["names"], record["field"], record["nqf"], record["isco"])


def _check_requires(requires: Mapping[str, Any], rule: str) -> None:
    branches = requires.get("allOf", requires.get("anyOf"))
    if branches is not None:
        for branch in branches:
            _check_requires(branch, rule)
    elif requires and not ("id" in requires and requires.get("texts")):
        raise MalformedValueError(f"{rule}: a condition has an id and texts")


def parse_rule(record: Mapping[str, Any], state: str) -> Rule:
    """Return an entry of `states/XX/rules.json`."""
    force = record["inForce"]
    if record["mode"] not in MODES:
        raise MalformedValueError(f"{record['id']}: {record['mode']!r} is no mode of recognition")
    _check_requires(record.get("requires") or {}, record["id"])
    return Rule(
        record["id"],
        state,
        tuple(record["from"]),
        record.get("subject", "training"),
        parse_scope(record["scope"]),
        record["mode"],
        record["grants"]["localTitle"],
        record["grants"].get("nqf", ""),
        record.get("requires"),
        parse_period(force["from"], force.get("until")),
        record["legalBasis"],
        record["authority"],
    )


def parse_suspension(record: Mapping[str, Any], state: str) -> Suspension:
    """Return an entry of `states/XX/suspensions.json`."""
    return Suspension(
        record["id"],
        state,
        record["of"].get("issuer", ""),
        record["of"].get("state", ""),
        parse_period(record["from"], record.get("until")),
        bool(record["affectsIssuedBefore"]),
        record["reason"],
    )
