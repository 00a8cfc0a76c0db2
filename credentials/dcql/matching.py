"""Which credentials answer a query (OpenID4VP 1.0 §6.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from credentials.dcql.paths import PathError, Pointer, at_path
from credentials.dcql.query import ClaimQuery, CredentialQuery, CredentialSet, Query, Value


@dataclass(frozen=True, slots=True)
class Candidate:
    """A credential as a query sees it.

    Attributes:
        format: Credential Format Identifier.
        claims: everything that it can show, or has shown.
        types: its `vct`, or its types both as they stand and expanded to IRIs.
        authorities: type of trusted authority to the identifiers that stand behind its issuer.
        is_bound: whether its holder can sign, or has signed.
    """

    format: str
    claims: Mapping[str, Any]
    types: frozenset[str] = frozenset()
    authorities: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    is_bound: bool = True


@dataclass(frozen=True, slots=True)
class Selection:
    """A credential that answers: which of the given it is, and the claims that it shows."""

    candidate: int
    claims: tuple[Pointer, ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """What a wallet has for a query.

    Attributes:
        found: id of a credential query to all that answer it, in the order in which they were given.
        needed: ids that a shortest answer uses: all, or for every required set the first option that can be met.
        is_satisfiable: whether everything that is required can be answered.
        optional: ids that may be added: of sets that are not required, the first option that can be met.
    """

    found: Mapping[str, tuple[Selection, ...]]
    needed: frozenset[str]
    is_satisfiable: bool
    optional: frozenset[str] = frozenset()


def matches(query: Query, candidates: Sequence[Candidate]) -> Matches:
    """Return which credentials answer a query."""
    found = {one.id: tuple(_selections(one, candidates)) for one in query.credentials}
    there = frozenset(name for name, selections in found.items() if selections)
    if not query.credential_sets:
        return Matches(found, frozenset(found), len(there) == len(found))
    needed = [_first(one, there) for one in query.credential_sets if one.required]
    optional = [_first(one, there) or frozenset() for one in query.credential_sets if not one.required]
    chosen = frozenset[str]().union(*(option for option in needed if option is not None))
    return Matches(found, chosen, None not in needed, frozenset[str]().union(*optional) - chosen)


def _selections(query: CredentialQuery, candidates: Sequence[Candidate]) -> list[Selection]:
    chosen = ((place, select_claims(query, candidate)) for place, candidate in enumerate(candidates))
    return [Selection(place, claims) for place, claims in chosen if claims is not None]


def _first(one: CredentialSet, there: frozenset[str]) -> frozenset[str] | None:
    return next((frozenset(option) for option in one.options if there.issuperset(option)), None)


def select_claims(query: CredentialQuery, candidate: Candidate) -> tuple[Pointer, ...] | None:
    """Return the paths of the claims that a credential shows for a query, or None where it does not answer it."""
    if candidate.format != query.format or (query.require_cryptographic_holder_binding and not candidate.is_bound):
        return None
    if query.types and not any(types <= candidate.types for types in query.types):
        return None
    if query.trusted_authorities and not _is_trusted(query, candidate):
        return None
    options = (option for option in query.options() if all(_is_met(claim, candidate.claims) for claim in option))
    chosen = next(options, None)
    return None if chosen is None else tuple(claim.path for claim in chosen)


def _is_trusted(query: CredentialQuery, candidate: Candidate) -> bool:
    return any(candidate.authorities.get(one.type, frozenset()) & one.values for one in query.trusted_authorities)


def _is_met(claim: ClaimQuery, claims: Mapping[str, Any]) -> bool:
    try:
        found = at_path(claims, claim.path)
    except PathError:
        return False
    return not claim.values or any(_same(value, one) for value in found for one in claim.values)


def _same(found: object, value: Value) -> bool:
    """Return whether type and value are equal: true is no 1, and 1.0 is no whole number."""
    return type(found) is type(value) and found == value
