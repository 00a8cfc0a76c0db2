from __future__ import annotations

from pathlib import Path

import pytest

from tests.comity.conftest import EXAMPLES, Command

CENTRE = ("--issuer", "sunder-bay-care")


@pytest.fixture
def school(deployed: Command, tmp_path: Path) -> Command:
    """A deployment in which one person got a certificate, and another did not."""
    assert deployed("issuer", "add", EXAMPLES / "issuers" / "sunder-bay-care.json").status == 0
    assert deployed("programme", "define", EXAMPLES / "programmes" / "caregiving-nc2.json").status == 0
    (tmp_path / "class.csv").write_text("name,awarded_on\nNajma Akter,2026-05-08\nSari,13.11.2026\n", encoding="utf-8")
    ran = deployed("issue", tmp_path / "class.csv", "--programme", "caregiving-nc2", "--out", tmp_path / "out")
    assert (ran.status, len(list((tmp_path / "out").glob("*.json")))) == (1, 1)
    return deployed


def test_a_person_is_found_and_erased_only_when_one_is_sure(school: Command) -> None:
    [found] = school("person", "find", "najma", *CENTRE, "--json").json
    assert (found["row"], found["state"]) == (2, "delivered")
    assert (
        f"{found['person']}  class {found['cohort']} row 2  {found['credential']}" in school("person", "find", "akter", *CENTRE).out
    )
    assert "no certificate" in school("person", "find", "sari", *CENTRE).out
    unsure = school("person", "erase", found["person"], *CENTRE)
    assert (unsure.status, "--yes" in unsure.err) == (2, True)
    assert school("person", "find", "najma", *CENTRE, "--json").json == [found]
    assert school("person", "erase", found["person"], *CENTRE, "--yes").out == "Erased.\n"
    assert school("person", "find", "najma", *CENTRE).out == ""
    assert school("person", "erase", "nobody", *CENTRE, "--yes").status == 2


def test_tokens_are_listed_and_revoked(school: Command) -> None:
    token = school("token", *CENTRE, "--name", "register", "--may", "read", "issue").out.strip()
    [listed] = school("tokens", "list", *CENTRE, "--json").json
    assert (listed["name"], listed["actions"], listed["revoked"]) == ("register", ["issue", "read"], None)
    assert school("tokens", "list", *CENTRE).out == f"{listed['id']}  register  issue,read  good\n"
    assert token not in school("tokens", "list", *CENTRE, "--json").out
    assert school("tokens", "revoke", listed["id"], *CENTRE).out == "Revoked.\n"
    assert "revoked 20" in school("tokens", "list", *CENTRE).out
    assert school("tokens", "revoke", "nothing", *CENTRE).status == 2


def test_the_history_says_who_did_what(school: Command) -> None:
    newest, *_ = school("history", *CENTRE, "--json", "--most", "2").json
    assert (newest["action"], newest["by"]) == ("credential-issued", "command line")
    lines = school("history", *CENTRE).out.splitlines()
    assert [line.split("  ")[1] for line in lines] == ["credential-issued", "list-brought", "programme-defined", "issuer-created"]
