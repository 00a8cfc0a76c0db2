"""JSON-LD 1.1 to RDF on every test of W3C json-ld-api; each that cannot apply is named with its reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from pyoxigraph import Dataset, RdfFormat, parse

from credentials.rdf.canonical import canonical_n_quads
from credentials.rdf.dataset import dataset_of
from credentials.rdf.processor import JsonLdError, Processor
from tests.shared_vectors import SHARED, shared

ROOT: Final = SHARED / "vectors" / "json-ld-toRdf"
MANIFEST: Final = ROOT / "toRdf-manifest.jsonld"
TESTS: Final[list[dict[str, Any]]] = json.loads(MANIFEST.read_bytes())["sequence"] if MANIFEST.exists() else []
BASE: Final = "https://w3c.github.io/json-ld-api/tests/"
_OLD: Final = "JSON-LD 1.0 alone: a processor of version 1.1 answers otherwise"
_GENERALIZED: Final = "generalized RDF, obsolete: a predicate that is a blank node is no RDF, and is refused here"
NOT_APPLICABLE: Final = {
    "#t0118": _GENERALIZED,
    "#te014": _OLD + " (an `@set` of values that are reordered)",
    "#te026": _OLD + " (a term for `@type` with other than `@type`)",
    "#te071": _OLD + " (terms that look like compact IRIs)",
    "#te075": _GENERALIZED,
    "#te115": _OLD + " (relative `@vocab`)",
    "#te116": _OLD + " (relative `@vocab`)",
    "#ter02": _OLD + " (its error is named `recursive context inclusion`)",
    "#ter03": _OLD + " (its error is named `recursive context inclusion`)",
    "#ter24": _OLD + " (lists of lists)",
    "#ter32": _OLD + " (lists of lists)",
}
pytestmark = pytest.mark.filterwarnings("ignore")  # PyLD warns of terms that look like keywords


def stored(name: str) -> Path:
    """Return a file of the suite: some stand beside the manifest, some under the name of another folder."""
    path = ROOT / name
    return path if path.exists() else ROOT / "toRdf" / Path(name).name


def load(url: str, _options: object = None) -> dict[str, Any]:
    document = json.loads(stored(url.removeprefix(BASE)).read_bytes())
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": document}


def dataset(test: dict[str, Any]) -> Dataset:
    option = test.get("option", {})
    document = json.loads(stored(test["input"]).read_bytes())
    context = json.loads(stored(option["expandContext"]).read_bytes())["@context"] if "expandContext" in option else None
    expanded = Processor(load=load, strict=False).expand_document(
        document,
        base=option.get("base", BASE + test["input"]),
        context=context,
        mode=option.get("processingMode", "json-ld-1.1"),
    )
    return dataset_of(expanded, strict=False, direction=option.get("rdfDirection", ""))


def codes(error: BaseException | None) -> list[str]:
    found = []
    while error is not None:
        found.append(getattr(error, "code", None))
        error = error.__cause__
    return [code for code in found if code]


def applicable(kind: str) -> pytest.MarkDecorator:
    found = [test for test in TESTS if kind in test["@type"] and test["@id"] not in NOT_APPLICABLE]
    return pytest.mark.parametrize("test", found, ids=lambda test: f"{test['@id'][1:]} {test['name']}")


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


@applicable("jld:PositiveEvaluationTest")
def test_what_is_said(test: dict[str, Any]) -> None:
    expected = Dataset(parse(stored(test["expect"]).read_bytes(), format=RdfFormat.N_QUADS))
    assert canonical_n_quads(dataset(test)) == canonical_n_quads(expected)


@applicable("jld:PositiveSyntaxTest")
def test_what_is_well_formed(test: dict[str, Any]) -> None:
    assert isinstance(dataset(test), Dataset)


@applicable("jld:NegativeEvaluationTest")
def test_what_is_refused(test: dict[str, Any]) -> None:
    with pytest.raises(JsonLdError) as caught:
        dataset(test)
    assert test["expectErrorCode"] in codes(caught.value)
