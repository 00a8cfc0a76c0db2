"""Everything that people and programs get wrong: a precise answer each time, and nothing left half done."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from time import perf_counter
from typing import Any

import pytest
from sqlmodel import select

import schemas
from credentials.errors import COMITY, SECURITY, STATUS, VC
from issuer_api.cohorts import import_cohort
from issuer_api.issuing import credential_json, issue_cohort
from issuer_api.messages import ATTESTATION, CREDENTIAL
from issuer_api.programmes import define_programme
from issuer_api.tables import Issued
from tests.flows.world import BASE, GOOD_LIST, NOW, PROGRAMME, SLUG, UNREGISTERED, World

HEADER = b"name,awarded_on\n"


@pytest.fixture(scope="module")
def document(world: World) -> dict[str, Any]:
    return world.issue_one()


@pytest.fixture(scope="module")
def unlisted(world: World) -> bytes:
    """A good certificate of a centre that no authority has registered."""
    issuer = world.composition.issuer
    define_programme(issuer, UNREGISTERED, PROGRAMME)
    cohort = import_cohort(issuer, UNREGISTERED, "caregiving-nc2", GOOD_LIST, "list.csv").id
    return credential_json(issuer, UNREGISTERED, issue_cohort(issuer, UNREGISTERED, cohort)[0])


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(HEADER + "Zoë,2026-11-13\n".encode("latin-1"), "line 2 is not UTF-8", id="encoding"),
        pytest.param(HEADER + b'"Sari,2026-11-13\nYusuf,2026-11-13\n', "quotation mark that does not end", id="quoting"),
        pytest.param(b"name\nSari\n", "line 1 names no column 'awarded_on'", id="missing column"),
        pytest.param(HEADER + b"a" * 1_048_576 + b",2026-11-13\n", "a cell that is too long", id="1 MB cell"),
        pytest.param(zipped(), "no spreadsheet that can be read", id="zip renamed to csv"),
        pytest.param(b"", "line 1 names no column", id="empty file"),
    ],
)
def test_a_file_that_is_no_list_is_refused_whole(clean: World, content: bytes, told: str) -> None:
    status, problem = clean.bring(content)
    assert (status, problem["type"]) == (422, COMITY + "FILE_UNREADABLE")
    assert told in problem["detail"]


@pytest.mark.parametrize(
    ("rows", "code", "column"),
    [
        pytest.param("Sari,2026-11-13\nSari,2026-11-13", "double", "name", id="duplicate row"),
        pytest.param("=HYPERLINK(1),2026-11-13", "formula", "name", id="formula-looking cell"),
        pytest.param(",2026-11-13", "name-missing", "name", id="empty name"),
        pytest.param("Sa\x07ri,2026-11-13", "name-control", "name", id="control character"),
        pytest.param("Sari\u202e,2026-11-13", "name-bidi", "name", id="bidi character"),
        pytest.param("Sari,2026-03-01", "date-before-course", "awarded_on", id="dates out of order"),
        pytest.param("Sari,2026-11-24", "date-in-future", "awarded_on", id="date in the future"),
        pytest.param("Sari,13.11.2026", "date-unreadable", "awarded_on", id="no date"),
    ],
)
def test_a_wrong_row_is_named_and_never_issued(world: World, rows: str, code: str, column: str) -> None:
    status, report = world.bring(HEADER + rows.encode() + b"\n")
    assert status == 201
    wrong = report["rows"][-1]
    assert wrong["state"] == "wrong"
    assert (code, column) in [(problem["code"], problem["column"]) for problem in wrong["problems"]]
    issued = world.browser.post(f"/issuer/api/v1/cohorts/{report['id']}/issue", headers=world.authorization)
    assert len(issued.json()["credentials"]) == len(report["rows"]) - 1
    after = world.browser.get(f"/issuer/api/v1/cohorts/{report['id']}", headers=world.authorization).json()
    assert after["rows"][-1]["credential"] is None
    with world.composition.issuer.database.session() as session:
        issued_rows = session.exec(select(Issued.row_number).where(Issued.cohort == report["id"])).all()
    assert wrong["row"] not in issued_rows


def test_an_unknown_programme_is_named(clean: World) -> None:
    status, problem = clean.bring(HEADER + b"Sari,2026-11-13\n", programme="plumbing")
    assert (status, problem["type"]) == (404, COMITY + "NOT_FOUND")
    assert "'plumbing'" in problem["detail"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        pytest.param({"startDate": "2026-05-01", "endDate": "2026-01-01"}, "/endDate", id="dates out of order"),
        pytest.param({"endDate": "2027-01-01"}, "/endDate", id="an end in the future"),
        pytest.param({"endDate": "30.09.2026"}, "/endDate", id="no date"),
        pytest.param({"names": []}, "/names", id="no name"),
        pytest.param({"names": [""]}, "/names/0", id="empty name"),
        pytest.param({"names": ["Yusuf\x07"]}, "/names/0", id="control character"),
        pytest.param({"names": ["Yusuf\u202e"]}, "/names/0", id="bidi character"),
        pytest.param({"favouriteColour": "blue"}, "/favouriteColour", id="undefined term"),
        pytest.param({"alignment": []}, "/alignment", id="no occupation"),
    ],
)
def test_an_attestation_that_will_not_do_is_refused(clean: World, changes: dict[str, Any], pointer: str) -> None:
    answer = clean.browser.post(
        "/issuer/api/v1/work?form=work-experience",
        json={**ATTESTATION, **changes},
        headers=clean.authorization | {"Idempotency-Key": "work-00000001"},
    )
    assert (answer.status_code, answer.json()["type"]) == (422, COMITY + "INVALID_RECORD")
    assert answer.json()["pointer"] == pointer


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        pytest.param({"@context": [schemas.CREDENTIALS_V2, "https://contexts.example/v9"]}, "/@context/1", id="unknown context"),
        pytest.param({"favouriteColour": "blue"}, "/favouriteColour", id="undefined term"),
        pytest.param({"awardedDate": "2026-11-24T00:00:00Z"}, "/awardedDate", id="date in the future"),
        pytest.param({"issuer": "did:web:nobody.example"}, "/issuer", id="another issuer"),
        pytest.param({"credentialSubject": {}}, "/credentialSubject/achievement/id", id="unknown programme"),
    ],
)
def test_a_credential_that_would_not_be_issued_as_given_is_refused(clean: World, changes: dict[str, Any], pointer: str) -> None:
    body = {"credential": {**CREDENTIAL, **changes}}
    answer = clean.browser.post("/credentials/issue", json=body, headers=clean.authorization)
    assert (answer.status_code, answer.json()["pointer"]) == (422, pointer)


def problems(world: World, content: bytes) -> tuple[str, list[str]]:
    status, report = world.check(content, state="XB")
    assert status == 200, report
    assert report["verification"]["verified"] is False
    return report["verdict"], [problem["type"] for problem in report["verification"]["problemDetails"]]


def test_an_unknown_context_could_not_be_checked_and_is_named(clean: World, document: dict[str, Any]) -> None:
    contexts = [*document["@context"], "https://contexts.example/v9"]
    status, report = clean.check(json.dumps(document | {"@context": contexts}).encode())
    [problem] = report["verification"]["problemDetails"]
    assert (status, report["verdict"]) == (200, "unknown")
    assert report["verification"]["verified"] is False
    assert problem["type"] == SECURITY + "PROOF_TRANSFORMATION_ERROR"
    assert problem["pointer"] == f"/@context/{len(contexts) - 1}"
    assert "we do not know the context 'https://contexts.example/v9'" in problem["detail"]


def test_an_undefined_term_is_refused(clean: World, document: dict[str, Any]) -> None:
    verdict, found = problems(clean, json.dumps(document | {"favouriteColour": "blue"}).encode())
    assert verdict == "forged"
    assert found == [SECURITY + "DATA_LOSS_DETECTION_ERROR"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b'{"id": "urn:a", "id": "urn:b"}', "stands twice", id="duplicate key"),
        pytest.param(b'{"n": NaN}', "NaN is not JSON", id="NaN"),
        pytest.param(b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "nests deeper than 64 levels", id="depth 10,000"),
        pytest.param(b'{"a": 1', "not JSON", id="cut off"),
    ],
)
def test_c1_c2_and_c5_json_that_is_not_plain_is_refused(clean: World, content: bytes, told: str) -> None:
    status, report = clean.check(content)
    assert status == 200
    [problem] = report["verification"]["problemDetails"]
    assert problem["type"] == VC + "PARSING_ERROR"
    assert told in problem["detail"]


@pytest.mark.parametrize("path", ["/credentials/verify", "/presentations/verify", "/credentials/issue", "/credentials/status"])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b'{"credential": {}, "credential": {}}', "stands twice", id="duplicate key"),
        pytest.param(b'{"credential": NaN}', "NaN is not JSON", id="NaN"),
        pytest.param(b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "nests deeper than 64 levels", id="depth 10,000"),
    ],
)
def test_a_program_s_json_that_is_not_plain_is_refused(clean: World, path: str, content: bytes, told: str) -> None:
    headers = clean.authorization | {"Content-Type": "application/json"}
    answer = clean.browser.post(path, content=content, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (400, VC + "PARSING_ERROR")
    assert told in answer.json()["detail"]


LARGE = ["/verifier/api/v1/verify", "/credentials/verify", "/credentials/issue", "/issuer/api/v1/cohorts", "/verify", "/claim/x"]


@pytest.mark.parametrize("path", LARGE)
def test_c6_a_body_of_50_mb_is_refused_before_it_is_read(clean: World, path: str) -> None:
    started = perf_counter()
    answer = clean.browser.post(path, content=b"x" * 50_000_000, headers=clean.authorization)
    assert perf_counter() - started < 2
    assert answer.status_code == 413
    assert answer.json()["type"] == COMITY + "TOO_LARGE"


@pytest.mark.parametrize("path", ["/credentials/verify", "/credentials/issue", "/issuer/api/v1/programmes"])
def test_c6_a_body_that_does_not_say_its_size_is_read_no_further_than_allowed(clean: World, path: str) -> None:
    pieces = (b"x" * 1_000_000 for _ in range(50))
    headers = clean.authorization | {"Content-Type": "application/json"}
    answer = clean.browser.post(path, content=pieces, headers=headers)
    assert answer.status_code == 413
    assert answer.json()["type"] == COMITY + "TOO_LARGE"


def test_an_expired_credential_is_ended_not_forged(clean: World, document: dict[str, Any]) -> None:
    content = clean.resign(document, validFrom="2025-11-20T00:00:00Z", validUntil="2026-11-20T00:00:00Z")
    verdict, found = problems(clean, content)
    assert verdict == "ended"
    assert COMITY + "EXPIRED" in found


def test_a_credential_of_tomorrow_is_not_valid_yet(clean: World, document: dict[str, Any]) -> None:
    content = clean.resign(document, created=NOW, validFrom="2026-12-24T00:00:00Z")
    verdict, found = problems(clean, content)
    assert verdict == "not-yet"
    assert COMITY + "NOT_YET_VALID" in found


@pytest.mark.parametrize(
    ("did", "problem"),
    [
        pytest.param("did:web:localhost%3A8000:issuers:nobody", "NOT_THERE", id="no such document"),
        pytest.param("did:web:127.0.0.1%3A1:issuers:nobody", "FETCH_BLOCKED", id="an address inside"),
    ],
)
def test_an_unreachable_issuer_could_not_be_checked(clean: World, document: dict[str, Any], did: str, problem: str) -> None:
    stranger = json.dumps(document).replace(f"did:web:localhost%3A8000:issuers:{SLUG}", did)
    verdict, found = problems(clean, stranger.encode())
    assert verdict in {"unknown", "partly-unknown"}
    assert found == [COMITY + problem]


def test_an_issuer_that_is_not_in_the_register_is_not_called_false(clean: World, unlisted: bytes) -> None:
    status, report = clean.check(unlisted, state="XB")
    assert (status, report["issuer"]) == (200, None)
    assert report["verification"]["verified"] is True
    assert report["verdict"] == "not-in-register"


def test_a_missing_status_list_could_not_be_checked(clean: World, document: dict[str, Any]) -> None:
    url = f"{BASE}/status/{SLUG}-999-revocation"
    verdict, found = problems(clean, clean.with_status(document, statusListCredential=url))
    assert verdict == "partly-unknown"
    assert found == [STATUS + "STATUS_RETRIEVAL_ERROR"]


def test_a_stale_status_list_could_not_be_checked(clean: World, document: dict[str, Any]) -> None:
    url = clean.serve_list("stale", valid_until=NOW - timedelta(days=1))
    verdict, found = problems(clean, clean.with_status(document, statusListCredential=url))
    assert verdict == "partly-unknown"
    assert found == [STATUS + "STATUS_VERIFICATION_ERROR"]


def test_a_list_of_another_purpose_says_nothing(clean: World, document: dict[str, Any]) -> None:
    other = document["credentialStatus"][1]["statusListCredential"]
    verdict, found = problems(clean, clean.with_status(document, statusListCredential=other))
    assert verdict == "partly-unknown"
    assert found == [STATUS + "STATUS_VERIFICATION_ERROR"]


def test_an_index_beyond_the_list_is_out_of_range(clean: World, document: dict[str, Any]) -> None:
    status, report = clean.check(clean.with_status(document, statusListIndex="131072"), state="XB")
    [problem] = report["verification"]["problemDetails"]
    assert (status, problem["type"]) == (200, STATUS + "RANGE_ERROR")
    assert problem["pointer"] == "/credentialStatus/0/statusListIndex"
    assert report["verdict"] not in {"recognized", "genuine", "partly"}
