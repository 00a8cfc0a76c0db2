"""What a credential says that recognition depends on: read once from the signed document, and nothing about the person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from credentials.data_integrity import proofs_of
from credentials.model import Credential
from trust.bundle import Bundle
from trust.scope import Subject

NO_DAY: Final = datetime.min.replace(tzinfo=UTC)
"""Stands for a day that the credential does not name: it lies in no period."""
ACTIONS_FOR: Final[Mapping[str, tuple[str, ...]]] = {"training": ("issue",), "work": ("attest",), "decision": (), "endorsement": ()}
_TESTIMONY: Final = ("attest", "collect")
_WITNESSES: Final = frozenset({"supervisor", "co-worker", "client", "union", "community", "consulate"})
"""Roles of people who attest work and do not sign themselves: whoever collects their word signs it."""
DEFAULT_ROUTE: Final = "course"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a credential says.

    Attributes:
        kind: `training`, `work`, `decision` or `endorsement`.
        issuer: DID.
        issued: the claimed day of issue; `NO_DAY` where there is none.
        awarded: the claimed day of the award; the day of issue where there is none.
        qualification: qualification id; empty for work.
        field: ISCED-F code as claimed.
        occupation: ISCO-08 code as claimed.
        route: `course`, `RPL` or `apprenticeship`.
        holder: the subject's identifier; empty where there is none.
        method: verification method of the envelope, or of the first proof.
        is_testimony: whether the issuer signs what somebody else has seen.
    """

    kind: str
    issuer: str
    issued: datetime
    awarded: datetime
    qualification: str
    field: str
    occupation: str
    route: str
    holder: str
    method: str
    is_testimony: bool = False

    @property
    def actions(self) -> tuple[str, ...]:
        """What an issuer must be accredited for to say this, one of them; empty where accreditation is not asked."""
        return _TESTIMONY if self.is_testimony else ACTIONS_FOR[self.kind]

    def subject(self, bundle: Bundle) -> Subject:
        """Return the qualification as its state defines it; where no state does, the claimed codes count and no level does."""
        known = bundle.qualifications.get(self.qualification)
        if known is None:
            return Subject(self.qualification, self.field, "", self.occupation, self.route)
        return Subject(known.id, known.field, known.nqf, known.isco, self.route)


def read_claim(credential: Credential) -> Claim:
    """Return what recognition needs of a credential whose proof is good."""
    subject = credential.subjects[0]
    achievement, work = _object(subject.get("achievement")), _object(subject.get("workExperience"))
    codes = alignment_codes(achievement or work)
    issued = credential.valid_from or NO_DAY
    return Claim(
        kind=_kind(credential),
        issuer=credential.issuer,
        issued=issued,
        awarded=_moment(credential.document.get("awardedDate")) or issued,
        qualification=str(achievement.get("id", "")),
        field=codes.get("ext:ISCEDF", ""),
        occupation=codes.get("ext:ISCO08", ""),
        route=str(subject.get("assessmentRoute", DEFAULT_ROUTE)),
        holder=str(subject.get("id", "")),
        method=credential.secured_by or str(proofs_of(credential.document)[0].get("verificationMethod")),
        is_testimony=_kind(credential) == "work" and _object(work.get("attestation")).get("role") in _WITNESSES,
    )


_KINDS: Final = {
    "WorkExperienceCredential": "work",
    "urn:comity:work-experience": "work",
    "example.comity.1.work": "work",
    "RecognitionDecisionCredential": "decision",
    "EndorsementCredential": "endorsement",
}


def _kind(credential: Credential) -> str:
    return next((kind for name, kind in _KINDS.items() if name in credential.types), "training")


def alignment_codes(holder: Mapping[str, Any]) -> dict[str, str]:
    """Return target type to code of an `alignment`."""
    listed = holder.get("alignment")
    entries = [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    return {str(entry.get("targetType")): str(entry.get("targetCode")) for entry in entries}


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
