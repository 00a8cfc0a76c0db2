from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from credentials.errors import (
    COMITY,
    STATUS,
    VC,
    FetchBlockedError,
    FetchError,
    MalformedValueError,
    StatusRollbackError,
    TooLargeError,
    VCError,
)
from credentials.status import SeenLists
from credentials.status.bitstring import MINIMUM_ENTRIES, StatusList
from credentials.verify import CheckOutcome, VerificationResult
from tests.credentials.world import LIST_URL, NOW, Outside, credential, did_of, entry, key_signer, report, secured, status_list

OTHER_URL = "https://centre.example/status/2"
RETRIEVAL, VERIFICATION, LENGTH = (STATUS + f"STATUS_{name}_ERROR" for name in ("RETRIEVAL", "VERIFICATION", "LIST_LENGTH"))
FAILED, UNKNOWN, PASSED = CheckOutcome.FAILED, CheckOutcome.COULD_NOT_CHECK, CheckOutcome.PASSED


def checked(entries: object, answers: dict[str, bytes | VCError] | None = None) -> VerificationResult:
    """Return the report on a credential with these status entries; the list at `LIST_URL` answers unless told otherwise."""
    served: dict[str, bytes | VCError] = {LIST_URL: status_list(7)} if answers is None else answers
    return report(secured(credential(credentialStatus=entries)), Outside(served))


def told(result: VerificationResult) -> tuple[CheckOutcome, str, str]:
    check = result.check("status")
    assert check.problem is not None
    assert result.problems == (check.problem,)
    return check.outcome, check.problem.type, check.problem.pointer


def test_a_bit_that_is_not_set_passes_and_says_as_of_when() -> None:
    result = checked(entry(index="8"))
    assert result.verified
    assert result.status_as_of is not None
    assert (NOW - result.status_as_of).total_seconds() == 3600


def test_a_credential_without_status_passes_as_of_no_time() -> None:
    result = report(secured(credential()))
    assert (result.check("status").outcome, result.status_as_of) == (PASSED, None)


@pytest.mark.parametrize(("purpose", "problem"), [("revocation", "REVOKED"), ("suspension", "SUSPENDED")])
def test_a_bit_that_is_set_fails(purpose: str, problem: str) -> None:
    result = checked(entry(purpose), {LIST_URL: status_list(7, purpose=purpose)})
    assert told(result) == (FAILED, COMITY + problem, "/credentialStatus")


def test_a_list_may_serve_several_purposes() -> None:
    both = {**_subject(7), "type": ["BitstringStatusList"], "statusPurpose": ["refresh", "revocation"]}
    assert told(checked(entry(), {LIST_URL: status_list(credentialSubject=both)}))[1] == COMITY + "REVOKED"


def test_a_type_that_is_known_among_others_is_read() -> None:
    several = entry() | {"type": ["https://other.example/Entry", "BitstringStatusListEntry"]}
    assert told(checked(several))[1] == COMITY + "REVOKED"


@pytest.mark.parametrize("error", [FetchError("no answer"), FetchBlockedError("private"), TooLargeError("4 GB")])
def test_a_list_that_cannot_be_had_could_not_be_checked(error: VCError) -> None:
    result = checked([entry()], {LIST_URL: error})
    assert told(result) == (UNKNOWN, RETRIEVAL, "/credentialStatus/0")
    assert not result.verified


def _subject(*indices: int) -> dict[str, Any]:
    return {
        "type": "BitstringStatusList",
        "statusPurpose": "revocation",
        "encodedList": StatusList.from_indices(indices).encode(),
    }


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(b"{", VERIFICATION, id="no JSON"),
        pytest.param(status_list(signer=key_signer("stranger")), VERIFICATION, id="another issuer"),
        pytest.param(status_list(7).replace(b'"validUntil"', b'"validFrom2"'), VERIFICATION, id="tampered"),
        pytest.param(status_list(validUntil="2026-11-24T11:00:00Z"), VERIFICATION, id="stale"),
        pytest.param(status_list(validFrom="2026-11-25T00:00:00Z"), VERIFICATION, id="of tomorrow"),
        pytest.param(status_list(validFrom=...), VERIFICATION, id="of no time"),
        pytest.param(status_list(id=OTHER_URL), VERIFICATION, id="another address"),
        pytest.param(status_list(type=["VerifiableCredential"]), VERIFICATION, id="no list"),
        pytest.param(status_list(credentialSubject={"id": "did:example:a"}), VERIFICATION, id="no list in it"),
        pytest.param(status_list(credentialSubject=[_subject(), _subject()]), VERIFICATION, id="two lists in it"),
        pytest.param(status_list(purpose="suspension"), VERIFICATION, id="another purpose"),
        pytest.param(status_list(credentialSubject=_subject() | {"encodedList": "u"}), VERIFICATION, id="no bits"),
        pytest.param(status_list(length=8), LENGTH, id="too short"),
    ],
)
def test_f2_f4_f5_f6_and_f7_a_list_that_cannot_be_relied_on_could_not_be_checked(content: bytes, problem: str) -> None:
    result = checked(entry(), {LIST_URL: content})
    assert told(result) == (UNKNOWN, problem, "/credentialStatus")
    assert not result.verified


