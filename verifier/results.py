"""The result page: everything that its template shows, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from fastapi import Request
from markupsafe import Markup

from credentials.data_integrity import proofs_of
from credentials.errors import VCError
from credentials.securing import open_secured
from credentials.vc_sd_jwt import SdJwtEnvelope
from trust.outcomes import Condition, PartiallyRecognised
from trust.wording import words as explained
from verifier.answers import Answer, Question
from verifier.archives import opened as content_of
from verifier.assessing import Assessment
from verifier.cards import card_of
from verifier.service import Verifier
from verifier.together import certificates_beside, needs_eyes
from verifier.verdicts import LOOKS, STEPS
from verifier.words import days, sentence, words

TAGS: Final = {
    Answer.YES: ("yes", "yes"),
    Answer.PARTLY: ("partly", "partly"),
    Answer.HELD: ("partly", "paused"),
    Answer.UNDECIDED: ("undecided", "undecided"),
    Answer.NO: ("no", "no"),
    Answer.UNKNOWN: ("unknown", "unknown"),
    Answer.NOT_ASKED: ("unknown", "skipped"),
    Answer.YOU_CHECK: ("you", "you"),
}
"""Answer to the style and sign of its tag."""
_REFUSALS: Final = frozenset({"recognised.refused", "recognised.stopped", "recognised.stopped-here"})
"""A state's own no does not wear the sign of a forgery."""
_STEPS_LAST: Final = frozenset({"partly", "level-only", "undecided"})
_IN_THE_REGISTER: Final = frozenset({"tell", "look-up", "ask-centre"})
_CLOCKS_DIFFER: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Row:
    """One question as the page shows it."""

    name: str
    asked: Markup
    answer: str
    style: str
    sign: str
    said: Markup


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do next: what, why or how, and whom to write to."""

    what: Markup
    how: Markup
    contact: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class _Page:
    """One assessment, one reader."""

    verifier: Verifier
    language: str
    assessment: Assessment
    work: bool

    def say(self, key: str, params: dict[str, Any] | None = None) -> Markup:
        values = dict(self.assessment.params) if params is None else params
        return sentence(self.verifier.pages, self.language, f"verifier.{key}", values)

    def say_of_kind(self, key: str) -> Markup:
        """Say it in the words for work, where there are such words."""
        return self.say(f"{key}.work" if self.work and self.verifier.pages.has(f"verifier.{key}.work") else key)

    def row(self, question: Question) -> Row:
        style, sign = TAGS[question.answer]
        if question.message in _REFUSALS:
            sign = "skipped"
        in_state = question.name == "recognised" and self.assessment.state is not None
        asked = self.say("ask.recognised.in", self._state()) if in_state else self.say_of_kind(f"ask.{question.name}")
        said = self.say(f"say.{question.message}", dict(question.params))
        return Row(question.name, asked, question.answer.value, style, sign, said)

    def _state(self) -> dict[str, Any]:
        state = self.assessment.state
        return {"state": self.assessment.bundle.states[state].names if state else ""}

    def steps(self) -> list[Step]:
        recognition, params = self.assessment.recognition, self.assessment.params
        conditions = recognition.conditions if isinstance(recognition, PartiallyRecognised) else ()
        listed = STEPS.get(self.assessment.sentence, LOOKS[self.assessment.verdict].steps)
        keys = [key for key in listed if key != "ask-authority" or "authority" in params]
        return [self._condition(condition) for condition in conditions] + [self._step(key) for key in keys]

    def _condition(self, condition: Condition) -> Step:
        what = self.say("needed.one", {"condition": condition.texts})
        if condition.options:
            return Step(what, self.say("needed.choose", {"conditions": condition.options}))
        return Step(what, self.say("needed.alternative" if condition.is_alternative else "needed.text", {}))

    def _step(self, key: str) -> Step:
        what, how = self.say_of_kind(f"step.{key}"), self.say_of_kind(f"step.{key}.text")
        if key == "ask-authority":
            return Step(what, how, contact=self.assessment.params["contact"])
        return Step(what, how, href="/registry" if key in _IN_THE_REGISTER else "")

    def freshness(self) -> tuple[str, Markup]:
        """Return the sign and the sentence about how old the lists are."""
        bundle, now = self.assessment.bundle, self.verifier.clock()
        age = bundle.age(now).days
        params = {"lists": bundle.published.date().isoformat(), "age": days(self.language, age), "date": now.date().isoformat()}
        if bundle.published > now + _CLOCKS_DIFFER:
            return "warn", self.say("fresh.clock", params)
        freshness = bundle.freshness(now).value
        message = "today" if age == 0 else freshness
        return "clock" if freshness == "green" else "warn", self.say(f"fresh.{message}", params)

    def details(self) -> list[tuple[str, Markup | str]]:
        """Return the technical details: label key to value. Of what is not genuine only the kinds of problem are named."""
        verification, credential, bundle = self.assessment.verification, self.assessment.credential, self.assessment.bundle
        checks = [(f"check.{check.name}", self.say(f"check.{check.outcome.value}", {})) for check in verification.checks]
        kinds = [("details.problem", problem.type.rpartition("#")[2]) for problem in verification.problems]
        proven = credential.document if credential is not None and "proof" in credential.document else None
        suites = [str(proof.get("cryptosuite", "")) for proof in proofs_of(proven)] if proven else []
        proofs = [("details.proof", ", ".join(suites))] if suites else []
        return [*checks, *kinds, *proofs, ("details.lists", f"{bundle.version} · {bundle.hash[:16]}")]

    def level(self) -> Markup:
        """Return the level that it counts as, and until when; empty where no state gives one."""
        params = self.assessment.params
        if not params.get("level"):
            return Markup("")
        return self.say("fact.lasts" if "lasts" in params else "fact.level")

    def evidence(self) -> str:
        """Return the key of the words for how well work is evidenced; empty where that was not weighed."""
        steps = self.assessment.recognition.chain if self.assessment.recognition else ()
        code = next((step.code for step in steps if step.code.startswith("EVIDENCE_")), "")
        return f"verifier.evidence.{code.removeprefix('EVIDENCE_').lower()}" if code else ""

    def certified(self) -> tuple[Markup | str, str]:
        """Return who has certified it and the count in words; empty where no other party has, or it does not hold."""
        found = self.assessment.co_certification
        if found is None or not found.endorsements:
            return "", ""
        bundle, pages = self.assessment.bundle, self.verifier.pages
        names = words(pages, self.language, {"parties": [bundle.states[code].names for code in found.certified]})["parties"]
        return names, pages.text(self.language, found.step.message, **explained(found.step, bundle, self.language))


def result_context(
    verifier: Verifier, request: Request, assessment: Assessment, contents: Sequence[bytes], *, opened: bool
) -> dict[str, Any]:
    """Return the values for `verifier/result.html`.

    Args:
        verifier: the house.
        request: says in which language.
        assessment: the answer.
        contents: the credential and what is shown beside it, to ask again; left out unless it is genuine.
        opened: whether a code opened this page.
    """
    pages, language = verifier.pages, verifier.pages.language(request)
    card = card_of(assessment.credential, assessment.bundle) if assessment.credential else None
    page = _Page(verifier, language, assessment, work=card is not None and card.work)
    verdict, look = f"verdict.{assessment.verdict}", LOOKS[assessment.verdict]
    fresh_sign, freshness = page.freshness()
    basis = f"verifier.basis.{card.basis}" if card else ""
    return {
        "assessment": assessment,
        "look": look,
        "headline": page.say(verdict),
        "plain_headline": pages.text(language, f"verifier.{verdict}", **words(pages, language, assessment.params)),
        "sentence": page.say(f"verdict.{assessment.sentence}"),
        "card": card,
        "withheld": _withheld(contents[0]) if card else 0,
        "rows": [page.row(question) for question in assessment.questions],
        "steps": page.steps(),
        "steps_first": assessment.verdict not in _STEPS_LAST,
        "conditions": "conditions" in assessment.params,
        "local": assessment.params.get("local") if assessment.verdict in {"recognized", "partly", "level-only"} else None,
        "level": page.level(),
        "evidence": page.evidence(),
        "basis": basis if pages.has(basis) else None,
        "fresh_sign": fresh_sign,
        "freshness": freshness,
        "details": page.details(),
        "certified": page.certified(),
        "beside": (len(assessment.beside), sum(result.verified for result in assessment.beside)),
        "certificates": certificates_beside(assessment),
        "needs_eyes": needs_eyes(assessment),
        "again": _as_text(contents[0]) if card else "",
        "papers": [text for text in map(_as_text, contents[1:]) if text] if card else [],
        "receipts": verifier.sign_receipts is not None,
        "opened": opened,
        "address": verifier.base_url,
        "now": verifier.clock(),
    }


def _withheld(content: bytes) -> int:
    """Return how many entries of a genuine certificate in parts are not shown; 0 for one that comes in one piece."""
    try:
        envelope = open_secured(content_of(content).content, with_certificates=True).envelope
    except VCError:
        return 0
    return envelope.sd_jwt.withheld if isinstance(envelope, SdJwtEnvelope) else 0


def _as_text(content: bytes) -> str:
    """Return a credential as a form can carry it; empty for one that is no text."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return ""
