"""Every verdict and every answer, on signed certificates and signed lists."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from credentials.errors import StatusRollbackError
from credentials.keys import InMemorySigner, generate_private_key
from credentials.mdoc import Validity, issue_mdoc
from tests.credentials.sd_jwt.making import Counted
from tests.trust.world import CARE_SCHOOL, NOW, SHIPYARD, Files, did, signer
from tests.verifier.cases import CASES, Case, good, worked
from tests.verifier.desk import (
    DAY,
    Addresses,
    asked,
    browser,
    certificate,
    desk,
    lists,
    lists_with,
    pages,
    signed,
    status_list,
    status_url,
)
from verifier.answers import Answer
from verifier.assessing import Assessment, assess, exit_code
from verifier.errors import UnknownStateError
from verifier.verdicts import LOOKS, STEPS
from verifier.words import words

ORDER = ["genuine", "current", "entitled", "recognised", "same-person"]


def assessed(case: Case) -> Assessment:
    return assess(case.verifier(), case.content(), case.state)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_certificate_gets_its_verdict_and_its_answers(case: Case) -> None:
    assessment = assessed(case)
    questions = assessment.questions
    assert assessment.verdict == case.verdict
    assert [question.name for question in questions] == ORDER
    assert " ".join(question.answer for question in questions[:4]) == case.answers
    assert tuple(question.message for question in questions[:4]) == case.messages
    assert questions[4].answer is (Answer.YOU_CHECK if questions[0].answer is Answer.YES else Answer.NOT_ASKED)


def test_the_cases_reach_every_verdict_and_every_set_of_steps() -> None:
    found = [assessed(case) for case in CASES.values()]
    assert {assessment.verdict for assessment in found} == set(LOOKS)
    assert STEPS.keys() <= {assessment.sentence for assessment in found}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_every_sentence_can_be_said_in_every_language(case: Case, language: str) -> None:
    assessment = assessed(case)
    for key, params in (
        (f"verdict.{assessment.verdict}", assessment.params),
        (f"verdict.{assessment.sentence}", assessment.params),
        *((f"say.{question.message}", question.params) for question in assessment.questions),
    ):
        said = pages().text(language, f"verifier.{key}", **words(pages(), language, params))
        assert said
        assert "{" not in said
        assert "  " not in said


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if not case.answers.startswith("yes")])
def test_of_what_is_not_genuine_nothing_is_kept(name: str) -> None:
    assessment = assessed(CASES[name])
    told = json.dumps(assessment.to_json(), ensure_ascii=False)
    assert assessment.credential is None
    assert assessment.verification.unverified_credential is None
    assert assessment.recognition is None
    assert assessment.issuer is None
    for content in ("Najma", "Somebody Else", "Sunder Bay", "sunder-bay", "Caregiving", "XA-SBC", "c3a8a124"):
        assert content not in told


def test_the_issuers_name_is_the_registers_and_not_the_certificates() -> None:
    liar = certificate(issuer=certificate()["issuer"] | {"name": "Ministry of Health"})
    assessment = asked(signed(liar))
    assert assessment.verdict == "recognized"
    assert "Ministry" not in json.dumps(assessment.to_json())
    assert words(pages(), "en", assessment.params)["centre"] == "Sunder Bay Care Training Centre"
    assert words(pages(), "fr", assessment.params)["centre"] == "Centre de formation aux soins de Sunder Bay"


def test_a_strangers_name_is_marked_as_its_own_word_and_cannot_turn_the_line() -> None:
    assessment = assessed(CASES["stranger"])
    assert words(pages(), "en", assessment.params)["centre"] == "somebody who calls itself “Ministry of eurT”"


def test_the_banner_speaks_of_several_things_that_are_missing() -> None:
    assessment = assessed(CASES["partly, several things"])
    assert assessment.sentence == "partly.text.many"
    said = words(pages(), "en", assessment.params)
    assert said["n"] == "3"
    assert said["conditions"] == "the language at level B1, a compensation measure, and a first-aid course or a year in a home"


def test_who_decides_is_named_with_how_long_it_takes() -> None:
    said = words(pages(), "en", assessed(CASES["undecided"]).params)
    assert (said["authority"], said["days"], said["contact"]) == (
        "Belmora Office for Skills",
        "20 days",
        "ask@skills.belmora.example",
    )


def test_a_state_that_the_lists_do_not_know_is_refused_by_name() -> None:
    with pytest.raises(UnknownStateError, match="'ZZ'; they know XA, XB, XC"):
        asked(good(), "ZZ")


def test_a_nameless_certificate_asks_for_another_proof_of_who_it_is() -> None:
    assert assessed(CASES["names nobody"]).question("same-person").message == "same-person.nobody-named"


@pytest.mark.parametrize(
    ("name", "plain", "demanding"),
    [
        ("recognised", 0, 0),
        ("partly", 0, 1),
        ("undecided", 0, 1),
        ("refused", 0, 1),
        ("no state", 0, 1),
        ("withdrawn", 1, 1),
        ("on hold", 1, 1),
        ("not yet", 1, 1),
        ("forged", 1, 1),
        ("stranger", 1, 1),
        ("unknown", 3, 3),
        ("no status list", 3, 3),
        ("old lists", 0, 3),
    ],
)
def test_the_exit_status_tells_no_from_could_not_tell(name: str, plain: int, demanding: int) -> None:
    assessment = assessed(CASES.get(name, CASES["key that cannot be had"]))
    assert exit_code(assessment) == plain
    assert exit_code(assessment, require_recognised=True) == demanding


def test_the_answer_for_programs_is_json_with_ids_and_no_words() -> None:
    told: dict[str, Any] = json.loads(json.dumps(asked(worked(), "XA").to_json()))
    assert told["verdict"] == "recognized"
    assert [question["question"] for question in told["questions"]] == ORDER
    assert told["issuer"]["state"] == "XC"
    assert told["credentialId"].startswith("urn:uuid:")
    assert told["recognition"]["outcome"] == "recognised"
    assert asked(worked(), None).to_json()["recognition"] is None


COUNCIL: Final = "skills-council"


def naming_the_council(files: Files) -> None:
    for issuer in files["states/XA/issuers.json"]["issuers"]:
        issuer["statusAuthorities"] = [did(COUNCIL)]


@pytest.mark.parametrize(
    ("by", "indices", "answer"),
    [
        (COUNCIL, set(), Answer.YES),
        (COUNCIL, {7}, Answer.NO),
        (SHIPYARD, set(), Answer.UNKNOWN),
        ("stranger", set(), Answer.UNKNOWN),
    ],
)
def test_a_list_of_the_status_authority_that_the_lists_name(by: str, indices: set[int], answer: Answer) -> None:
    verifier = desk(bundle=lists_with(naming_the_council))
    assert isinstance(verifier.fetcher, Addresses)
    url = status_url(CARE_SCHOOL, "revocation")
    verifier.fetcher.answers[url] = status_list(CARE_SCHOOL, "revocation", indices, NOW + timedelta(days=1), by=by)
    content = signed(certificate())
    assert assess(verifier, content, "XB").question("current").answer is answer
    if by == COUNCIL:
        assert assess(replace(verifier, bundle=lists), content, "XB").question("current").answer is Answer.UNKNOWN


def test_a_list_that_a_stolen_key_signed_says_nothing() -> None:
    def stolen(files: Files) -> None:
        naming_the_council(files)
        for authority in files["states/XA/authorities.json"]["authorities"]:
            for key in authority.get("keys", []):
                key["compromisedSince"] = "2026-11-01"

    verifier = desk(bundle=lists_with(stolen))
    assert isinstance(verifier.fetcher, Addresses)
    url, until = status_url(CARE_SCHOOL, "revocation"), NOW + timedelta(days=1)
    verifier.fetcher.answers[url] = status_list(CARE_SCHOOL, "revocation", set(), until, by=COUNCIL)
    found = assess(verifier, signed(certificate()), "XB")
    problem = found.verification.check("status").problem
    assert (found.question("current").answer, problem is not None and "stolen" in problem.detail) == (Answer.UNKNOWN, True)


def test_an_older_list_is_not_relied_on_once_a_newer_one_was() -> None:
    verifier, content = desk(), signed(certificate())
    assert isinstance(verifier.fetcher, Addresses)
    url, until = status_url(CARE_SCHOOL, "revocation"), NOW + timedelta(days=1)
    older = verifier.fetcher.answers[url]
    verifier.fetcher.answers[url] = status_list(CARE_SCHOOL, "revocation", {7}, until, made=DAY + timedelta(hours=1))
    assert assess(verifier, content, "XB").verdict == "withdrawn"
    verifier.fetcher.answers[url] = older
    replayed = assess(verifier, content, "XB")
    assert replayed.question("current").answer is Answer.UNKNOWN
    assert isinstance(replayed.verification.check("status").problem, StatusRollbackError)


def test_a_mobile_document_is_recognised_like_any_other_form() -> None:
    record = certificate()
    subject = {name: value for name, value in record["credentialSubject"].items() if name not in ("id", "type")}
    validity = Validity(NOW - timedelta(days=1), NOW - timedelta(days=1), NOW + timedelta(days=1))
    holder = InMemorySigner("", generate_private_key("ES256"), "ES256").public_key

    def made(name: str) -> bytes:
        return issue_mdoc(
            "example.comity.1.training",
            {"example.comity.1": subject},
            signer(CARE_SCHOOL, name),
            entropy=Counted(),
            holder=holder,
            validity=validity,
        )

    assessment = asked(made("#k1"))
    assert [question.answer for question in assessment.questions[:4]] == [
        question.answer for question in asked(good()).questions[:4]
    ]
    assert assessment.verdict == "recognized"
    assert asked(made("#k1").replace(b"Caregiving", b"Medicine..")).verdict == "forged"


def test_a_certificate_that_was_replaced_says_so_when_its_issuer_does() -> None:
    until, content = NOW + timedelta(days=1), signed(certificate())
    for withdrawn, indices, by, verdict in (
        ({7}, {7}, "", "replaced"),
        ({7}, set(), "", "withdrawn"),
        ({7}, {7}, "stranger", "withdrawn"),
        (set(), {7}, "", "recognized"),
    ):
        verifier = desk(withdrawn=withdrawn, replaced=set())
        assert isinstance(verifier.fetcher, Addresses)
        verifier.fetcher.answers[status_url(CARE_SCHOOL, "refresh")] = status_list(CARE_SCHOOL, "refresh", indices, until, by=by)
        found = assess(verifier, content, "XB")
        assert (found.verdict, exit_code(found)) == (verdict, int(bool(withdrawn)))
    page = browser(desk(withdrawn={7}, replaced={7})).post("/verify", data={"text": content.decode(), "state": "XB"}).text
    assert "Replaced by a newer one" in page
    assert "This is not a fault of theirs" in page
