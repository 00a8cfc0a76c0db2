from __future__ import annotations

import json
from typing import Any

from starlette.testclient import TestClient

from credentials.errors import COMITY, VC
from issuer_api.batch import GROUP
from issuer_api.batch_api import MOST
from tests.issuer_api.house import CENTRE, House
from tests.issuer_api.test_direct import given

BATCH = "/credentials/issue-batch"


def numbered(*numbers: int) -> list[dict[str, Any]]:
    return [given(subject__licenseNumber=f"XA-SBC-2026-{number:05}") for number in numbers]


def results(house: House, credentials: list[Any], **headers: str) -> list[dict[str, Any]]:
    return results_of(house.program(CENTRE, "issue"), credentials, **headers)


def results_of(program: TestClient, credentials: list[Any], **headers: str) -> list[dict[str, Any]]:
    answer = program.post(BATCH, json={"credentials": credentials}, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    return list(answer.json()["results"])


def number_of(result: dict[str, Any]) -> str:
    return str(result["verifiableCredential"]["credentialSubject"]["licenseNumber"])


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [result["verifiableCredential"]["id"] for result in found]


def test_more_than_a_group_come_back_in_their_order_and_as_they_were_signed(house: House) -> None:
    sent = numbered(*range(GROUP + 5))
    found = results(house, sent)
    assert [number_of(result) for result in found] == [one["credentialSubject"]["licenseNumber"] for one in sent]
    assert len(set(ids(found))) == GROUP + 5
    last = ids(found)[-1]
    read = house.program().get(f"/issuer/api/v1/credentials/{last}").content
    assert json.loads(read) == found[-1]["verifiableCredential"]


def test_what_is_wrong_has_its_own_answer_and_holds_nothing_up(house: House) -> None:
    first, last = numbered(1, 2)
    unknown = given(subject__achievement={"id": "urn:comity:XA:q:NONE@2026", "type": ["Achievement"]})
    found = results(house, [first, unknown, given(id="urn:uuid:mine"), given(awardedDate="2031-01-01T00:00:00Z"), last])
    assert [number_of(found[0]), number_of(found[4])] == ["XA-SBC-2026-00001", "XA-SBC-2026-00002"]
    assert [result["problem"]["type"] for result in found[1:4]] == [
        VC + "MALFORMED_VALUE_ERROR",
        VC + "MALFORMED_VALUE_ERROR",
        COMITY + "INVALID_RECORD",
    ]
    assert [result["problem"]["pointer"] for result in found[1:4]] == [
        "/credentials/1/credentialSubject/achievement/id",
        "/credentials/2/id",
        "/credentials/3/awardedDate",
    ]


def test_any_part_sent_again_gives_what_was_issued_then(house: House) -> None:
    sent, key, program = numbered(1, 2, 3), {"Idempotency-Key": "class of May"}, house.program(CENTRE, "issue")
    first, before = ids(results_of(program, sent, **key)), house.counts()
    assert ids(results_of(program, [sent[2], sent[0], sent[2]], **key)) == [first[2], first[0], first[2]]
    assert house.counts() == before
    assert set(ids(results_of(program, sent))).isdisjoint(first)


def test_too_many_are_refused_before_any_is_issued(house: House) -> None:
    program, before = house.program(), house.counts()
    answer = program.post(BATCH, json={"credentials": [{}] * (MOST + 1)})
    assert (answer.status_code, answer.json()["type"], answer.json()["pointer"]) == (
        422,
        VC + "MALFORMED_VALUE_ERROR",
        "/credentials",
    )
    assert house.counts() == before


def test_a_body_past_a_mebibyte_is_read(house: House) -> None:
    padded = [given(description="x" * 9000, subject__licenseNumber=f"XA-{number}") for number in range(150)]
    found = results(house, padded)
    assert {result["problem"]["pointer"].rpartition("/")[2] for result in found} == {"description"}
