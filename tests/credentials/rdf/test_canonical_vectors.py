"""RDFC-1.0 on every test of W3C rdf-canon: canonical forms, issued identifiers, and the poison graph that must be stopped."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import Any, Final

import pytest
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse, serialize

from credentials.errors import ComplexityLimitError
from credentials.rdf.canonical import canonical_n_quads, issued_identifiers
from tests.shared_vectors import SHARED, shared

ROOT: Final = SHARED / "vectors" / "rdf-canon" / "tests"
ENTRIES: Final[list[dict[str, Any]]] = (
    json.loads((ROOT / "manifest.jsonld").read_bytes())["entries"] if (ROOT / "manifest.jsonld").exists() else []
)
ALGORITHMS: Final = {"sha256": CanonicalizationAlgorithm.RDFC_1_0, "sha384": CanonicalizationAlgorithm.RDFC_1_0_SHA_384}


def of_kind(kind: str) -> pytest.MarkDecorator:
    found = [entry for entry in ENTRIES if entry["type"] == f"rdfc:RDFC10{kind}"]
    return pytest.mark.parametrize("entry", found, ids=lambda entry: f"{entry['id'][1:]} {entry['name']}")


def dataset(entry: dict[str, Any]) -> Dataset:
    return Dataset(parse((ROOT / entry["action"]).read_bytes(), format=RdfFormat.N_QUADS))


def hash_name(entry: dict[str, Any]) -> str:
    return str(entry.get("hashAlgorithm", "SHA256")).lower()


def test_the_vectors_are_there() -> None:
    shared("vectors", "rdf-canon")
    assert Counter(entry["type"] for entry in ENTRIES) == {
        "rdfc:RDFC10EvalTest": 64,
        "rdfc:RDFC10MapTest": 21,
        "rdfc:RDFC10NegativeEvalTest": 1,
    }


@of_kind("EvalTest")
def test_canonical_form(entry: dict[str, Any]) -> None:
    assert canonical_n_quads(dataset(entry), hash_name=hash_name(entry)) == (ROOT / entry["result"]).read_bytes()


@of_kind("EvalTest")
def test_pyoxigraph_agrees(entry: dict[str, Any]) -> None:
    canonical = dataset(entry)
    canonical.canonicalize(ALGORITHMS[hash_name(entry)])
    lines = sorted((serialize(canonical, format=RdfFormat.N_QUADS) or b"").splitlines(keepends=True))
    assert b"".join(lines) == (ROOT / entry["result"]).read_bytes()


@of_kind("MapTest")
def test_issued_identifiers(entry: dict[str, Any]) -> None:
    assert issued_identifiers(dataset(entry), hash_name=hash_name(entry)) == json.loads((ROOT / entry["result"]).read_bytes())


@of_kind("NegativeEvalTest")
def test_a_poison_graph_is_stopped_at_once(entry: dict[str, Any]) -> None:
    started = time.process_time()
    with pytest.raises(ComplexityLimitError, match="too alike"):
        canonical_n_quads(dataset(entry), hash_name=hash_name(entry))
    assert time.process_time() - started < 2
