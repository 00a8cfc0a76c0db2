"""What an accreditation or a rule covers. Codes are trees compared as strings: `0715` lies in `07`.

Absent (None) means unlimited by this link; an empty tuple means nothing. A chain of links can only narrow (`meet`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about: a qualification, its ISCED-F field, its NQF level (a string: "10" is not "1")."""

    qualification: str
    field: str
    nqf: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Limits by qualification, field and level; see the module for None and empty."""

    qualifications: tuple[str, ...] | None = None
    fields: tuple[str, ...] | None = None
    nqf: tuple[str, ...] | None = None

    def covers(self, subject: Subject) -> bool:
        """Return whether a qualification lies within all limits."""
        return (
            (self.qualifications is None or subject.qualification in self.qualifications)
            and (self.fields is None or any(subject.field.startswith(field) for field in self.fields))
            and (self.nqf is None or subject.nqf in self.nqf)
        )

    def meet(self, other: Scope) -> Scope:
        """Return the intersection of two scopes."""
        return Scope(
            _common(self.qualifications, other.qualifications),
            _common_fields(self.fields, other.fields),
            _common(self.nqf, other.nqf),
        )

    @property
    def specificity(self) -> tuple[int, int, int]:
        """Sorts rules: a named qualification before the longest field prefix before a level."""
        longest = max((len(field) for field in self.fields or ()), default=0)
        return (int(self.qualifications is not None), longest, int(self.nqf is not None))


def _common(one: tuple[str, ...] | None, other: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if one is None or other is None:
        return other if one is None else one
    return tuple(sorted(set(one) & set(other)))


def _common_fields(one: tuple[str, ...] | None, other: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if one is None or other is None:
        return other if one is None else one
    narrower = {a if a.startswith(b) else b for a in one for b in other if a.startswith(b) or b.startswith(a)}
    return tuple(sorted(narrower))
