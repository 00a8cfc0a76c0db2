"""Statements that come with every request: translated once, then handed to SQLite's driver as they are.

SQLAlchemy looks each statement up and wraps connection, cursor and rows, anew for each call, which costs many times what SQLite
takes to answer. A `Statement` keeps the text, the order of its parameters, and what turns values into columns and back.
On PostgreSQL, and where a list of values is written out for each call, SQLAlchemy runs it as it runs every other.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Dialect, Insert, SelectBase, UpdateBase, insert
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine
from sqlmodel import Session, SQLModel

SQLITE: Final = "sqlite"
_SAVEPOINT: Final = "statements"
_EXPANDED: Final = "POSTCOMPILE"
_COUNTED: Final = {"preserve_rowcount": True}
Process = Callable[[Any], Any] | None
Driver = Any
"""The connection of SQLite's driver, or its cursor."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement for SQLite.

    Attributes:
        text: with a question mark for each parameter.
        binds: of each parameter: its name where each call gives it, else its value; and what turns it into what the driver takes.
        columns: what turns each column of a row into its value.
        row: makes a row with named columns.
    """

    text: str
    binds: tuple[tuple[str | None, Any, Process], ...]
    columns: tuple[Process, ...]
    row: Callable[[Sequence[Any]], Any]

    def values(self, parameters: dict[str, Any]) -> list[Any]:
        """Return the parameters in their order, as the driver takes them."""
        found = ((fixed if name is None else parameters[name], process) for name, fixed, process in self.binds)
        return [process(value) if process is not None else value for value, process in found]

    def rows(self, driver: Driver, parameters: dict[str, Any]) -> list[Any]:
        """Return what it reads."""
        found = driver.execute(self.text, self.values(parameters)).fetchall()
        return [
            self.row([process(one) if process else one for one, process in zip(row, self.columns, strict=True)]) for row in found
        ]


class Statement:
    """A statement of Core that is asked often; its parameters are `bindparam`s, or the named columns of an insertion.

    Args:
        statement: a selection, an update or a deletion, or `inserted`.
        columns: of an insertion, to which each call gives values; all of them where none is named.
    """

    def __init__(self, statement: SelectBase | UpdateBase, columns: Sequence[str] = ()) -> None:
        self.core: Any = statement
        self._columns = tuple(columns) or None
        self._compiled: Compiled | None = None
        self._is_expanded = False

    def compiled(self, dialect: Dialect) -> Compiled | None:
        """Return it for SQLite's driver; None where SQLAlchemy has to run it."""
        if dialect.name != SQLITE or self._is_expanded:
            return None
        if self._compiled is None:
            keys = list(self._columns) if self._columns else None
            made = self.core.compile(dialect=dialect, column_keys=keys)
            self._is_expanded = _EXPANDED in made.string
            if self._is_expanded:
                return None
            self._compiled = _translated(self.core, made, dialect)
        return self._compiled


def inserted(table: type[SQLModel], *columns: str) -> Statement:
    """Return the insertion of a row, of which these columns are given; all where none is named."""
    statement: Insert = insert(table)
    return Statement(statement, columns)


def _translated(core: SelectBase | UpdateBase, made: Any, dialect: Dialect) -> Compiled:  # noqa: ANN401  # SQLAlchemy's own
    assert isinstance(made, SQLCompiler)  # noqa: S101  # of a statement on tables
    binds = [(name, made.binds[name]) for name in made.positiontup or ()]
    columns = list(core.selected_columns) if isinstance(core, SelectBase) else []
    names = [str(column.key) for column in columns]
    row: Any = namedtuple("Row", names, rename=True) if names else tuple  # noqa: PYI024  # the columns are known when it runs
    return Compiled(
        made.string,
        tuple((name if bind.required else None, bind.value, _into(bind.type, dialect)) for name, bind in binds),
        tuple(column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns),
        row._make if names else tuple,
    )


def _into(kind: TypeEngine[Any], dialect: Dialect) -> Process:
    return kind.dialect_impl(dialect).bind_processor(dialect)


@dataclass(frozen=True, slots=True)
class Writing:
    """Runs statements within a transaction that somebody commits.

    Attributes:
        connection: of SQLAlchemy, on which the transaction is.
        driver: of SQLite; None where SQLAlchemy runs all statements.
    """

    connection: Connection
    driver: Driver = None

    @classmethod
    def on(cls, connection: Connection) -> Writing:
        """Return what runs statements on a connection that has begun."""
        return cls(connection, connection.connection.dbapi_connection if connection.dialect.name == SQLITE else None)

    @classmethod
    def within(cls, session: Session) -> Writing:
        """Return what runs statements beside what a session does, once what it holds is written."""
        session.flush()
        return cls.on(session.connection())

    def rows(self, statement: Statement, **parameters: Any) -> Sequence[Any]:  # noqa: ANN401  # of the columns' own types
        """Return what a selection reads, each row with its columns by name."""
        compiled = statement.compiled(self.connection.dialect)
        if compiled is None:
            return self.connection.execute(statement.core, parameters).all()
        return compiled.rows(self.driver, parameters)

    def run(self, statement: Statement, **parameters: Any) -> int:  # noqa: ANN401  # of the columns' own types
        """Run a change; return how many rows it met."""
        compiled = statement.compiled(self.connection.dialect)
        if compiled is None:
            return int(self.connection.execute(statement.core, parameters, execution_options=_COUNTED).rowcount)
        return int(self.driver.execute(compiled.text, compiled.values(parameters)).rowcount)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Take back what is done within where it raises, and nothing that was done before."""
        if self.driver is None:
            with self.connection.begin_nested():
                yield
            return
        self.driver.execute(f"SAVEPOINT {_SAVEPOINT}")
        try:
            yield
        except BaseException:
            if self.driver.in_transaction:  # SQLite may have taken the whole transaction back
                self.driver.execute(f"ROLLBACK TO {_SAVEPOINT}")
                self.driver.execute(f"RELEASE {_SAVEPOINT}")
            raise
        self.driver.execute(f"RELEASE {_SAVEPOINT}")
