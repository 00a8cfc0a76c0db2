from __future__ import annotations

import json
from typing import Any

import pytest

from credentials.errors import COMITY, VC
from issuer_api.messages import CREDENTIAL
from tests.issuer_api.house import CENTRE, OTHER, House

ISSUE = {"credential": CREDENTIAL}


def status(credential: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"} | changes
    return {"credentialId": credential, "credentialStatus": entry}


def test_a_credential_is_issued_and_a_repetition_gives_the_same_answer(house: House) -> None:
    program = house.program(CENTRE, "issue")
    first = program.post("/credentials/issue", json=ISSUE)
    assert (first.status_code, first.headers["content-type"]) == (201, "application/json")
    assert first.json()["verifiableCredential"]["credentialSubject"]["licenseNumber"] == "XA-SBC-2026-0007"
    assert program.post("/credentials/issue", json=ISSUE).content == first.content
    keyed = program.post("/credentials/issue", json=ISSUE, headers={"Idempotency-Key": "2026-11-23-0007"})
    assert keyed.json()["verifiableCredential"]["id"] != first.json()["verifiableCredential"]["id"]
    other = {"credential": {**CREDENTIAL, "awardedDate": "2026-11-12T00:00:00Z"}}
    conflict = program.post("/credentials/issue", json=other, headers={"Idempotency-Key": "2026-11-23-0007"})
    assert (conflict.status_code, conflict.json()["type"]) == (409, COMITY + "IDEMPOTENCY_KEY_REUSED")
    assert conflict.json()["pointer"] == "/Idempotency-Key"


@pytest.mark.parametrize("outside", [True, False])
def test_a_status_is_changed_with_the_value_in_either_place(house: House, outside: bool) -> None:  # noqa: FBT001
    credential, program = house.issue()[0], house.program(CENTRE, "status", "read")
    message = status(credential) | {"status": True} if outside else status(credential, status=True, reason="issued in error")
    answer = program.post("/credentials/status", json=message)
    assert (answer.status_code, answer.json()) == (200, {"credentialId": credential})
    [change] = program.get(f"/issuer/api/v1/credentials/{credential}/status").json()
    assert (change["purpose"], change["status"], change["by"]) == ("revocation", True, "API token tests")
    assert change["reason"] == ("status changed by a program" if outside else "issued in error")
    undone = program.post("/credentials/status", json=status(credential, status=False))
    assert (undone.status_code, undone.json()["type"]) == (409, COMITY + "CONFLICT")


@pytest.mark.parametrize(
    ("path", "body", "code", "kind", "pointer"),
    [
        pytest.param("issue", {}, 422, VC + "MALFORMED_VALUE_ERROR", "/credential", id="no credential"),
        pytest.param("issue", {"credential": []}, 422, VC + "MALFORMED_VALUE_ERROR", "/credential", id="a list"),
        pytest.param(
            "issue", {"credential": {}}, 422, VC + "MALFORMED_VALUE_ERROR", "/credentialSubject/achievement/id", id="empty"
        ),
        pytest.param(
            "issue", {"credential": {**CREDENTIAL, "x": 1}}, 422, VC + "MALFORMED_VALUE_ERROR", "/x", id="an undefined term"
        ),
        pytest.param("status", {}, 422, VC + "MALFORMED_VALUE_ERROR", "/credentialId", id="no credential id"),
        pytest.param("status", status("urn:x"), 422, VC + "MALFORMED_VALUE_ERROR", "/status", id="no value"),
        pytest.param("status", status("urn:x", status=True), 404, COMITY + "NOT_FOUND", "", id="unknown credential"),
        pytest.param(
            "status", status("urn:x") | {"status": "no"}, 422, VC + "MALFORMED_VALUE_ERROR", "/status", id="no is no value"
        ),
        pytest.param("status", status("urn:x", status=True, reason=""), 422, COMITY + "INVALID_RECORD", "/reason", id="no reason"),
        pytest.param(
            "status",
            status("urn:x", status=True, statusPurpose="refresh"),
            422,
            COMITY + "INVALID_RECORD",
            "/statusPurpose",
            id="unknown purpose",
        ),
    ],
)
def test_bad_input_is_a_problem_document(
    shared_house: House, path: str, body: dict[str, Any], code: int, kind: str, pointer: str
) -> None:
    program = shared_house.program()
    before = shared_house.counts()
    answer = program.post(f"/credentials/{path}", json=body)
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (code, "application/problem+json")
    assert (problem["status"], problem["type"], problem["pointer"]) == (code, kind, pointer)
    assert problem["title"]
    assert problem["detail"]
    assert shared_house.counts() == before


def test_another_issuer_s_credential_is_not_changed(house: House) -> None:
    credential = house.issue()[0]
    answer = house.program(OTHER).post("/credentials/status", json=status(credential, status=True))
    assert answer.status_code == 404


def test_the_bytes_that_were_signed_are_the_bytes_that_are_sent(house: House) -> None:
    program = house.program()
    answer = program.post("/credentials/issue", json=ISSUE)
    document = json.loads(answer.content)["verifiableCredential"]
    read = program.get(f"/issuer/api/v1/credentials/{document['id']}").content
    assert answer.content == b'{"verifiableCredential":' + read + b"}"
