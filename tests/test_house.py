"""Every row of every table has vectors, good and bad, that hold; and the README names exactly these rows."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from comity.deployment import SetupError
from comity.key_stores import KEY_STORES
from credentials.data_integrity import CRYPTOSUITES
from credentials.dids import DID_METHODS
from credentials.errors import VCError
from credentials.keys import ALGORITHMS
from credentials.securing import SECURING_MECHANISMS
from credentials.status import STATUS_TYPES
from credentials.verify import CHECKS
from tests.vectors.making import FOLDER
from tests.vectors.trying import TRY

TABLES: Final[Mapping[str, Mapping[str, object]]] = {
    "signature algorithm": ALGORITHMS,
    "cryptosuite": CRYPTOSUITES,
    "securing mechanism": SECURING_MECHANISMS,
    "DID method": DID_METHODS,
    "status mechanism": STATUS_TYPES,
    "key store": KEY_STORES,
    "check": CHECKS,
}
CASES: Final[list[dict[str, Any]]] = [case for path in sorted(FOLDER.glob("*.json")) for case in json.loads(path.read_bytes())]
ROWS: Final = [(table, row) for table, rows in TABLES.items() for row in rows]


def tried(case: Mapping[str, Any], folder: Path) -> str:
    """Return what came of a case: `ok`, the problem type, or the name of an error of the set-up."""
    try:
        TRY[case["table"]](case["row"], case["given"], folder)
    except VCError as error:
        return error.type
    except SetupError as error:
        return type(error).__name__
    return "ok"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['table']}, {case['row']}: {case['case']}")
def test_every_vector_holds(case: dict[str, Any], tmp_path: Path) -> None:
    assert tried(case, tmp_path) == case["expect"]


@pytest.mark.parametrize(("table", "row"), ROWS, ids=lambda part: part)
def test_every_row_has_a_good_and_a_bad_vector(table: str, row: str) -> None:
    expected = {case["expect"] == "ok" for case in CASES if (case["table"], case["row"]) == (table, row)}
    assert expected == {True, False}


def test_no_vector_is_of_a_row_that_is_not_there() -> None:
    assert {(case["table"], case["row"]) for case in CASES} <= set(ROWS)
    names = [(case["table"], case["row"], case["case"]) for case in CASES]
    assert len(set(names)) == len(names)


def supported() -> dict[str, list[str]]:
    """Return the README's support table: kind to the names in backticks."""
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    section = readme.partition("\n## What is supported\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|", section, re.MULTILINE)
    return {kind: re.findall(r"`([^`]+)`", names) for kind, names in rows if kind in TABLES}


def test_the_support_table_names_exactly_the_rows() -> None:
    assert supported() == {kind: list(rows) for kind, rows in TABLES.items()}
