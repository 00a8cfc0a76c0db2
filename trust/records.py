"""What the states' files say of parties, authorities, issuers, qualifications and stops, as frozen records.

A file that is not as it must be is refused whole. Rules stand in `trust.rules`, logs and closing rolls
in `trust.anchoring`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from sys import intern
from typing import Any, Final

from credentials.errors import MalformedValueError
from trust.keys import ListedKey, parse_listed_keys
from trust.periods import Period, parse_period, parse_recorded_period
from trust.scope import Scope

Names = Mapping[str, str]
ACTIONS: Final = frozenset({"issue", "attest", "assess", "collect", "license"})
"""What somebody can be accredited for; any other word is refused."""
_LIMITED_BY: Final[Mapping[str, str]] = {"issue": "fields", "attest": "occupations", "collect": "occupations"}
"""Action to the limit that a state must set when it gives an authority its mandate: a mandate without limits is a mistake."""
_AMOUNT: Final = re.compile(r"[0-9]{1,9}\.[0-9]{2}")
JOINT: Final = "urn:comity:joint:"
"""How the id of a qualification begins that several states define together."""


@dataclass(frozen=True, slots=True)
class State:
    """A party to the partnership and when it was one."""

    code: str
    names: Names
    member: Period


@dataclass(frozen=True, slots=True)
class CoCertificationTerms:
    """What the agreement asks for before an award is called co-certified.

    Attributes:
        threshold: how many parties, the award's own state among them; 0 for every party.
        basis: article of the agreement.
    """

    threshold: int
    basis: str


@dataclass(frozen=True, slots=True)
class CostShare:
    """What one party pays another for each person whose certificate from there it has recognised.

    Attributes:
        payer: the state that recognises.
        payee: the state that trained.
        amount: for each person.
        currency: ISO 4217.
        basis: article of the agreement.
    """

    payer: str
    payee: str
    amount: Decimal
    currency: str
    basis: str


@dataclass(frozen=True, slots=True)
class Mandate:
    """What an authority may accredit others for, within which scope, and when."""

    action: str
    scope: Scope
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class Authority:
    """Whom to ask in a state, and whom it may accredit.

    Attributes:
        id: begins with `urn:comity:{state}:`.
        state: its state.
        names: by language.
        contact: where a person asks.
        answers_within_days: its own word.
        by: the authority that set it up; empty when the state itself did.
        did: signs decisions; empty when it signs none.
        keys: of `did`.
        mandates: what it may hand on.
    """

    id: str
    state: str
    names: Names
    contact: str
    answers_within_days: int
    by: str
    did: str
    keys: tuple[ListedKey, ...]
    mandates: tuple[Mandate, ...]


@dataclass(frozen=True, slots=True)
class Accreditation:
    """An authority's word that an issuer may do something within a scope and periods."""

    id: str
    by: str
    action: str
    scope: Scope
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class IssuerRecord:
    """An issuer as its home state knows it.

    Attributes:
        did: names it.
        slug: how it is called in addresses.
        state: its home state.
        names: by language.
        kind: such as `training-centre`.
        place: where it is.
        keys: that it signs with.
        accreditations: what it may do.
        status_authorities: DIDs of who else signs status lists for it, as where small centres share one.
    """

    did: str
    slug: str
    state: str
    names: Names
    kind: str
    place: str
    keys: tuple[ListedKey, ...]
    accreditations: tuple[Accreditation, ...]
    status_authorities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Qualification:
    """A qualification as the state that defines it describes it; several states may define one together."""

    id: str
    states: tuple[str, ...]
    names: Names
    field: str
    nqf: str
    isco: str

    @property
    def state(self) -> str:
        """The first of the states that define it."""
        return self.states[0]


@dataclass(frozen=True, slots=True)
class Suspension:
    """A state's stop; exactly one of `issuer`, `authority` and `origin` is named.

    Attributes:
        id: of the record.
        by: the state.
        issuer: DID of an issuer.
        authority: id of an authority: everybody whom it accredited.
        origin: code of a whole state.
        scope: what of theirs is stopped.
        period: when.
        affects_issued_before: whether it reaches back to what was issued before it began.
        reason: in words.
        review_by: by when it is looked at again, so that what is temporary does not last for ever.
    """

    id: str
    by: str
    issuer: str
    authority: str
    origin: str
    scope: Scope
    period: Period
    affects_issued_before: bool
    reason: str
    review_by: str


def as_tuple(value: object) -> tuple[str, ...] | None:
    """Return a list of texts, or one text, as a tuple; None stays None."""
    if value is None:
        return None
    return tuple(str(item) for item in value) if isinstance(value, list) else (str(value),)


_scope = lru_cache(maxsize=4096)(Scope)  # many records have the same limits: they share them


