"""The report of a verification: what was checked, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from credentials.errors import ProofVerificationError, VCError
from credentials.keys import PublicKey

if TYPE_CHECKING:
    from credentials.model import Credential
    from credentials.status.lists import StatusFinding


class CheckOutcome(StrEnum):
    """What came of a check."""

    PASSED = "passed"
    FAILED = "failed"
    COULD_NOT_CHECK = "could-not-check"


@dataclass(frozen=True, slots=True)
class Check:
    """One check and what came of it.

    Attributes:
        name: a key of `CHECKS`.
        outcome: passed, failed or could not check.
        problem: why it did not pass; None also where an earlier check left nothing to look at.
    """

    name: str
    outcome: CheckOutcome
    problem: VCError | None = None


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """The report on one credential.

    Attributes:
        unverified_credential: the view, if the document is a credential at all; for a caller that says why it looks.
        checks: in the order of `CHECKS`.
        status_as_of: when the oldest status list that was read was made; None when none was.
        keys: verification method to the key that the proofs were checked with.
        statuses: what each status list says that could be read, also of purposes that take nothing from the credential.
    """

    unverified_credential: Credential | None
    checks: tuple[Check, ...]
    status_as_of: datetime | None = None
    keys: Mapping[str, PublicKey] = field(default_factory=lambda: MappingProxyType({}))
    statuses: tuple[StatusFinding, ...] = ()

    @property
    def verified(self) -> bool:
        """Whether something was checked and everything passed."""
        return self.outcome is CheckOutcome.PASSED

    @property
    def outcome(self) -> CheckOutcome:
        """The worst outcome: failed, then could not check, then passed. Nothing checked is failed."""
        outcomes = {check.outcome for check in self.checks}
        if not outcomes or CheckOutcome.FAILED in outcomes:
            return CheckOutcome.FAILED
        return CheckOutcome.COULD_NOT_CHECK if CheckOutcome.COULD_NOT_CHECK in outcomes else CheckOutcome.PASSED

    @property
    def problems(self) -> tuple[VCError, ...]:
        """Every problem, in order."""
        return tuple(check.problem for check in self.checks if check.problem is not None)

    @property
    def is_genuine(self) -> bool:
        """Whether the document is a credential whose proofs hold and whose keys are the issuer's."""
        return all(self.check(name).outcome is CheckOutcome.PASSED for name in ("data-model", "proof", "issuer-key"))

    def check(self, name: str) -> Check:
        """Return the check of that name; one that was not run could not check anything."""
        found = (check for check in self.checks if check.name == name)
        return next(found, Check(name, CheckOutcome.COULD_NOT_CHECK))

    def require(self) -> Credential:
        """Return the credential, or raise the first problem: the only way to claims that are relied on.

        Raises:
            VCError: the first thing that did not pass.
        """
        if self.verified and self.unverified_credential is not None:
            return self.unverified_credential
        raise next(iter(self.problems), ProofVerificationError("nothing could be checked"))

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON: problems are problem details (RFC 9457) with W3C types."""
        return {
            "verified": self.verified,
            "checks": [{"check": check.name, "outcome": check.outcome.value} for check in self.checks],
            "problemDetails": [problem_details(problem) for problem in self.problems],
            "statusAsOf": self.status_as_of.isoformat() if self.status_as_of else None,
            "statuses": [finding.to_json() for finding in self.statuses],
        }


def problem_details(problem: VCError) -> dict[str, Any]:
    """Return a problem as RFC 9457 has it; the title is the id of a message."""
    return {"type": problem.type, "title": problem.title, "detail": problem.detail, "pointer": problem.pointer}
