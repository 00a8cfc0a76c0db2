"""What `recognize` answers: an outcome, and the ordered reasons for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

NOTHING: Mapping[str, str] = MappingProxyType({})


class Kind(StrEnum):
    """Why something is not recognised. Only REFUSED may be shown as a refusal."""

    INVALID = "invalid"
    REFUSED = "refused"
    UNDECIDED = "undecided"
    UNKNOWN = "unknown"


class StepOutcome(StrEnum):
    """What came of one step."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    UNDECIDED = "undecided"
    PARTLY = "partly"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Step:
    """One reason.

    Attributes:
        question: `genuine`, `current`, `entitled` or `recognised`.
        code: stable name of what was found, such as `ACC_ACTIVE`.
        outcome: what it means for the question.
        params: values for the message, plain text.
        refs: what it rests on: rule, accreditation or qualification ids.
    """

    question: str
    code: str
    outcome: StepOutcome
    params: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    refs: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """The message id of the step's sentence."""
        return f"trust.{self.code.lower().replace('_', '-')}"

    def to_json(self) -> dict[str, Any]:
        """Return the step as JSON."""
        return {
            "question": self.question,
            "code": self.code,
            "outcome": self.outcome.value,
            "message": self.message,
            "params": dict(self.params),
            "refs": list(self.refs),
        }


@dataclass(frozen=True, slots=True)
class Granted:
    """What a state gives for a qualification.

    Attributes:
        mode: `home`, `automatic`, `conditional`, …, or `decision` for a decision on this person.
        local_titles: language to the title it counts as.
        nqf: the local level, or empty.
        rule_id: the rule, or empty for the home state.
        legal_basis: article of the agreement as the state words it.
        authority: id of the authority to ask.
        until: when what is granted ends; None when it does not.
    """

    mode: str
    local_titles: Mapping[str, str]
    nqf: str
    rule_id: str
    legal_basis: str
    authority: str
    until: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "mode": self.mode,
            "localTitle": dict(self.local_titles),
            "nqf": self.nqf,
            "rule": self.rule_id,
            "legalBasis": self.legal_basis,
            "until": self.until.isoformat() if self.until else None,
        }


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is still to be shown.

    Attributes:
        id: of the condition.
        texts: its words by language.
        options: measures among which the applicant chooses, by language; empty where there is no choice.
        is_alternative: whether one of the alternatives that are named beside it is enough.
    """

    id: str
    texts: Mapping[str, str]
    options: tuple[Mapping[str, str], ...] = ()
    is_alternative: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "id": self.id,
            "texts": dict(self.texts),
            "options": [dict(option) for option in self.options],
            "isAlternative": self.is_alternative,
        }


@dataclass(frozen=True, slots=True)
class Recognised:
    """It counts."""

    granted: Granted
    chain: tuple[Step, ...]
    bundle_hash: str
    name: str = "recognised"

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as JSON."""
        return _json(self, granted=self.granted.to_json())


@dataclass(frozen=True, slots=True)
class PartiallyRecognised:
    """It counts once the conditions are met."""

    granted: Granted
    conditions: tuple[Condition, ...]
    chain: tuple[Step, ...]
    bundle_hash: str
    name: str = "partly-recognised"

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as JSON."""
        return _json(self, granted=self.granted.to_json(), conditions=[condition.to_json() for condition in self.conditions])


@dataclass(frozen=True, slots=True)
class NotRecognised:
    """It does not count, or nobody can say; `kind` says which."""

    kind: Kind
    chain: tuple[Step, ...]
    bundle_hash: str
    name: str = "not-recognised"

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as JSON."""
        return _json(self, kind=self.kind.value)


Outcome = Recognised | PartiallyRecognised | NotRecognised


def _json(outcome: Outcome, **more: object) -> dict[str, Any]:
    steps = [step.to_json() for step in outcome.chain]
    return {"outcome": outcome.name, **more, "reasons": steps, "bundleHash": outcome.bundle_hash}
