"""The answer to "what does this state say about it", and the ordered reasons for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Literal

from credentials.model import JsonObject

Question = Literal["genuine", "current", "entitled", "recognised"]
QUESTIONS: Final[tuple[Question, ...]] = ("genuine", "current", "entitled", "recognised")


class Kind(StrEnum):
    """Why something is not recognised. Only `REFUSED` may be shown as a refusal."""

    INVALID = "invalid"
    REFUSED = "refused"
    UNDECIDED = "undecided"
    UNKNOWN = "unknown"


class StepOutcome(StrEnum):
    """What one step found; a note tells something and decides nothing."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Step:
    """One reason.

    Attributes:
        question: which of the four questions it belongs to.
        code: stable, for programs, such as `NO_RULE`.
        message: the id of the sentence in `trust/locales`, such as `trust.no-rule`.
        params: what the sentence's placeholders stand for, as plain text.
        refs: identifiers of the records it rests on.
    """

    question: Question
    code: str
    outcome: StepOutcome
    params: Mapping[str, str] = field(default_factory=dict)
    refs: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """The id of the sentence that says this, derived from the code."""
        return "trust." + self.code.lower().replace("_", "-")

    def to_json(self) -> JsonObject:
        """Return the step as JSON."""
        return {
            "question": self.question,
            "code": self.code,
            "outcome": self.outcome.value,
            "message": self.message,
            "params": dict(self.params),
            "refs": list(self.refs),
        }


Chain = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Granted:
    """What it counts as in the state that recognises it.

    Attributes:
        mode: `automatic`, `conditional`, `levelOnly`, … or `home` (the state's own award), `information` (experience).
        titles: the local title by language; `local_title` is the one to fall back on.
    """

    local_title: str
    nqf: str
    entitles: tuple[str, ...]
    mode: str
    rule_id: str
    legal_basis: str
    titles: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> JsonObject:
        """Return it as JSON."""
        return {
            "localTitle": self.local_title,
            "nqf": self.nqf,
            "entitles": list(self.entitles),
            "mode": self.mode,
            "rule": self.rule_id,
            "legalBasis": self.legal_basis,
            "titles": dict(self.titles),
        }


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is still to be shown, in the words of the state that asks for it."""

    id: str
    texts: Mapping[str, str]

    def to_json(self) -> JsonObject:
        """Return it as JSON."""
        return {"id": self.id, "texts": dict(self.texts)}


@dataclass(frozen=True, slots=True)
class Recognised:
    """The state recognises it, until `until` where the rule ends then."""

    name: ClassVar[str] = "recognised"
    granted: Granted
    until: datetime | None
    chain: Chain
    bundle_hash: str

    def to_json(self) -> JsonObject:
        """Return it as JSON."""
        until = self.until.isoformat() if self.until else None
        return {**_base(self), "granted": self.granted.to_json(), "until": until}


@dataclass(frozen=True, slots=True)
class PartiallyRecognised:
    """The state recognises a part of it, or all of it once the conditions are shown."""

    name: ClassVar[str] = "partly"
    granted: Granted
    conditions: tuple[Condition, ...]
    chain: Chain
    bundle_hash: str

    def to_json(self) -> JsonObject:
        """Return it as JSON."""
        conditions: list[JsonObject] = [condition.to_json() for condition in self.conditions]
        return {**_base(self), "granted": self.granted.to_json(), "conditions": conditions}


@dataclass(frozen=True, slots=True)
class NotRecognised:
    """No recognition can be stated; `kind` says why, and silence is not refusal."""

    name: ClassVar[str] = "not-recognised"
    kind: Kind
    chain: Chain
    bundle_hash: str

    def to_json(self) -> JsonObject:
        """Return it as JSON."""
        return {**_base(self), "kind": self.kind.value}


Outcome = Recognised | PartiallyRecognised | NotRecognised


def _base(outcome: Outcome) -> JsonObject:
    chain: list[JsonObject] = [step.to_json() for step in outcome.chain]
    return {"outcome": outcome.name, "chain": chain, "bundleHash": outcome.bundle_hash}


_WORST_FIRST: Final = (StepOutcome.FAILED, StepOutcome.UNKNOWN, StepOutcome.PASSED)


def fold(steps: Chain, question: Question) -> StepOutcome:
    """Return the worst of the steps of one question; `NOTE` where it was not asked."""
    found = {step.outcome for step in steps if step.question == question}
    return next((outcome for outcome in _WORST_FIRST if outcome in found), StepOutcome.NOTE)


def answer(outcome: Outcome, question: Question) -> StepOutcome:
    """Return the answer to one of the four questions: failed over unknown over passed over not asked."""
    return fold(outcome.chain, question)