def parse_scope(record: Mapping[str, Any]) -> Scope:
    """Return the scope of an accreditation, a mandate, a rule or a stop."""
    names = ("qualifications", "fields", "nqf", "occupations", "routes")
    return _scope(*(as_tuple(record.get(name)) for name in names))


def parse_state(record: Mapping[str, Any]) -> State:
    """Return a party of `partnership/parties.json`."""
    return State(record["code"], record["names"], parse_period(record["from"], record.get("until")))


def parse_co_certification(record: Mapping[str, Any]) -> CoCertificationTerms:
    """Return what `partnership/parties.json` says of co-certification: a number of parties, or `all`."""
    threshold = record["threshold"]
    if threshold != "all" and (type(threshold) is not int or threshold < 1):
        raise MalformedValueError("co-certification takes a number of parties, or all")
    return CoCertificationTerms(0 if threshold == "all" else threshold, record["legalBasis"])


def parse_cost_share(record: Mapping[str, Any]) -> CostShare:
    """Return an entry of `costSharing` in `partnership/parties.json`; the amount is a text such as `120.00`."""
    amount, payer, payee = record["amount"], record["payer"], record["payee"]
    if not isinstance(amount, str) or not _AMOUNT.fullmatch(amount) or payer == payee:
        raise MalformedValueError("sharing costs takes two parties and an amount such as 120.00")
    return CostShare(payer, payee, Decimal(amount), record["currency"], record["legalBasis"])


def parse_mandate(record: Mapping[str, Any]) -> Mandate:
    """Return one mandate of an authority."""
    action, scope = record["action"], parse_scope(record["scope"])
    if action not in ACTIONS:
        raise MalformedValueError(f"{action!r} is nothing that anybody is accredited for")
    limit = _LIMITED_BY.get(action)
    if limit and getattr(scope, limit) is None:
        raise MalformedValueError(f"a mandate to {action} names its {limit}")
    return Mandate(action, scope, tuple(parse_recorded_period(period) for period in record["periods"]))


def parse_authority(record: Mapping[str, Any], state: str) -> Authority:
    """Return an entry of `states/XX/authorities.json`."""
    return Authority(
        id=record["id"],
        state=state,
        names=record["names"],
        contact=record["contact"],
        answers_within_days=int(record["answersWithinDays"]),
        by=record.get("by", ""),
        did=record.get("did", ""),
        keys=parse_listed_keys(record.get("keys", [])),
        mandates=tuple(parse_mandate(mandate) for mandate in record["mandates"]),
    )


def parse_issuer(record: Mapping[str, Any], state: str) -> IssuerRecord:
    """Return an entry of `states/XX/issuers.json`."""
    return IssuerRecord(
        record["did"],
        record["slug"],
        state,
        record["names"],
        intern(record["kind"]),
        intern(record["place"]),
        parse_listed_keys(record["keys"]),
        tuple(_parse_accreditation(entry) for entry in record["accreditations"]),
        _parse_status_authorities(record.get("statusAuthorities", [])),
    )


def _parse_status_authorities(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(did, str) and did.startswith("did:") for did in value):
        raise MalformedValueError("statusAuthorities are a list of DIDs")
    return tuple(intern(did) for did in value)


def _parse_accreditation(record: Mapping[str, Any]) -> Accreditation:
    if record["action"] not in ACTIONS:
        raise MalformedValueError(f"{record['id']}: {record['action']!r} is nothing that anybody is accredited for")
    periods = tuple(parse_recorded_period(period) for period in record["periods"])
    return Accreditation(record["id"], intern(record["by"]), intern(record["action"]), parse_scope(record["scope"]), periods)


def parse_qualification(record: Mapping[str, Any], state: str) -> Qualification:
    """Return an entry of `states/XX/qualifications.json`, or of `partnership/qualifications.json` (`state` empty)."""
    states = (state,) if state else tuple(record["states"])
    if not states:
        raise MalformedValueError(f"{record['id']}: no state defines it")
    return Qualification(record["id"], states, record["names"], record["field"], record["nqf"], record["isco"])


def parse_suspension(record: Mapping[str, Any], state: str) -> Suspension:
    """Return an entry of `states/XX/suspensions.json`."""
    of = record["of"]
    named = [of.get(name, "") for name in ("issuer", "authority", "state")]
    if sum(map(bool, named)) != 1:
        raise MalformedValueError(f"{record['id']}: a suspension names an issuer, an authority or a state")
    return Suspension(
        id=record["id"],
        by=state,
        issuer=named[0],
        authority=named[1],
        origin=named[2],
        scope=parse_scope(record.get("scope", {})),
        period=parse_recorded_period(record),
        affects_issued_before=bool(record["affectsIssuedBefore"]),
        reason=record["reason"],
        review_by=record["reviewBy"],
    )
