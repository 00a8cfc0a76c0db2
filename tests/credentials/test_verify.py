from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.data_integrity import add_proof_set
from credentials.errors import COMITY, SECURITY, VC, MalformedValueError, ProofVerificationError, VCError
from credentials.verify import CHECKS, Check, CheckOutcome, VerificationOptions, VerificationResult, verify_credential
from tests.credentials.world import (
    LIST_URL,
    NOW,
    WEB_DID,
    WEB_URL,
    Outside,
    credential,
    did_of,
    entry,
    key_signer,
    outcomes,
    report,
    secured,
    status_list,
    web_signer,
    with_web_issuer,
)
from tests.strategies import changed, json_values, places

BOTH = ("eddsa-rdfc-2022", "eddsa-jcs-2022")
PASSED, FAILED, UNKNOWN = CheckOutcome.PASSED, CheckOutcome.FAILED, CheckOutcome.COULD_NOT_CHECK
ALL = ("data-model", "proof", "issuer-key", "validity-period", "status", "schema")


def problem_of(result: VerificationResult) -> tuple[str, str, str]:
    [problem] = result.problems
    return problem.type, problem.pointer, problem.detail


def test_a_good_credential_passes_every_check_in_order() -> None:
    result = report(json.dumps(secured(credential(), suites=BOTH)).encode())
    assert tuple(outcomes(result)) == tuple(CHECKS) == ALL
    assert set(outcomes(result).values()) == {"passed"}
    assert (result.verified, result.outcome, result.problems, result.is_genuine) == (True, PASSED, (), True)
    assert result.require() is result.unverified_credential
    assert dict(result.keys) == {key_signer().verification_method: key_signer().public_key}


def test_the_report_is_json_with_w3c_problem_types() -> None:
    outside = Outside({LIST_URL: status_list()})
    good = report(secured(credential(credentialStatus=entry())), outside).to_json()
    assert good["checks"] == [{"check": name, "outcome": "passed"} for name in ALL]
    assert (good["verified"], good["problemDetails"], good["statusAsOf"]) == (True, [], "2026-11-24T11:00:00+00:00")
    bad = json.loads(json.dumps(report(credential()).to_json()))
    assert bad["statusAsOf"] is None
    assert bad["problemDetails"] == [
        {
            "type": SECURITY + "PROOF_VERIFICATION_ERROR",
            "title": "problem.proof-verification",
            "detail": "the document has no proof",
            "pointer": "/proof",
        }
    ]


def test_nothing_checked_is_not_verified() -> None:
    empty = VerificationResult(None, ())
    assert (empty.verified, empty.outcome) == (False, FAILED)
    with pytest.raises(ProofVerificationError, match="nothing could be checked"):
        empty.require()
    assert empty.check("proof") == Check("proof", UNKNOWN)


def test_passed_checks_without_a_credential_are_not_relied_on() -> None:
    with pytest.raises(ProofVerificationError):
        VerificationResult(None, (Check("proof", PASSED),)).require()


OUTCOMES = st.lists(st.sampled_from([Check("a", PASSED), Check("b", UNKNOWN), Check("c", FAILED, VCError("wrong"))]))


@given(OUTCOMES)
def test_verified_means_that_something_was_checked_and_everything_passed(checks: list[Check]) -> None:
    result = VerificationResult(None, tuple(checks))
    assert result.verified == (bool(checks) and all(check.outcome is PASSED for check in checks))
    assert not (result.verified and result.problems)


@pytest.mark.parametrize(
    ("content", "type_", "told"),
    [
        pytest.param(b'{"id": "urn:a", "id": "urn:b"}', VC + "PARSING_ERROR", "the member 'id' stands twice", id="duplicate keys"),
        pytest.param(b'{"a": {"b": [NaN]}}', VC + "PARSING_ERROR", "NaN is not JSON", id="NaN"),
        pytest.param(b'{"a":' * 10_000 + b"1" + b"}" * 10_000, VC + "PARSING_ERROR", "nests deeper than", id="depth 10,000"),
        pytest.param(b'{"a": "' + b"x" * 50_000_000 + b'"}', COMITY + "TOO_LARGE", "more than", id="50 MB"),
        pytest.param(b"", VC + "PARSING_ERROR", "not JSON", id="nothing"),
        pytest.param(b"[]", VC + "PARSING_ERROR", "no JSON object", id="no object"),
    ],
)
def test_what_is_not_plain_json_fails_the_first_check_alone(content: bytes, type_: str, told: str) -> None:
    result = report(content)
    assert outcomes(result) == {"data-model": "failed"}
    found, pointer, detail = problem_of(result)
    assert (found, pointer) == (type_, "")
    assert told in detail
    assert result.unverified_credential is None
    assert not result.is_genuine


def test_what_depends_on_a_check_that_did_not_pass_could_not_be_checked() -> None:
    result = report(secured(credential()) | {"type": ["Other"]})
    assert outcomes(result) == dict.fromkeys(ALL, "could-not-check") | {"data-model": "failed"}
    assert problem_of(result)[:2] == (VC + "MALFORMED_VALUE_ERROR", "/type")
    with pytest.raises(MalformedValueError):
        result.require()


