"""What the W3C suite for Bitstring Status List asks, in our words."""

from __future__ import annotations

import gzip
from typing import Any, Final

import pytest

from credentials.encoding import b64url_decode
from tests.conformance.surface import BASE, V2, Surface, assert_refused, assert_verified

NAME: Final = "bitstring-status-list"


def listed(surface: Surface, entry: dict[str, Any]) -> dict[str, Any]:
    """Return the list that an entry names, as it is served."""
    answer = surface.client.get(entry["statusListCredential"])
    assert answer.status_code == 200
    return dict(answer.json())


def bits(document: dict[str, Any]) -> bytes:
    encoded = document["credentialSubject"]["encodedList"]
    assert encoded.startswith("u")
    return gzip.decompress(b64url_decode(encoded[1:]))


def is_set(content: bytes, index: int) -> bool:
    return bool(content[index // 8] & (0x80 >> index % 8))


def test_the_issuer_adds_the_status_itself(surface: Surface) -> None:
    entry = surface.issued(NAME)["credentialStatus"]
    assert entry["type"] == "BitstringStatusListEntry"
    assert entry["statusPurpose"] == "revocation"
    assert isinstance(entry["statusListIndex"], str)
    assert int(entry["statusListIndex"]) >= 0
    assert entry["statusListCredential"].startswith(f"{BASE}/")
    assert entry["id"] != entry["statusListCredential"]


def test_no_two_credentials_have_one_index(surface: Surface) -> None:
    indices = [surface.issued(NAME)["credentialStatus"]["statusListIndex"] for _ in range(5)]
    assert len(set(indices)) == 5


def test_the_list_is_a_credential_of_the_issuer_that_verifies(surface: Surface) -> None:
    issued = surface.issued(NAME)
    document = listed(surface, issued["credentialStatus"])
    assert document["@context"][0] == V2
    assert document["id"] == issued["credentialStatus"]["statusListCredential"]
    assert document["issuer"] == issued["issuer"]
    assert "BitstringStatusListCredential" in document["type"]
    subject = document["credentialSubject"]
    assert subject["type"] == "BitstringStatusList"
    assert subject["statusPurpose"] == "revocation"
    assert_verified(surface.verify(NAME, document, checks=["issuer-key", "validity-period"]))


def test_the_list_has_at_least_131072_entries_in_16_kib(surface: Surface) -> None:
    content = bits(listed(surface, surface.issued(NAME)["credentialStatus"]))
    assert len(content) >= 16 * 1024


def test_a_credential_is_revoked_and_the_revocation_taken_back(surface: Surface) -> None:
    issued = surface.issued(NAME, id="urn:uuid:0e2a57a4-7a6f-4b9b-8f8e-6b6f0c6e9d11")
    index = int(issued["credentialStatus"]["statusListIndex"])
    for value in (False, True, False):
        message = {"credentialId": issued["id"], "credentialStatus": {"statusPurpose": "revocation"}, "status": value}
        assert surface.client.post(f"/issuers/{NAME}/credentials/status", json=message).status_code == 200
        assert is_set(bits(listed(surface, issued["credentialStatus"])), index) is value
        answer = surface.verify(NAME, issued)
        if value:
            assert_refused(answer)
            assert answer.json()["type"].endswith("#REVOKED")
        else:
            assert_verified(answer)
        assert_verified(surface.verify("vc2.0", issued))  # there, status is not asked


@pytest.mark.parametrize(
    "message",
    [
        {"credentialId": "urn:nobody", "credentialStatus": {"statusPurpose": "revocation"}, "status": True},
        {"credentialId": "urn:nobody", "credentialStatus": {"statusPurpose": "other"}, "status": True},
        {"credentialId": "urn:nobody", "credentialStatus": {"statusPurpose": "revocation"}, "status": "true"},
        {"credentialId": "urn:nobody", "status": True},
        {},
    ],
    ids=str,
)
def test_a_change_that_means_nothing_is_refused(surface: Surface, message: dict[str, Any]) -> None:
    assert_refused(surface.client.post(f"/issuers/{NAME}/credentials/status", json=message))


GOOD: Final[dict[str, Any]] = {
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "0",
    "statusListCredential": f"{BASE}/issuers/{NAME}/status/revocation",
}
MALFORMED: Final[tuple[dict[str, Any], ...]] = (
    {"type": ...},
    {"type": 7},
    {"statusPurpose": ...},
    {"statusPurpose": 7},
    {"statusListIndex": ...},
    {"statusListIndex": 0},
    {"statusListIndex": -1},
    {"statusListIndex": "-1"},
    {"statusListIndex": "1.5"},
    {"statusListIndex": "one"},
    {"statusListIndex": ""},
    {"statusListIndex": "٣"},
    {"statusListCredential": ...},
    {"statusListCredential": 7},
    {"statusListCredential": "no url"},
    {"id": "no url"},
    {"id": ["urn:a", "urn:b"]},
)


def entry(changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (GOOD | changes).items() if value is not ...}


@pytest.mark.parametrize("changes", MALFORMED, ids=str)
def test_a_malformed_entry_is_neither_issued_nor_verified(surface: Surface, changes: dict[str, Any]) -> None:
    assert_refused(surface.issue(NAME, surface.credential(NAME, credentialStatus=entry(changes))))
    signed = surface.issue("eddsa-jcs-2022", surface.credential(NAME, credentialStatus=entry(changes)))
    if signed.status_code == 201:
        assert_refused(surface.verify(NAME, signed.json()["verifiableCredential"]))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"statusListIndex": "131072"}, "RANGE_ERROR"),
        ({"statusPurpose": "suspension"}, "STATUS_VERIFICATION_ERROR"),
        ({"statusListCredential": f"{BASE}/issuers/{NAME}/status/other"}, "STATUS_RETRIEVAL_ERROR"),
        ({"statusListCredential": f"{BASE}/healthz"}, "STATUS_VERIFICATION_ERROR"),
        ({"statusListCredential": "https://localhost/list"}, "STATUS_RETRIEVAL_ERROR"),
    ],
    ids=str,
)
def test_a_list_that_says_nothing_of_the_credential_is_no_pass(surface: Surface, changes: dict[str, Any], problem: str) -> None:
    answer = surface.verify(NAME, surface.issued(NAME, credentialStatus=entry(changes)))
    assert_refused(answer)
    assert answer.json()["type"].endswith(f"#{problem}")


