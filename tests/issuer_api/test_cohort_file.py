from __future__ import annotations

import csv
import io
import sys
import zipfile
from datetime import date

import pytest

from issuer_api.cohort_file import MAX_FILE, MAX_ROWS, ListRow, check_rows, read_list
from issuer_api.errors import FileUnreadableError

STARTED = date(2026, 3, 2)
TODAY = date(2026, 11, 23)
HEADER = b"name,awarded_on\n"


def read(content: bytes, *, started: date | None = STARTED) -> tuple[ListRow, ...]:
    return read_list(content, started=started, today=TODAY)


def codes(row: ListRow) -> list[tuple[str, str]]:
    return [(problem.code, problem.column) for problem in row.problems]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("name,awarded_on\nZoë,2026-11-13\n".encode(), id="UTF-8"),
        pytest.param("\ufeffname,awarded_on\nZoë,2026-11-13\n".encode(), id="byte order mark"),
        pytest.param(" NAME ; Awarded_On\r\n Zoë ;2026-11-13\r\n\r\n;\r\n".encode(), id="semicolons, spaces, empty lines"),
        pytest.param('awarded_on,name\n2026-11-13,"Zoë"'.encode(), id="other order, quotes, no last line end"),
    ],
)
def test_a_list_may_come_in_the_forms_that_spreadsheets_write(content: bytes) -> None:
    [row] = read(content)
    assert (row.number, row.cells["name"], row.cells["awarded_on"], row.cells["note"]) == (2, "Zoë", "2026-11-13", "")
    assert row.is_ready


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(HEADER + "Zoë,2026-11-13\n".encode("latin-1"), "line 2 is not UTF-8", id="Latin-1"),
        pytest.param("name,awarded_on\n".encode("utf-16"), "line 1 is not UTF-8", id="UTF-16"),
        pytest.param(zipped(), "no spreadsheet that can be read", id="zip"),
        pytest.param(HEADER + b"Sa\0ri,2026-11-13\n", "line 2 holds a zero byte", id="zero byte"),
        pytest.param(HEADER + b'"Sari,2026-11-13\n', "quotation mark that does not end", id="open quote"),
        pytest.param(HEADER + b'"Sa"ri,2026-11-13\n', "quotation mark that does not end", id="quote in the middle"),
        pytest.param(HEADER + b"a" * 1_048_576, "cell that is too long", id="1 MB cell"),
        pytest.param(HEADER[:-1] + b",x" * 1_000_000, "that is not known or stands twice", id="a million columns"),
        pytest.param(b"", "names no column 'name'", id="empty"),
        pytest.param(b"name\nSari\n", "names no column 'awarded_on'", id="missing column"),
        pytest.param(b"name,awarded_on,birthday\n", "'birthday' that is not known", id="unknown column"),
        pytest.param(b"name,awarded_on,name\n", "'name' that is not known or stands twice", id="column twice"),
        pytest.param(HEADER + b",\n\n", "no rows below", id="no rows"),
        pytest.param(HEADER + b"Sari,2026-11-13\n" * (MAX_ROWS + 1), "more than 10000 rows", id="10,001 rows"),
        pytest.param(b" " * (MAX_FILE + 1), "more than 4 MB", id="over 4 MB"),
    ],
)
def test_i5_what_is_no_list_is_refused_with_its_place(content: bytes, told: str) -> None:
    with pytest.raises(FileUnreadableError) as raised:
        read(content)
    assert told in raised.value.detail


@pytest.mark.parametrize(
    ("line", "found"),
    [
        pytest.param("=1+1,2026-11-13", [("formula", "name")], id="formula"),
        pytest.param("@x,2026-11-13", [("formula", "name")], id="at sign"),
        pytest.param("\uff1dx,2026-11-13", [("formula", "name")], id="wide equals sign"),
        pytest.param(",2026-11-13", [("name-missing", "name")], id="no name"),
        pytest.param("Sa\x07ri,2026-11-13", [("name-control", "name")], id="control"),
        pytest.param("Sari\u200f,2026-11-13", [("name-bidi", "name")], id="bidi"),
        pytest.param("N" * 121 + ",2026-11-13", [("name-too-long", "name")], id="long name"),
        pytest.param("N" * 2001 + ",2026-11-13", [("cell-too-long", "name"), ("name-too-long", "name")], id="long cell"),
        pytest.param("Sari", [("cells", "name"), ("date-unreadable", "awarded_on")], id="too few cells"),
        pytest.param("Sari,2026-11-13,x", [("cells", "name")], id="too many cells"),
        pytest.param("Sari,13.11.2026", [("date-unreadable", "awarded_on")], id="other form of date"),
        pytest.param("Sari,20261113", [("date-unreadable", "awarded_on")], id="date without hyphens"),
        pytest.param("Sari,2026-W46-5", [("date-unreadable", "awarded_on")], id="week date"),
        pytest.param("Sari,2026-02-30", [("date-unreadable", "awarded_on")], id="no such day"),
        pytest.param("Sari,2026-11-24", [("date-in-future", "awarded_on")], id="tomorrow"),
        pytest.param("Sari,2026-11-23", [], id="today"),
        pytest.param("Sari,2026-03-01", [("date-before-course", "awarded_on")], id="the day before the course"),
        pytest.param("Sari,2026-03-02", [], id="the course's first day"),
    ],
)
def test_a_row_says_what_is_wrong_with_it(line: str, found: list[tuple[str, str]]) -> None:
    [row] = read(HEADER + line.encode())
    assert codes(row) == found
    assert row.is_ready == (not found)


@pytest.mark.parametrize(
    ("native", "number", "found"),
    [
        ("", "", []),
        ("নাজমা", "A-1", []),
        ("নাজমা\u202e", "", [("name-bidi", "name_native")]),
        ("", "N" * 41, [("cell-too-long", "number")]),
        ("", "A\u202e1", [("name-bidi", "number")]),
        ("", "A\u200b1", [("name-control", "number")]),
    ],
)
def test_the_other_columns_are_looked_at_too(native: str, number: str, found: list[tuple[str, str]]) -> None:
    [row] = read(f"name,awarded_on,name_native,number\nNajma,2026-11-13,{native},{number}\n".encode())
    assert codes(row) == found


def test_a_cell_that_is_too_long_is_refused_whatever_limit_the_process_has_set_for_csv() -> None:
    limit = csv.field_size_limit(sys.maxsize)
    try:
        with pytest.raises(FileUnreadableError, match="a cell that is too long"):
            read(HEADER + b"a" * 131_073 + b",2026-11-13\n")
    finally:
        csv.field_size_limit(limit)


def test_a_course_without_a_first_day_has_none_to_compare() -> None:
    [row] = read(HEADER + b"Sari,1999-01-01", started=None)
    assert row.is_ready


def test_the_same_row_twice_is_stopped_and_the_same_name_is_to_be_looked_at() -> None:
    rows = read(HEADER + b"Sari,2026-11-13\nSari,2026-11-13\nSARI,2026-11-12\nRana,2026-11-13\n")
    assert [codes(row) for row in rows] == [[], [("double", "name")], [("homonym", "name")], []]
    assert [row.is_ready for row in rows] == [True, False, True, True]
    assert rows[1].problems[0].params == {"row": "2"}


def test_rows_without_a_name_are_no_homonyms() -> None:
    first, second = check_rows([(2, {"name": "", "note": "a"}, 0), (3, {"name": "", "note": "b"}, 0)], started=None, today=TODAY)
    assert "homonym" not in dict(codes(first) + codes(second))
