from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlmodel import Session, SQLModel, select

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


def add(database: Database, name: str, told: list[str], spoil: Callable[[Session], None] = lambda _session: None) -> None:
    try:
        with database.write(together=True) as session:
            create_person(session, name, NOW)
            session.flush()
            spoil(session)
        told.append(name if name in names(database) else f"{name} is not stored")
    except (InterruptedError, SQLAlchemyError) as error:
        told.append(f"{name} {type(error).__name__}")


def interrupt(_session: Session) -> None:
    raise InterruptedError


def take_back(session: Session) -> None:
    session.connection().exec_driver_sql("ROLLBACK")  # as SQLite does where the disk is full


def in_line(database: Database, *writers: tuple[str, Callable[[Session], None]]) -> tuple[list[str], list[str]]:
    """Return (what writers say who stood in line in this order, the commits that there were)."""
    commits: list[str] = []
    told: list[str] = []
    threads = [threading.Thread(target=add, args=(database, name, told, spoil)) for name, spoil in writers]
    with database.write():
        for thread in threads:
            thread.start()
            thread.join(0.1)
        event.listen(database.engine, "commit", lambda _connection: commits.append("one"))
    for thread in threads:
        thread.join(10)
    return sorted(told), commits


def test_writers_in_line_share_a_commit_and_none_returns_before_it(tmp_path: Path) -> None:
    database = tabled(tmp_path)
    told, commits = in_line(database, *((f"P{number}", lambda _session: None) for number in range(5)))
    assert (told, len(commits)) == ([f"P{number}" for number in range(5)], 2)  # the first holder's own, and theirs
    database.engine.dispose()


def test_a_writer_that_fails_takes_nothing_of_the_others_with_it(tmp_path: Path) -> None:
    database = tabled(tmp_path)
    told, _ = in_line(database, ("A", lambda _session: None), ("B", interrupt), ("C", lambda _session: None))
    assert (told, names(database)) == (["A", "B InterruptedError", "C"], ["A", "C"])
    database.engine.dispose()


def test_whose_work_the_database_took_back_is_told_so(tmp_path: Path) -> None:
    database = tabled(tmp_path)
    told, _ = in_line(database, ("A", lambda _session: None), ("B", take_back), ("C", lambda _session: None))
    assert (told, names(database)) == (["A NotCommittedError", "B OperationalError", "C"], ["C"])
    database.engine.dispose()


def tabled(folder: Path) -> Database:
    database = Database(open_engine(f"sqlite:///{folder / 'a.db'}"))
    SQLModel.metadata.create_all(database.engine)
    return database


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
