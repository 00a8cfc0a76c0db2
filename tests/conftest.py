"""Fixtures for the whole suite: the shipped demonstration, run once, and served on a real port."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from hypothesis import settings

from comity.cli.deployment_commands import fresh_sign_in_link
from comity.compose import Composition, compose
from comity.demo import run_demo
from comity.settings import Settings
from tests.databases import BOTH, POSTGRESQL, Databases, PostgresServer, postgres_server

pytest_plugins = ("tests.threat_cases",)
settings.register_profile("ci", derandomize=True, deadline=None)
settings.load_profile("ci")


@dataclass(frozen=True)
class Demonstrated:
    """A data folder in which the demonstration has run.

    Attributes:
        settings: as a process of it would read them.
        composition: its services and application.
        printed: what the demonstration printed.
    """

    settings: Settings
    composition: Composition
    printed: str

    @property
    def files(self) -> Path:
        return self.composition.deployment.demo


@dataclass(frozen=True)
class Served:
    """A running deployment with a copy of the demonstration's data, which those who use it change."""

    base_url: str
    demonstrated: Demonstrated

    def sign_in_path(self) -> str:
        return fresh_sign_in_link(self.demonstrated.settings).removeprefix(self.base_url)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstrated]:
    chosen = Settings(data=tmp_path_factory.mktemp("deployment") / "var", port=free_port(), public_url="")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
        composition = run_demo(chosen)
    yield Demonstrated(chosen, composition, printed.getvalue())
    composition.issuer.background.shutdown()
    composition.issuer.database.engine.dispose()


@pytest.fixture(scope="session")
def served(demonstrated: Demonstrated, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    chosen = demonstrated.settings.model_copy(update={"data": tmp_path_factory.mktemp("served") / "var"})
    shutil.copytree(demonstrated.settings.data, chosen.data)
    composition, port = compose(chosen), chosen.port
    config = uvicorn.Config(composition.app, host="127.0.0.1", port=port, log_level="warning", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield Served(composition.deployment.public_url, dataclasses.replace(demonstrated, settings=chosen, composition=composition))
    server.should_exit = True
    thread.join(timeout=10)
    composition.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="module", params=BOTH)
def databases(request: pytest.FixtureRequest) -> Databases:
    """The kind of database that the test runs on; each test that asks runs on both."""
    return Databases(request.param, request.getfixturevalue("postgres") if request.param == POSTGRESQL else None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--floors", action="store_true", help="fail when a package is covered less than its floor")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if not session.config.getoption("--floors") or hasattr(session.config, "workerinput"):
        return
    from tests.floors import shortfalls  # noqa: PLC0415  # only this run needs it

    for line in shortfalls():
        sys.stdout.write(f"\nCOVERAGE {line}")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
