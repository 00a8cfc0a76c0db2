"""The five questions, answered from a verification and a recognition. Each answer is a message id with its values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from trust.bundle import Bundle
from trust.outcomes import Kind, NotRecognised, Outcome, PartiallyRecognised, Recognised, Step, StepOutcome
from trust.records import Authority
from verifier.texts import OwnWord


class Answer(StrEnum):
    """The answer to one question."""

    YES = "yes"
    PARTLY = "partly"
    HELD = "held"
    UNDECIDED = "undecided"
    NO = "no"
    UNKNOWN = "unknown"
    NOT_ASKED = "not-asked"
    YOU_CHECK = "you-check"


@dataclass(frozen=True, slots=True)
class Question:
    """One of the five questions, answered.

    Attributes:
        name: `genuine`, `current`, `entitled`, `recognised`, `same-person`.
        answer: see `Answer`.
        message: message id of the sentence.
        params: its values: plain strings, dates as `2026-11-20`, texts by language as mappings, an `OwnWord`.
    """

    name: str
    answer: Answer
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the answers are read from.

    Attributes:
        outcome: of `recognize`, for the asked state, or for the issuer's own where none was asked.
        state: the asked state's code, or None.
        work: whether work was attested, not a course completed.
        bundle: the lists.
        params: values that every sentence may use.
        replaced: whether the issuer says that a newer one took its place.
    """

    outcome: Outcome
    state: str | None
    work: bool
    bundle: Bundle
    params: Mapping[str, Any]
    replaced: bool = False

    def worst(self, question: str, order: tuple[str, ...] = ()) -> Step | None:
        """Return the step that decides a question: of those that failed the first of `order`, else one that is unknown."""
        steps = [step for step in self.outcome.chain if step.question == question]
        failed = [step for step in steps if step.outcome is StepOutcome.FAILED]
        ranked = sorted(failed, key=lambda step: order.index(step.code) if step.code in order else len(order))
        unknown = (step for step in steps if step.outcome is StepOutcome.UNKNOWN)
        return next(iter(ranked), None) or next(unknown, None)

    def of_kind(self, message: str) -> str:
        """Return the message id for a course, or the one for work."""
        return f"{message}.work" if self.work else message


_CURRENT: Final[Mapping[str, tuple[Answer, str]]] = {
    "REVOKED": (Answer.NO, "current.withdrawn"),
    "SUSPENDED": (Answer.HELD, "current.held"),
    "EXPIRED": (Answer.NO, "current.ended"),
    "NOT_YET_VALID": (Answer.NO, "current.not-yet"),
    "STATUS_UNKNOWN": (Answer.UNKNOWN, "current.unknown"),
    "STATUS_BAD": (Answer.UNKNOWN, "current.list-bad"),
}
"""In the order of what weighs most: a certificate that was withdrawn stays withdrawn after its end."""
_GENUINE: Final[Mapping[str, tuple[Answer, str]]] = {
    "SCHEMA_BAD": (Answer.NO, "genuine.no-form"),
    "SCHEMA_UNKNOWN": (Answer.UNKNOWN, "genuine.form-unknown"),
}
_ENTITLED: Final[Mapping[str, tuple[Answer, str]]] = {
    "NOT_KEPT": (Answer.UNKNOWN, "entitled.not-kept"),
    "LISTS_RAN_OUT": (Answer.UNKNOWN, "entitled.ran-out"),
    "ISSUER_UNKNOWN": (Answer.NO, "entitled.not-in-register"),
    "ISSUE_DAY_MISSING": (Answer.UNKNOWN, "entitled.no-day"),
    "ISSUE_TIME_UNPROVEN": (Answer.UNKNOWN, "entitled.unproven"),
    "STATE_NOT_PARTY": (Answer.NO, "entitled.not-a-party"),
    "ACC_NO_MANDATE": (Answer.NO, "entitled.no-mandate"),
    "ACC_CHAIN_TOO_LONG": (Answer.NO, "entitled.chain"),
    "ACC_CHAIN_CIRCULAR": (Answer.NO, "entitled.chain"),
}
_NOT_TOLD: Final = {
    "BUNDLE_RED": "recognised.old-lists",
    "NOT_KEPT": "recognised.not-kept",
    "BUNDLE_CLOCK": "recognised.clock",
    "LISTS_RAN_OUT": "recognised.ran-out",
}
_REFUSED: Final = {"RULE_REFUSES": "recognised.refused", "DECISION_REFUSES": "recognised.refused-decision"}
_GRANTED: Final = {"home": "recognised.home", "joint": "recognised.joint", "levelOnly": "recognised.level"}


def genuine(asked: Asked) -> Question:
    """Answer the first: signed by a key that only the issuer holds, in the form that such a certificate has."""
    worst = asked.worst("genuine")
    if any(step.code == "KEY_COMPROMISED" for step in asked.outcome.chain):
        return Question("genuine", Answer.UNKNOWN, "genuine.key-stolen", asked.params)
    if worst is None:
        message = "genuine.yes-unregistered" if isinstance(asked.params["centre"], OwnWord) else "genuine.yes"
        message = message if asked.params["date"] else "genuine.yes-undated"
        return Question("genuine", Answer.YES, message, asked.params)
    answer, message = _GENUINE.get(worst.code, (Answer.UNKNOWN, "genuine.key-unknown"))
    return Question("genuine", answer, message, asked.params)


