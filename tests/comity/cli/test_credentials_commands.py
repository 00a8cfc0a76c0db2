from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from comity.compose import Composition
from tests.comity.conftest import Command, class_of
from verifier.reading import read_input

QUESTIONS = ["genuine", "current", "entitled", "recognised", "same-person"]


def link_of(path: Path) -> str:
    link = read_input(path.with_name(f"{path.stem}-link.png").read_bytes()).link
    assert link is not None
    return str(link)


@pytest.mark.parametrize("kind", ["json", "pdf", "png", "link", "photo"])
def test_a_certificate_in_whatever_form_is_checked(demo: Command, data: Path, kind: str) -> None:
    path = class_of(data)[0]
    shown = {
        "json": path,
        "pdf": path.with_suffix(".pdf"),
        "png": path.with_name(f"{path.stem}-link.png"),
        "link": link_of(path),
        "photo": data / "demo" / "scanned-page.png",
    }[kind]
    ran = demo("verify", shown, "--state", "XB")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("Recognised in Belmora\n  ")
    assert [line[2] for line in ran.out.splitlines()[2:]] == ["✓", "✓", "✓", "✓", "→"]
    document = demo("verify", shown, "--state", "xb", "--json")
    assert (document.status, document.json["verdict"]) == (0, "recognized")
    assert [question["question"] for question in document.json["questions"]] == QUESTIONS
    if kind != "photo":
        assert document.json["credentialId"] == f"urn:uuid:{path.stem}"


def test_recognition_changes_the_exit_status_only_when_it_is_required(demo: Command, data: Path) -> None:
    path = class_of(data)[0]
    work = next(path for path in (data / "demo").glob("*.json") if b"workExperience" in path.read_bytes())
    for file, state, verdict, required in (
        (path, "XA", "recognized", 0),
        (path, "XB", "recognized", 0),
        (path, "XC", "partly", 1),
        (work, "XB", "undecided", 1),
    ):
        asked = demo("verify", file, "--state", state, "--json")
        assert (asked.status, asked.json["verdict"]) == (0, verdict)
        assert demo("verify", file, "--state", state, "--require-recognised").status == required
    assert demo("verify", path).status == 0
    alone = demo("verify", path, "--require-recognised")
    assert (alone.status, alone.err) == (2, "comity: --require-recognised needs --state XX. See: comity verify --help\n")


def test_a_tampered_copy_is_not_shown(demo: Command, data: Path) -> None:
    [tampered] = (data / "demo").glob("*.tampered")
    ran = demo("verify", tampered, "--state", "XB")
    assert (ran.status, ran.err) == (1, "")
    assert ran.out.startswith("Do not rely on this certificate\n")
    assert "Somebody Else" not in ran.out
    assert demo("verify", tampered, "--json").json["credentialId"] is None


def test_what_is_no_certificate_is_wrong_use(demo: Command, data: Path, tmp_path: Path) -> None:
    path = class_of(data)[0]
    (tmp_path / "empty").touch()
    (tmp_path / "text.txt").write_text("no certificate")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\nbroken")
    (tmp_path / "large.json").write_bytes(b"{" + b" " * 11_000_000)
    for shown, told in (
        (tmp_path / "nothing", "No such file"),
        (tmp_path / "empty", "is empty"),
        (tmp_path / "text.txt", "no picture, PDF or certificate"),
        (tmp_path / "broken.pdf", "PDF"),
        (tmp_path / "large.json", "has more than the 10 MB that are read"),
        ("https://example.com/", "not a code of a certificate"),
        ("https://skills.example/L/AAAAAAAAAAAAA#" + "0" * 39, "leads to another address; it was not opened"),
    ):
        ran = demo("verify", shown)
        assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1), shown
        assert told in ran.err
    state = demo("verify", path, "--state", "ZZ", "--json")
    assert (state.status, "they know XA, XB, XC" in state.err) == (2, True)
    assert state.json["type"].endswith("#UNKNOWN_STATE")


