"""The banner: one verdict from the five answers, with its sentence, its look and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from verifier.answers import Answer, Question


@dataclass(frozen=True, slots=True)
class Look:
    """How a verdict is shown: colour and outline (`style`), sign, and the steps that it leaves to the reader."""

    style: str
    sign: str
    steps: tuple[str, ...] = ()


LOOKS: Final[Mapping[str, Look]] = MappingProxyType(
    {
        "recognized": Look("yes", "yes"),
        "genuine": Look("yes", "yes"),
        "partly": Look("partly", "partly", ("ask-authority",)),
        "level-only": Look("partly", "partly", ("ask-authority",)),
        "undecided": Look("undecided", "undecided", ("ask-authority",)),
        "refused": Look("refused", "skipped", ("ask-authority",)),
        "stopped": Look("refused", "skipped", ("ask-authority", "other-proof")),
        "not-in-register": Look("partly", "warn", ("look-up", "other-proof")),
        "not-entitled": Look("no", "no", ("ask-authority", "other-proof")),
        "ended": Look("partly", "clock", ("newer",)),
        "not-yet": Look("partly", "clock", ("come-back",)),
        "held": Look("partly", "paused", ("ask-centre", "later")),
        "replaced": Look("refused", "clock", ("newer", "ask-centre")),
        "withdrawn": Look("no", "no", ("newer", "ask-centre")),
        "forged": Look("no", "no", ("scan-again", "do-not-accuse", "tell")),
        "partly-unknown": Look("unknown", "unknown", ("later", "ask-centre")),
        "unknown": Look("unknown", "unknown", ("later", "scan-again")),
    }
)
"""Verdict to its look. No two verdicts of another meaning share outline and sign."""
STEPS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "partly-unknown.text.entitled": ("ask-authority", "other-proof"),
        "partly-unknown.text.recognised": ("later",),
    }
)
"""Message id of a banner's sentence to the steps that it leaves, where they are not those of its verdict."""

_BY_CURRENT: Final = {
    "current.withdrawn": "withdrawn",
    "current.replaced": "replaced",
    "current.held": "held",
    "current.ended": "ended",
    "current.not-yet": "not-yet",
}
_BY_MESSAGE: Final = {"recognised.stopped": "stopped", "recognised.no-state": "genuine", "recognised.level": "level-only"}
_VARIED: Final = frozenset({"recognised.stopped-here", "recognised.refused-decision"})
_BY_RECOGNISED: Final = {Answer.YES: "recognized", Answer.PARTLY: "partly", Answer.UNDECIDED: "undecided", Answer.NO: "refused"}


def verdict_of(questions: tuple[Question, ...]) -> str:
    """Return the verdict: the first question that is not answered well decides."""
    genuine, current, entitled, recognised = questions[:4]
    if genuine.answer is not Answer.YES:
        return "forged" if genuine.answer is Answer.NO else "unknown"
    if entitled.answer is Answer.NO:
        return "not-in-register" if entitled.message == "entitled.not-in-register" else "not-entitled"
    if current.message in _BY_CURRENT:
        return _BY_CURRENT[current.message]
    if Answer.UNKNOWN in {current.answer, entitled.answer, recognised.answer} and recognised.message != "recognised.stopped":
        return "partly-unknown"
    return _BY_MESSAGE.get(recognised.message) or _BY_RECOGNISED.get(recognised.answer, "partly-unknown")


def decisive(verdict: str, questions: tuple[Question, ...]) -> Question:
    """Return the question whose values the banner and the steps speak with."""
    entitled, recognised = questions[2], questions[3]
    of_the_centre = verdict == "not-entitled" or (verdict == "partly-unknown" and entitled.answer is Answer.UNKNOWN)
    return entitled if of_the_centre else recognised


def sentence_of(verdict: str, questions: tuple[Question, ...]) -> str:
    """Return the message id of the banner's sentence."""
    variant = _variant(verdict, questions)
    return f"{verdict}.text.{variant}" if variant else f"{verdict}.text"


def _variant(verdict: str, questions: tuple[Question, ...]) -> str:
    genuine, recognised = questions[0], questions[3]
    if verdict in {"forged", "unknown"}:
        return "" if genuine.message == "genuine.no" else genuine.message.removeprefix("genuine.")
    if verdict == "partly-unknown":
        return next(question.name for question in questions if question.answer is Answer.UNKNOWN)
    if verdict == "recognized":
        return "" if "local" in recognised.params else "plain"
    if verdict == "partly":
        return "" if len(recognised.params["conditions"]) == 1 else "many"
    if verdict == "undecided":
        return "" if "authority" in recognised.params else "nobody"
    return recognised.message.removeprefix("recognised.") if recognised.message in _VARIED else ""
