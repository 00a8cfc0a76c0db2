"""The migrations make exactly the tables that the code declares, on both databases, and take them away again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect
from sqlmodel import SQLModel

from comity.compose import ROOT
from comity.database_schema import bring_up_to_date, check_schema
from comity.deployment import SetupError
from tests.databases import Databases
from web.db import open_engine


@pytest.fixture
def engine(tmp_path: Path, databases: Databases) -> Iterator[Engine]:
    made = open_engine(databases.new(tmp_path))
    yield made
    made.dispose()


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_migrations_make_what_the_code_declares(engine: Engine) -> None:
    with pytest.raises(SetupError, match="no tables yet"):
        check_schema(engine)
    bring_up_to_date(engine)
    check_schema(engine)
    bring_up_to_date(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    assert tables(engine) == set(SQLModel.metadata.tables)


def test_the_constraints_are_there_too(engine: Engine) -> None:
    """Alembic does not compare every constraint on every database; the ones that keep certificates single are looked up."""
    bring_up_to_date(engine)
    found = {tuple(one["column_names"]) for one in inspect(engine).get_unique_constraints("issuer_credentials")}
    single = {("organisation", "list_number", "list_index"), ("organisation", "key_hash"), ("cohort", "row_number"), ("replaces",)}
    assert found == single


def test_a_migration_can_be_taken_back(engine: Engine) -> None:
    bring_up_to_date(engine)
    config = Config()
    config.set_main_option("script_location", str(ROOT / "comity" / "migrations"))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert tables(engine) == set()
    bring_up_to_date(engine)
    check_schema(engine)
