from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from comity.cli import COMMANDS, main, parser
from comity.compose import ROOT
from tests.comity.conftest import Command

NAMES = ("init", "demo", "serve", "programme", "issue", "verify", "revoke", "suspend", "reinstate", "keys", "bundle", "doctor")
STARTED = [sys.executable, "-c", "from comity.cli import main; raise SystemExit(main())"]


@pytest.mark.parametrize("arguments", [(), *((name,) for name in NAMES), ("programme", "define"), ("bundle", "publish")])
def test_every_command_says_what_it_does(comity: Command, arguments: tuple[str, ...]) -> None:
    ran = comity(*arguments, "--help")
    assert ran.status == 0
    assert ran.out.startswith("usage: comity")
    assert len(ran.out.splitlines()) > 4
    assert ran.err == ""


def test_the_help_names_the_environment_and_the_exit_statuses(comity: Command) -> None:
    text_of_help = comity("--help").out
    for name in (*NAMES, "COMITY_DATA", "COMITY_PUBLIC_URL", "PORT", "exit status: 0 yes, 1 no, 2 wrong use, 3 could not tell"):
        assert name in text_of_help
    assert comity("--version").out.startswith("comity 0.")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("fly",),
        ("--json",),
        ("verify",),
        ("verify", "a", "b"),
        ("verify", "x.json", "--stat", "XB"),
        ("issue", "x.csv"),
        ("revoke", "x"),
        ("revoke", "--reason", "x"),
        ("keys",),
        ("keys", "make"),
        ("token", "--issuer", "x", "--name", "y", "--may", "fly"),
        ("serve", "now"),
        ("bundle", "publish"),
    ],
)
def test_arguments_that_will_not_do_get_one_line(comity: Command, data: Path, arguments: tuple[str, ...]) -> None:
    ran = comity(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("comity: ")
    assert ran.err.count("\n") == 1
    assert "--help" in ran.err
    assert not data.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("serve",),
        ("doctor",),
        ("keys", "list"),
        ("issuer", "list"),
        ("programme", "list"),
        ("sign-in-link",),
        ("bundle", "show"),
        ("bundle", "publish", ROOT / "examples" / "partnership"),
        ("issue", ROOT / "examples" / "cohorts" / "caregiving-2026.csv", "--programme", "x"),
        ("verify", ROOT / "README.md"),
        ("revoke", "x", "--reason", "y"),
        ("token", "--issuer", "x", "--name", "y"),
        ("init", "--upgrade"),
    ],
)
def test_without_a_deployment_every_command_says_how_to_make_one(comity: Command, data: Path, arguments: tuple[str, ...]) -> None:
    ran = comity(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.endswith("Create one with: comity init\n")
    assert ran.err.count("\n") == 1
    assert not data.exists()


def test_a_setting_that_will_not_do_gets_one_line(comity: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "many")
    ran = comity("serve")
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert "PORT is 'many'" in ran.err


def test_a_folder_that_cannot_be_made_gets_one_line(comity: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMITY_DATA", "/proc/nothing")
    ran = comity("init")
    assert (ran.status, ran.err) == (2, "comity: /proc/nothing: No such file or directory\n")


def test_a_database_that_breaks_on_the_way_could_not_tell(deployed: Command, data: Path) -> None:
    engine = create_engine(f"sqlite:///{data / 'comity.db'}")
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE web_people"))
    engine.dispose()
    ran = deployed("sign-in-link")
    assert (ran.status, ran.err) == (3, "comity: the database does not answer: no such table: web_people\n")


def test_ctrl_c_is_no_traceback(data: Path) -> None:
    code = (
        "import os, signal, sys; from comity.cli import main\n"
        "class Screen:\n"
        "    def write(self, text): os.kill(os.getpid(), signal.SIGINT)\n"
        "    def flush(self): pass\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler); sys.stdout = Screen()\n"
        "raise SystemExit(main(['init']))"
    )
    environment = os.environ | {"COMITY_DATA": str(data)}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert ran.returncode == 130
    assert ran.stderr == "comity: stopped; what was finished is kept, and the same command goes on from there\n"


def test_a_reader_that_has_seen_enough_is_no_traceback(data: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    environment = os.environ | {"COMITY_DATA": str(data)}
    ran = subprocess.run(
        [*STARTED, "init"], cwd=ROOT, env=environment, stdout=write, stderr=subprocess.PIPE, encoding="utf-8", check=False
    )
    os.close(write)
    assert (ran.returncode, ran.stderr) == (141, "")


def test_the_installed_command_is_this_one(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["comity", "--version"])
    with pytest.raises(SystemExit, match="0"):
        main()
    assert capsys.readouterr().out.startswith("comity ")
    assert parser().prog == "comity"
    assert all(callable(module.register) for module in COMMANDS)
