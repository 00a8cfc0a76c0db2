"""The schema version of a database: brought up to date by `comity init`, checked by everything else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from comity.deployment import SetupError

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def bring_up_to_date(engine: Engine) -> None:
    """Create the tables, or change them to what this version needs."""
    with engine.begin() as connection:
        command.upgrade(_config(connection), "head")


def check_schema(engine: Engine) -> None:
    """Raise when the database is not at the version that this program reads.

    Raises:
        SetupError: the database is older or newer; says which command mends it.
    """
    expected = ScriptDirectory.from_config(_config()).get_current_head()
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found == expected:
        return
    if found is None:
        raise SetupError("The database has no tables yet. Create them with: comity init")
    raise SetupError(
        f"The database has schema {found}, this program reads {expected}. Make a backup, then run: comity init --upgrade"
    )
