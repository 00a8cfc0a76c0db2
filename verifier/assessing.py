"""One answer and five: what a credential is worth to whoever asks.

`assess` puts verification and recognition side by side and never merges them. Unless the credential is genuine, nothing of its
content is kept in the answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from credentials import rdf
from credentials.model import Credential
from credentials.verify import CheckOutcome, VerificationOptions, VerificationResult, verify_credential
from trust.bundle import Bundle
from trust.claims import read_claim
from trust.endorsements import CoCertification, co_certification
from trust.outcomes import Outcome
from trust.recognition import Dossier, recognize
from trust.records import IssuerRecord
from verifier import answers
from verifier.answers import Answer, Asked, Question
from verifier.archives import opened, places
from verifier.errors import UnknownStateError
from verifier.service import Verifier
from verifier.texts import OwnWord, plain_text, said
from verifier.verdicts import decisive, sentence_of, verdict_of


@dataclass(frozen=True, slots=True)
class Assessment:
    """The whole answer.

    Attributes:
        verdict: key of the banner, such as `recognized` or `forged`.
        questions: the five, in their order.
        verification: the report; without the credential unless it is genuine.
        recognition: the outcome for the asked state; None when no state was asked or nothing can be relied on.
        issuer: the issuer as the lists know it; None when they do not.
        state: the asked state's code, or None.
        bundle: the lists.
        params: values for the banner.
        co_certification: which parties have certified it; None for what does not hold.
        beside: reports on what was shown beside it.
        compared: whether whoever asks says that all of it is of one person.
    """

    verdict: str
    questions: tuple[Question, ...]
    verification: VerificationResult
    recognition: Outcome | None
    issuer: IssuerRecord | None
    state: str | None
    bundle: Bundle
    params: Mapping[str, Any]
    co_certification: CoCertification | None = None
    beside: tuple[VerificationResult, ...] = ()
    compared: bool = False

    @property
    def credential(self) -> Credential | None:
        """The content, only when it is genuine."""
        return self.verification.unverified_credential if self.questions[0].answer is Answer.YES else None

    @property
    def sentence(self) -> str:
        """The message id of the banner's sentence."""
        return sentence_of(self.verdict, self.questions)

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
            "coCertification": self.co_certification.to_json() if self.co_certification else None,
            "beside": [result.to_json() for result in self.beside],
            "compared": self.compared,
            "issuer": {"id": self.issuer.did, "name": dict(self.issuer.names), "state": self.issuer.state} if self.issuer else None,
            "bundle": {"published": self.bundle.published.isoformat(), "version": self.bundle.version, "hash": self.bundle.hash},
            "credentialId": self.credential.id if self.credential else None,
        }


def assess(
    verifier: Verifier, content: bytes, state: str | None, beside: Sequence[bytes] = (), *, compared: bool = False
) -> Assessment:
    """Return the answer for a credential, asked by `state` (a code of the lists, or None for no state).

    Args:
        verifier: the house.
        content: the credential, alone or in its archive form.
        state: the asking state.
        beside: what else the person shows: credentials that may meet conditions, decisions, endorsements.
        compared: whether whoever asks has compared the papers and says that they are of one person; without it, one that names no
            key of its holder meets no condition of another.

    Raises:
        BundleError: there are no lists that can be relied on.
        UnknownStateError: the lists know no such state.
    """
    bundle, now = verifier.bundle(), verifier.clock()
    if state is not None and state not in bundle.states:
        raise UnknownStateError(f"the lists know no state {state[:20]!r}; they know {', '.join(bundle.states)}")
    learning = rdf.Learning(verifier.shapes)
    options = VerificationOptions(
        now=now,
        fetcher=verifier.fetcher,
        canonicalize=learning,
        known_keys=bundle.listed_keys(),
        status_authorities=bundle.status_authorities,
        is_stolen=bundle.is_stolen,
        seen_lists=verifier.seen_lists,
        anchors=verifier.anchors,
    )
    papers = tuple(map(opened, (content, *beside)))
    result = _checked(papers[0].content, options, learning)
    credential = result.unverified_credential
    if not result.is_genuine or credential is None:
        return _without_content(_not_genuine(result, bundle), result, state, bundle)
    issuer = bundle.issuers.get(credential.issuer)
    others = tuple(
        verify_credential(paper.content, replace(options, canonicalize=rdf.Learning(verifier.shapes))) for paper in papers[1:]
    )
    dossier = Dossier(result, others, places(papers), compared)
    outcome = recognize(dossier, state or (issuer.state if issuer else min(bundle.states)), now, bundle=bundle, now=now)
    work = read_claim(credential).kind == "work"
    replaced = any(finding.is_set and finding.purpose == "refresh" for finding in result.statuses)
    asked = Asked(outcome, state, work, bundle, _params(credential, result, issuer, state, bundle), replaced)
    genuine = answers.genuine(asked)
    if genuine.answer is not Answer.YES:
        return _without_content(replace(genuine, params=_dated(bundle)), result, state, bundle)
    if issuer is not None:
        learning.keep()
    answer = _with_content(genuine, asked, result, issuer)
    certified = co_certification(dossier, now, bundle=bundle, now=now)
    return replace(answer, co_certification=certified, beside=dossier.supporting, compared=compared)


