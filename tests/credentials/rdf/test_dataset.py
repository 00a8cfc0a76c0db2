from __future__ import annotations

from typing import Any, Final

import pytest
from pyoxigraph import Dataset, DefaultGraph, Literal, NamedNode, Quad

from credentials import rdf
from credentials.errors import DataLossError, ProofTransformationError
from credentials.rdf.dataset import dataset_of, read_n_quads
from credentials.rdf.processor import Processor

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
A, P = NamedNode("urn:a"), NamedNode("urn:p")


def expanded(value: Any) -> list[Any]:  # noqa: ANN401  # any expanded value
    return [{"@id": "urn:a", "urn:p": [value]}]


@pytest.mark.parametrize(
    ("value", "term"),
    [
        ({"@id": "urn:b"}, NamedNode("urn:b")),
        ({"@value": "x"}, Literal("x")),
        ({"@value": "x", "@language": "en"}, Literal("x", language="en")),
        (
            {"@value": "x", "@language": "ar", "@direction": "rtl"},
            Literal("x", datatype=NamedNode("https://www.w3.org/ns/i18n#ar_rtl")),
        ),
        ({"@value": "x", "@direction": "rtl"}, Literal("x", datatype=NamedNode("https://www.w3.org/ns/i18n#_rtl"))),
        ({"@value": "x", "@type": "urn:t"}, Literal("x", datatype=NamedNode("urn:t"))),
        ({"@value": True}, Literal("true", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#boolean"))),
        ({"@value": "x", "@type": RDF + "langString"}, None),
        ({"@list": []}, NamedNode(RDF + "nil")),
    ],
)
def test_every_kind_of_value(value: dict[str, Any], term: Any) -> None:  # noqa: ANN401  # any term
    if term is None:
        with pytest.raises(DataLossError):
            dataset_of(expanded(value))
    else:
        assert dataset_of(expanded(value)) == Dataset([Quad(A, P, term)])


def test_graphs_have_names() -> None:
    graph = [{"@id": "urn:g", "@graph": [{"@id": "urn:a", "urn:p": [{"@value": "x"}]}], "urn:p": [{"@value": "y"}]}]
    assert dataset_of(graph) == Dataset(
        [Quad(A, P, Literal("x"), NamedNode("urn:g")), Quad(NamedNode("urn:g"), P, Literal("y"), DefaultGraph())]
    )


@pytest.mark.parametrize(
    "value",
    [
        {"@id": "urn:a b"},
        {"@id": "https://a/<>"},
        {"@value": "x", "@language": "a b"},
        {"@value": "x", "@type": "urn:a b"},
        {"@list": [{"@id": "relative"}]},
    ],
)
def test_what_rdf_cannot_hold_is_refused_or_left_out(value: dict[str, Any]) -> None:
    with pytest.raises(DataLossError, match="malformed"):
        dataset_of(expanded(value))
    assert not [quad for quad in dataset_of(expanded(value), strict=False) if quad.predicate == NamedNode(RDF + "first")]


def test_what_pyld_cannot_turn_into_rdf_is_refused() -> None:
    conflict = [{"@id": "urn:a", "@index": "one", "urn:p": [{"@id": "urn:a", "@index": "two"}]}]
    with pytest.raises(ProofTransformationError, match="cannot be turned into RDF"):
        dataset_of(conflict)


def test_no_direction_when_none_is_asked_for() -> None:
    value = {"@value": "x", "@direction": "rtl"}
    assert dataset_of(expanded(value), direction="") == Dataset([Quad(A, P, Literal("x"))])


def test_the_canonical_form_of_a_document() -> None:
    document = {"@id": "urn:a", "urn:p": [{"@value": "x", "@language": "EN"}, {"urn:q": {"@list": [1, 2]}}]}
    lines = rdf.canonicalize(document).decode().splitlines()
    assert '<urn:a> <urn:p> "x"@en .' in lines
    assert len(lines) == 7
    assert rdf.canonicalize(Processor().expand_document(document, base="https://base.example/")[0]) == rdf.canonicalize(document)


def test_n_quads_are_read_and_what_is_none_is_refused() -> None:
    assert list(read_n_quads(b"<urn:a> <urn:p> <urn:b> .\n")) == [Quad(A, P, NamedNode("urn:b"), DefaultGraph())]
    with pytest.raises(ProofTransformationError):
        read_n_quads(b"<urn:a> .")
