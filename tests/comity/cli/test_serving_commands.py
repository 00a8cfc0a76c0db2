from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from comity.cli.serving_commands import address_here, check_safety, greeting, listening
from comity.compose import ROOT
from comity.deployment import Deployment, SetupError
from comity.settings import Settings
from tests.comity.conftest import Command
from tests.conftest import free_port

LOCAL = Deployment(Path("data"), "http://localhost:8000", bytes(32))
PUBLIC = Deployment(Path("data"), "https://skills.example", bytes(32))


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@contextmanager
def started(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Run the command in a process of its own, in an environment of nothing else."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("COMITY_", "PORT"))}
    command = [sys.executable, "-c", "from comity.cli import main; raise SystemExit(main())", *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, env=clean | environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def read_until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(said)


def test_it_serves_until_ctrl_c(demo: Command, data: Path) -> None:
    port = free_port()
    with started("serve", COMITY_DATA=str(data), PORT=str(port)) as process:
        said = read_until(process, "The public address stays")
        assert f"Serving http://localhost:{port} — Ctrl-C to stop." in said
        answer = httpx2.get(f"http://localhost:{port}/issuers/sunder-bay-care/did.json")
        assert answer.status_code == 200
        assert "server" not in answer.headers
        assert answer.json()["id"].startswith("did:web:localhost%3A")
        assert f"localhost%3A{port}" not in answer.text
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")
    assert out == "Stopped.\n"
    assert demo("doctor").status == 0


def test_the_demonstration_is_served_where_its_links_lead(data: Path) -> None:
    port = free_port()
    with started("demo", "--serve", COMITY_DATA=str(data), PORT=str(port)) as process:
        said = read_until(process, "Ctrl-C to stop")
        link = re.search(r"sign in as registrar: +(\S+)", said)
        assert link is not None
        assert link.group(1).startswith(f"http://localhost:{port}/sign-in/")
        assert httpx2.post(link.group(1)).status_code == 303
        claim = re.search(r"claim link: +(\S+)", said)
        assert claim is not None
        assert httpx2.get(claim.group(1), headers={"Accept": "text/html"}).status_code == 200
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    assert process.returncode == -signal.SIGTERM


def test_a_taken_port_is_told_before_anything_is_done(comity: Command, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with taken_port() as port:
        monkeypatch.setenv("PORT", str(port))
        ran = comity("demo", "--serve")
        assert (ran.status, ran.out) == (2, "")
        assert ran.err == f"comity: Port {port} is taken by another program. Choose another: PORT={port + 1}\n"
        assert not data.exists()
        assert comity("init").status == 0
        assert comity("serve").err == ran.err


def test_a_key_that_does_not_open_is_not_served(demo: Command, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", str(free_port()))
    (data / "master.key").write_bytes(bytes(32))
    ran = demo("serve")
    assert (ran.status, ran.out) == (2, "")
    assert "does not open with this master key" in ran.err


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid", "::2"])
def test_an_address_that_is_not_ours_cannot_be_listened_on(host: str) -> None:
    with (
        pytest.raises(SetupError, match=r"cannot be used: .*Choose another: PORT=8000"),
        listening(Settings(host=host, port=65535)),
    ):
        pass


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_plain_http_is_served_on_this_machine(host: str) -> None:
    check_safety(Settings(host=host), LOCAL)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "skills.example"])  # noqa: S104  # to be refused
def test_plain_http_is_not_served_to_others(host: str) -> None:
    with pytest.raises(SetupError, match=f"COMITY_HOST is {host}, and http://localhost:8000 is plain http"):
        check_safety(Settings(host=host), LOCAL)
    check_safety(Settings(host=host), PUBLIC)


def test_another_public_url_than_the_one_that_is_kept_is_refused() -> None:
    with pytest.raises(
        SetupError, match=r"COMITY_PUBLIC_URL is https://other\.example, and data was made for https://skills\.example"
    ):
        check_safety(Settings(public_url="https://other.example"), PUBLIC)
    check_safety(Settings(public_url="https://skills.example/"), PUBLIC)


def test_the_demonstration_refuses_what_serving_refuses(demo: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMITY_PUBLIC_URL", "https://other.example")
    for command in (("demo",), ("demo", "--serve"), ("serve",)):
        ran = demo(*command)
        assert (ran.status, ran.out) == (2, "")
        assert "COMITY_PUBLIC_URL is https://other.example" in ran.err


def test_the_greeting_says_where_to_go_and_what_stays() -> None:
    assert list(greeting(LOCAL, Settings(port=8000))) == ["Serving http://localhost:8000 — Ctrl-C to stop."]
    assert list(greeting(LOCAL, Settings(port=9000)))[1].startswith("The public address stays http://localhost:8000: ")
    [public] = greeting(PUBLIC, Settings(port=9000))
    assert public == "Serving https://skills.example, listening on 127.0.0.1 port 9000 — Ctrl-C to stop."


@pytest.mark.usefixtures("data")
def test_links_lead_to_the_port_that_is_served_and_else_to_the_public_address() -> None:
    asked, usual = Settings(port=9000), Settings()
    assert address_here(LOCAL, asked, serving=False) == address_here(LOCAL, asked, serving=True) == "http://localhost:9000"
    other = Deployment(Path("data"), "http://localhost:9999", bytes(32))
    assert address_here(other, usual, serving=False) == "http://localhost:9999"
    assert address_here(other, usual, serving=True) == "http://localhost:8000"
    assert address_here(PUBLIC, asked, serving=True) == "https://skills.example"
