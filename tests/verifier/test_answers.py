"""Answers that need a whole dossier to come about: decisions of a state on one person, what is granted for a time, choices."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.verifier.desk import lists, pages
from trust.outcomes import Condition, Granted, Kind, NotRecognised, Outcome, PartiallyRecognised, Recognised, Step, StepOutcome
from verifier import answers
from verifier.answers import Answer, Asked
from verifier.verdicts import decisive, sentence_of, verdict_of
from verifier.words import words

OFFICE = "urn:comity:XB:authority:skills-office"
TOLD = {
    "centre": {"en": "The School"},
    "name": "Sari",
    "title": "Care",
    "date": "2026-11-20",
    "until": "",
    "agreement": {"en": "The Agreement"},
    "state": {"en": "Belmora"},
    "origin": {"en": "Aravel"},
}
DECIDED = {
    "state": "XB",
    "authority": OFFICE,
    "date": "2026-10-01",
    "basis": "Article 7",
    "reason": "300 hours are missing",
    "appeal": "the Court of Skills, until 1 December",
}


def steps(*last: Step) -> tuple[Step, ...]:
    return (Step("entitled", "ACC_ACTIVE", StepOutcome.PASSED, {"authority": "urn:comity:XA:authority:nsc"}), *last)


def of(outcome: Outcome) -> Asked:
    return Asked(outcome, "XB", work=False, bundle=lists(), params=TOLD)


def granted(mode: str, until: datetime | None = None) -> Granted:
    return Granted(mode, {"en": "Carer"}, "3", "rule", "Article 7", OFFICE, until)


def said(asked: Asked) -> tuple[str, str]:
    questions = tuple(ask(asked) for ask in (answers.genuine, answers.current, answers.entitled, answers.recognised))
    verdict = verdict_of(questions)
    values = words(pages(), "en", decisive(verdict, questions).params)
    return verdict, pages().text("en", f"verifier.verdict.{sentence_of(verdict, questions)}", **values)


def test_a_states_own_refusal_says_why_and_where_to_appeal() -> None:
    step = Step("recognised", "DECISION_REFUSES", StepOutcome.FAILED, DECIDED)
    asked = of(NotRecognised(Kind.REFUSED, steps(step), "h"))
    verdict, banner = said(asked)
    assert verdict == "refused"
    assert "Belmora has refused it: “300 hours are missing” The person can appeal: the Court of Skills" in banner
    question = answers.recognised(asked)
    told = pages().text("en", f"verifier.say.{question.message}", **words(pages(), "en", question.params))
    assert told.startswith("Belmora Office for Skills refused it on 1 October 2026: “300 hours are missing” Appeal:")


@pytest.mark.parametrize(
    ("mode", "message", "answer"),
    [
        ("home", "recognised.home", Answer.YES),
        ("joint", "recognised.joint", Answer.YES),
        ("levelOnly", "recognised.level", Answer.PARTLY),
        ("temporary", "recognised.yes", Answer.YES),
        ("decision", "recognised.yes", Answer.YES),
    ],
)
def test_what_is_granted_has_a_sentence_of_its_own(mode: str, message: str, answer: Answer) -> None:
    step = Step("recognised", "RULE_GRANTS", StepOutcome.PASSED)
    question = answers.recognised(of(Recognised(granted(mode), steps(step), "h")))
    assert (question.message, question.answer) == (message, answer)


def test_what_is_granted_for_a_time_says_until_when() -> None:
    step = Step("recognised", "RULE_GRANTS", StepOutcome.PASSED)
    ends = datetime(2027, 5, 31, tzinfo=UTC)
    question = answers.recognised(of(Recognised(granted("temporary", until=ends), steps(step), "h")))
    assert words(pages(), "en", question.params)["lasts"] == "31 May 2027"


def test_of_alternatives_one_is_enough() -> None:
    step = Step("recognised", "RULE_CONDITIONAL", StepOutcome.PARTLY)
    conditions = tuple(Condition(name, {"en": name}, is_alternative=True) for name in ("a course", "a test"))
    asked = of(PartiallyRecognised(granted("conditional"), conditions, steps(step), "h"))
    verdict, banner = said(asked)
    assert verdict == "partly"
    assert banner.endswith("as Carer once one more thing is shown: a course or a test.")


def test_what_a_state_has_not_thought_of_is_no_yes() -> None:
    step = Step("recognised", "SOMETHING_NEW", StepOutcome.NOTE)
    outcome = NotRecognised(Kind.INVALID, steps(step), "h")
    assert verdict_of(questions_of(outcome)) == "partly-unknown"


def questions_of(outcome: Outcome) -> tuple[answers.Question, ...]:
    return tuple(ask(of(outcome)) for ask in (answers.genuine, answers.current, answers.entitled, answers.recognised))


@pytest.mark.parametrize("code", ["VALIDITY_BAD", "VALIDITY_UNKNOWN", "SOMETHING_NEW"])
def test_a_reason_that_has_no_words_could_not_be_checked(code: str) -> None:
    step = Step("current", code, StepOutcome.FAILED)
    assert answers.current(of(NotRecognised(Kind.INVALID, steps(step), "h"))).message == "current.unknown"