def test_a_link_that_leads_to_nothing_could_not_be_checked_and_a_wrong_key_opens_nothing(demo: Command, data: Path) -> None:
    link = link_of(class_of(data)[0])
    head, _, key = link.partition("#")
    missing = demo("verify", f"{head.rpartition('/')[0]}/AAAAAAAAAAAAA#{key}")
    assert (missing.status, "404" in missing.err) == (3, True)
    wrong = demo("verify", f"{head}#{int(key) ^ 1:039}")
    assert (wrong.status, "this code does not open" in wrong.err) == (1, True)


def test_without_lists_it_could_not_be_checked(demo: Command, data: Path) -> None:
    shutil.rmtree(data / "bundle")
    ran = demo("verify", class_of(data)[0], "--state", "XB")
    assert (ran.status, ran.out) == (3, "")
    assert "There are no signed lists yet" in ran.err


def test_a_status_list_that_is_not_there_could_not_be_checked(demo: Command, data: Path, composition: Composition) -> None:
    document = json.loads(class_of(data)[0].read_bytes())
    url = document["credentialStatus"][0]["statusListCredential"]
    assert composition.verifier.fetcher.fetch(url).media_type == "application/vc"
    with composition.issuer.database.write() as session:
        connection = session.connection()
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("DELETE FROM issuer_status_lists")
    ran = demo("verify", class_of(data)[0], "--state", "XB", "--json")
    assert (ran.status, ran.json["verdict"]) == (3, "partly-unknown")
    assert demo("verify", class_of(data)[0], "--state", "XB", "--require-recognised").status == 3


def test_on_hold_off_hold_and_withdrawn_for_good(demo: Command, data: Path) -> None:
    path = class_of(data)[0]
    assert demo("suspend", path.stem, "--reason", "under review").out == "On hold.\n"
    assert demo("suspend", f"urn:uuid:{path.stem}", "--reason", "again").out == "It was on hold already; nothing was changed.\n"
    held = demo("verify", path, "--state", "XB", "--json")
    assert (held.status, held.json["verdict"]) == (1, "held")
    assert demo("reinstate", path.stem).out == "Off hold.\n"
    assert demo("reinstate", path.stem).out == "It was not on hold; nothing was changed.\n"
    assert demo("verify", path).status == 0
    withdrawn = demo("revoke", path.stem, "--reason", "issued in error", "--json")
    assert withdrawn.json == {"id": f"urn:uuid:{path.stem}", "status": ["revocation"], "changed": True}
    assert demo("revoke", path.stem, "--reason", "again").out == "It was withdrawn already; nothing was changed.\n"
    gone = demo("verify", path, "--state", "XB", "--json")
    assert (gone.status, gone.json["verdict"]) == (1, "withdrawn")
    for command in ("reinstate", "suspend"):
        ran = demo(command, path.stem, "--reason", "no")
        assert (ran.status, ran.err) == (1, "comity: this certificate is withdrawn, and stays so; issue a new one\n")
    assert demo("reinstate", path.stem, "--json").json == {
        "id": f"urn:uuid:{path.stem}",
        "status": ["revocation"],
        "changed": False,
    }


def test_what_nobody_here_issued_has_no_status(demo: Command) -> None:
    for name in ("x", "urn:uuid:00000000-0000-8000-8000-000000000000", "did:example:x"):
        ran = demo("revoke", name, "--reason", "y")
        assert (ran.status, ran.out) == (2, "")
        assert "nobody here has issued a certificate" in ran.err


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_a_status_needs_a_reason(demo: Command, data: Path, reason: str) -> None:
    path = class_of(data)[0]
    ran = demo("revoke", path.stem, "--reason", reason)
    assert (ran.status, "reason of at most 200 letters" in ran.err) == (2, True)
    assert demo("verify", path).status == 0
