"""The W3C tests of JSON-LD to RDF that `comity conformance vectors` runs: all are there, and those left out say so themselves."""

from __future__ import annotations

from typing import Any, Final

import pytest

from comity.conformance.families_rdf import NOT_APPLICABLE, Suite
from tests.shared_vectors import SHARED, shared

SUITE: Final = Suite(SHARED / "vectors" / "json-ld-toRdf")
TESTS: Final[list[dict[str, Any]]] = SUITE.tests() if SUITE.folder.exists() else []


def test_the_vectors_are_there() -> None:
    shared("vectors", "json-ld-toRdf")
    assert (len(TESTS), len(NOT_APPLICABLE)) == (467, 11)
    assert set(NOT_APPLICABLE) < {test["@id"] for test in TESTS}


@pytest.mark.parametrize("name", NOT_APPLICABLE)
def test_what_cannot_apply_says_so_itself(name: str) -> None:
    """The suite marks them: for version 1.0, or for generalized RDF."""
    shared("vectors", "json-ld-toRdf")
    option = next(test["option"] for test in TESTS if test["@id"] == name)
    assert option.get("specVersion") == "json-ld-1.0" or option.get("processingMode") == "json-ld-1.0"
