"""Expanded JSON-LD to an RDF dataset of pyoxigraph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pyld import jsonld  # type: ignore[import-untyped]  # PyLD ships no types; this package is its only door
from pyoxigraph import BlankNode, Dataset, DefaultGraph, Literal, NamedNode, Quad

from credentials.errors import DataLossError, ProofTransformationError

_LANG_STRING: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
_OPTIONS: Final = {"base": None, "rdfDirection": "i18n-datatype", "processingMode": "json-ld-1.1"}


def dataset_of(expanded: Sequence[Any]) -> Dataset:
    """Return the RDF dataset of an expanded document (JSON-LD 1.1 API §8.1, `rdfDirection` i18n-datatype).

    Raises:
        ProofTransformationError: PyLD cannot.
        DataLossError: an IRI or a language tag that RDF cannot hold.
    """
    try:
        graphs = jsonld.to_rdf(list(expanded), dict(_OPTIONS))
    except jsonld.JsonLdError as error:
        raise ProofTransformationError("the document cannot be turned into RDF") from error
    try:
        return Dataset(_quad(triple, graph) for graph, triples in graphs.items() for triple in triples if triple["object"])
    except ValueError as error:
        raise DataLossError("an IRI or a language tag is malformed, and would not be signed") from error


def _quad(triple: Mapping[str, Any], graph: str) -> Quad:
    name = DefaultGraph() if graph == "@default" else _resource(graph)
    return Quad(
        _resource(triple["subject"]["value"]),
        NamedNode(triple["predicate"]["value"]),
        _object(triple["object"]),
        name,
    )


def _resource(value: str) -> NamedNode | BlankNode:
    return BlankNode(value[2:]) if value.startswith("_:") else NamedNode(value)


def _object(term: Mapping[str, Any]) -> NamedNode | BlankNode | Literal:
    if term["type"] != "literal":
        return _resource(term["value"])
    if term.get("datatype") == _LANG_STRING:
        return Literal(term["value"], language=term["language"])
    return Literal(term["value"], datatype=NamedNode(term["datatype"]))
