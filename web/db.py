"""The database: one writer at a time on SQLite, the same code on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event
from sqlmodel import Session, create_engine


def open_engine(url: str) -> Engine:
    """Return an engine; SQLite is set to WAL with `synchronous=FULL`, so that an acknowledged commit survives a power cut."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": 30})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_as_asked)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401  # sqlite3's connection, as SQLAlchemy hands it over
    connection.isolation_level = None  # transactions are begun below, not by the driver
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_as_asked(connection: Any) -> None:  # noqa: ANN401  # SQLAlchemy's connection
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


class Database:
    """Sessions that read, and one session at a time that writes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = threading.Lock()
        self._writing = engine.execution_options(writing=True)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Give a session for reading; nothing is committed, and what was read stays readable."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give the writing session: committed at the end, rolled back on an error. Not to be nested."""
        with self._writer, Session(self._writing, expire_on_commit=False) as session:
            yield session
            session.commit()