def current(asked: Asked) -> Question:
    """Answer the second: not withdrawn, not on hold, between its days."""
    worst = asked.worst("current", tuple(_CURRENT))
    if worst is None:
        return Question("current", Answer.YES, "current.yes" if asked.params["until"] else "current.yes-no-end", asked.params)
    answer, message = _CURRENT.get(worst.code, (Answer.UNKNOWN, "current.unknown"))
    if message == "current.withdrawn" and asked.replaced:
        message = "current.replaced"
    return Question("current", answer, message, asked.params)


def entitled(asked: Asked) -> Question:
    """Answer the third: accredited for this, on the day of issue."""
    steps = [step for step in asked.outcome.chain if step.question == "entitled"]
    worst = asked.worst("entitled")
    named = next((step.params["authority"] for step in ([worst] if worst else steps) if "authority" in step.params), "")
    authority = asked.bundle.authorities.get(named)
    params = {**asked.params, **_whom(authority)}
    if worst is None:
        return Question("entitled", Answer.YES, asked.of_kind("entitled.yes"), params)
    answer, message = _ENTITLED.get(worst.code, (Answer.NO, asked.of_kind("entitled.no" if authority else "entitled.none")))
    return Question("entitled", answer, message, params)


def _whom(authority: Authority | None) -> dict[str, Any]:
    """Return whom to ask; nothing where there is nobody."""
    if authority is None:
        return {}
    return {"authority": authority.names, "contact": authority.contact, "days": str(authority.answers_within_days)}


def recognised(asked: Asked) -> Question:
    """Answer the fourth: what the asked state says of it. A stop of the home state binds every state."""
    outcome, steps = asked.outcome, [step for step in asked.outcome.chain if step.question == "recognised"]
    stop = next((step for step in steps if step.code == "SUSPENDED_HOME"), None)
    if stop is not None:
        return Question("recognised", Answer.NO, "recognised.stopped", {**asked.params, **_of_stop(stop, asked.bundle)})
    unknown = next((step for step in steps if step.outcome is StepOutcome.UNKNOWN), None)
    if unknown is not None:
        message = _NOT_TOLD.get(unknown.code, "recognised.not-a-party")
        return Question("recognised", Answer.UNKNOWN, message, {**asked.params, "days": unknown.params.get("days", "0")})
    if asked.state is None:
        return Question("recognised", Answer.NOT_ASKED, "recognised.no-state", asked.params)
    if isinstance(outcome, NotRecognised):
        return _not_recognised(asked, outcome, asked.state)
    return _granted(asked, outcome)


def _of_stop(stop: Step, bundle: Bundle) -> dict[str, Any]:
    return {"reason": stop.params["reason"], "review": stop.params["date"], **_whom(_first_of(bundle, stop.params["state"]))}


def _granted(asked: Asked, outcome: Recognised | PartiallyRecognised) -> Question:
    granted = outcome.granted
    params: dict[str, Any] = {**asked.params, "basis": granted.legal_basis, "level": granted.nqf}
    params |= _whom(asked.bundle.authorities.get(granted.authority))
    if granted.local_titles:
        params["local"] = granted.local_titles
    if granted.until:
        params["lasts"] = granted.until.date().isoformat()
    if isinstance(outcome, PartiallyRecognised):
        together = [condition.texts for condition in outcome.conditions if not condition.is_alternative]
        one_of = tuple(condition.texts for condition in outcome.conditions if condition.is_alternative)
        conditions = [*together, one_of] if one_of else together
        return Question(
            "recognised", Answer.PARTLY, "recognised.partly", {**params, "conditions": conditions, "n": str(len(conditions))}
        )
    message = _GRANTED.get(granted.mode, "recognised.yes")
    answer = Answer.PARTLY if granted.mode == "levelOnly" else Answer.YES
    return Question("recognised", answer, asked.of_kind(message) if message == "recognised.home" else message, params)


def _not_recognised(asked: Asked, outcome: NotRecognised, state: str) -> Question:
    last = outcome.chain[-1]
    rule = next((rule for rule in asked.bundle.rules if rule.id in last.refs), None)
    named = rule.authority if rule else last.params.get("authority", "")
    authority = asked.bundle.authorities.get(named) or _first_of(asked.bundle, state)
    params = {**asked.params, "basis": last.params.get("basis", ""), **_whom(authority)}
    if outcome.kind is Kind.UNDECIDED:
        message = "recognised.case-by-case" if last.code == "CASE_BY_CASE" else "recognised.undecided"
        return Question("recognised", Answer.UNDECIDED, message if authority else "recognised.undecided.nobody", params)
    if outcome.kind is Kind.REFUSED and last.code == "SUSPENDED_HERE":
        return Question("recognised", Answer.NO, "recognised.stopped-here", {**params, **_of_stop(last, asked.bundle)})
    if outcome.kind is Kind.REFUSED:
        decided = {"reason": last.params.get("reason", ""), "appeal": last.params.get("appeal", "")}
        decided["decided"] = last.params.get("date", "")
        return Question("recognised", Answer.NO, _REFUSED[last.code], {**params, **decided})
    return Question("recognised", Answer.NOT_ASKED, "recognised.not-asked", asked.params)


def same_person(asked: Asked) -> Question:
    """Leave the fifth to whoever stands there."""
    message = "same-person.you-check" if asked.params["name"] else "same-person.nobody-named"
    return Question("same-person", Answer.YOU_CHECK, message, asked.params)


def _first_of(bundle: Bundle, state: str) -> Authority | None:
    return next((entry for entry in bundle.authorities.values() if entry.state == state), None)
