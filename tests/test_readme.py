"""The commands that the README shows are run as they stand there, in its order, on a fresh data folder."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.conftest import free_port

ROOT: Final = Path(__file__).parents[1]
README: Final = (ROOT / "README.md").read_text("utf-8")
COMMANDS: Final = [
    line
    for fence in re.findall(r"^```\w*\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    for line in fence.splitlines()
    if re.match(r"make |(\.venv/bin/)?comity ", line)
]
STAMPS: Final = (".venv/.runtime", "node_modules/.runtime", "web/static/vendor/.built")
"""What `make run` sets up first where it is out of date."""
ENDS: Final[Mapping[str, tuple[int, ...]]] = {"verify": (0, 1, 3)}
"""What a command may end with, where that is not 0 alone: the demonstration leaves a withdrawn certificate among the good ones."""


@dataclass(frozen=True)
class Place:
    """A fresh data folder and a port of its own."""

    data: Path
    port: int

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("COMITY_", "MAKE", "MFLAGS"))}
        return kept | {"COMITY_DATA": str(self.data), "PORT": str(self.port)}

    def shell(self, command: str) -> subprocess.CompletedProcess[str]:
        shell = ["bash", "-c", self.here(command)]
        return subprocess.run(shell, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False, timeout=240)

    def here(self, command: str) -> str:
        """Return a command with this data folder for `var`, and a real credential where the README leaves one open."""
        command = command.replace("var/", f"{self.data}/")
        return command.replace("urn:uuid:…", self.a_credential()) if "…" in command else command

    def a_credential(self) -> str:
        first = min(self.data.glob("demo/*.json"))
        return str(json.loads(first.read_bytes())["id"])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    if any((ROOT / name).is_symlink() for name in (".venv", "node_modules")):
        pytest.skip("the environment belongs to another checkout: `make run` could change it")
    fresh = subprocess.run(["make", "-q", *STAMPS], cwd=ROOT, capture_output=True, check=False)
    if fresh.returncode != 0:
        pytest.skip("the environment is older than its lock files, and a test does not install: run `make setup`")
    return Place(tmp_path_factory.mktemp("readme") / "var", free_port())


def serve_and_interrupt(place: Place, command: str) -> tuple[str, str]:
    """Run a command that serves until Ctrl-C; return what the front page said, and what the command printed."""
    process = subprocess.Popen(
        ["bash", "-c", command],
        cwd=ROOT,
        env=place.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    page = front_page(place.port, process)
    os.killpg(process.pid, signal.SIGINT)
    printed, _ = process.communicate(timeout=30)
    return page, printed


def front_page(port: int, process: subprocess.Popen[str]) -> str:
    deadline = time.monotonic() + 240
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/", timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.2)
    process.kill()
    pytest.fail(f"nothing was served: {process.communicate()[0]}")


def test_the_readme_shows_the_two_commands_first() -> None:
    assert COMMANDS[:2] == ["make run", "make test"]
    assert len(COMMANDS) > 4


def test_every_command_does_what_the_readme_says(place: Place) -> None:
    failed = [problem for command in COMMANDS if (problem := wrong_with(place, command))]
    assert failed == []


def wrong_with(place: Place, command: str) -> str:
    """Return what went wrong when a command was run, or nothing."""
    if command == "make run":
        page, printed = serve_and_interrupt(place, command)
        return "" if "/verify" in page and f"localhost:{place.port}" in printed else printed
    ended = place.shell("make -n test" if command == "make test" else command)  # this suite is what `make test` runs
    verb = command.partition("comity ")[2].partition(" ")[0]
    return "" if ended.returncode in ENDS.get(verb, (0,)) else f"{command}: {ended.stdout}{ended.stderr}"


def test_a_second_start_keeps_the_data(place: Place) -> None:
    before = place.a_credential() if place.data.exists() else ""
    for _ in range(2):
        ended = place.shell("make run ARGS=--once")
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert before in {"", place.a_credential()}
        before = place.a_credential()
