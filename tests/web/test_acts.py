from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from tests.databases import SQLITE, Databases
from web.acts import acts, first_bad_act, head, note, note_in_all
from web.db import Database, open_engine

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path, databases: Databases) -> Iterator[Database]:
    with databases.tables(tmp_path) as url:
        engine = open_engine(url)
        yield Database(engine)
        engine.dispose()


def add(database: Database, *actions: str, organisation: str = "school") -> None:
    for number, action in enumerate(actions):
        with database.write(organisation) as session:
            note(session, organisation, "Rosa", action, "thing", NOW + timedelta(minutes=number))


def unlock(database: Database) -> None:
    """Take away what stops a change, as somebody with the database's own password can."""
    sqlite = database.engine.dialect.name == SQLITE
    names = ("web_acts_no_update", "web_acts_no_delete") if sqlite else ("web_acts_no_change",)
    with database.engine.begin() as connection:
        for name in names:
            connection.execute(text(f"DROP TRIGGER {name}{'' if sqlite else ' ON web_acts'}"))


@pytest.fixture
def own_database(tmp_path: Path, databases: Databases) -> Iterator[Database]:
    """A database that is not lent to other tests afterwards."""
    engine = open_engine(databases.new(tmp_path))
    SQLModel.metadata.create_all(engine)
    yield Database(engine)
    engine.dispose()


def test_acts_are_read_newest_first_and_page_by_page(database: Database) -> None:
    add(database, "one", "two", "three")
    add(database, "elsewhere", organisation="other")
    assert [act.action for act in acts(database, "school")] == ["three", "two", "one"]
    assert [act.action for act in acts(database, "school", most=2)] == ["three", "two"]
    assert [act.action for act in acts(database, "school", before=2)] == ["one"]
    assert acts(database, "school")[0].at == NOW + timedelta(minutes=2)
    assert acts(database, "nobody") == ()


@pytest.mark.parametrize("change", ["UPDATE web_acts SET by = 'Idris'", "DELETE FROM web_acts"])
def test_the_database_refuses_any_change(database: Database, change: str) -> None:
    add(database, "one")
    with pytest.raises(DBAPIError, match="only added"), database.engine.begin() as connection:
        connection.execute(text(change.replace(" by ", ' "by" ')))
    assert [act.by for act in acts(database, "school")] == ["Rosa"]


def test_untouched_acts_have_nothing_bad(database: Database) -> None:
    assert (first_bad_act(database, "school"), head(database, "school")) == (None, (0, ""))
    add(database, "one", "two")
    assert first_bad_act(database, "school", head(database, "school")) is None
    noted = head(database, "school")
    add(database, "three")
    assert first_bad_act(database, "school", noted) is None


@pytest.mark.parametrize(
    ("change", "bad"),
    [
        ("""UPDATE web_acts SET "by" = 'Idris' WHERE number = 2""", 2),
        ("DELETE FROM web_acts WHERE number = 2", 2),
        ("DELETE FROM web_acts WHERE number = 1", 1),
        ("UPDATE web_acts SET number = 9 - number", 1),
        ("DELETE FROM web_acts WHERE number = 3", 3),
        ("DELETE FROM web_acts", 1),
    ],
)
def test_j15_a_change_behind_the_databases_back_is_found(own_database: Database, change: str, bad: int) -> None:
    add(own_database, "one", "two", "three")
    noted = head(own_database, "school")
    unlock(own_database)
    with own_database.engine.begin() as connection:
        connection.execute(text(change))
    assert first_bad_act(own_database, "school", noted) == bad


def test_j15_acts_written_anew_are_found_by_whoever_noted_the_head(own_database: Database) -> None:
    add(own_database, "one", "two")
    noted = head(own_database, "school")
    unlock(own_database)
    with own_database.engine.begin() as connection:
        connection.execute(text("DELETE FROM web_acts"))
    add(own_database, "one", "another", "three")
    assert first_bad_act(own_database, "school") is None
    assert first_bad_act(own_database, "school", noted) == 2


def test_an_act_goes_with_what_it_tells_of(database: Database) -> None:
    def fail() -> None:
        with database.write("school") as session:
            note(session, "school", "Rosa", "one", "thing", NOW)
            raise RuntimeError("the act did not happen")

    with pytest.raises(RuntimeError):
        fail()
    assert acts(database, "school") == ()


def test_acts_of_many_at_once_stand_in_one_row(database: Database) -> None:
    start = threading.Barrier(6)

    def write(number: int) -> None:
        start.wait(10)
        with database.write(f"turn {number}") as session:
            note_in_all(session, ["school", "other"], f"person {number}", "signed-in", "", NOW)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    for organisation in ("school", "other"):
        assert sorted(act.number for act in acts(database, organisation)) == [1, 2, 3, 4, 5, 6]
        assert first_bad_act(database, organisation) is None
