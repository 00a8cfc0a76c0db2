from __future__ import annotations

import json
from typing import Any

import schemas
from registry.codes import CODES_FILE, codes_file
from registry.linting import lint
from tests.trust.world import NOW, bundle_of, encoded, shipped


def rows(**tables: list[Any]) -> list[tuple[str, Any]]:
    return [(name, value) for name, values in tables.items() for value in values]


def test_what_was_published_stays_and_what_is_new_stands_behind() -> None:
    first = codes_file(None, rows(countries=["XA", "XB"]))
    second = codes_file(first, rows(countries=["XC", "XB"], bases=["payroll"]))
    assert json.loads(second)["tables"] == {"countries": ["XA", "XB", "XC"], "bases": ["payroll"]}
    assert json.loads(second)["profiles"] == [*schemas.qr_profiles()]
    assert codes_file(second, rows(countries=["XA"])) == second


def test_a_profile_that_was_published_stays_as_it_was() -> None:
    older = json.loads(codes_file(None, ()))
    older["profiles"][0]["template"] = {"as": "it was"}
    kept = json.loads(codes_file(json.dumps(older).encode(), ()))
    assert kept["profiles"] == older["profiles"]


def test_a_row_that_papers_name_is_not_to_be_changed_moved_or_dropped() -> None:
    files = {**encoded(shipped()), CODES_FILE: codes_file(None, rows(countries=["XA", "XB"]))}
    assert lint(files, files, NOW) == ()
    assert lint(files | {CODES_FILE: codes_file(files[CODES_FILE], rows(countries=["XC"]))}, files, NOW) == ()
    worse = json.loads(files[CODES_FILE])
    worse["tables"]["countries"] = ["XB", "XA"]
    worse["profiles"].pop()
    found = lint(files | {CODES_FILE: json.dumps(worse).encode()}, files, NOW)
    assert [(finding.code, finding.id) for finding in found] == [
        ("ROW_CHANGED", "countries/1"),
        ("ROW_CHANGED", "countries/2"),
        ("ROW_CHANGED", f"profile {schemas.qr_profiles()[-1]['number']}"),
    ]


def test_the_signed_lists_carry_the_codec_and_lists_without_one_are_read_too() -> None:
    files = shipped()
    assert bundle_of(files).codec is None
    codec = bundle_of({**files, CODES_FILE: json.loads(codes_file(None, rows(countries=["XA"])))}).codec
    assert codec is not None
    assert codec.tables.row("countries", 1) == "XA"
    assert len(codec.profiles) == len(schemas.qr_profiles())
