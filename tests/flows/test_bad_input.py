"""Everything that people and programs get wrong: a precise answer each time, and nothing left half done."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from comity.compose import ROOT, compose
from comity.settings import Settings
from credentials.errors import COMITY, SECURITY, STATUS, VC
from issuer_api.cohorts import cohort_report, import_cohort
from issuer_api.issuing import credential_json, issue_cohort, resume
from issuer_api.programmes import define_programme
from issuer_api.tables import Claim, Issued
from tests.flows.world import BASE, GOOD_LIST, NOW, PROGRAMME, SLUG, UNREGISTERED, World, build

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
        pytest.param(zipped(), "a spreadsheet or a zip file with another name", id="zip renamed to csv"),
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


def test_an_unknown_programme_is_named(clean: World) -> None:
    status, problem = clean.bring(HEADER + b"Sari,2026-11-13\n", programme="plumbing")
    assert (status, problem["type"]) == (404, COMITY + "NOT_FOUND")
    assert "'plumbing'" in problem["detail"]


def test_work_dates_out_of_order_or_in_the_future_are_refused(clean: World) -> None:
    for start, end in (("2026-05-01", "2026-01-01"), ("2026-05-01", "2027-01-01")):
        answer = clean.browser.post(
            "/issuer/api/v1/work?form=work-experience",
            json={"names": ["Sari"], "startDate": start, "endDate": end, "alignment": []},
            headers=clean.authorization | {"Idempotency-Key": "work-00000001"},
        )
        assert (answer.status_code, answer.json()["type"]) == (422, COMITY + "INVALID_RECORD")


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
def test_json_that_is_not_plain_is_refused(clean: World, content: bytes, told: str) -> None:
    status, report = clean.check(content)
    assert status == 200
    [problem] = report["verification"]["problemDetails"]
    assert problem["type"] == VC + "PARSING_ERROR"
    assert told in problem["detail"]


@pytest.mark.parametrize("path", ["/verifier/api/v1/verify", "/credentials/verify", "/credentials/issue", "/issuer/api/v1/cohorts"])
def test_a_body_of_50_mb_is_refused_before_it_is_read(clean: World, path: str) -> None:
    answer = clean.browser.post(path, content=b"x" * 50_000_000, headers=clean.authorization)
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


def test_an_unreachable_issuer_could_not_be_checked(clean: World, document: dict[str, Any]) -> None:
    stranger = json.loads(
        json.dumps(document).replace("localhost%3A8000:issuers:sunder-bay-care", "localhost%3A8000:issuers:nobody")
    )
    verdict, found = problems(clean, json.dumps(stranger).encode())
    assert verdict in {"unknown", "partly-unknown"}
    assert found == [COMITY + "FETCH_ERROR"]


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


_ISSUE = """
import sys
from datetime import datetime
from pathlib import Path
from sqlmodel import select

from comity.compose import ROOT, compose
from comity.settings import Settings
from issuer_api.issuing import credential_json, issue_cohort

issuer = compose(Settings(data=Path(sys.argv[1])), clock=lambda: datetime.fromisoformat(sys.argv[2])).issuer
issue_cohort(issuer, sys.argv[3], sys.argv[4], lambda done, _: print(done, flush=True))
"""


def test_after_kill_9_every_graduate_has_exactly_one_credential(tmp_path: Path) -> None:
    world = build(tmp_path / "data")
    people = 40
    rows = "".join(f"Graduate {chr(65 + number // 26)}{chr(97 + number % 26)},2026-11-13\n" for number in range(people))
    cohort = import_cohort(world.composition.issuer, SLUG, "caregiving-nc2", HEADER + rows.encode(), "class.csv").id
    world.composition.issuer.database.engine.dispose()
    command = [sys.executable, "-c", _ISSUE, str(tmp_path / "data"), NOW.isoformat(), SLUG, cohort]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as issuing:
        assert issuing.stdout is not None
        for _ in range(7):
            assert issuing.stdout.readline()
        os.kill(issuing.pid, signal.SIGKILL)
    assert issuing.returncode == -signal.SIGKILL

    issuer = compose(Settings(data=tmp_path / "data"), clock=lambda: NOW).issuer
    before = [row.state for row in cohort_report(issuer, SLUG, cohort).rows]
    assert 7 <= before.count("delivered") < people
    resume(issuer)
    ids = issue_cohort(issuer, SLUG, cohort)
    again = issue_cohort(issuer, SLUG, cohort)
    assert len(set(ids)) == people
    assert ids == again
    with issuer.database.session() as session:
        issued = session.exec(select(Issued)).all()
        assert len(session.exec(select(Claim)).all()) == people
    assert sorted(row.id for row in issued) == sorted(ids)
    assert {row.state for row in issued} == {"delivered"}
    assert len({(row.list_number, row.list_index) for row in issued}) == people
    issuer.database.engine.dispose()