def test_an_unknown_context_is_named_and_pointed_to() -> None:
    document = secured(credential())
    result = report(document | {"@context": [*document["@context"], "https://contexts.example/v9"]})
    type_, pointer, detail = problem_of(result)
    assert (type_, pointer) == (SECURITY + "PROOF_TRANSFORMATION_ERROR", "/@context/1")
    assert "'https://contexts.example/v9'" in detail
    assert outcomes(result) == dict.fromkeys(ALL, "could-not-check")


@pytest.mark.parametrize("suites", [["eddsa-rdfc-2022"], BOTH])
@pytest.mark.parametrize("place", ["favouriteColour", "credentialSubject"])
def test_a6_an_undefined_term_that_was_added_is_refused(suites: list[str], place: str) -> None:
    document = secured(credential(), suites=suites)
    added = {"id": "did:example:worker", "favouriteColour": "blue"} if place == "credentialSubject" else "blue"
    result = report(document | {place: added})
    assert (result.check("data-model").outcome, result.check("proof").outcome) == (PASSED, FAILED)
    type_, _, detail = problem_of(result)
    assert type_ == SECURITY + "DATA_LOSS_DETECTION_ERROR"
    assert "'favouriteColour'" in detail


def test_an_undefined_term_that_was_signed_as_plain_json_is_refused_all_the_same() -> None:
    result = report(secured(credential(favouriteColour="blue"), suites=["eddsa-jcs-2022"]))
    assert result.check("proof").outcome is FAILED
    assert problem_of(result)[0] == SECURITY + "DATA_LOSS_DETECTION_ERROR"


@pytest.mark.parametrize(
    ("changes", "type_", "pointer"),
    [
        ({"validUntil": "2026-11-24T11:55:00Z"}, COMITY + "EXPIRED", "/validUntil"),
        ({"validFrom": "2026-11-24T12:05:01Z"}, COMITY + "NOT_YET_VALID", "/validFrom"),
    ],
)
def test_c13_a_credential_out_of_its_time_is_genuine_and_not_verified(changes: dict[str, Any], type_: str, pointer: str) -> None:
    result = report(secured(credential(**changes)))
    assert (result.verified, result.is_genuine, result.check("validity-period").outcome) == (False, True, FAILED)
    assert problem_of(result)[:2] == (type_, pointer)


@pytest.mark.parametrize("changes", [{"validUntil": "2026-11-24T11:55:01Z"}, {"validFrom": "2026-11-24T12:05:00Z"}])
def test_c13_clocks_may_differ_by_five_minutes(changes: dict[str, Any]) -> None:
    assert report(secured(credential(**changes))).verified


def test_an_issuer_that_does_not_answer_could_not_be_checked() -> None:
    result = report(secured(credential(web_signer()), web_signer()))
    assert outcomes(result) == dict.fromkeys(ALL, "could-not-check") | {"data-model": "passed"}
    assert problem_of(result)[:2] == (COMITY + "FETCH_ERROR", "")
    assert (result.verified, result.outcome) == (False, UNKNOWN)


def test_an_issuer_that_answers_is_asked_once_for_each_proof() -> None:
    outside = with_web_issuer()
    result = report(secured(credential(web_signer()), web_signer(), BOTH), outside)
    assert result.verified
    assert outside.asked == [WEB_URL, WEB_URL]


def test_a_known_key_needs_no_answer_for_the_credential_nor_for_its_list() -> None:
    by = web_signer()
    known = {by.verification_method: by.public_key}
    outside = Outside({LIST_URL: status_list(signer=by)})
    result = report(secured(credential(by, credentialStatus=entry()), by), outside, known_keys=known)
    assert result.verified
    assert outside.asked == [LIST_URL]


def test_b1_a_key_of_somebody_else_is_not_the_issuers() -> None:
    result = report(secured(credential(issuer=WEB_DID)))
    assert (result.check("proof").outcome, result.check("issuer-key").outcome) == (PASSED, FAILED)
    assert problem_of(result)[:2] == (COMITY + "ISSUER_KEY_MISMATCH", "/proof")
    assert result.check("status").outcome is UNKNOWN
    assert not result.is_genuine


def test_only_the_asked_checks_are_run_after_the_data_model() -> None:
    expired = secured(credential(issuer=WEB_DID, validUntil="2020-01-01T00:00:00Z"))
    result = report(expired, checks=frozenset({"proof"}))
    assert outcomes(result) == {"data-model": "passed", "proof": "passed"}
    assert result.verified


def test_a_domain_and_a_challenge_are_not_asked_of_a_status_list() -> None:
    document = add_proof_set(
        credential(credentialStatus=entry()), key_signer(), created=NOW, cryptosuites=BOTH[:1], domain="shop.example", challenge="1"
    )
    outside = Outside({LIST_URL: status_list()})
    assert report(document, outside, domain="shop.example", challenge="1").verified
    assert problem_of(report(document, outside, domain="shop.example", challenge="2"))[0] == SECURITY + "INVALID_CHALLENGE_ERROR"
    assert problem_of(report(document, outside, domain="else.example"))[0] == SECURITY + "INVALID_DOMAIN_ERROR"


