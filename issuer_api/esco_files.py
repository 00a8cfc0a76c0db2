"""Reads the CSV files in which ESCO is published (skills, occupations, ISCO groups, skill groups with ISCED-F), in any language.

The files of all versions since 1.0 have these columns: `conceptType`, `conceptUri`, `preferredLabel`, `altLabels`, and `code` or
`iscoGroup` where there is one. Other columns are not read; rows of other types are left out.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from typing import Final

from issuer_api.classifications import FIELD, GROUP, OCCUPATION, SKILL, Entry
from issuer_api.errors import InvalidRecordError
from issuer_api.names import text_problem, tidy

MAX_FILE: Final = 64 * 1024 * 1024
MAX_ROWS: Final = 200_000
_LONGEST: Final = 500
_NEEDED: Final = frozenset({"conceptType", "conceptUri", "preferredLabel"})
_SEPARATORS: Final = re.compile(r"\n| \| ")
_URI: Final = re.compile(r"https?://data\.europa\.eu/esco/(skill|occupation|isco|isced-f)/([A-Za-z0-9-]{1,64})")
_KINDS: Final[Mapping[tuple[str, str], str]] = {
    ("KnowledgeSkillCompetence", "skill"): SKILL,
    ("Occupation", "occupation"): OCCUPATION,
    ("ISCOGroup", "isco"): GROUP,
    ("SkillGroup", "isced-f"): FIELD,
}
_GROUP_CODE: Final = re.compile(r"C?([0-9]{1,4})")


def read_esco(content: bytes) -> tuple[Entry, ...]:
    """Return the entries of a file.

    Raises:
        InvalidRecordError: it is too large, no text in UTF-8, no CSV, or lacks a column.
    """
    if len(content) > MAX_FILE:
        raise InvalidRecordError(f"the file has more than {MAX_FILE // 1024 // 1024} MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidRecordError("the file is not text in UTF-8") from error
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        missing = sorted(_NEEDED - set(reader.fieldnames or ()))
        if missing:
            raise InvalidRecordError(f"the first line names no column {', '.join(missing)}: this is no file of ESCO")
        return tuple(_entries(reader))
    except csv.Error as error:
        raise InvalidRecordError(f"after line {reader.line_num} it is no CSV: {error}") from error


def _entries(reader: csv.DictReader[str]) -> Iterator[Entry]:
    for number, row in enumerate(reader):
        if number >= MAX_ROWS:
            raise InvalidRecordError(f"the file has more than {MAX_ROWS} rows")
        entry = _entry(row)
        if entry is not None:
            yield entry


def _entry(row: Mapping[str, str | None]) -> Entry | None:
    found = _URI.fullmatch((row["conceptUri"] or "").strip())
    kind = _KINDS.get((row["conceptType"] or "", found[1])) if found else None
    label = tidy(row["preferredLabel"] or "")
    if found is None or kind is None or text_problem(label, _LONGEST):
        return None
    others = tuple(name for name in map(tidy, _SEPARATORS.split(row.get("altLabels") or "")) if not text_problem(name, _LONGEST))
    numbered = _GROUP_CODE.fullmatch(found[2]) if kind == GROUP else None
    group = _GROUP_CODE.fullmatch((row.get("iscoGroup") or "").strip()) if kind == OCCUPATION else None
    return Entry(kind, numbered[1] if numbered else found[2], label, found[0], group[1] if group else "", others)
