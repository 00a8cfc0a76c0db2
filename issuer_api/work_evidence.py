"""How well an answer evidences work: worked out from what whoever takes it down found out, never chosen.

An answer whose giver nobody has checked is worth the person's own word: the person may have opened the link. The categories are
those of `trust.evidence`, which weighs the signed certificate by the same rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from issuer_api.records import WorkAnswer, WorkChecked
from trust.evidence import Attestation, EvidenceLevel, level_of

_STRONGEST: Final = ("payroll", "contract", "social-security")
_PRINTED: Final[Mapping[str, str]] = MappingProxyType({"social-security": "documents-only"})


@dataclass(frozen=True, slots=True)
class Marks:
    """What tells people apart without naming them.

    Attributes:
        experience: names the work that several may confirm.
        group: equal where two who confirm are not independent.
        is_reciprocal: whether the person confirms the work of who answers.
    """

    experience: str
    group: str
    is_reciprocal: bool


def testimony(answer: WorkAnswer, checked: WorkChecked, marks: Marks) -> dict[str, Any]:
    """Return `attestation` of the certificate: the role and the basis that hold after what was found out."""
    papers = [paper.model_dump(by_alias=True, exclude_none=True) for paper in checked.papers]
    return {
        "role": _role(answer, checked),
        "basis": _basis(answer, checked),
        "independenceGroup": marks.group,
        **({"reciprocal": True} if marks.is_reciprocal else {}),
        **({"evidence": papers} if papers else {}),
    }


def attested(names: list[str], answer: WorkAnswer, checked: WorkChecked, marks: Marks) -> dict[str, Any]:
    """Return what is signed; who answered is not named."""
    said = answer.model_dump(by_alias=True, exclude_none=True, exclude={"name", "function", "organisation", "relation", "basis"})
    told = testimony(answer, checked, marks)
    basis = _PRINTED.get(told["basis"], told["basis"])
    return {**said, "names": names, "id": marks.experience, "attestationBasis": basis, "attestation": told}


def weighed(answer: WorkAnswer, checked: WorkChecked, marks: Marks) -> Attestation:
    """Return an answer as `trust.evidence` weighs it."""
    told = testimony(answer, checked, marks)
    return Attestation(
        experience=marks.experience,
        occupation="",
        start=date.fromisoformat(answer.start_date),
        end=date.fromisoformat(answer.end_date),
        role=told["role"],
        basis=told["basis"],
        group=marks.group,
        is_reciprocal=marks.is_reciprocal,
        has_papers=bool(checked.papers),
    )


def level(*told: Attestation) -> EvidenceLevel:
    """Return how well work is evidenced by these answers together."""
    return level_of(told)


def _role(answer: WorkAnswer, checked: WorkChecked) -> str:
    """Return the role that counts: unchecked, or from papers that nobody saw, it is the person's own word.

    An employer that the lists name signs itself; the word of another one is that of whoever led the work.
    """
    if checked.identity == "none" or (answer.basis == "documents-only" and not checked.papers):
        return "self"
    return "supervisor" if answer.relation == "employer" else answer.relation


def _basis(answer: WorkAnswer, checked: WorkChecked) -> str:
    seen = {paper.paper for paper in checked.papers}
    return next((kind for kind in _STRONGEST if kind in seen), answer.basis)