def _checked(content: bytes | Mapping[str, Any], options: VerificationOptions, learning: rdf.Learning) -> VerificationResult:
    """Return the report; the reference has the last word on a proof that fails."""
    result = verify_credential(content, options)
    if learning.used_a_shape and result.check("proof").outcome is CheckOutcome.FAILED:
        return verify_credential(content, replace(options, canonicalize=rdf.canonicalize))
    return result


def _not_genuine(result: VerificationResult, bundle: Bundle) -> Question:
    outcomes = [result.check(name).outcome for name in ("data-model", "proof", "issuer-key")]
    if outcomes[0] is CheckOutcome.FAILED:
        return Question("genuine", Answer.NO, "genuine.not-a-certificate", _dated(bundle))
    if CheckOutcome.FAILED in outcomes:
        return Question("genuine", Answer.NO, "genuine.no", _dated(bundle))
    credential = result.unverified_credential
    is_elsewhere = bool(bundle.elsewhere) and credential is not None and not bundle.records_of(credential.issuer)
    return Question("genuine", Answer.UNKNOWN, "genuine.not-kept" if is_elsewhere else "genuine.unknown", _dated(bundle))


def _without_content(genuine: Question, result: VerificationResult, state: str | None, bundle: Bundle) -> Assessment:
    message = "not-asked" if genuine.answer is Answer.NO else "not-asked-yet"
    others = (Question(name, Answer.NOT_ASKED, message) for name in ("current", "entitled", "recognised", "same-person"))
    questions = (genuine, *others)
    stripped = replace(result, unverified_credential=None)
    return Assessment(verdict_of(questions), questions, stripped, None, None, state, bundle, _dated(bundle))


def _dated(bundle: Bundle) -> dict[str, Any]:
    return {"date": bundle.published.date().isoformat()}


def _with_content(genuine: Question, asked: Asked, result: VerificationResult, issuer: IssuerRecord | None) -> Assessment:
    questions = (
        genuine,
        answers.current(asked),
        answers.entitled(asked),
        answers.recognised(asked),
        answers.same_person(asked),
    )
    verdict = verdict_of(questions)
    recognition, params = asked.outcome if asked.state else None, decisive(verdict, questions).params
    return Assessment(verdict, questions, result, recognition, issuer, asked.state, asked.bundle, params)


def _params(
    credential: Credential, result: VerificationResult, issuer: IssuerRecord | None, state: str | None, bundle: Bundle
) -> dict[str, Any]:
    return {
        "centre": issuer.names if issuer else OwnWord(plain_text(credential.issuer_name or credential.issuer)),
        "name": said(credential.subjects[0].get("name")),
        "title": said(credential.document.get("name")),
        "date": credential.valid_from.date().isoformat() if credential.valid_from else "",
        "until": credential.valid_until.date().isoformat() if credential.valid_until else "",
        "as_of": result.status_as_of.date().isoformat() if result.status_as_of else "",
        "lists": bundle.published.date().isoformat(),
        "agreement": bundle.agreement,
        "state": bundle.states[state].names if state else "",
        "origin": bundle.states[issuer.state].names if issuer else "",
    }


def exit_code(assessment: Assessment, *, require_recognised: bool = False) -> int:
    """Return the command's exit status: 0 genuine, current and entitled; 1 one of these fails; 3 one could not be checked.

    With `require_recognised`, what is 0 by these stays 0 only when the asked state recognises it without conditions; it is 3 when
    that could not be told.
    """
    given = [assessment.question(name).answer for name in ("genuine", "current", "entitled")]
    if any(answer in {Answer.NO, Answer.HELD} for answer in given):
        return 1
    if any(answer is not Answer.YES for answer in given):
        return 3
    recognised = assessment.question("recognised").answer
    if not require_recognised or recognised is Answer.YES:
        return 0
    return 3 if recognised is Answer.UNKNOWN else 1
