from __future__ import annotations

from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from credentials.errors import COMITY, VC
from issuer_api.messages import ATTESTATION, PROGRAMME
from tests.issuer_api.house import BASE, CENTRE, COURSE, EMPLOYER, FORM, HEADER, THREE, House

API = "/issuer/api/v1"


def bring(program: TestClient, rows: str = THREE, programme: str = COURSE) -> Any:  # noqa: ANN401  # any JSON
    file = {"file": ("class-7.csv", (HEADER + rows).encode(), "text/csv")}
    return program.post(f"{API}/cohorts", data={"programme": programme}, files=file).json()


def test_programmes_are_defined_listed_and_shown(house: House) -> None:
    program = house.program()
    assert program.post(f"{API}/programmes", json={**PROGRAMME, "id": "aged-care"}).json() == {"id": "aged-care"}
    assert [record["id"] for record in program.get(f"{API}/programmes").json()] == ["aged-care", COURSE]
    assert program.get(f"{API}/programmes/aged-care").json()["hours"] == 786
    wrong = program.post(f"{API}/programmes", json={**PROGRAMME, "hours": "many"})
    assert (wrong.status_code, wrong.json()["type"], wrong.json()["pointer"]) == (422, COMITY + "INVALID_RECORD", "/hours")


def test_a_class_from_the_list_to_the_certificates(house: House) -> None:
    program = house.program()
    brought = bring(program, "Najma Akter,2026-11-13,,\nRana,2026-12-24,,\nSari,2026-11-13,,\n")
    assert (brought["file"], brought["ready"]) == ("class-7.csv", 2)
    assert [row["state"] for row in brought["rows"]] == ["ready", "wrong", "ready"]
    assert brought["rows"][1]["problems"] == [{"code": "date-in-future", "column": "awarded_on", "params": {}, "warning": False}]
    assert "Najma" not in str(brought)
    path = f"{API}/cohorts/{brought['id']}"
    assert [entry["id"] for entry in program.get(f"{API}/cohorts").json()] == [brought["id"]]

    mended = program.patch(f"{path}/rows/3", json={"cells": {"awarded_on": "2026-11-12"}}).json()
    assert [row["state"] for row in mended["rows"]] == ["ready", "ready", "ready"]
    out = program.patch(f"{path}/rows/4", json={"leftOut": True}).json()
    assert [row["state"] for row in out["rows"]] == ["ready", "ready", "left-out"]

    issued = program.post(f"{path}/issue").json()["credentials"]
    assert len(issued) == 2
    assert program.post(f"{path}/issue").json()["credentials"] == issued
    now = program.get(path).json()
    assert [(row["state"], row["credential"]) for row in now["rows"]] == [
        ("delivered", issued[0]),
        ("delivered", issued[1]),
        ("left-out", None),
    ]
    changed = program.patch(f"{path}/rows/2", json={"cells": {"name": "Somebody Else"}})
    assert (changed.status_code, changed.json()["type"]) == (409, COMITY + "CONFLICT")


