"""The deployment's database and the schema version of it: brought up to date by `comity init`, checked by everything else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import ArgumentError, DBAPIError

from comity.deployment import Deployment, SetupError
from comity.settings import Settings
from web.db import open_engine

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_MIGRATIONS: Final = Path(__file__).parent / "migrations"


def create_database(settings: Settings, deployment: Deployment) -> Engine:
    """Return the deployment's database, with its tables created or brought up to what this version needs.

    Raises:
        SetupError: the URL is none, the database does not answer, or a newer program wrote it.
    """
    engine = _engine(settings, deployment)
    with _explained():
        bring_up_to_date(engine)
    return engine


def open_database(settings: Settings, deployment: Deployment) -> Engine:
    """Return the deployment's database, which is there and of the version that this program reads.

    Raises:
        SetupError: it is not; says what to do.
    """
    engine = _engine(settings, deployment)
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if file and not Path(file).is_file():
        raise SetupError(f"{file} is gone. Put it back from a backup, or create an empty one with: comity init --upgrade")
    with _explained():
        check_schema(engine)
    return engine


def _engine(settings: Settings, deployment: Deployment) -> Engine:
    try:
        return open_engine(settings.database_url or f"sqlite:///{(deployment.folder / 'comity.db').resolve()}")
    except (ArgumentError, ModuleNotFoundError) as error:
        raise SetupError(
            "COMITY_DATABASE_URL is no address of a database: sqlite:///FILE or postgresql://USER@HOST/NAME"
        ) from error


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise SetupError(f"The database does not answer: {str(error.orig).strip().partition(chr(10))[0]}") from error


def bring_up_to_date(engine: Engine) -> None:
    """Create the tables, or change them to what this version needs.

    Raises:
        SetupError: a newer program wrote them, or an older one left something half way.
    """
    try:
        with _replacing(engine) as connection:
            command.upgrade(_config(connection), "head")
    except CommandError as error:
        raise SetupError(f"A newer version of this program wrote the database; install that one. ({error})") from error


@contextmanager
def _replacing(engine: Engine) -> Iterator[Connection]:
    """Yield a connection whose transaction may put a new table in the place of one that others refer to.

    SQLite changes a table in no other way, and so looks at references after it and not meanwhile (sqlite.org/lang_altertable, 7).

    Raises:
        SetupError: a reference leads nowhere afterwards; nothing is changed.
    """
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            yield connection
        return
    with engine.connect() as connection:
        try:
            _mind_references(connection, "OFF")
            with connection.begin():
                yield connection
                if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
                    raise SetupError(
                        f"The database has rows that refer to nothing, the first in {broken[0][0]}. Nothing was changed."
                    )
        finally:
            _mind_references(connection, "ON")


def _mind_references(connection: Connection, state: str) -> None:
    """Turn SQLite's look at references on or off, which counts only outside a transaction."""
    connection.execution_options(single=True)
    connection.exec_driver_sql(f"PRAGMA foreign_keys={state}")
    connection.commit()
    connection.execution_options(single=False)


def check_schema(engine: Engine, migrations: Path = _MIGRATIONS) -> None:
    """Raise when the database is not at the version that this program reads: the newest of its migrations.

    Raises:
        SetupError: the database is older or newer; says what mends it.
    """
    scripts = ScriptDirectory.from_config(_config(migrations=migrations))
    expected = scripts.get_current_head()
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found == expected:
        return
    if found is None:
        raise SetupError("The database has no tables yet. Create them with: comity init --upgrade")
    if found not in {script.revision for script in scripts.walk_revisions()}:
        raise SetupError(f"A newer version of this program wrote the database (schema {found}); install that one.")
    raise SetupError(
        f"The database has schema {found}, this program reads {expected}. Make a backup, then run: comity init --upgrade"
    )


def _config(connection: Connection | None = None, migrations: Path = _MIGRATIONS) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
