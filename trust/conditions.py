"""What a rule still asks for, weighed against everything else that the person shows.

A condition asks for one thing: `qualifications` (one of these), `language` (a CEFR level), `workExperience` (months in an
occupation, evidenced at least so well), `credentialType` (a credential of that type, perhaps not older than some days), or
`options` (compensation measures among which the applicant chooses; nothing in a dossier meets it but a decision).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from credentials.model import Credential
from trust.claims import Claim, alignment_codes
from trust.evidence import Attestation, EvidenceLevel, months_of
from trust.outcomes import Condition

_CEFR: Final = ("A1", "A2", "B1", "B2", "C1", "C2")


@dataclass(frozen=True, slots=True)
class Shown:
    """One supporting credential that is good in every respect and of the same person."""

    claim: Claim
    credential: Credential
    attestation: Attestation | None


def unmet(requires: Mapping[str, Any], shown: Sequence[Shown], at: datetime) -> tuple[Condition, ...]:
    """Return what is missing of a condition tree: `allOf`, `anyOf`, or one condition with id and texts.

    Of an `anyOf` whose branches are all unmet, everything that any branch asks is named, as alternatives.

    Args:
        requires: the tree; empty asks for nothing.
        shown: the rest of the dossier.
        at: for when recognition is asked; what must be fresh is counted from here.
    """
    if not requires:
        return ()
    if "allOf" in requires:
        return tuple(missing for branch in requires["allOf"] for missing in unmet(branch, shown, at))
    if "anyOf" in requires:
        branches = [unmet(branch, shown, at) for branch in requires["anyOf"]]
        if not all(branches):
            return ()
        return tuple(Condition(one.id, one.texts, one.options, is_alternative=True) for branch in branches for one in branch)
    if _is_met(requires, shown, at):
        return ()
    return (Condition(requires["id"], requires["texts"], tuple(requires.get("options", ()))),)


def _is_met(condition: Mapping[str, Any], shown: Sequence[Shown], at: datetime) -> bool:
    if "qualifications" in condition:
        wanted = condition["qualifications"]
        return any(entry.claim.kind == "training" and entry.claim.qualification in wanted for entry in shown)
    if "language" in condition:
        return any(_speaks(entry, condition["language"]) for entry in shown)
    if "workExperience" in condition:
        wanted = condition["workExperience"]
        least = EvidenceLevel[wanted["evidenceLevel"]]
        told = [entry.attestation for entry in shown if entry.attestation]
        return months_of(told, wanted["isco"], least) >= int(wanted["months"])
    if "credentialType" in condition:
        return any(_is_fresh(entry, condition["credentialType"], condition.get("maxAgeDays"), at) for entry in shown)
    return False


def _speaks(entry: Shown, wanted: Mapping[str, str]) -> bool:
    achievement = entry.credential.subjects[0].get("achievement")
    if not isinstance(achievement, dict) or achievement.get("inLanguage") != wanted["code"]:
        return False
    level = alignment_codes(achievement).get("ext:CEFR", "")
    return level in _CEFR and _CEFR.index(level) >= _CEFR.index(wanted["min"])


def _is_fresh(entry: Shown, wanted: str, days: int | None, at: datetime) -> bool:
    is_young = days is None or at - entry.claim.issued <= timedelta(days=days)
    return wanted in entry.credential.types and is_young