def test_a_certificate_is_read_printed_and_handed_out(house: House) -> None:
    program = house.program()
    credential = program.post(f"{API}/cohorts/{bring(program)['id']}/issue").json()["credentials"][0]
    path = f"{API}/credentials/{credential}"
    assert program.get(path).json()["id"] == credential
    pdf = program.get(f"{path}/certificate.pdf")
    assert (pdf.headers["content-type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    links = program.get(f"{path}/links").json()
    assert links["claim"].startswith(f"{BASE}/claim/")
    assert links["printedCode"].startswith(f"{BASE.upper()}/L/")
    assert program.get(f"{path}/status").json() == []


def test_work_is_attested(house: House) -> None:
    program = house.program(EMPLOYER)

    def attest(key: str | None, **changes: object) -> Response:
        headers = {"Idempotency-Key": key} if key else {}
        return program.post(f"{API}/work", params={"form": FORM}, json={**ATTESTATION, **changes}, headers=headers)

    answer = attest("yusuf-0001")
    assert (answer.status_code, answer.headers["content-type"]) == (201, "application/vc")
    assert attest("yusuf-0001").content == answer.content
    assert attest("yusuf-0001", roleName="Foreman").status_code == 409
    for key in (None, "short", "k" * 61):
        refused = attest(key)
        assert (refused.status_code, refused.json()["pointer"]) == (422, "/Idempotency-Key")


def test_a_person_is_found_and_erased(house: House) -> None:
    program = house.program()
    issued = program.post(f"{API}/cohorts/{bring(program)['id']}/issue").json()["credentials"]
    [found] = program.post(f"{API}/people/search", json={"name": "akter"}).json()
    assert (found["credential"], found["row"], found["state"]) == (issued[0], 2, "delivered")
    erased = program.delete(f"{API}/people/{found['person']}")
    assert (erased.status_code, erased.content) == (204, b"")
    assert program.post(f"{API}/people/search", json={"name": "akter"}).json() == []
    for path in ("", "/certificate.pdf", "/links"):
        gone = program.get(f"{API}/credentials/{issued[0]}{path}")
        assert (gone.status_code, gone.json()["type"]) == (410, COMITY + "ERASED"), path
    assert program.get(f"{API}/credentials/{issued[0]}/status").status_code == 200


def test_tokens_are_listed_and_revoked(house: House) -> None:
    program, other = house.program(), house.program(CENTRE, "read")
    tokens = program.get(f"{API}/tokens").json()
    assert sorted(len(token["actions"]) for token in tokens) == [1, 5]
    assert not any("comity_" in str(token) for token in tokens)
    lesser = next(token for token in tokens if token["actions"] == ["read"])
    assert other.get(f"{API}/programmes").status_code == 200
    assert program.delete(f"{API}/tokens/{lesser['id']}").status_code == 204
    refused = other.get(f"{API}/programmes")
    assert (refused.status_code, refused.json()["type"]) == (401, COMITY + "TOKEN")


def test_the_history_names_the_token(house: House) -> None:
    program = house.program()
    bring(program)
    [newest] = program.get(f"{API}/history", params={"most": 1}).json()
    assert (newest["action"], newest["by"]) == ("list-brought", "API token tests")
    older = program.get(f"{API}/history", params={"before": newest["id"]}).json()
    assert [act["action"] for act in older] == ["token-created", "programme-defined", "issuer-created"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b'{"name": "a", "name": "b"}', "stands twice", id="a key twice"),
        pytest.param(b'{"name": NaN}', "NaN is not JSON", id="NaN"),
        pytest.param(b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "nests deeper than 64 levels", id="depth 10,000"),
        pytest.param(b'{"name": "\\ud800"}', "half of a surrogate pair", id="lone surrogate"),
        pytest.param(b'{"name": "\xff"}', "is not UTF-8", id="no UTF-8"),
        pytest.param(b'{"name": 1', "not JSON", id="cut off"),
        pytest.param(b'["name"]', "no JSON object", id="a list"),
    ],
)
@pytest.mark.parametrize(
    "path", [f"{API}/people/search", f"{API}/programmes", f"{API}/work", "/credentials/issue", "/credentials/status"]
)
def test_c1_c2_c4_and_c5_json_that_is_not_plain_is_refused_everywhere(
    shared_house: House, path: str, content: bytes, told: str
) -> None:
    answer = shared_house.program().post(path, content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (400, VC + "PARSING_ERROR")
    assert told in answer.json()["detail"]


def test_a_body_over_a_mebibyte_is_refused(shared_house: House) -> None:
    content = b'{"name": "' + b"a" * 1_048_576 + b'"}'
    answer = shared_house.program().post(f"{API}/people/search", content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (413, COMITY + "TOO_LARGE")


def test_a_member_that_is_not_known_is_pointed_at(shared_house: House) -> None:
    answer = shared_house.program().post(f"{API}/people/search", json={"name": "a", "fuzzy": True})
    assert (answer.status_code, answer.json()["pointer"]) == (422, "/fuzzy")
