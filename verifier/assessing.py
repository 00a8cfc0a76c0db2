"""One answer and five: what a credential is worth to whoever asks.

`assess` puts verification and recognition side by side and never merges them. On a bad signature nothing of the credential's
content is kept in the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from credentials.model import Credential
from credentials.verify import CheckOutcome, VerificationOptions, VerificationResult, verify_credential
from trust.bundle import Bundle
from trust.outcomes import NotRecognised, Outcome, PartiallyRecognised, Step, StepOutcome
from trust.recognition import Dossier, recognize
from trust.records import IssuerRecord
from verifier.errors import UnknownStateError
from verifier.service import Verifier


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
        params: its values: plain strings; dates as `2026-11-20`, texts by language as mappings.
    """

    name: str
    answer: Answer
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assessment:
    """The whole answer.

    Attributes:
        verdict: key of the banner, such as `recognized` or `forged`.
        questions: the five, in their order.
        verification: the report.
        recognition: the outcome for the asked state; None when no state was asked or nothing can be relied on.
        issuer: the issuer as the lists know it; None when they do not.
        state: the asked state's code, or None.
        bundle: the lists.
        params: values for the banner.
    """

    verdict: str
    questions: tuple[Question, ...]
    verification: VerificationResult
    recognition: Outcome | None
    issuer: IssuerRecord | None
    state: str | None
    bundle: Bundle
    params: Mapping[str, Any]

    @property
    def credential(self) -> Credential | None:
        """The content, only when it is genuine."""
        return self.verification.unverified_credential if self.verification.is_genuine else None

    def question(self, name: str) -> Question:
        """Return one of the five."""
        return next(question for question in self.questions if question.name == name)

    def to_json(self) -> dict[str, Any]:
        """Return the answer for programs."""
        return {
            "verdict": self.verdict,
            "state": self.state,
            "questions": [
                {"question": question.name, "answer": question.answer.value, "message": question.message}
                for question in self.questions
            ],
            "verification": self.verification.to_json(),
            "recognition": self.recognition.to_json() if self.recognition else None,
            "issuer": {"id": self.issuer.did, "name": dict(self.issuer.names), "state": self.issuer.state} if self.issuer else None,
            "bundle": {"published": self.bundle.published.isoformat(), "version": self.bundle.version, "hash": self.bundle.hash},
            "credentialId": self.credential.id if self.credential else None,
        }


def assess(verifier: Verifier, content: bytes, state: str | None) -> Assessment:
    """Return the answer for a credential, asked by `state` (a code of the lists, or None for no state).

    Raises:
        BundleError: there are no lists that can be relied on.
        UnknownStateError: the lists know no such state.
    """
    bundle, now = verifier.bundle(), verifier.clock()
    if state is not None and state not in bundle.states:
        raise UnknownStateError(f"the lists know no state {state[:20]!r}; they know {', '.join(bundle.states)}")
    options = VerificationOptions(
        now=now, fetcher=verifier.fetcher, canonicalize=verifier.canonicalize, known_keys=bundle.listed_keys()
    )
    result = verify_credential(content, options)
    if not result.is_genuine or result.unverified_credential is None:
        return _without_content(result, state, bundle)
    issuer = bundle.issuers.get(result.unverified_credential.issuer)
    asked = state or (issuer.state if issuer else next(iter(bundle.states)))
    outcome = recognize(Dossier(result), asked, now, bundle=bundle, now=now)
    return _with_content(result, outcome, issuer, state, bundle, now.date().isoformat())


def _without_content(result: VerificationResult, state: str | None, bundle: Bundle) -> Assessment:
    names = ("data-model", "proof", "issuer-key")
    failed = any(result.check(name).outcome is CheckOutcome.FAILED for name in names)
    genuine = Question(
        "genuine", Answer.NO if failed else Answer.UNKNOWN, f"genuine.{'no' if failed else 'unknown'}", _dated(bundle)
    )
    others = tuple(Question(name, Answer.NOT_ASKED, "not-asked") for name in ("current", "entitled", "recognised", "same-person"))
    stripped = replace(result, unverified_credential=None)
    verdict = "forged" if failed else "unknown"
    return Assessment(verdict, (genuine, *others), stripped, None, None, state, bundle, _dated(bundle))


