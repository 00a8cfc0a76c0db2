"""The command as a person runs it, on a data folder of the test's own."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from comity.cli import main
from comity.compose import ROOT, Composition, compose
from comity.settings import Settings
from issuer_api.tables import Issued, StatusChange
from tests.conftest import Demonstrated
from web.db import open_engine

EXAMPLES = ROOT / "examples"


@dataclass(frozen=True)
class Ran:
    """What a command did: its exit status, and what it printed."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401  # whatever the command says
        return json.loads(self.out)


Command = Callable[..., Ran]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that is not there yet, named in the environment; nothing else is."""
    named = ("PUBLIC_URL", "DATABASE_URL", "KEY_STORE", "KEY_PASSPHRASE_FILE", "HOST", "WORKERS")
    for name in ("PORT", *(f"COMITY_{name}" for name in named)):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "data"
    monkeypatch.setenv("COMITY_DATA", str(folder))
    return folder


@pytest.fixture
def comity(data: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the command and return what it did."""
    assert data.name == "data"

    def run(*arguments: object) -> Ran:
        capsys.readouterr()
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as left:
            status = int(str(left.code or 0))
        said = capsys.readouterr()
        return Ran(status, said.out, said.err)

    return run


@pytest.fixture
def deployed(comity: Command) -> Command:
    """A deployment that was just made."""
    assert comity("init").status == 0
    return comity


@pytest.fixture
def demo(demonstrated: Demonstrated, data: Path, comity: Command) -> Command:
    """A copy of the deployment in which the demonstration has run."""
    shutil.copytree(demonstrated.settings.data, data)
    return comity


@pytest.fixture
def composition(data: Path, demo: Command) -> Iterator[Composition]:
    """What runs on that copy."""
    assert callable(demo)
    composed = compose(Settings(data=data))
    yield composed
    composed.close()


def issued(data: Path) -> dict[str, str]:
    """Return the state of every credential that a data folder's tables hold, by its id."""
    engine = open_engine(f"sqlite:///{data / 'comity.db'}")
    with Session(engine) as session:
        found = {row.id: row.state for row in session.exec(select(Issued)).all()}
    engine.dispose()
    return found


def class_of(data: Path) -> list[Path]:
    """Return the certificates of the demonstration's class as JSON files, the ones first that nobody withdrew or put on hold."""
    every = [path for path in sorted((data / "demo").glob("*.json")) if b"workExperience" not in path.read_bytes()]
    engine = open_engine(f"sqlite:///{data / 'comity.db'}")
    with Session(engine) as session:
        changed = {change.credential for change in session.exec(select(StatusChange)).all()}
    engine.dispose()
    return sorted(every, key=lambda path: f"urn:uuid:{path.stem}" in changed)
