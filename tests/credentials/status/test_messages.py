"""Statuses of several bits, in words, and those that take nothing from a credential (Bitstring Status List v1.0 §2.1)."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import COMITY, STATUS, VC, VCError
from credentials.model import StatusEntry
from credentials.status.bitstring import StatusList
from credentials.status.entry import MAX_SIZE, PURPOSES, BitstringEntry, read_entry
from credentials.verify import CheckOutcome, VerificationResult
from tests.credentials.world import LIST_URL, Outside, credential, entry, report, secured, status_list

WORDS: Final = ("waiting for its grade", "kept as it is", "being looked at again", "undefined")
REFERENCE: Final = "https://centre.example/what-statuses-mean"


def told(size: int = 2, purpose: str = "message", **changes: object) -> dict[str, Any]:
    """Return an entry of several bits with words; a member given as `...` is left out."""
    words = [{"status": hex(status), "message": WORDS[status % 4]} for status in range(1 << size)]
    document = entry(purpose) | {"statusSize": size, "statusMessage": words} | changes
    return {name: value for name, value in document.items() if value is not ...}


def listed(statuses: dict[int, int], size: int = 2, purpose: str = "message") -> Outside:
    made = StatusList.from_statuses(statuses, size=size)
    subject = {"type": "BitstringStatusList", "statusPurpose": purpose, "encodedList": made.encode()}
    return Outside({LIST_URL: status_list(credentialSubject=subject)})


def checked(of: dict[str, Any], outside: Outside, suite: str = "eddsa-rdfc-2022") -> VerificationResult:
    return report(secured(credential(credentialStatus=of), suites=[suite]), outside)


@pytest.mark.parametrize("status", range(4))
def test_a_message_is_told_and_takes_nothing_from_the_credential(status: int) -> None:
    result = checked(told(statusReference=REFERENCE), listed({6: 3, 7: status, 8: 3}))
    assert result.verified
    assert result.to_json()["statuses"] == [
        {
            "purpose": "message",
            "status": status,
            "valid": status == 0,
            "message": WORDS[status],
            "statusReference": [REFERENCE],
        }
    ]


@pytest.mark.parametrize(("status", "word"), [(0, "unset"), (1, "set")])
def test_a_message_of_one_bit_without_words_of_its_own(status: int, word: str) -> None:
    [finding] = checked(entry("message"), listed({7: status}, 1)).statuses
    assert (finding.status, finding.message) == (status, word)


def test_one_bit_may_have_words_of_its_own() -> None:
    [finding] = checked(told(1), listed({7: 1}, 1)).statuses
    assert finding.message == WORDS[1]


def test_a_newer_copy_is_told_and_takes_nothing_from_the_credential() -> None:
    result = checked(entry("refresh"), listed({7: 1}, 1, "refresh"))
    assert result.verified
    assert result.to_json()["statuses"] == [{"purpose": "refresh", "status": 1, "valid": False}]


@pytest.mark.parametrize(("purpose", "problem"), [("revocation", "REVOKED"), ("suspension", "SUSPENDED")])
@pytest.mark.parametrize("status", [1, 2, 3])
def test_any_status_but_zero_of_a_revocation_is_one(purpose: str, problem: str, status: int) -> None:
    result = checked(told(purpose=purpose), listed({7: status}, purpose=purpose))
    assert result.check("status").outcome is CheckOutcome.FAILED
    assert [found.type for found in result.problems] == [COMITY + problem]
    assert [finding.message for finding in result.statuses] == [WORDS[status]]
    assert checked(told(purpose=purpose), listed({7: 0}, purpose=purpose)).verified


def test_a_list_of_one_bit_is_too_short_for_statuses_of_two() -> None:
    result = checked(told(), listed({7: 1}, 1))
    assert result.check("status").outcome is CheckOutcome.COULD_NOT_CHECK
    assert [found.type for found in result.problems] == [STATUS + "STATUS_LIST_LENGTH_ERROR"]


def test_an_index_is_counted_in_statuses_not_in_bits() -> None:
    beyond = told(statusListIndex="131072")
    assert [found.type for found in checked(beyond, listed({})).problems] == [STATUS + "RANGE_ERROR"]
    assert checked(told(statusListIndex="131071"), listed({131071: 2})).statuses[0].status == 2


MALFORMED: Final = VC + "MALFORMED_VALUE_ERROR"
TWO: Final = [{"status": "0x0", "message": "a"}, {"status": "0x1", "message": "b"}]
BAD: Final[tuple[tuple[dict[str, Any], str], ...]] = (
    ({"statusSize": 0}, "/statusSize"),
    ({"statusSize": -1}, "/statusSize"),
    ({"statusSize": "2"}, "/statusSize"),
    ({"statusSize": 2.0}, "/statusSize"),
    ({"statusSize": True}, "/statusSize"),
    ({"statusSize": None}, "/statusSize"),
    ({"statusSize": 3}, "/statusMessage"),
    ({"statusMessage": ...}, "/statusMessage"),
    ({"statusMessage": []}, "/statusMessage"),
    ({"statusMessage": {}}, "/statusMessage"),
    ({"statusMessage": TWO}, "/statusMessage"),
    ({"statusMessage": [*TWO, *TWO]}, "/statusMessage"),
    ({"statusMessage": [*TWO, "0x2", "0x3"]}, "/statusMessage/2/status"),
    ({"statusMessage": [*TWO, {"status": "2", "message": "c"}, TWO[0]]}, "/statusMessage/2/status"),
    ({"statusMessage": [*TWO, {"status": 2, "message": "c"}, TWO[0]]}, "/statusMessage/2/status"),
    ({"statusMessage": [*TWO, {"status": "0x2"}, TWO[0]]}, "/statusMessage/2/message"),
    ({"statusMessage": [*TWO, {"status": "0x2", "message": ["c"]}, TWO[0]]}, "/statusMessage/2/message"),
    ({"statusReference": "no url"}, "/statusReference"),
    ({"statusReference": []}, "/statusReference"),
    ({"statusReference": [REFERENCE, 7]}, "/statusReference"),
)


@pytest.mark.parametrize(("changes", "pointer"), BAD, ids=str)
def test_an_entry_of_another_form_is_pointed_to(changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(VCError) as raised:
        read_entry(StatusEntry(("BitstringStatusListEntry",), told(**changes), "/credentialStatus"))
    assert (raised.value.type, raised.value.could_not_check) == (MALFORMED, False)
    assert raised.value.pointer.startswith(f"/credentialStatus{pointer}")


def test_a_status_of_more_bits_than_we_read_could_not_be_checked() -> None:
    with pytest.raises(VCError) as raised:
        read_entry(StatusEntry(("BitstringStatusListEntry",), told(statusSize=MAX_SIZE + 1), ""))
    assert (raised.value.type, raised.value.could_not_check) == (STATUS + "STATUS_VERIFICATION_ERROR", True)


def entries() -> st.SearchStrategy[BitstringEntry]:
    def of(size: int, worded: bool) -> st.SearchStrategy[BitstringEntry]:  # noqa: FBT001  # drawn
        words = st.lists(st.text(max_size=5), min_size=1 << size, max_size=1 << size).map(lambda texts: dict(enumerate(texts)))
        return st.builds(
            BitstringEntry,
            purpose=st.sampled_from(PURPOSES),
            index=st.integers(0, 999_999_999),
            url=st.just(LIST_URL),
            size=st.just(size),
            messages=words if worded or size > 1 else st.just({}),
            references=st.lists(st.sampled_from([REFERENCE, "urn:a", "https://b.example/"]), max_size=3).map(tuple),
        )

    return st.tuples(st.integers(1, MAX_SIZE), st.booleans()).flatmap(lambda drawn: of(*drawn))


@given(entries())
def test_what_is_written_is_read(made: BitstringEntry) -> None:
    document = made.to_json()
    assert document["type"] == "BitstringStatusListEntry"
    assert read_entry(StatusEntry(("BitstringStatusListEntry",), document, "")) == made
