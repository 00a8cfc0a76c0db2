"""The migrations make exactly the tables that the code declares, on both databases, and take them away again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from comity.compose import ROOT
from comity.database_schema import bring_up_to_date, check_schema
from comity.deployment import SetupError
from tests.databases import SQLITE, Databases
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


def migrations(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "comity" / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


CREDENTIAL = (
    "INSERT INTO issuer_credentials (id, organisation, programme, programme_version, subject, list_number, list_index, key_hash,"
    " request_hash, state, sealed, valid_from, reserved_at) VALUES ('c', 'a', 'p', 1, 's', 1, 1, 'k', 'r', 'delivered', '',"
    " '2026-01-01', '2026-01-01')"
)
ROWS = (
    "INSERT INTO issuer_organisations (slug, did, record, created_at) VALUES ('a', 'did:web:a', '{}', '2026-01-01')",
    "INSERT INTO issuer_subjects (id, organisation) VALUES ('s', 'a')",
    CREDENTIAL,
    "INSERT INTO issuer_links (id, credential, ciphertext, sealed_key) VALUES ('l', 'c', '', '')",
)


def test_tables_with_rows_are_brought_up_to_date(engine: Engine) -> None:
    with engine.begin() as connection:
        command.upgrade(migrations(connection), "0012")
        for row in ROWS:
            connection.execute(text(row))
    bring_up_to_date(engine)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT credential FROM issuer_links")).scalar_one() == "c"
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text("DELETE FROM issuer_credentials"))


@pytest.mark.parametrize("state", ["reserved", "signed", "logged"])
def test_certificates_that_are_half_way_stop_an_upgrade_and_stay(engine: Engine, state: str) -> None:
    with engine.begin() as connection:
        command.upgrade(migrations(connection), "0026")
        for row in ROWS[:3]:
            connection.execute(text(row.replace("'delivered'", f"'{state}'")))
    with pytest.raises(SetupError, match="1 certificates are half way"):
        bring_up_to_date(engine)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT state FROM issuer_credentials")).scalar_one() == state
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "0026"


def test_rows_that_refer_to_nothing_stop_an_upgrade(tmp_path: Path) -> None:
    engine = open_engine(Databases(SQLITE).new(tmp_path))
    bring_up_to_date(engine)
    with engine.connect() as connection:
        connection.execution_options(single=True)
        connection.execute(text("PRAGMA foreign_keys=OFF"))
        connection.execute(text(ROWS[-1]))
        connection.commit()
        connection.invalidate()
    with pytest.raises(SetupError, match="refer to nothing, the first in issuer_links"):
        bring_up_to_date(engine)
    engine.dispose()


def test_a_migration_can_be_taken_back(engine: Engine) -> None:
    bring_up_to_date(engine)
    with engine.begin() as connection:
        command.downgrade(migrations(connection), "base")
    assert tables(engine) == set()
    bring_up_to_date(engine)
    check_schema(engine)
