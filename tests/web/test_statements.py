"""Statements that are translated once do what SQLAlchemy's do, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import bindparam, func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select, update

from tests.databases import Databases
from web.db import Database, open_engine
from web.people import create_person
from web.statements import Statement, Writing, inserted
from web.tables import Membership, Passkey, Person

NOW = datetime(2026, 11, 23, 9, 30, 1, 250, tzinfo=UTC)
ADD = inserted(Person, "name", "created_at")
ADD_KEY = inserted(Passkey)
ALL = Statement(select(Person).order_by(col(Person.name)))
KEYS = Statement(select(Passkey))
OLDER = Statement(
    select(func.count(), func.max(Person.created_at)).where(
        col(Person.created_at) < bindparam("before"), col(Person.name) != "Idris"
    )
)
NAMED = Statement(select(col(Person.name)).where(col(Person.name).in_(bindparam("names", expanding=True))))
RENAME = Statement(update(Person).where(col(Person.name) == bindparam("before")).values(name=bindparam("after")))
REMOVE = Statement(delete(Person).where(col(Person.name) == bindparam("which")))


@pytest.fixture
def database(tmp_path: Path, databases: Databases) -> Iterator[Database]:
    with databases.tables(tmp_path) as url:
        made = Database(open_engine(url))
        yield made
        made.close()


def test_values_go_in_and_come_back_as_they_do_with_a_session(database: Database) -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=6)))
    with database.writing("people") as writing:
        assert writing.run(ADD, name="Salma", created_at=elsewhere) == 1
        [(number, name, _)] = writing.rows(ALL)
        key = {"credential_id": "k", "user_handle": b"\x00h", "public_key": bytes(4), "sign_count": 0, "label": "", "added_at": NOW}
        writing.run(ADD_KEY, person_id=number, used_at=None, **key)
    with database.session() as session:
        stored = session.exec(select(Person)).one()
        assert (stored.name, stored.created_at) == ("Salma", NOW) == (name, elsewhere)
        passkey = session.exec(select(Passkey)).one()
    [row] = database.rows(ALL)
    assert (row.id, row.name, row.created_at) == (stored.id, stored.name, stored.created_at)
    [read] = database.rows(KEYS)
    assert tuple(read) == tuple(getattr(passkey, name) for name in read._fields)
    assert read.user_handle == b"\x00h"
    assert read.used_at is None


def test_a_change_says_how_many_rows_it_met(database: Database) -> None:
    with database.writing("people") as writing:
        for name in ("Salma", "Idris"):
            writing.run(ADD, name=name, created_at=NOW)
        assert writing.run(RENAME, before="Salma", after="Noor") == 1
        assert writing.run(RENAME, before="Salma", after="Noor") == 0
        assert tuple(writing.rows(OLDER, before=NOW + timedelta(days=1))[0]) == (1, NOW)
        assert tuple(writing.rows(OLDER, before=NOW)[0]) == (0, None)
        assert writing.run(REMOVE, which="Idris") == 1
    assert [row.name for row in database.rows(NAMED, names=("Noor", "Idris", "Salma"))] == ["Noor"]


def test_a_parameter_that_is_not_given_is_no_null(database: Database) -> None:
    if database.engine.dialect.name == "sqlite":
        with pytest.raises(KeyError, match="before"):
            database.rows(OLDER)


def test_what_fails_is_taken_back_alone(database: Database) -> None:
    with database.writing("people") as writing:
        writing.run(ADD, name="Salma", created_at=NOW)

    def fail(name: str | None) -> None:
        with database.writing("people") as writing:
            writing.run(REMOVE, which="Salma")
            writing.run(ADD, name=name, created_at=NOW)
            raise InterruptedError

    with pytest.raises(IntegrityError):
        fail(None)
    with pytest.raises(InterruptedError):
        fail("Idris")
    assert [row.name for row in database.rows(ALL)] == ["Salma"]


def test_it_sees_what_the_session_beside_it_holds_and_is_undone_with_it(database: Database) -> None:
    def fail(session: Session) -> None:
        create_person(session, "Idris", NOW)
        writing = Writing.within(session)
        writing.run(ADD, name="Noor", created_at=NOW)
        assert [row.name for row in writing.rows(ALL)] == ["Idris", "Noor"]
        raise InterruptedError

    with pytest.raises(InterruptedError), database.write() as session:
        fail(session)
    assert database.rows(ALL) == []
    with database.write() as session:
        number = create_person(session, "Salma", NOW).id or 0
        Writing.within(session).run(RENAME, before="Salma", after="Noor")
        session.add(Membership(person_id=number, organisation="centre", role="registrar"))
    assert [row.name for row in database.rows(ALL)] == ["Noor"]