def test_a_schema_that_does_not_fit_fails_its_own_check() -> None:
    named = {"id": "https://comity.example/schemas/training-credential.v1.json", "type": "JsonSchema"}
    result = report(secured(credential(credentialSchema=named)))
    assert outcomes(result) == dict.fromkeys(ALL, "passed") | {"schema": "failed"}
    assert problem_of(result)[:2] == (COMITY + "SCHEMA_MISMATCH", "")


Path = tuple[str | int, ...]
SIGNED: dict[str, Any] = secured(
    credential(
        id="urn:uuid:1",
        name={"@value": "Welder", "@language": "en"},
        validFrom="2026-11-20T00:00:00Z",
        validUntil="2036-11-20T00:00:00Z",
        credentialSubject=[{"id": "did:example:worker", "name": "Sari"}, {"id": "did:example:other"}],
    ),
    suites=BOTH,
)


def value_at(document: Any, place: Path) -> Any:  # noqa: ANN401  # any JSON
    for step in place:
        document = document[step]
    return document


def says_something(value: object) -> bool:
    """Return whether a value holds more than null and empty lists and objects, which JSON-LD takes for nothing said."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return value is not None if inner is None else any(says_something(item) for item in inner)


def same_json(one: object, other: object) -> bool:
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


@settings(max_examples=300)
@given(st.data())
def test_whatever_is_changed_is_not_verified(data: st.DataObject) -> None:
    one_proof_less = {("proof", 0), ("proof", 1)}  # the other still holds
    path = data.draw(st.sampled_from([place for place in places(SIGNED) if place not in one_proof_less]))
    document = changed(SIGNED, path, data.draw(st.just(...) | json_values()))
    if not same_json(document, SIGNED):
        assert not report(document).verified


ALONE: Final = [secured({name: value for name, value in SIGNED.items() if name != "proof"}, suites=[suite]) for suite in BOTH]
OBJECTS: Final = [(), *(place for place in places(ALONE[0]) if isinstance(value_at(ALONE[0], place), dict))]
NAMES: Final = st.sampled_from(["favouriteColour", "id", "type", "name", "@id", "@included", "@graph", "@reverse", "evidence"])


@settings(max_examples=300)
@given(st.sampled_from(ALONE), st.sampled_from(OBJECTS), NAMES | st.text(max_size=8), json_values())
def test_whatever_is_added_is_not_verified(document: dict[str, Any], place: Path, name: str, value: object) -> None:
    added = changed({"": document}, ("", *place), value_at(document, place) | {name: value})[""]
    if says_something(value) and not same_json(added, document):
        assert not report(added).verified


HIDING: Final[list[dict[str, Any]]] = [
    {"@vocab": None},
    {"favouriteColour": None},
    {"favouriteColour": {"@id": None}},
    {"favouriteColour": "@nest"},
    {"@base": "https://a.example/"},
    {"@propagate": False, "favouriteColour": None},
]


@pytest.mark.parametrize("context", HIDING, ids=str)
def test_a3_a_context_cannot_hide_what_was_added(context: dict[str, Any]) -> None:
    document = ALONE[0]
    added = document | {"@context": [*document["@context"], context], "favouriteColour": "blue"}
    result = report(added)
    assert not result.is_genuine
    assert result.check("proof").outcome is FAILED


@given(st.binary(max_size=80))
def test_any_bytes_get_a_report(content: bytes) -> None:
    result = report(content)
    told = outcomes(result)  # an object that says nothing, such as `{}`, is read, and its other checks could not be made
    assert (result.verified, told.pop("data-model")) == (False, "failed")
    assert set(told.values()) <= {"could-not-check"}


@given(st.permutations(list(SIGNED)), st.sampled_from([None, 1, "\t"]))
def test_the_order_of_members_and_white_space_say_nothing(order: list[str], indent: int | str | None) -> None:
    content = json.dumps({name: SIGNED[name] for name in order}, indent=indent).encode()
    assert report(content).verified


def test_what_one_proof_alone_would_pass_the_other_of_a_set_refuses() -> None:
    document = secured(credential(), suites=BOTH)
    other = secured(credential(id="urn:uuid:2"), suites=BOTH)
    mixed = document | {"proof": [document["proof"][0], other["proof"][1]]}
    assert problem_of(report(mixed))[:2] == (SECURITY + "PROOF_VERIFICATION_ERROR", "/proof/1")


def test_the_clock_skew_may_be_chosen() -> None:
    options = VerificationOptions(now=NOW, fetcher=Outside(), clock_skew=timedelta(0))
    late = secured(credential(validFrom="2026-11-24T12:00:01Z"))
    assert not verify_credential(late, options).verified
    assert did_of(key_signer()) == credential()["issuer"]
