from __future__ import annotations

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from comity.compose import compose
from comity.settings import Settings
from tests.comity.conftest import EXAMPLES, Command, issued

LIST = EXAMPLES / "cohorts" / "caregiving-2026.csv"
WORK = EXAMPLES / "work" / "yusuf-haddad.json"


@pytest.fixture
def school(deployed: Command) -> Command:
    """A deployment with one training centre, its programme, and an employer with a form."""
    for file in ("sunder-bay-care", "harborline-shipyard"):
        assert deployed("issuer", "add", EXAMPLES / "issuers" / f"{file}.json").status == 0
    assert deployed("programme", "define", EXAMPLES / "programmes" / "caregiving-nc2.json").out == "caregiving-nc2\n"
    assert deployed("programme", "define", EXAMPLES / "forms" / "work-experience.json").out == "work-experience\n"
    return deployed


def test_issuers_are_added_once_and_listed(school: Command, tmp_path: Path) -> None:
    again = school("issuer", "add", EXAMPLES / "issuers" / "sunder-bay-care.json")
    assert (again.status, again.out) == (0, "did:web:localhost%3A8000:issuers:sunder-bay-care\n")
    listed = school("issuer", "list", "--json").json
    assert [entry["slug"] for entry in listed] == ["harborline-shipyard", "sunder-bay-care"]
    assert listed[1]["did"] == "did:web:localhost%3A8000:issuers:sunder-bay-care"
    for entry in listed:
        assert f"{entry['name']}  {entry['did']}" in school("issuer", "list").out
    wrong = tmp_path / "wrong.json"
    for record, told in (({"slug": "No"}, "short name"), ({"slug": "ab", "name": ""}, "needs a name"), ({}, "short name")):
        wrong.write_text(json.dumps(record))
        ran = school("issuer", "add", wrong)
        assert (ran.status, told in ran.err) == (2, True)
    assert len(school("issuer", "list", "--json").json) == 2


def test_programmes_are_defined_and_listed(school: Command, tmp_path: Path) -> None:
    assert "caregiving-nc2       Caregiving NC II  (sunder-bay-care)" in school("programme", "list").out
    listed = school("programme", "list", "--json").json
    assert [(entry["id"], entry["issuer"]) for entry in listed] == [
        ("work-experience", "harborline-shipyard"),
        ("caregiving-nc2", "sunder-bay-care"),
    ]
    nobody = school("programme", "define", EXAMPLES / "programmes" / "smaw-nc2.json")
    assert (nobody.status, "tarimba-welding" in nobody.err) == (2, True)
    record = json.loads((EXAMPLES / "programmes" / "smaw-nc2.json").read_bytes())
    del record["issuer"]
    unowned = tmp_path / "programme.json"
    unowned.write_text(json.dumps(record))
    ran = school("programme", "define", unowned)
    assert (ran.status, "names no issuer" in ran.err) == (2, True)
    assert school("programme", "define", unowned, "--issuer", "sunder-bay-care").out == "smaw-nc2\n"


def test_where_nothing_is_yet_the_lists_say_what_to_do(deployed: Command) -> None:
    assert "comity issuer add" in deployed("issuer", "list").out
    assert "comity programme define" in deployed("programme", "list").out
    assert deployed("issuer", "list", "--json").json == deployed("programme", "list", "--json").json == []


def test_a_class_is_issued_row_by_row_and_not_twice(school: Command, data: Path, tmp_path: Path) -> None:
    listed = tmp_path / "class.csv"
    listed.write_text("name,awarded_on\nSari,2026-11-13\nYusuf,2026-03-01\n=Sum(1),2026-11-13\nNajma,2026-11-13\n")
    ran = school("issue", listed, "--programme", "caregiving-nc2")
    assert (ran.status, ran.err) == (1, "")
    assert "class.csv: 4 rows, 2 ready, 2 need you" in ran.out
    assert "row 3 (awarded_on), wrong: The course began on" in ran.out
    assert "row 4 (name), wrong: The cell begins like a formula" in ran.out
    assert f"2 issued; JSON and PDF of each are in {data / 'issued'}." in ran.out
    written = {path.name: path.read_bytes() for path in (data / "issued").glob("*.json")}
    assert len(written) == len(list((data / "issued").glob("*.pdf"))) == 2
    again = school("issue", listed, "--programme", "caregiving-nc2")
    assert "(brought before)" in again.out
    assert "2 issued, 2 of them before" in again.out
    assert list(issued(data).values()) == ["delivered"] * 2
    assert {path.name: path.read_bytes() for path in (data / "issued").glob("*.json")} == written