@pytest.mark.parametrize(
    ("changes", "told_as"),
    [
        ({"type": "StatusList2021Entry"}, (UNKNOWN, VERIFICATION, "/credentialStatus/0/type")),
        ({"statusPurpose": "other"}, (UNKNOWN, VERIFICATION, "/credentialStatus/0/statusPurpose")),
        ({"statusPurpose": 1}, (FAILED, VC + "MALFORMED_VALUE_ERROR", "/credentialStatus/0/statusPurpose")),
        ({"statusListIndex": 7}, (FAILED, VC + "MALFORMED_VALUE_ERROR", "/credentialStatus/0/statusListIndex")),
        ({"statusListIndex": "07"}, (FAILED, STATUS + "RANGE_ERROR", "/credentialStatus/0/statusListIndex")),
        ({"statusListIndex": "-1"}, (FAILED, STATUS + "RANGE_ERROR", "/credentialStatus/0/statusListIndex")),
        ({"statusListIndex": "٣"}, (FAILED, STATUS + "RANGE_ERROR", "/credentialStatus/0/statusListIndex")),
        ({"statusListIndex": str(MINIMUM_ENTRIES)}, (FAILED, STATUS + "RANGE_ERROR", "/credentialStatus/0/statusListIndex")),
        ({"statusListCredential": ["urn:a"]}, (FAILED, VC + "MALFORMED_VALUE_ERROR", "/credentialStatus/0/statusListCredential")),
    ],
)
def test_f3_an_entry_of_another_form_is_pointed_to(changes: dict[str, Any], told_as: tuple[CheckOutcome, str, str]) -> None:
    changed = [entry(index="8") | changes]
    result = report(_as_plain_json(credential(credentialStatus=changed)), Outside({LIST_URL: status_list(7)}))
    assert told(result) == told_as


def _as_plain_json(document: dict[str, Any]) -> dict[str, Any]:
    return secured(document | {"@context": [*document["@context"], {"@vocab": "https://a.example/"}]}, suites=["eddsa-jcs-2022"])


def test_what_one_list_says_for_certain_outweighs_what_another_does_not_say() -> None:
    unreachable = entry(url=OTHER_URL)
    assert told(checked([unreachable, entry()]))[1] == COMITY + "REVOKED"
    assert told(checked([entry(index="8"), unreachable])) == (UNKNOWN, RETRIEVAL, "/credentialStatus/1")
    suspended = {LIST_URL: status_list(7, purpose="suspension")}
    assert told(checked([unreachable, entry("suspension")], {**suspended}))[1] == COMITY + "SUSPENDED"


def test_revoked_outweighs_suspended() -> None:
    both = {**_subject(7), "statusPurpose": ["suspension", "revocation"]}
    content = status_list(credentialSubject=both)
    assert told(checked([entry("suspension"), entry()], {LIST_URL: content}))[1] == COMITY + "REVOKED"


def test_a_list_is_not_asked_for_its_own_status() -> None:
    listed = status_list(credentialStatus=entry(url=LIST_URL))
    outside = Outside({LIST_URL: listed})
    assert report(secured(credential(credentialStatus=entry())), outside).verified
    assert outside.asked == [LIST_URL]


def test_a_malformed_entry_stops_at_the_data_model() -> None:
    with pytest.raises(MalformedValueError):
        report(secured(credential(credentialStatus={"id": "urn:a"}), suites=["eddsa-jcs-2022"])).require()


def test_a_status_authority_signs_lists_for_whom_the_signed_lists_name_it() -> None:
    authority, issuer = key_signer("authority"), did_of(key_signer())
    outside = Outside({LIST_URL: status_list(7, signer=authority)})
    named = {issuer: (did_of(authority),)}
    revoked, other = (secured(credential(credentialStatus=entry(index=index))) for index in ("7", "8"))
    assert told(report(revoked, outside, status_authorities=named.__getitem__))[1] == COMITY + "REVOKED"
    assert report(other, outside, status_authorities=named.__getitem__).verified
    for nobody in ((), (did_of(key_signer("another")),)):
        result = report(other, outside, status_authorities=lambda _, nobody=nobody: nobody)
        assert told(result) == (UNKNOWN, VERIFICATION, "/credentialStatus")


def test_f8_an_older_list_than_one_that_was_relied_on_says_nothing() -> None:
    seen, content = SeenLists(), secured(credential(credentialStatus=entry(index="8")))
    older, newer = (status_list(validFrom=f"2026-11-24T{hour}:00:00Z") for hour in ("10", "11"))

    def now(*served: bytes) -> list[VerificationResult]:
        return [report(content, Outside({LIST_URL: one}), seen_lists=seen) for one in served]

    first, second, again, replayed = now(older, newer, newer, older)
    assert first.verified
    assert second.verified
    assert again.verified
    assert told(replayed) == (UNKNOWN, VERIFICATION, "/credentialStatus")
    assert isinstance(replayed.check("status").problem, StatusRollbackError)
    forged = status_list(validFrom="2026-11-24T11:59:00Z", signer=key_signer("stranger"))
    assert [result.verified for result in now(forged, newer)] == [False, True]
    assert report(content, Outside({LIST_URL: older})).verified


def test_so_many_lists_are_remembered() -> None:
    seen = SeenLists()
    seen.newest("did:a", "first", NOW)
    for number in range(65_536):
        seen.newest("did:a", str(number), NOW)
    earlier = NOW - timedelta(hours=1)
    assert seen.newest("did:a", "first", earlier) == earlier
    assert seen.newest("did:a", "65535", earlier) == NOW
