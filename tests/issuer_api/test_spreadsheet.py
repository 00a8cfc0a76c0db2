"""Lists as spreadsheets: what a person sees in a cell is what is read, and nothing that a stranger packed does more than that."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from issuer_api.cohort_file import MAX_ROWS, NEEDED, read_list
from issuer_api.errors import FileUnreadableError
from issuer_api.spreadsheet import MAX_COLUMNS, MAX_UNPACKED, read_spreadsheet

TODAY = date(2026, 11, 25)


def saved(book: Workbook) -> bytes:
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def sheet(*rows: Sequence[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    return saved(book)


def read(content: bytes) -> list[list[str]]:
    return read_spreadsheet(content, NEEDED, MAX_ROWS + 2)


def repacked(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """Return a spreadsheet whose parts were changed by hand."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return written.getvalue()


LIST = sheet(NEEDED, ("Najma Akter", date(2026, 11, 6)))


def test_a_cell_is_what_a_person_sees_in_it() -> None:
    book = Workbook()
    page = book.worksheets[0]
    page.append(
        [
            "name",
            date(2026, 11, 6),
            datetime(2026, 11, 6, 9, 30, tzinfo=UTC).replace(tzinfo=None),
            12,
            12.0,
            12.5,
            True,
            None,
            "#N/A",
            "  Zoë ",
        ]
    )
    page.append(["=1+1", 7])
    page["B2"].number_format = "00000"
    page["I1"].data_type = "e"
    assert read(saved(book)) == [
        ["name", "2026-11-06", "2026-11-06 09:30:00", "12", "12", "12.5", "TRUE", "", "=#N/A", "  Zoë "],
        ["", "00007"],
    ]


def test_rows_are_numbered_as_in_the_program_and_short_ones_lack_nothing() -> None:
    content = sheet(("Name ", "awarded_on", "note"), ("Najma Akter", date(2026, 11, 6)), (), ("Sari Dewi", "2026-11-07", "x", "?"))
    first, second = read_list(content, started=None, today=TODAY)
    assert (first.number, first.cells["awarded_on"], first.is_ready) == (2, "2026-11-06", True)
    assert (second.number, [problem.code for problem in second.problems]) == (4, ["cells"])


def test_the_sheet_that_is_a_list_is_taken_wherever_it_stands_and_hidden_ones_are_not() -> None:
    book = Workbook()
    book.worksheets[0].append(["What to do"])
    for title, name in (("hidden", "Nobody"), ("list", "Najma Akter")):
        page = book.create_sheet(title)
        page.append(list(NEEDED))
        page.append([name, date(2026, 11, 6)])
    book["hidden"].sheet_state = "hidden"
    assert read(saved(book))[1] == ["Najma Akter", "2026-11-06"]


def test_10000_rows_are_read_and_one_more_is_refused() -> None:
    rows = [(f"Person {chr(97 + number % 26)}", date(2026, 11, 6)) for number in range(MAX_ROWS + 1)]
    assert len(read_list(sheet(NEEDED, *rows[:-1]), started=None, today=TODAY)) == MAX_ROWS
    with pytest.raises(FileUnreadableError) as raised:
        read_list(sheet(NEEDED, *rows), started=None, today=TODAY)
    assert raised.value.code == "too-many"


def bomb() -> bytes:
    def blown_up(name: str, part: bytes) -> bytes:
        return part + b" " * MAX_UNPACKED if name.endswith("sheet1.xml") else part

    return repacked(LIST, blown_up)


def entities() -> bytes:
    declared = b'<!DOCTYPE x [<!ENTITY a "Sari">]>'

    def declaring(name: str, part: bytes) -> bytes:
        return declared + part.replace(b"Najma", b"&a;") if name.endswith(("sheet1.xml", "sharedStrings.xml")) else part

    return repacked(LIST, declaring)


def far_away(place: bytes) -> bytes:
    return repacked(LIST, lambda name, part: part.replace(b'r="A2"', place) if name.endswith("sheet1.xml") else part)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"\xd0\xcf\x11\xe0" + bytes(600), "old-spreadsheet", id="locked, or .xls"),
        pytest.param(bomb(), "too-large", id="64 MB of spaces"),
        pytest.param(entities(), "spreadsheet", id="entities"),
        pytest.param(LIST[: len(LIST) // 2], "spreadsheet", id="cut off"),
        pytest.param(sheet(("x",) * (MAX_COLUMNS + 1)), "too-wide", id="41 columns"),
        pytest.param(far_away(b'r="AZ2"'), "too-wide", id="a cell far to the right"),
    ],
)
def test_i5_what_would_harm_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(FileUnreadableError) as raised:
        read(content)
    assert raised.value.code == code


def test_i5_a_cell_in_the_last_row_there_can_be_costs_nothing() -> None:
    content = repacked(LIST, lambda name, part: part.replace(b'r="2"', b'r="1048576"') if name.endswith("sheet1.xml") else part)
    assert read(content) == [list(NEEDED)]


@given(st.data())
def test_i5_a_damaged_spreadsheet_is_read_or_refused(data: st.DataObject) -> None:
    names = ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"]
    broken = data.draw(st.sampled_from(names))

    def damage(name: str, part: bytes) -> bytes:
        if name != broken:
            return part
        start = data.draw(st.integers(0, len(part) - 1))
        return part[:start] + data.draw(st.binary(max_size=6)) + part[start + data.draw(st.integers(0, 40)) :]

    content = repacked(LIST, damage)
    with contextlib.suppress(FileUnreadableError):
        assert all(isinstance(cell, str) for line in read(content) for cell in line)