def test_programs_read_what_was_issued(school: Command, tmp_path: Path) -> None:
    short = tmp_path / "short.csv"
    short.write_text("name,awarded_on\nSari,2026-11-13\n")
    ran = school("issue", short, "--programme", "caregiving-nc2", "--json", "--out", tmp_path / "out")
    assert (ran.status, ran.err) == (0, "")
    [credential] = ran.json["credentials"]
    assert ran.json == {"credentials": [credential], "wrong": 0, "folder": str(tmp_path / "out")}
    document = json.loads((tmp_path / "out" / f"{credential.removeprefix('urn:uuid:')}.json").read_bytes())
    assert document["id"] == credential


def test_a_list_of_wrong_rows_issues_nothing(school: Command, tmp_path: Path, data: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("name,awarded_on\nSari,13.11.2026\n")
    ran = school("issue", wrong, "--programme", "caregiving-nc2")
    assert (ran.status, ran.out.splitlines()[-1]) == (1, "Nothing was issued.")
    assert issued(data) == {}


def test_one_persons_work_is_attested_once(school: Command, data: Path, tmp_path: Path) -> None:
    first = school("issue", WORK, "--programme", "work-experience", "--json")
    assert first.status == 0
    assert school("issue", WORK, "--programme", "work-experience", "--json").json == first.json
    other = tmp_path / WORK.name
    other.write_text(json.dumps(json.loads(WORK.read_bytes()) | {"roleName": "Fitter"}))
    second = school("issue", other, "--programme", "work-experience")
    assert (second.status, second.out.startswith("1 issued; ")) == (0, True)
    assert len(issued(data)) == 2


@pytest.mark.parametrize(
    ("file", "programme", "told"),
    [
        (LIST, "plumbing", "there is no programme 'plumbing'; see: comity programme list"),
        (LIST.parent, "caregiving-nc2", "Is a directory"),
        (LIST.parent / "nothing.csv", "caregiving-nc2", "No such file"),
        (EXAMPLES.parent / "README.md", "caregiving-nc2", "line 1"),
        (EXAMPLES.parent / "README.md", "work-experience", "README.md: not JSON"),
        (EXAMPLES / "forms" / "work-experience.json", "work-experience", ""),
        (LIST, "work-experience", "not JSON"),
    ],
)
def test_what_cannot_be_issued_leaves_nothing(school: Command, data: Path, file: Path, programme: str, told: str) -> None:
    ran = school("issue", file, "--programme", programme)
    assert (ran.status, ran.out) == (2, "")
    assert told in ran.err
    assert ran.err.count("\n") == 1
    assert issued(data) == {}


def test_a_folder_that_is_a_file_is_told_before_anything_is_issued(school: Command, data: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = school("issue", LIST, "--programme", "caregiving-nc2", "--out", tmp_path / "file")
    assert (ran.status, ran.out, ran.err) == (2, "", f"comity: {tmp_path / 'file'}: File exists\n")
    assert issued(data) == {}


def test_a_token_opens_what_it_is_for(school: Command, data: Path) -> None:
    ran = school("token", "--issuer", "sunder-bay-care", "--name", "office")
    token = ran.out.strip()
    assert (ran.status, token.startswith("comity_")) == (0, True)
    composition = compose(Settings(data=data))
    browser = TestClient(composition.app, base_url="http://localhost:8000", headers={"Authorization": f"Bearer {token}"})
    assert [entry["id"] for entry in browser.get("/issuer/api/v1/programmes").json()] == ["caregiving-nc2"]
    assert browser.post("/issuer/api/v1/programmes", json={}).status_code == 403
    composition.close()
    nobody = school("token", "--issuer", "nobody", "--name", "office")
    assert (nobody.status, nobody.err) == (2, "comity: there is no issuer 'nobody'\n")
