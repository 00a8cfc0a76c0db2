"""The CSV files of ESCO: what is taken from them, and what cannot be read."""

from __future__ import annotations

from collections import Counter

import pytest

from issuer_api.classifications import FIELD, GROUP, OCCUPATION, SKILL, Entry
from issuer_api.errors import InvalidRecordError
from issuer_api.esco_files import MAX_FILE, MAX_ROWS, read_esco
from tests.shared_vectors import shared

URI = "http://data.europa.eu/esco"
HEADER = "conceptType,conceptUri,iscoGroup,preferredLabel,altLabels\n"


def test_each_kind_has_its_code_its_label_and_its_other_names() -> None:
    content = (
        HEADER
        + f'Occupation,{URI}/occupation/7aedaa07-3884,7212,  welder ,"torch  welder\nwelding \x00operative\n"\n'
        + f"KnowledgeSkillCompetence,{URI}/skill/27d26fd6,,apply arc welding,arc weld | weld by arc\n"
        + f"ISCOGroup,{URI}/isco/C72,,Metal workers,\n"
        + f"SkillGroup,{URI}/isced-f/0715,,mechanics and metal trades,\n"
    ).encode("utf-8-sig")
    assert read_esco(content) == (
        Entry(OCCUPATION, "7aedaa07-3884", "welder", f"{URI}/occupation/7aedaa07-3884", "7212", ("torch welder",)),
        Entry(SKILL, "27d26fd6", "apply arc welding", f"{URI}/skill/27d26fd6", "", ("arc weld", "weld by arc")),
        Entry(GROUP, "72", "Metal workers", f"{URI}/isco/C72"),
        Entry(FIELD, "0715", "mechanics and metal trades", f"{URI}/isced-f/0715"),
    )


@pytest.mark.parametrize(
    "row",
    [
        f"SkillGroup,{URI}/skill/S1.2,,a group of skills,",
        f"Occupation,{URI}/skill/27d26fd6,,a skill that says it is an occupation,",
        "Occupation,https://evil.example/occupation/1,7212,welder,",
        f"Occupation,{URI}/occupation/1,7212,,",
        f"Occupation,{URI}/occupation/1,7212,left\u202eright,",
        f"Occupation,{URI}/occupation/1",
    ],
)
def test_rows_of_something_else_are_left_out(row: str) -> None:
    assert read_esco((HEADER + row + "\n").encode()) == ()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a" * (MAX_FILE + 1), "64 MB"),
        (HEADER.encode() + b"\xff", "UTF-8"),
        (b"code,name\n1,a\n", "conceptType, conceptUri, preferredLabel"),
        (b"", "conceptType"),
        ((HEADER + 'Occupation,"a"b,,c,d\n').encode(), "after line 1"),
        ((HEADER + ",,,,\n" * (MAX_ROWS + 1)).encode(), str(MAX_ROWS)),
    ],
    ids=["too large", "no text", "another table", "empty", "no CSV", "too many rows"],
)
def test_what_is_no_file_of_esco_is_named(content: bytes, said: str) -> None:
    with pytest.raises(InvalidRecordError, match=said):
        read_esco(content)


def test_the_files_as_they_are_published_are_read() -> None:
    found = [
        entry
        for name in ("occupations_en.csv", "ISCOGroups_en.csv", "skillGroups_en.csv", "languageSkillsCollection_en.csv")
        for entry in read_esco(shared("data", "esco", name).read_bytes())
    ]
    assert Counter(entry.kind for entry in found) == {OCCUPATION: 2942, GROUP: 619, FIELD: 220, SKILL: 345}
    [welder] = [entry for entry in found if (entry.kind, entry.label) == (OCCUPATION, "welder")]
    assert welder.group == "7212"
