"""Expanded JSON-LD to an RDF dataset of pyoxigraph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pyoxigraph import BlankNode, Dataset, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, parse

from credentials.errors import DataLossError, ProofTransformationError
from credentials.rdf.processor import JsonLdError, Processor

DIRECTION: Final = "i18n-datatype"
_TAGGED: Final = frozenset({"@value", "@language"})
_LANG_STRING: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


Resource = NamedNode | BlankNode
Term = NamedNode | BlankNode | Literal


def read_n_quads(content: bytes) -> Dataset:
    """Return the dataset that N-Quads spell.

    Raises:
        ProofTransformationError: they are none.
    """
    try:
        return Dataset(parse(content, format=RdfFormat.N_QUADS))
    except SyntaxError as error:
        raise ProofTransformationError("these are no N-Quads") from error


def dataset_of(expanded: Sequence[Any], *, strict: bool = True, direction: str = DIRECTION) -> Dataset:
    """Return the RDF dataset of an expanded document (JSON-LD 1.1 API §8.1).

    Args:
        expanded: as `expand` gives it.
        strict: refuse an IRI or a language tag that RDF cannot hold; else leave out the statement (§8.1.2).
        direction: `rdfDirection`, or empty for none.

    Raises:
        ProofTransformationError: PyLD cannot.
        DataLossError: strict, and a statement would be left out.
    """
    try:
        graphs = Processor(strict=strict).rdf(list(expanded), rdfDirection=direction or None)
    except JsonLdError as error:
        raise ProofTransformationError("the document cannot be turned into RDF") from error
    return Dataset(_quads(graphs, strict=strict))


def _quads(graphs: Mapping[str, Sequence[Mapping[str, Any]]], *, strict: bool) -> Iterator[Quad]:
    for graph, triples in graphs.items():
        for triple in triples:
            try:
                yield _quad(triple, graph)
            except ValueError as error:
                if strict:
                    raise DataLossError("an IRI or a language tag is malformed, and would not be signed") from error


def _quad(triple: Mapping[str, Any], graph: str) -> Quad:
    """Return a quad of a triple.

    Raises:
        ValueError: an IRI or a language tag is malformed.
    """
    name = DefaultGraph() if graph == "@default" else resource(graph)
    return Quad(
        resource(triple["subject"]["value"]),
        NamedNode(triple["predicate"]["value"]),
        term_of(triple["object"]),
        name,
    )


def resource(value: str) -> Resource:
    """Return the node of an IRI, or of a label with `_:`.

    Raises:
        ValueError: it is malformed.
    """
    return BlankNode(value[2:]) if value.startswith("_:") else NamedNode(value)


def spelled_text(text: str) -> str:
    """Return a text as N-Quads spell it."""
    return str(Literal(text))


def literal_of(item: Mapping[str, Any], processor: Processor) -> Term:
    """Return the term of an expanded value (JSON-LD 1.1 API §8.2.2); a plain text, with a language or not, needs no PyLD.

    Raises:
        ValueError: it is malformed.
    """
    value = item["@value"]
    if isinstance(value, str) and len(item) == 1:
        return Literal(value)
    if isinstance(value, str) and item.keys() == _TAGGED:
        return Literal(value, language=item["@language"])
    return term_of(processor.literal(item, rdfDirection=DIRECTION))


def term_of(term: Mapping[str, Any] | None) -> Term:
    """Return a term as PyLD spells it, or for None what makes a statement be left out.

    Raises:
        ValueError: it is malformed, or a relative IRI, for which PyLD gives None.
    """
    if term is None:
        raise ValueError("a relative IRI in a list")
    if term["type"] != "literal":
        return resource(term["value"])
    if term["datatype"] == _LANG_STRING:
        return Literal(term["value"], language=term.get("language", ""))  # an empty one is refused
    return Literal(term["value"], datatype=NamedNode(term["datatype"]))
