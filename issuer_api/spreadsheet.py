"""Reads and writes a class's list as a spreadsheet (Office Open XML, `.xlsx`): cells as the texts that a person sees in them.

A spreadsheet is a zip file of XML from a stranger: what it would unpack to is looked at before anything is, no entity is read
(`defusedxml`), no formula is worked out, and no more rows and columns are read than a list may have.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime, time
from typing import Any, Final

from defusedxml.common import DefusedXmlException
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from issuer_api.errors import FileUnreadableError

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_UNPACKED: Final = 64 * 1024 * 1024
MAX_COLUMNS: Final = 40
_FAR: Final = 256
_MAX_PARTS: Final = 500
_ZIP: Final = b"PK\x03\x04"
_OLD: Final = b"\xd0\xcf\x11\xe0"
"""How `.xls` begins, and a spreadsheet that is locked with a password."""
_ZEROS: Final = re.compile(r"0+")
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    SyntaxError,  # of XML, in each of the parsers that `openpyxl` takes
    DefusedXmlException,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    EOFError,
    RuntimeError,
    AssertionError,
)
"""What `openpyxl` and `zipfile` raise at a file that is damaged, or made to damage."""


def is_spreadsheet(content: bytes) -> bool:
    """Return whether a file is a spreadsheet or something else that is packed, and no text."""
    return content.startswith((_ZIP, _OLD))


def read_spreadsheet(content: bytes, needed: Sequence[str], most: int) -> list[list[str]]:
    """Return the lines of the first sheet that names the needed columns, or else of the first; empty cells at the end are left out.

    Args:
        content: the file.
        needed: names that the first line of the list has.
        most: how many lines are read.

    Raises:
        FileUnreadableError: locked, an old format, no spreadsheet, too large when unpacked, or with too many columns.
    """
    if content.startswith(_OLD):
        raise FileUnreadableError("the spreadsheet is locked with a password, or an old .xls; save it as .xlsx", "old-spreadsheet")
    try:
        _check_size(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheets = [_lines(sheet, most) for sheet in book.worksheets if sheet.sheet_state == "visible"]
    except _BROKEN as error:
        raise FileUnreadableError(
            "this is no spreadsheet that can be read; save it as .xlsx or CSV again", "spreadsheet"
        ) from error
    fitting = (lines for lines in sheets if lines and set(needed) <= {cell.strip().lower() for cell in lines[0]})
    return next(fitting, sheets[0] if sheets else [])


def _check_size(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = packed.infolist()
        if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:  # no part gives more than it says
            raise FileUnreadableError("the spreadsheet is too large when unpacked", "too-large", n=MAX_UNPACKED // 1024 // 1024)


def _lines(sheet: Any, most: int) -> list[list[str]]:  # noqa: ANN401  # openpyxl's read-only sheet has no type of its own
    lines = []
    for cells in sheet.iter_rows(max_row=most, max_col=_FAR):
        line = [_text(cell) for cell in cells]
        if any(line[MAX_COLUMNS:]):
            raise FileUnreadableError(f"the list has more than {MAX_COLUMNS} columns", "too-wide", n=MAX_COLUMNS)
        while line and not line[-1]:
            line.pop()
        lines.append(line)
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _text(cell: Any) -> str:  # noqa: ANN401  # as above
    """Return a cell as a text: days in ISO 8601, whole numbers without a point, zeros in front as far as its format shows them."""
    value = cell.value
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if type(value) is int and _ZEROS.fullmatch(str(cell.number_format)):
        return str(value).zfill(len(cell.number_format))
    if cell.data_type == "e":
        return f"={value}"  # an error value: what the list calls a formula, and so asks for what it should be
    return "" if value is None else str(value).upper() if isinstance(value, bool) else str(value)


def write_template(
    title: str, columns: Sequence[str], days: Sequence[str], notes: str, help_rows: Iterable[tuple[str, str]]
) -> bytes:
    """Return an empty list as a spreadsheet, and a second sheet that says what belongs in each column.

    Args:
        title: name of the first sheet.
        columns: its first line.
        days: the columns that hold days.
        notes: name of the second sheet.
        help_rows: its lines.
    """
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = _sheet_name(title)
    sheet.append(list(columns))
    for position, name in enumerate(columns, start=1):
        sheet.cell(1, position).font = Font(bold=True)
        column = sheet.column_dimensions[get_column_letter(position)]
        column.width, column.number_format = 24, "yyyy-mm-dd" if name in days else "@"
    sheet.freeze_panes = "A2"
    second = book.create_sheet(_sheet_name(notes))
    for row in help_rows:
        second.append(list(row))
    second.column_dimensions["A"].width = 20
    second.column_dimensions["B"].width = 90
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _sheet_name(text: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", text)[:31].strip() or "list"
