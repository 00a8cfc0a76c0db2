from __future__ import annotations

import contextlib
import csv
import os
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from comity.compose import compose
from comity.settings import Settings
from issuer_api.issuing import credential_json
from tests.comity.conftest import EXAMPLES, Command

LIST = "name,awarded_on,number\nNajma Akter,2026-11-06,1\nSari Dewi,2026-11-31,2\n"


@pytest.fixture
def school(deployed: Command) -> Command:
    assert deployed("issuer", "add", EXAMPLES / "issuers" / "sunder-bay-care.json").status == 0
    assert deployed("programme", "define", EXAMPLES / "programmes" / "caregiving-nc2.json").status == 0
    return deployed


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    (folder / "caregiving-nc2").mkdir(parents=True)
    return folder


def leave(inbox: Path, name: str, content: str, *, age: float = 60) -> Path:
    path = inbox / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content)
    os.utime(path, (time.time() - age,) * 2)
    return path


def report(path: Path) -> list[Mapping[str, str]]:
    assert path.stat().st_mode & 0o777 == 0o600
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_list_is_brought_issued_and_answered_row_by_row(school: Command, data: Path, inbox: Path) -> None:
    path = leave(inbox, "caregiving-nc2/may.csv", LIST)
    ran = school("inbox", inbox, "--issue", "--claims")
    assert (ran.status, ran.out) == (1, "caregiving-nc2/may.csv: 2 rows, 1 issued, 1 wrong.\n")
    assert not path.exists()
    good, wrong = report(inbox / "caregiving-nc2" / "done" / "may.csv.report.csv")
    assert (good["row"], good["state"], good["problems"]) == ("2", "issued", "")
    assert good["claim"].startswith("http://localhost:8000/claim/")
    assert (wrong["state"], wrong["problems"], wrong["certificate"]) == ("wrong", "awarded_on:date-unreadable", "")
    with contextlib.closing(compose(Settings(data=data))) as composition:
        assert b"Najma Akter" in credential_json(composition.issuer, "sunder-bay-care", good["certificate"])


def test_the_same_list_again_is_the_same_class_and_its_report_lies_beside_the_first(school: Command, inbox: Path) -> None:
    for _ in range(2):
        leave(inbox, "caregiving-nc2/may.csv", LIST)
        assert school("inbox", inbox, "--issue").status == 1
    done = inbox / "caregiving-nc2" / "done"
    assert report(done / "may.csv.report.csv") == report(done / "may-2.csv.report.csv")
    assert report(done / "may.csv.report.csv")[0]["claim"] == ""


def test_without_issue_the_rows_wait_for_the_registrar(school: Command, inbox: Path) -> None:
    leave(inbox, "caregiving-nc2/may.csv", LIST.replace("2026-11-31", "2026-11-12"))
    ran = school("inbox", inbox)
    assert (ran.status, ran.out) == (0, "caregiving-nc2/may.csv: 2 rows, 0 issued, 0 wrong.\n")
    assert {row["state"] for row in report(inbox / "caregiving-nc2" / "done" / "may.csv.report.csv")} == {"ready"}


def test_what_is_no_list_or_for_no_programme_is_refused_with_the_reason(school: Command, inbox: Path) -> None:
    leave(inbox, "caregiving-nc2/a.csv", "name\nNajma Akter\n")
    leave(inbox, "no-such-programme/b.csv", LIST)
    leave(inbox, "caregiving-nc2/c.xlsx", "PK\x03\x04 no spreadsheet")
    ran = school("inbox", inbox, "--issue")
    assert ran.status == 1
    assert ran.out.count("refused.") == 3
    assert "names no column 'awarded_on'" in report(inbox / "caregiving-nc2" / "refused" / "a.csv.report.csv")[0]["problem"]
    assert "no-such-programme" in report(inbox / "no-such-programme" / "refused" / "b.csv.report.csv")[0]["problem"]


def test_what_is_being_written_hidden_or_a_link_is_left_alone(school: Command, inbox: Path, tmp_path: Path) -> None:
    elsewhere = leave(tmp_path, "elsewhere.csv", LIST)
    (inbox / "caregiving-nc2" / "link.csv").symlink_to(elsewhere)
    leave(inbox, "caregiving-nc2/now.csv", LIST, age=0)
    leave(inbox, "caregiving-nc2/.hidden.csv", LIST)
    leave(inbox, "caregiving-nc2/list.csv.part", LIST)
    ran = school("inbox", inbox, "--issue")
    assert (ran.status, ran.out) == (0, "")
    assert not (inbox / "caregiving-nc2" / "done").exists()


def test_no_folder_is_said(school: Command, tmp_path: Path) -> None:
    ran = school("inbox", tmp_path / "none")
    assert (ran.status, "is no folder" in ran.err) == (2, True)