def _dated(bundle: Bundle) -> dict[str, Any]:
    return {"date": bundle.published.date().isoformat()}


_CURRENT: Final[Mapping[str, tuple[Answer, str]]] = {
    "REVOKED": (Answer.NO, "current.withdrawn"),
    "SUSPENDED": (Answer.HELD, "current.held"),
    "EXPIRED": (Answer.NO, "current.ended"),
    "NOT_YET_VALID": (Answer.NO, "current.not-yet"),
    "STATUS_UNKNOWN": (Answer.UNKNOWN, "current.unknown"),
    "STATUS_BAD": (Answer.UNKNOWN, "current.unknown"),
}


def _with_content(
    result: VerificationResult, outcome: Outcome, issuer: IssuerRecord | None, state: str | None, bundle: Bundle, today: str
) -> Assessment:
    params = _params(result, issuer, state, bundle)
    questions = (
        _genuine(outcome, params),
        _current(outcome, params),
        _entitled(outcome, params, bundle),
        _recognised(outcome, state, params, bundle),
        Question("same-person", Answer.YOU_CHECK, "same-person.you-check", params),
    )
    verdict = _verdict(questions, outcome, state)
    return Assessment(
        verdict,
        questions,
        result,
        outcome if state else None,
        issuer,
        state,
        bundle,
        {**params, **questions[3].params, "today": today},
    )


def _params(result: VerificationResult, issuer: IssuerRecord | None, state: str | None, bundle: Bundle) -> dict[str, Any]:
    credential = result.require() if result.verified else result.unverified_credential
    assert credential is not None  # noqa: S101  # the caller saw that it is genuine
    return {
        "centre": issuer.names if issuer else credential.issuer_name or credential.issuer,
        "title": str(credential.document.get("name", "")),
        "date": credential.valid_from.date().isoformat() if credential.valid_from else "",
        "until": credential.valid_until.date().isoformat() if credential.valid_until else "",
        "as_of": result.status_as_of.date().isoformat() if result.status_as_of else "",
        "lists": bundle.published.date().isoformat(),
        "state": bundle.states[state].names if state else "",
        "origin": bundle.states[issuer.state].names if issuer else "",
    }


def _worst(outcome: Outcome, question: str) -> Step | None:
    steps = [step for step in outcome.chain if step.question == question]
    for wanted in (StepOutcome.FAILED, StepOutcome.UNKNOWN):
        found = next((step for step in steps if step.outcome is wanted), None)
        if found is not None:
            return found
    return None


def _genuine(outcome: Outcome, params: Mapping[str, Any]) -> Question:
    worst = _worst(outcome, "genuine")
    if worst is None:
        return Question("genuine", Answer.YES, "genuine.yes", params)
    no = worst.outcome is StepOutcome.FAILED and not worst.code.startswith("KEY_")
    return Question("genuine", Answer.NO if no else Answer.UNKNOWN, "genuine.no" if no else "genuine.key-unknown", params)


def _current(outcome: Outcome, params: Mapping[str, Any]) -> Question:
    worst = _worst(outcome, "current")
    if worst is None:
        return Question("current", Answer.YES, "current.yes" if params["until"] else "current.yes-no-end", params)
    answer, message = _CURRENT.get(worst.code, (Answer.UNKNOWN, "current.unknown"))
    return Question("current", answer, message, params)


