"""How well is work experience evidenced? A category with its reason, never a score.

    E0  the person's own word
    E1  one witness
    E2  two independent witnesses from two groups of roles
    E3  an employer, pay or contract papers, or two such witnesses with papers

What an approved centre has assessed is a qualification, and no longer experience. Witnesses are independent when they share neither
household, employer nor key (`independenceGroup`) and do not vouch for each other. More evidence never lowers a level.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from itertools import combinations, pairwise
from typing import Final

from credentials.model import Credential
from trust.claims import alignment_codes

_PAPERS: Final = frozenset({"payroll", "contract", "social-security", "documents-only"})
_FROM_EMPLOYER: Final = frozenset({"employer", "payroll"})
_GROUP_OF: Final[Mapping[str, str]] = {
    "employer": "employer",
    "supervisor": "employer",
    "co-worker": "colleague",
    "client": "client",
    "union": "organisation",
    "community": "organisation",
    "consulate": "organisation",
}
_DAYS_IN_A_MONTH: Final = 30.4375
_MAX_DAYS: Final = 80 * 366
_DAY: Final = timedelta(days=1)


class EvidenceLevel(IntEnum):
    """The categories, in their order."""

    E0 = 0
    E1 = 1
    E2 = 2
    E3 = 3


@dataclass(frozen=True, slots=True)
class Attestation:
    """What one signed attestation says of a stretch of work.

    Attributes:
        experience: identifies the experience that several attest; the credential's own id where it names none.
        occupation: ISCO-08 code.
        start: first day.
        end: last day.
        role: who attests: `employer`, `supervisor`, `co-worker`, `client`, `union`, `community`, `consulate`, `self`.
        basis: what it rests on: `payroll`, `saw-daily`, `contract`, …
        group: opaque mark of household, employer and key; equal marks are not independent.
        is_reciprocal: whether the two vouch for each other.
        has_papers: whether digests of papers are named.
    """

    experience: str
    occupation: str
    start: date
    end: date
    role: str
    basis: str
    group: str
    is_reciprocal: bool
    has_papers: bool


def read_attestation(credential: Credential, issuer_kind: str) -> Attestation | None:
    """Return what a work-experience credential says, or None where its days do not fit together.

    Args:
        credential: good in every respect.
        issuer_kind: the issuer's kind as its state lists it; an `Employer` who names no role attests as employer.
    """
    work = credential.subjects[0].get("workExperience")
    work = work if isinstance(work, dict) else {}
    start, end = _day(work.get("startDate")), _day(work.get("endDate"))
    if start is None or end is None or end < start or (end - start).days > _MAX_DAYS:
        return None
    told = work.get("attestation")
    told = told if isinstance(told, dict) else {}
    return Attestation(
        experience=str(work.get("id") or credential.id or credential.issuer),
        occupation=alignment_codes(work).get("ext:ISCO08", ""),
        start=start,
        end=end,
        role=str(told.get("role") or ("employer" if issuer_kind == "Employer" else "self")),
        basis=str(told.get("basis") or work.get("attestationBasis", "")),
        group=str(told.get("independenceGroup") or credential.issuer),
        is_reciprocal=told.get("reciprocal") is True,
        has_papers=bool(told.get("evidence")),
    )


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def level_of(attestations: Iterable[Attestation]) -> EvidenceLevel:
    """Return how well one experience is evidenced by everything that is said of it."""
    told = [entry for entry in attestations if entry.role in _GROUP_OF]
    if any(entry.role in _FROM_EMPLOYER or entry.basis in _PAPERS for entry in told):
        return EvidenceLevel.E3
    witnesses = [entry for entry in told if not entry.is_reciprocal]
    if any(_are_independent(one, other) for one, other in combinations(witnesses, 2)):
        return EvidenceLevel.E3 if any(entry.has_papers for entry in told) else EvidenceLevel.E2
    return EvidenceLevel.E1 if told else EvidenceLevel.E0


def _are_independent(one: Attestation, other: Attestation) -> bool:
    return one.group != other.group and _GROUP_OF[one.role] != _GROUP_OF[other.role]


def months_of(attestations: Iterable[Attestation], occupation: str, least: EvidenceLevel) -> int:
    """Return the whole months of work in an occupation, each day of which is evidenced at least so well; a day counts once."""
    experiences = _by_experience(entry for entry in attestations if entry.occupation.startswith(occupation)).values()
    edges = sorted({edge for told in experiences for entry in told for edge in (entry.start, entry.end + _DAY)})
    days = sum((last - first).days for first, last in pairwise(edges) if any(_holds(told, first, least) for told in experiences))
    return int(days / _DAYS_IN_A_MONTH)


def _holds(told: Iterable[Attestation], day: date, least: EvidenceLevel) -> bool:
    return level_of(entry for entry in told if entry.start <= day <= entry.end) >= least


def _by_experience(attestations: Iterable[Attestation]) -> Mapping[str, list[Attestation]]:
    found: defaultdict[str, list[Attestation]] = defaultdict(list)
    for entry in attestations:
        found[entry.experience].append(entry)
    return found


def evidence_of(attestations: Iterable[Attestation]) -> Mapping[str, EvidenceLevel]:
    """Return experience to level."""
    return {experience: level_of(told) for experience, told in _by_experience(attestations).items()}
