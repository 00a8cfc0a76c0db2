from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

import comity.migrations
from comity.database_schema import check_schema, create_database, open_database
from comity.deployment import Deployment, SetupError, create_deployment
from comity.settings import Settings

MIGRATIONS = Path(comity.migrations.__file__).parent
NEXT = '''"""The next one."""

revision = "9000"
down_revision = "{head}"


def upgrade() -> None:
    """Change nothing."""
'''


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    return create_deployment(tmp_path / "data", "https://skills.example", datetime(2026, 1, 1, tzinfo=UTC))


def of(deployment: Deployment, url: str = "") -> Settings:
    return Settings(data=deployment.folder, database_url=url)


def test_tables_are_made_once_and_found_again(deployment: Deployment) -> None:
    for _ in range(2):
        create_database(of(deployment), deployment).dispose()
    engine = open_database(of(deployment), deployment)
    assert {"web_people", "web_sessions", "alembic_version"} <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_what_is_not_there_is_not_made_by_looking(deployment: Deployment) -> None:
    with pytest.raises(SetupError, match=r"comity\.db is gone\. Put it back from a backup"):
        open_database(of(deployment), deployment)
    assert not (deployment.folder / "comity.db").exists()


def test_a_database_without_tables_is_named(deployment: Deployment) -> None:
    (deployment.folder / "comity.db").touch()
    with pytest.raises(SetupError, match="has no tables yet"):
        open_database(of(deployment), deployment)


def test_an_older_database_asks_for_an_upgrade(deployment: Deployment, tmp_path: Path) -> None:
    engine = create_database(of(deployment), deployment)
    with engine.connect() as connection:
        head = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    newer = shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    (newer / "versions" / "9000_the_next.py").write_text(NEXT.format(head=head))
    with pytest.raises(SetupError, match=f"has schema {head}, this program reads 9000. Make a backup, then run"):
        check_schema(engine, newer)
    check_schema(engine)
    engine.dispose()


def test_a_newer_database_asks_for_a_newer_program(deployment: Deployment) -> None:
    engine = create_database(of(deployment), deployment)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    for ask in (open_database, create_database):
        with pytest.raises(SetupError, match="A newer version of this program wrote the database"):
            ask(of(deployment), deployment)


@pytest.mark.parametrize("url", ["nothing", "nosql://host/name", "://"])
def test_an_address_of_no_database_is_named(deployment: Deployment, url: str) -> None:
    with pytest.raises(SetupError, match="COMITY_DATABASE_URL"):
        open_database(of(deployment, url), deployment)


def test_a_database_that_does_not_answer_is_told_in_one_line_without_its_password(deployment: Deployment) -> None:
    for ask in (open_database, create_database):
        with pytest.raises(SetupError, match="The database does not answer") as caught:
            ask(of(deployment, "postgresql+psycopg://user:secret@127.0.0.1:1/name"), deployment)
        assert "\n" not in str(caught.value)
        assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_told(deployment: Deployment) -> None:
    (deployment.folder / "comity.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(SetupError, match="file is not a database"):
        open_database(of(deployment), deployment)