def _entitled(outcome: Outcome, params: Mapping[str, Any], bundle: Bundle) -> Question:
    step = next((step for step in outcome.chain if step.question == "entitled"), None)
    if step is None or step.code == "ISSUER_UNKNOWN":
        return Question("entitled", Answer.NO, "entitled.not-in-register", params)
    authority = bundle.authorities.get(step.params.get("authority", ""))
    named = {**params, "authority": authority.names if authority else ""}
    if step.outcome is StepOutcome.PASSED:
        return Question("entitled", Answer.YES, "entitled.yes", named)
    return Question("entitled", Answer.NO, "entitled.no" if authority else "entitled.none", named)


def _recognised(outcome: Outcome, state: str | None, params: Mapping[str, Any], bundle: Bundle) -> Question:
    if state is None:
        return Question("recognised", Answer.NOT_ASKED, "recognised.no-state", params)
    if isinstance(outcome, NotRecognised):
        return _not_recognised(outcome, state, params, bundle)
    granted = outcome.granted
    named = {**params, "local": granted.local_titles, "basis": granted.legal_basis, "agreement": bundle.agreement}
    if isinstance(outcome, PartiallyRecognised):
        named["conditions"] = [condition.texts for condition in outcome.conditions]
        return Question("recognised", Answer.PARTLY, "recognised.partly", named)
    return Question("recognised", Answer.YES, "recognised.home" if granted.mode == "home" else "recognised.yes", named)


def _not_recognised(outcome: NotRecognised, state: str, params: Mapping[str, Any], bundle: Bundle) -> Question:
    last = outcome.chain[-1]
    if outcome.kind.value == "undecided":
        asked = next((entry for entry in bundle.authorities.values() if entry.state == state), None)
        named = {**params, "authority": asked.names if asked else "", "days": str(asked.answers_within_days) if asked else ""}
        return Question(
            "recognised", Answer.UNDECIDED, "recognised.undecided", {**named, "contact": asked.contact if asked else ""}
        )
    if outcome.kind.value == "refused":
        return Question("recognised", Answer.NO, "recognised.refused", {**params, "reason": last.params.get("reason", "")})
    if last.code == "BUNDLE_RED":
        return Question("recognised", Answer.UNKNOWN, "recognised.old-lists", {**params, **last.params})
    return Question("recognised", Answer.NOT_ASKED, "recognised.not-asked", params)


def _verdict(questions: tuple[Question, ...], outcome: Outcome, state: str | None) -> str:
    genuine, current, entitled, recognised = (question.answer for question in questions[:4])
    message = questions[1].message
    if genuine is not Answer.YES:
        return "forged" if genuine is Answer.NO else "unknown"
    if entitled is Answer.NO:
        return "not-in-register" if questions[2].message == "entitled.not-in-register" else "not-entitled"
    if current in {Answer.NO, Answer.HELD}:
        return {"current.withdrawn": "withdrawn", "current.held": "held", "current.ended": "ended"}.get(message, "not-yet")
    if Answer.UNKNOWN in {current, entitled, recognised}:
        return "partly-unknown"
    if state is None:
        return "genuine"
    by_answer = {Answer.YES: "recognized", Answer.PARTLY: "partly", Answer.UNDECIDED: "undecided", Answer.NO: "refused"}
    return by_answer.get(recognised, "partly-unknown") if outcome.chain else "unknown"


def exit_code(assessment: Assessment, *, require_recognised: bool = False) -> int:
    """Return the command's exit status: 0 genuine, current and entitled; 1 one of these fails; 3 one could not be checked."""
    asked = ["genuine", "current", "entitled"] + (["recognised"] if require_recognised else [])
    answers = [assessment.question(name).answer for name in asked]
    if all(answer is Answer.YES for answer in answers):
        return 0
    failed = any(answer in {Answer.NO, Answer.HELD} for answer in answers)
    partly = require_recognised and answers[-1] in {Answer.PARTLY, Answer.UNDECIDED, Answer.NOT_ASKED} and answers[0] is Answer.YES
    return 1 if failed or partly else 3
