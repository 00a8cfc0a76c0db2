"""Reads a class's list: CSV or a spreadsheet, and every row with its problems. Nothing is stored here.

Columns: `name` and `awarded_on` are needed; `name_native`, `number`, `note` and those of
`issuer_api.identity_cells` and `issuer_api.contact_cells` may be there. A problem is a code, the column, and
values for the words `issuer.row.{code}`; a warning asks the registrar to look and stops nothing.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Final

from issuer_api.contact_cells import CONTACT, contact_problems
from issuer_api.errors import FileUnreadableError, HeadingsUnknownError
from issuer_api.identity_cells import IDENTITY, identity_problems
from issuer_api.names import name_problem, parts, text_problem, tidy
from issuer_api.spreadsheet import is_spreadsheet, read_spreadsheet

NEEDED: Final = ("name", "awarded_on")
COLUMNS: Final = (*NEEDED, "name_native", "number", "note", *IDENTITY, *CONTACT)
MAX_FILE: Final = 4 * 1024 * 1024
MAX_ROWS: Final = 10_000
MAX_CELL: Final = 2_000
LONGEST: Final = 128 * 1024  # a cell beyond this is none: the file is refused whole, whatever limit the process has set for csv
MAX_NUMBER: Final = 40
SAMPLE: Final = 20
"""How many lines below the headings are looked at to say what a column holds."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\uff1d")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with a row, or to be looked at (`is_warning`)."""

    code: str
    column: str
    params: Mapping[str, str] = field(default_factory=dict)
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line: its number in the file (the header is line 1), its cells, its problems."""

    number: int
    cells: Mapping[str, str]
    problems: tuple[RowProblem, ...]

    @property
    def is_ready(self) -> bool:
        """Whether nothing stops this row."""
        return all(problem.is_warning for problem in self.problems)


def read_list(content: bytes, *, started: date | None, today: date) -> tuple[ListRow, ...]:
    """Return the rows of a list, each with its problems.

    Args:
        content: CSV in UTF-8, with or without byte order mark, comma or semicolon; or a spreadsheet (`.xlsx`).
        started: the course's first day, if the programme names one.
        today: an award cannot lie in the future.

    Raises:
        FileUnreadableError: no list at all: says which line and what was expected.
    """
    return rows_in(read_lines(content), started=started, today=today)


def read_lines(content: bytes) -> list[list[str]]:
    """Return the lines of a list as they stand in it, the headings first.

    Raises:
        FileUnreadableError: as `read_list`, but for the headings and the number of rows.
    """
    if len(content) > MAX_FILE:
        megabytes = MAX_FILE // 1024 // 1024
        raise FileUnreadableError(f"the file has more than {megabytes} MB", "too-large", n=megabytes)
    return _spread(content) if is_spreadsheet(content) else _parse(_decode(content))


