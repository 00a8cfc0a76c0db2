"""Commits to SQLite that several writers share, and the turn that processes take.

SQLite has one writer, and makes each commit wait for the disk. Writers that stand in line in one process may come one after another
into one transaction, each in a savepoint of its own, so that the disk is waited for once; none returns before its work is durable.
Between processes a lock on a file beside the database says whose turn it is: SQLite alone would have them sleep and look again.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlmodel import Session

from web.statements import Writing

MOST: Final = 32
"""Writers that share one commit at most."""
_TURN: Final = "-turn"


class NotCommittedError(SQLAlchemyError):
    """The commit that was shared failed: nothing of it is stored."""


@dataclass(slots=True)
class _Group:
    """Writers of one transaction."""

    connection: Connection
    writers: int = 0
    ended: threading.Event = field(default_factory=threading.Event)
    error: BaseException | None = None


class SharedCommits:
    """Gives writing sessions of one process, in turns, and commits those together that may and that wait for one another."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(writing=True)
        self._turn = threading.Lock()
        self._counting = threading.Lock()
        self._waiting = 0
        self._group: _Group | None = None
        file = engine.url.database
        self._file = Path(f"{file}{_TURN}") if file and file != ":memory:" else None
        self._descriptor = -1

    @contextmanager
    def session(self, *, together: bool) -> Iterator[Session]:
        """Give a writing session, durable once this returns; rolled back on an error, which no other writer notices.

        Args:
            together: may follow others in one transaction, and be followed; what it wrote is not seen by other sessions before
                the commit.
        """
        with (
            self._taken(together=together) as connection,
            Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session,
        ):
            session.connection()
            yield session
            session.commit()

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """Give what runs statements, as `session` with `together` does, and without SQLAlchemy's session around them."""
        with self._taken(together=True) as connection:
            writing = Writing.on(connection)
            try:
                with writing.savepoint():
                    yield writing
            except sqlite3.Error as error:
                raise DBAPIError.instance(None, None, error, sqlite3.Error, dialect=connection.dialect) from error

    @contextmanager
    def _taken(self, *, together: bool) -> Iterator[Connection]:
        """Give a connection in its turn, within a transaction that is durable once this returns."""
        group = self._joined(together=together)
        try:
            yield group.connection
        except BaseException:
            self._left(group)
            raise
        self._left(group, together=together)
        group.ended.wait()
        if group.error is not None:
            raise NotCommittedError("the database did not keep what was written") from group.error

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep writers of this process away."""
        with self._turn:
            self._end()
            yield

    def _joined(self, *, together: bool) -> _Group:
        """Return the transaction to write in, and hold the turn."""
        with self._counting:
            self._waiting += together
        self._turn.acquire()
        try:
            with self._counting:
                self._waiting -= together
            if not together:
                self._end()
            group = self._group = self._group or self._begun()
            group.writers += 1
        except BaseException:
            self._turn.release()
            raise
        return group

    def _left(self, group: _Group, *, together: bool = False) -> None:
        """Pass the turn on, with the transaction where another may follow, and without where it ends here."""
        try:
            if not _is_begun(group.connection):  # SQLite takes the whole transaction back where the disk is full
                group.error = group.error or NotCommittedError("the database took the transaction back")
            with self._counting:
                is_followed = self._waiting > 0
            if not (together and is_followed and group.writers < MOST and group.error is None):
                self._end()
        finally:
            self._turn.release()

    def _begun(self) -> _Group:
        self._lock_processes()
        connection = self._engine.connect()
        try:
            connection.begin()
        except BaseException:
            connection.close()
            self._unlock_processes()
            raise
        return _Group(connection)

    def _end(self) -> None:
        """Commit what is open, if anything is."""
        group, self._group = self._group, None
        if group is None:
            return
        try:
            transaction = group.connection.get_transaction()
            if group.error is None and transaction is not None:
                transaction.commit()
        except BaseException as error:  # noqa: BLE001  # every writer of the group raises it
            group.error = error
        finally:
            group.connection.close()
            self._unlock_processes()
            group.ended.set()

    def _lock_processes(self) -> None:
        if self._file is not None:
            self._descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def _unlock_processes(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _is_begun(connection: Connection) -> bool:
    """Return whether SQLite is still within the transaction."""
    try:
        driver = connection.connection.dbapi_connection
    except SQLAlchemyError:
        return False
    return driver is not None and bool(driver.in_transaction)
