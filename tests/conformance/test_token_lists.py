"""Tokens with a status, and the Token Status List that says it, in both codings (draft-ietf-oauth-status-list)."""

from __future__ import annotations

from typing import Any, Final

import pytest

from credentials.data_url import parse_data_url
from credentials.status.token import (
    STATUS_LIST_CWT,
    STATUS_LIST_JWT,
    TokenStatusList,
    open_status_list_cwt,
    open_status_list_jwt,
)
from credentials.vc_jwt import open_jwt
from tests.conformance.surface import BASE, Surface, assert_refused, assert_verified

NAME: Final = "enveloping-proof"
ASKED: Final = [{"type": "status_list"}]
CODINGS: Final = {STATUS_LIST_JWT: open_status_list_jwt, STATUS_LIST_CWT: open_status_list_cwt}


def issued(surface: Surface, identifier: str) -> dict[str, Any]:
    answer = surface.issue(NAME, surface.credential(NAME, id=identifier), credentialStatus=ASKED)
    assert answer.status_code == 201, answer.text
    return dict(answer.json()["verifiableCredential"])


def change(surface: Surface, identifier: str, purpose: str, *, value: object) -> int:
    message = {"credentialId": identifier, "credentialStatus": {"statusPurpose": purpose}, "status": value}
    return surface.client.post(f"/issuers/{NAME}/credentials/status", json=message).status_code


def listed(surface: Surface, media_type: str) -> TokenStatusList:
    """Return the list as it is served in a coding."""
    answer = surface.client.get(f"{BASE}/issuers/{NAME}/status/tokens", headers={"Accept": media_type})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == media_type
    subject = CODINGS[media_type](answer.content).document["status_list"]
    return TokenStatusList.parse(subject["bits"], subject["lst"])


def reference(credential: dict[str, Any]) -> dict[str, Any]:
    return dict(open_jwt(parse_data_url(credential["id"])[1]).claims["status"]["status_list"])


@pytest.mark.parametrize("media_type", CODINGS)
def test_a_status_is_set_and_served_in_both_codings(surface: Surface, media_type: str) -> None:
    identifier = f"urn:uuid:{media_type.rpartition('+')[2]}"
    index = reference(issued(surface, identifier))["idx"]
    for purpose, value, expected in (("suspension", True, 2), ("suspension", False, 0), ("revocation", True, 1)):
        assert change(surface, identifier, purpose, value=value) == 200
        assert listed(surface, media_type)[index] == expected


def test_what_the_list_says_decides_where_status_is_asked_for(surface: Surface) -> None:
    credential = issued(surface, "urn:uuid:decides")
    assert reference(credential)["uri"] == f"{BASE}/issuers/{NAME}/status/tokens"
    asked = {"checks": ["status", "issuer-key"]}
    assert_verified(surface.verify(NAME, credential, **asked))
    assert change(surface, "urn:uuid:decides", "revocation", value=True) == 200
    refused = surface.verify(NAME, credential, **asked)
    assert_refused(refused)
    assert refused.json()["type"].endswith("#REVOKED")
    assert_verified(surface.verify(NAME, credential))


def test_no_two_tokens_have_one_index_and_most_have_none(surface: Surface) -> None:
    found = {reference(issued(surface, f"urn:uuid:{number}"))["idx"] for number in range(3)}
    assert len(found) == 3
    assert "status" not in open_jwt(parse_data_url(surface.issued(NAME)["id"])[1]).claims


def test_json_is_served_where_nothing_is_asked_for(surface: Surface) -> None:
    answer = surface.client.get(f"{BASE}/issuers/{NAME}/status/tokens")
    assert answer.headers["content-type"] == STATUS_LIST_JWT
    assert answer.headers["vary"] == "Accept"


def test_what_means_nothing_is_refused(surface: Surface) -> None:
    issued(surface, "urn:uuid:known")
    assert [
        change(surface, "urn:uuid:unknown", "revocation", value=True),
        change(surface, "urn:uuid:known", "message", value=True),
        change(surface, "urn:uuid:known", "revocation", value=2),
        change(surface, "urn:uuid:known", "revocation", value="yes"),
    ] == [422] * 4
    others: tuple[object, ...] = ([{"type": "other"}], [*ASKED, *ASKED], [{}])
    for asked in others:
        assert_refused(surface.issue(NAME, surface.credential(NAME), credentialStatus=asked))
    assert_refused(surface.client.get("/issuers/vc2.0/status/tokens"))
    assert_refused(surface.client.get(f"/issuers/{NAME}/status/revocation"))
