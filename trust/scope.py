"""How far a permission reaches: limits that can only narrow.

A scope maps a dimension (ELM's `limit…` terms) to the codes allowed there. A dimension that is absent is not limited
by this link; an empty set allows nothing. Fields (ISCED-F) and occupations (ISCO) are trees: a code stands for
everything below it, and codes are compared as strings, digit by digit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

QUALIFICATION: Final = "limitQualification"
FIELD: Final = "limitField"
LEVEL: Final = "limitNQFLevel"
OCCUPATION: Final = "limitOccupation"
TREES: Final = frozenset({FIELD, OCCUPATION})

Codes = frozenset[str]


@dataclass(frozen=True, slots=True)
class Scope:
    """The limits of one link, or of a whole chain of links."""

    limits: Mapping[str, Codes] = field(default_factory=dict)

    def covers(self, subject: Mapping[str, Codes]) -> bool:
        """Return whether everything about `subject` is within every limit.

        A limit in a dimension about which `subject` says nothing is not met.
        """
        return not self.outside(subject)

    def outside(self, subject: Mapping[str, Codes]) -> tuple[str, ...]:
        """Return the dimensions in which `subject` is not covered, sorted."""
        return tuple(
            sorted(
                dimension
                for dimension, allowed in self.limits.items()
                if not _within(dimension, subject.get(dimension, frozenset()), allowed)
            )
        )


def meet(one: Scope, other: Scope) -> Scope:
    """Return the exact intersection of two scopes, in its one canonical form."""
    dimensions = sorted({*one.limits, *other.limits})
    return Scope({name: _meet(name, one.limits.get(name), other.limits.get(name)) for name in dimensions})


def meet_all(scopes: Iterable[Scope]) -> Scope:
    """Return the intersection of all scopes; of none, the unlimited scope."""
    result = Scope()
    for scope in scopes:
        result = meet(result, scope)
    return result


def _within(dimension: str, codes: Codes, allowed: Codes) -> bool:
    return bool(codes) and all(_allows(dimension, allowed, code) for code in codes)


def _allows(dimension: str, allowed: Codes, code: str) -> bool:
    return code in allowed or (dimension in TREES and any(code.startswith(top) for top in allowed))


def _meet(dimension: str, one: Codes | None, other: Codes | None) -> Codes:
    if one is None or other is None:
        return _tops(dimension, one if other is None else other)
    both = {code for code in one if _allows(dimension, other, code)}
    both |= {code for code in other if _allows(dimension, one, code)}
    return _tops(dimension, frozenset(both))


def _tops(dimension: str, codes: Codes | None) -> Codes:
    assert codes is not None, "the dimension comes from one of the two scopes"  # noqa: S101
    if dimension not in TREES:
        return codes
    return frozenset(code for code in codes if not _allows(dimension, codes - {code}, code))