def headings_of(lines: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the headings of a list as they stand there, without blanks around them."""
    return tuple(cell.strip() for cell in lines[0]) if lines else ()


def knows(headings: Sequence[str]) -> bool:
    """Return whether a list with these headings needs nobody to say what they are."""
    header = [heading.lower() for heading in headings]
    return set(NEEDED) <= set(header) <= set(COLUMNS) and len(header) == len(set(header))


def rows_in(
    lines: Sequence[Sequence[str]], columns: Sequence[str] = (), *, started: date | None, today: date
) -> tuple[ListRow, ...]:
    """Return the rows of a list that was read, each with its problems.

    Args:
        lines: as `read_lines` gives them.
        columns: what each heading is, empty for one that is left out; without them the headings say it themselves.
        started: as `read_list`.
        today: as `read_list`.

    Raises:
        FileUnreadableError: headings that are not known, no rows, or too many.
    """
    header = list(columns) or [heading.lower() for heading in headings_of(lines)]
    if not columns:
        _check_header(header, lines)
    cells = [
        (number, {name: cell.strip() for name, cell in zip(header, line, strict=False) if name}, len(line) - len(header))
        for number, line in enumerate(lines[1:], start=2)
        if any(cell.strip() for cell in line)
    ]
    if not cells:
        raise FileUnreadableError("the list has no rows below its first line", "empty")
    if len(cells) > MAX_ROWS:
        raise FileUnreadableError(f"the list has more than {MAX_ROWS} rows; bring it in parts", "too-many", n=MAX_ROWS)
    return check_rows(cells, started=started, today=today)


def _spread(content: bytes) -> list[list[str]]:
    """Return the lines of a spreadsheet, each as long as the first: cells that are empty are not missing."""
    lines = read_spreadsheet(content, NEEDED, MAX_ROWS + 2)
    width = len(lines[0]) if lines else 0
    return [line + [""] * (width - len(line)) for line in lines]


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        detail = f"line {line} is not UTF-8; save the list as CSV (UTF-8) and bring it again"
        raise FileUnreadableError(detail, "not-utf-8", line=line) from error


def _parse(text: str) -> list[list[str]]:
    if "\0" in text:
        line = text[: text.index(chr(0))].count(chr(10)) + 1
        raise FileUnreadableError(f"line {line} holds a zero byte; this is no text file", "no-text", line=line)
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[list[str]] = []
    try:
        for cells in reader:
            if max(map(len, cells), default=0) > LONGEST:
                raise _unended(reader.line_num)
            lines.append(cells)
    except csv.Error as error:
        raise _unended(reader.line_num) from error
    return lines


def _unended(line: int) -> FileUnreadableError:
    detail = f"line {line} has a quotation mark that does not end, or a cell that is too long"
    return FileUnreadableError(detail, "quotes", line=line)


def _check_header(header: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    for name in NEEDED:
        if name not in header:
            detail = f"line 1 names no column {name!r}; expected: {', '.join(COLUMNS)}"
            raise HeadingsUnknownError(detail, "column-missing", _sample(lines), name=name, expected=", ".join(COLUMNS))
    for name in header:
        if name not in COLUMNS or header.count(name) > 1:
            detail = f"line 1 has a column {name[:40]!r} that is not known or stands twice; expected: {', '.join(COLUMNS)}"
            raise HeadingsUnknownError(detail, "column-unknown", _sample(lines), name=name[:40], expected=", ".join(COLUMNS))


def _sample(lines: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    below = (tuple(line) for line in lines[1:] if any(cell.strip() for cell in line))
    return (headings_of(lines), *islice(below, SAMPLE))


def check_rows(rows: Sequence[tuple[int, Mapping[str, str], int]], *, started: date | None, today: date) -> tuple[ListRow, ...]:
    """Return rows with their problems, doubles among them included.

    Args:
        rows: (number, cells, how many cells too many or too few).
        started: the course's first day, or None.
        today: the present day.
    """
    seen: dict[tuple[str, ...], int] = {}
    names: dict[frozenset[str], int] = {}
    checked = []
    for number, cells, surplus in rows:
        problems = _row_problems(cells, surplus, started, today)
        whole = tuple(cells.get(name, "") for name in COLUMNS)
        people = parts(cells.get("name", ""))
        if whole in seen:
            problems.append(RowProblem("double", "name", {"row": str(seen[whole])}))
        elif people and people in names:
            problems.append(RowProblem("homonym", "name", {"row": str(names[people])}, is_warning=True))
        seen.setdefault(whole, number)
        names.setdefault(people, number)
        checked.append(ListRow(number, {name: cells.get(name, "") for name in COLUMNS}, tuple(problems)))
    return tuple(checked)


def _row_problems(cells: Mapping[str, str], surplus: int, started: date | None, today: date) -> list[RowProblem]:
    problems = [RowProblem("cells", "name", {"n": str(abs(surplus))})] if surplus else []
    for column, cell in cells.items():
        longest = MAX_NUMBER if column == "number" else MAX_CELL
        if len(cell) > longest:
            problems.append(RowProblem("cell-too-long", column, {"n": str(longest)}))
        elif cell.startswith(_FORMULA):
            problems.append(RowProblem("formula", column))
    if (found := text_problem(cells.get("number", ""), MAX_NUMBER)) in {"bidi", "control"}:
        problems.append(RowProblem(f"name-{found}", "number"))
    problems += _name_problems(cells)
    problems += [RowProblem(code, column) for code, column in (*identity_problems(cells, today), *contact_problems(cells))]
    return problems + _date_problems(cells.get("awarded_on", ""), started, today)


def _name_problems(cells: Mapping[str, str]) -> list[RowProblem]:
    found = []
    if code := name_problem(tidy(cells.get("name", ""))):
        found.append(RowProblem(code, "name"))
    native = cells.get("name_native", "")
    if native and (code := name_problem(tidy(native))):
        found.append(RowProblem(code, "name_native"))
    return found


def _date_problems(text: str, started: date | None, today: date) -> list[RowProblem]:
    try:
        awarded = date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        return [RowProblem("date-unreadable", "awarded_on")]
    if awarded > today:
        return [RowProblem("date-in-future", "awarded_on")]
    if started is not None and awarded < started:
        return [RowProblem("date-before-course", "awarded_on", {"date": started.isoformat()})]
    return []
