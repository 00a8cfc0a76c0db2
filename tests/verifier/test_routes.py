"""The verifier for programs: 200 for what is good, 400 with the whole report for what is not, and never 500."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.verifier.cases import CASES, good
from tests.verifier.desk import browser, certificate, desk, signed
from tests.verifier.files import blank_png, pdf_of_pages, qr_picture, saved
from tests.verifier.test_presentations import presentation, proven

CHECKS = ["data-model", "proof", "issuer-key", "validity-period", "status", "schema"]


def credential(content: bytes = b"") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(content or good())
    return found


def test_a_good_certificate_is_200_with_every_check() -> None:
    answer = browser(desk()).post("/credentials/verify", json={"verifiableCredential": credential()})
    assert answer.status_code == 200
    assert answer.json()["verified"] is True
    assert [(check["check"], check["outcome"]) for check in answer.json()["checks"]] == [(name, "passed") for name in CHECKS]


@pytest.mark.parametrize(
    "name", ["forged", "withdrawn", "on hold", "ended", "not yet", "not of its form", "key that cannot be had"]
)
def test_a_certificate_that_is_not_good_is_400_with_the_report(name: str) -> None:
    case = CASES[name]
    answer = browser(case.verifier()).post("/credentials/verify", json={"verifiableCredential": credential(case.content())})
    assert answer.status_code == 400
    report = answer.json()
    assert report["verified"] is False
    assert len(report["checks"]) == 6
    assert report["problemDetails"]
    assert all(problem["title"] and "." not in problem["title"] for problem in report["problemDetails"])


@pytest.mark.parametrize(
    ("options", "checks"),
    [
        ({}, CHECKS),
        ({"checks": ["proof"]}, ["data-model", "proof"]),
        ({"checks": ["status"]}, ["data-model", "proof", "status"]),
        ({"checks": ["something else"]}, CHECKS),
        ({"unknown": 1}, CHECKS),
    ],
)
def test_the_proof_is_checked_whatever_is_asked(options: dict[str, object], checks: list[str]) -> None:
    house = browser(desk())
    message = {"verifiableCredential": credential(), "options": options}
    assert [check["check"] for check in house.post("/credentials/verify", json=message).json()["checks"]] == checks
    forged = message | {"verifiableCredential": credential(CASES["forged"].content())}
    assert house.post("/credentials/verify", json=forged).status_code == 400


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_problems_are_named_in_the_programs_language(language: str) -> None:
    message = {"verifiableCredential": credential(CASES["ended"].content())}
    answer = browser(desk()).post("/credentials/verify", json=message, headers={"Accept-Language": language})
    assert answer.headers["content-language"] == language
    assert answer.json()["problemDetails"][0]["title"] == {"en": "Ended", "fr": "Expiré", "ar": "انتهت"}[language]


def test_a_presentation_is_200_or_400_with_the_report() -> None:
    house = browser(desk())
    good_one = proven(presentation(good()), challenge="c-1", domain="v.example")
    options = {"challenge": "c-1", "domain": "v.example"}
    answer = house.post("/presentations/verify", json={"verifiablePresentation": good_one, "options": options})
    assert (answer.status_code, answer.json()["verified"]) == (200, True)
    options["challenge"] = "c-2"
    answer = house.post("/presentations/verify", json={"verifiablePresentation": good_one, "options": options})
    assert answer.status_code == 400
    assert answer.json()["problemDetails"][0]["title"] == "It answers another question"
    forged = presentation(CASES["forged"].content())
    answer = house.post("/presentations/verify", json={"verifiablePresentation": forged})
    assert answer.status_code == 400
    assert answer.json()["credentialResults"][0]["verified"] is False


@pytest.mark.parametrize("path", ["/credentials/verify", "/presentations/verify"])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"null", 400),
        (b"{}", 422),
        (b'{"verifiableCredential": 7, "verifiablePresentation": 7}', 422),
        (b'{"verifiableCredential": "text", "verifiablePresentation": []}', 422),
        (b'{"verifiableCredential": {}, "verifiablePresentation": {}}', 400),
        (b'{"verifiableCredential": {"a": NaN}, "verifiablePresentation": {"a": NaN}}', 400),
        (b'{"verifiableCredential": {"a": 1, "a": 2}, "verifiablePresentation": {"a": 1, "a": 2}}', 400),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400),
        (b'{"verifiableCredential": {}, "verifiablePresentation": {}, "options": {"checks": "all", "domain": 7}}', 422),
    ],
)
def test_whatever_is_sent_is_answered_and_never_500(path: str, body: bytes, status: int) -> None:
    answer = browser(desk()).post(path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert answer.json()


@pytest.mark.parametrize("name", CASES)
def test_the_products_own_answer_names_verdict_and_questions(name: str) -> None:
    case = CASES[name]
    answer = browser(case.verifier()).post(
        "/verifier/api/v1/verify", data={"state": case.state or ""}, files={"file": ("c.json", case.content())}
    )
    assert answer.status_code == 200
    assert answer.json()["verdict"] == case.verdict
    assert " ".join(question["answer"] for question in answer.json()["questions"][:4]) == case.answers


def test_text_is_as_good_as_a_file() -> None:
    answer = browser(desk()).post("/verifier/api/v1/verify", data={"text": good().decode()})
    assert (answer.status_code, answer.json()["verdict"]) == (200, "genuine")


@pytest.mark.parametrize(
    ("content", "status", "kind"),
    [
        (b"", 422, "CODE_UNREADABLE"),
        (b"nothing", 422, "CODE_UNREADABLE"),
        (saved(qr_picture("javascript:alert(1)")), 422, "CODE_FOREIGN"),
        (blank_png(9_000, 9_000), 413, "FILE_TOO_LARGE"),
        (pdf_of_pages(500), 422, "CODE_UNREADABLE"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_problem_document(content: bytes, status: int, kind: str) -> None:
    answer = browser(desk()).post("/verifier/api/v1/verify", files={"file": ("x", content)})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].endswith(f"#{kind}")


def test_an_unknown_state_is_a_problem_document() -> None:
    answer = browser(desk()).post("/verifier/api/v1/verify", data={"state": "ZZ", "text": good().decode()})
    assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (422, "UNKNOWN_STATE")


def test_a_certificate_of_another_language_is_answered_too() -> None:
    answer = browser(desk()).post("/verifier/api/v1/verify", data={"text": signed(certificate()).decode(), "state": "XC"})
    assert answer.json()["recognition"]["conditions"][0]["id"] == "language-b1"