def test_a_list_of_another_issuer_is_no_pass(surface: Surface) -> None:
    answer = surface.verify(NAME, surface.issued(NAME, issuer=surface.issuer("eddsa-rdfc-2022")["id"], credentialStatus=GOOD))
    assert_refused(answer)


def test_another_issuer_has_no_lists(surface: Surface) -> None:
    assert_refused(surface.client.get("/issuers/vc2.0/status/revocation"))
    assert_refused(surface.client.get(f"/issuers/{NAME}/status/other"))


WORDS: Final = [{"status": hex(status), "message": text} for status, text in enumerate(("filed", "seen", "kept", "undefined"))]
ASKED: Final[tuple[dict[str, Any], ...]] = (
    {"statusPurpose": "revocation"},
    {"statusPurpose": "message", "statusSize": 2, "statusMessage": WORDS, "statusReference": "https://a.example/statuses"},
    {"statusPurpose": "refresh"},
)


def changed(surface: Surface, purpose: str, status: object) -> int:
    message = {"credentialId": "urn:uuid:messages", "credentialStatus": {"statusPurpose": purpose}, "status": status}
    return surface.client.post(f"/issuers/{NAME}/credentials/status", json=message).status_code


def test_statuses_of_several_purposes_are_given_and_told(surface: Surface) -> None:
    answer = surface.issue(NAME, surface.credential(NAME, id="urn:uuid:messages"), credentialStatus=list(ASKED))
    assert answer.status_code == 201, answer.text
    issued = answer.json()["verifiableCredential"]
    addresses = [entry["statusListCredential"].rpartition("/")[2] for entry in issued["credentialStatus"]]
    assert addresses == ["revocation", "message-2", "refresh"]
    assert len({entry["statusListIndex"] for entry in issued["credentialStatus"]}) == 1
    assert len(bits(listed(surface, issued["credentialStatus"][1]))) == 2 * 16 * 1024
    assert [changed(surface, *change) for change in (("message", 2), ("refresh", True))] == [200, 200]
    verified = surface.verify(NAME, issued)
    assert_verified(verified)
    assert verified.json()["statuses"] == [
        {"purpose": "revocation", "status": 0, "valid": True},
        {
            "purpose": "message",
            "status": 2,
            "valid": False,
            "message": "kept",
            "statusReference": ["https://a.example/statuses"],
        },
        {"purpose": "refresh", "status": 1, "valid": False},
    ]
    assert [changed(surface, *change) for change in (("message", 4), ("suspension", True), ("message", -1))] == [422] * 3
    assert changed(surface, "revocation", status=True) == 200
    assert_refused(surface.verify(NAME, issued))


@pytest.mark.parametrize(
    "asked",
    [
        [{}],
        [{"statusPurpose": "other"}],
        [{"statusPurpose": "message", "statusSize": 2}],
        [{"statusPurpose": "message", "statusSize": 9, "statusMessage": WORDS}],
        [{"statusPurpose": "refresh"}, {"statusPurpose": "refresh"}],
        [{"statusPurpose": "refresh"}] * 5,
        ["refresh"],
        "refresh",
    ],
    ids=str,
)
def test_statuses_that_mean_nothing_are_not_given(surface: Surface, asked: object) -> None:
    assert_refused(surface.issue(NAME, surface.credential(NAME), credentialStatus=asked))


def test_an_issuer_without_lists_gives_no_status(surface: Surface) -> None:
    assert_refused(surface.issue("vc2.0", surface.credential("vc2.0"), credentialStatus=list(ASKED)))
