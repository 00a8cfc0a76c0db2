"""The database: the same code on SQLite and on PostgreSQL, and writers that take turns."""

from __future__ import annotations

import re
import sqlite3
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, Final

from sqlalchemy import Engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, create_engine

from web.shared_commits import SharedCommits
from web.statements import Compiled, Statement, Writing

_POSTGRESQL: Final = re.compile(r"postgres(?:ql)?(?:\+psycopg)?://")
_ANY_TURN: Final = "everybody"
_KEPT: Final = 40
_TAKE_TURN: Final = text("SELECT pg_advisory_xact_lock(hashtextextended(:turn, 0))")


def open_engine(url: str) -> Engine:
    """Return an engine; SQLite is set to WAL with `synchronous=FULL`, so that an acknowledged commit survives a power cut."""
    if _POSTGRESQL.match(url):
        return create_engine(_POSTGRESQL.sub("postgresql+psycopg://", url, count=1), pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False}, **_pool(url))
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_as_asked)
    return engine


def _pool(url: str) -> dict[str, int]:
    """Return how many connections are kept: one for each thread that answers requests; a database in memory has but one."""
    return {"pool_size": _KEPT} if _is_file(url) else {}


def _is_file(url: str) -> bool:
    return make_url(url).database not in {None, "", ":memory:"}


def _set_up_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401  # sqlite3's connection, as SQLAlchemy hands it over
    connection.isolation_level = None  # transactions are begun below, not by the driver
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_as_asked(connection: Any) -> None:  # noqa: ANN401  # SQLAlchemy's connection
    options = connection.get_execution_options()
    if not options.get("single", False):  # one statement is a transaction of its own
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writing", False) else "BEGIN")


def take_turn(session: Session, turn: str) -> None:
    """Make a writing session wait for those of the same turn; on SQLite every writing session waits for all others anyway."""
    if session.get_bind().dialect.name != "sqlite":
        session.execute(_TAKE_TURN, {"turn": turn})


class Database:
    """Sessions that read, and sessions that write, in turns.

    On SQLite one session writes at a time. On PostgreSQL those of the same turn follow one another, in this process and in every
    other, so that what is read in a writing session still holds when it is committed; those of other turns run beside them.

    Attributes:
        engine: the connections.
        unchanging: what was read of rows that never change, by what it is and of what.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(writing=True)
        self._single = engine.execution_options(single=True)
        self.unchanging: dict[tuple[str, ...], Any] = {}
        self._is_file = _is_file(str(engine.url))
        self._readers: deque[Any] = deque()  # of SQLite: each reads for one thread at a time, and is in no transaction between
        self._commits = SharedCommits(engine) if engine.dialect.name == "sqlite" else None

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Give a session for reading; nothing is committed, and what was read stays readable."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    def rows(self, statement: Statement, **parameters: object) -> Sequence[Any]:
        """Return what one statement reads, without a session around it: for what is asked with every request."""
        compiled = statement.compiled(self.engine.dialect)
        if compiled is None:
            with self._single.connect() as connection:
                return connection.execute(statement.core, parameters).all()
        try:
            return self._read(compiled, parameters)
        except sqlite3.Error as error:
            raise DBAPIError.instance(None, None, error, sqlite3.Error, dialect=self.engine.dialect) from error

    def _read(self, compiled: Compiled, parameters: dict[str, Any]) -> Sequence[Any]:
        """Return what a statement reads from SQLite, on a connection of those that are kept for that."""
        if not self._is_file:
            with closing(self.engine.raw_connection()) as connection:
                return compiled.rows(connection.dbapi_connection, parameters)
        try:
            driver = self._readers.pop()
        except IndexError:
            connection = self.engine.raw_connection()
            driver = connection.driver_connection
            connection.detach()
        try:
            found = compiled.rows(driver, parameters)
        except BaseException:
            driver.close()
            raise
        self._readers.append(driver)
        return found

    def close(self) -> None:
        """Let go of every connection; asked again, it opens others."""
        while self._readers:
            self._readers.pop().close()
        self.engine.dispose()

    @contextmanager
    def write(self, turn: str = _ANY_TURN, *, together: bool = False) -> Iterator[Session]:
        """Give a writing session: committed at the end, rolled back on an error. Not to be nested.

        Args:
            turn: what is written about; writers of one turn wait for one another.
            together: on SQLite, its commit may be shared with other writers' who wait meanwhile: for what is short, and reads what
                others write through this session alone.
        """
        if self._commits is not None:
            with self._commits.session(together=together) as session:
                yield session
            return
        with Session(self._writing, expire_on_commit=False) as session:
            take_turn(session, turn)
            yield session
            session.commit()

    @contextmanager
    def writing(self, turn: str) -> Iterator[Writing]:
        """Give what runs statements, as `write` with `together` does, without a session: for what comes with every request."""
        if self._commits is not None:
            with self._commits.writing() as writing:
                yield writing
            return
        with self._writing.begin() as connection:
            connection.execute(_TAKE_TURN, {"turn": turn})
            yield Writing.on(connection)

    def wipe_traces(self) -> None:
        """Make SQLite overwrite what was deleted: its log is folded into the file, where freed bytes are zeroed.

        PostgreSQL keeps old rows until its next `VACUUM`, and its own log until that is recycled.
        """
        if self._commits is not None:
            with self._commits.alone(), self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
