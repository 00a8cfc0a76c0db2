"""Presentations: whose proof, for whom, in answer to what; and every certificate in them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final

import pytest

from credentials.data_integrity import add_proof_set
from credentials.keys import InMemorySigner
from credentials.vc_jwt import VP_JWT, secure_jwt
from credentials.verify import VerificationOptions
from tests.trust.world import NOW
from tests.verifier.cases import good
from tests.verifier.desk import DAY, desk
from verifier.presentations import verify_presentation

SEED: Final = bytes(range(32))
MULTIBASE: Final = InMemorySigner("", SEED).public_key.multibase
HOLDER: Final = f"did:key:{MULTIBASE}"
SUITES: Final = ["eddsa-rdfc-2022"]


def presentation(*contents: bytes, **more: object) -> dict[str, Any]:
    carried = [json.loads(content) for content in contents]
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": carried,
        **more,
    }


def proven(document: dict[str, Any], challenge: str | None = None, domain: str | None = None) -> dict[str, Any]:
    by = InMemorySigner(f"{HOLDER}#{MULTIBASE}", SEED)
    return add_proof_set(
        document, by, cryptosuites=SUITES, created=DAY, purpose="authentication", challenge=challenge, domain=domain
    )


def checked(document: dict[str, Any], challenge: str | None = None, domain: str | None = None) -> dict[str, Any]:
    options = VerificationOptions(now=NOW, fetcher=desk().fetcher, challenge=challenge, domain=domain)
    return verify_presentation(document, options)


def problems(report: dict[str, Any]) -> list[str]:
    return [problem["type"].rpartition("#")[2] for problem in report["problemDetails"]]


def test_a_holders_answer_to_our_question_is_verified_with_all_it_carries() -> None:
    shown = proven(presentation(good(), good(), holder=HOLDER), challenge="c-1", domain="v.example")
    report = checked(shown, challenge="c-1", domain="v.example")
    assert report["verified"]
    assert [one["verified"] for one in report["credentialResults"]] == [True, True]


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"challenge": "c-2", "domain": "v.example"}, "INVALID_CHALLENGE_ERROR"),
        ({"challenge": "c-1", "domain": "w.example"}, "INVALID_DOMAIN_ERROR"),
    ],
)
def test_an_answer_to_somebody_else_is_refused(asked: dict[str, str], problem: str) -> None:
    report = checked(proven(presentation(good(), holder=HOLDER), challenge="c-1", domain="v.example"), **asked)
    assert not report["verified"]
    assert problems(report) == [problem]
    assert report["credentialResults"] == []


def test_a_key_that_is_not_the_holders_is_refused() -> None:
    report = checked(proven(presentation(good(), holder="did:example:somebody-else")))
    assert not report["verified"]
    assert len(report["problemDetails"]) == 1


def test_an_unsigned_presentation_is_as_good_as_what_it_carries_unless_an_answer_was_asked_for() -> None:
    assert checked(presentation(good()))["verified"]
    assert not checked(presentation(good()), challenge="c-1")["verified"]
    forged = good().replace(b"Najma", b"Nadia")
    report = checked(presentation(good(), forged))
    assert [one["verified"] for one in report["credentialResults"]] == [True, False]
    assert not report["verified"]


def test_what_is_no_presentation_is_a_report_and_no_error() -> None:
    assert problems(checked({"hello": "world"})) == ["MALFORMED_VALUE_ERROR"]


def test_a_presentation_in_an_envelope_answers_whoever_asked() -> None:
    by = InMemorySigner(f"{HOLDER}#{MULTIBASE}", SEED)
    token = secure_jwt(presentation(good(), holder=HOLDER), by, media_type=VP_JWT, claims={"aud": "v.example", "nonce": "n-1"})
    options = VerificationOptions(now=NOW, fetcher=desk().fetcher, challenge="n-1", domain="v.example")
    assert verify_presentation(token, options)["verified"]
    assert not verify_presentation(token, replace(options, challenge="n-2"))["verified"]


def test_a_credential_of_the_holders_own_needs_no_other_proof_where_that_is_accepted() -> None:
    options = VerificationOptions(now=NOW, fetcher=desk().fetcher)
    own = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": HOLDER,
        "credentialSubject": {"id": HOLDER},
    }
    for issuer, expected in ((HOLDER, True), ("did:example:centre", False)):
        document = {**presentation(), "holder": HOLDER, "verifiableCredential": [{**own, "issuer": issuer}]}
        assert verify_presentation(proven(document), options, accepts_self_asserted=True)["verified"] is expected
        assert not verify_presentation(proven(document), options)["verified"]
        assert not verify_presentation(document, options, accepts_self_asserted=True)["verified"]
