"""What an accreditation or a rule covers. Codes are trees compared as strings: `0715` lies in `07`.

Absent (None) means unlimited by this link; an empty tuple means nothing. A chain of links can only narrow (`meet`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about; an empty text is a value that lies within no limit.

    Attributes:
        qualification: its id.
        field: ISCED-F code.
        nqf: level in its home framework; a string: "10" is not "1".
        occupation: ISCO-08 code.
        route: `course`, `RPL` or `apprenticeship`.
    """

    qualification: str
    field: str
    nqf: str
    occupation: str = ""
    route: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """Limits by qualification, field, level, occupation and route; see the module for None and empty."""

    qualifications: tuple[str, ...] | None = None
    fields: tuple[str, ...] | None = None
    nqf: tuple[str, ...] | None = None
    occupations: tuple[str, ...] | None = None
    routes: tuple[str, ...] | None = None

    def covers(self, subject: Subject) -> bool:
        """Return whether a subject lies within all limits."""
        return (
            (self.qualifications is None or subject.qualification in self.qualifications)
            and _in_tree(subject.field, self.fields)
            and (self.nqf is None or subject.nqf in self.nqf)
            and _in_tree(subject.occupation, self.occupations)
            and (self.routes is None or subject.route in self.routes)
        )

    def meet(self, other: Scope) -> Scope:
        """Return the intersection of two scopes."""
        return Scope(
            _common(self.qualifications, other.qualifications),
            _common_branches(self.fields, other.fields),
            _common(self.nqf, other.nqf),
            _common_branches(self.occupations, other.occupations),
            _common(self.routes, other.routes),
        )

    @property
    def specificity(self) -> tuple[int, int, int, int, int]:
        """Sorts rules: a named qualification, then the longest field or occupation, then level, then route."""
        return (
            int(self.qualifications is not None),
            max((len(field) for field in self.fields or ()), default=0),
            max((len(code) for code in self.occupations or ()), default=0),
            int(self.nqf is not None),
            int(self.routes is not None),
        )


def _in_tree(code: str, branches: tuple[str, ...] | None) -> bool:
    return branches is None or any(code.startswith(branch) for branch in branches)


def _common(one: tuple[str, ...] | None, other: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if one is None or other is None:
        return other if one is None else one
    return tuple(sorted(set(one) & set(other)))


def _common_branches(one: tuple[str, ...] | None, other: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if one is None or other is None:
        return other if one is None else one
    narrower = {a if a.startswith(b) else b for a in one for b in other if a.startswith(b) or b.startswith(a)}
    return tuple(sorted(narrower))
