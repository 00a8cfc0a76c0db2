from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from tests.databases import POSTGRESQL, Databases
from web.db import Database, open_engine
from web.people import create_person
from web.tables import Person

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SOON = 0.3


@pytest.fixture
def database(tmp_path: Path, databases: Databases) -> Iterator[Database]:
    with databases.tables(tmp_path) as url:
        made = Database(open_engine(url))
        yield made
        made.engine.dispose()


def names(database: Database) -> list[str]:
    with database.session() as session:
        return list(session.exec(select(Person.name).order_by(Person.name)).all())


def test_a_writing_session_is_committed_whole_or_not_at_all(database: Database) -> None:
    with database.write() as session:
        create_person(session, "Salma", NOW)

    def fail_half_way() -> None:
        with database.write() as session:
            create_person(session, "Idris", NOW)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail_half_way()
    assert names(database) == ["Salma"]


def test_a_reading_session_keeps_nothing(database: Database) -> None:
    with database.session() as session:
        create_person(session, "Salma", NOW)
    assert names(database) == []


def test_sqlite_is_set_to_keep_what_it_acknowledged_and_to_wipe_what_was_deleted(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with engine.connect() as connection:
        read = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert read == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    engine.dispose()


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_the_usual_spellings_of_an_address_are_understood(scheme: str) -> None:
    engine = open_engine(f"{scheme}://comity@/skills?host=/run/postgresql")
    assert (engine.dialect.name, engine.dialect.driver) == ("postgresql", "psycopg")


def write_beside(database: Database, turn: str) -> threading.Thread:
    """Start a writer that adds Idris in a turn."""

    def work() -> None:
        with database.write(turn) as session:
            create_person(session, "Idris", NOW)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


@pytest.mark.parametrize("same_process", [True, False], ids=["one process", "two processes"])
def test_writers_of_one_turn_follow_one_another(database: Database, same_process: bool) -> None:  # noqa: FBT001
    other = database if same_process else Database(open_engine(database.engine.url.render_as_string(hide_password=False)))
    with database.write("a") as session:
        thread = write_beside(other, "a")
        thread.join(SOON)
        assert thread.is_alive()
        create_person(session, "Salma", NOW)
    thread.join(10)
    assert names(database) == ["Idris", "Salma"]
    other.engine.dispose()


def test_writers_of_other_turns_run_beside_one_another_on_postgresql(database: Database, databases: Databases) -> None:
    with database.write("a") as session:
        create_person(session, "Salma", NOW)
        session.flush()
        thread = write_beside(database, "b")
        thread.join(10 if databases.kind == POSTGRESQL else SOON)
        assert thread.is_alive() == (databases.kind != POSTGRESQL)
    thread.join(10)
    assert names(database) == ["Idris", "Salma"]


def test_a_reader_is_never_kept_waiting(database: Database) -> None:
    with database.write() as session:
        create_person(session, "Salma", NOW)
        session.flush()
        assert names(database) == []
    assert names(database) == ["Salma"]


def test_nobody_writes_to_sqlite_beside_a_writer(tmp_path: Path) -> None:
    """The control: a session that only reads cannot be used to write while somebody writes."""
    url = f"sqlite:///{tmp_path / 'a.db'}"
    writing, other = open_engine(url), open_engine(url)
    with writing.execution_options(writing=True).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (n INTEGER)")
        with other.connect() as beside:
            beside.exec_driver_sql("PRAGMA busy_timeout=50")
            with pytest.raises(OperationalError, match="locked"):
                beside.exec_driver_sql("CREATE TABLE u (n INTEGER)")
    writing.dispose()
    other.dispose()


def test_wiping_leaves_no_byte_of_what_was_deleted(database: Database, databases: Databases) -> None:
    with database.write() as session:
        session.delete(create_person(session, "Salma who asked to be forgotten", NOW))
        create_person(session, "Idris", NOW)
    with database.write() as session:
        session.delete(session.exec(select(Person)).one())
    database.wipe_traces()
    assert names(database) == []
    if databases.kind != POSTGRESQL:
        file = Path(str(database.engine.url.database))
        kept = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
        assert b"Idris" not in kept
        assert b"Salma" not in kept
