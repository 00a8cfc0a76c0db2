"""The statements of a document and of its parts, with blank nodes that keep their names from the whole to the part.

Selective disclosure needs this. The W3C algorithms give each node a `urn:` name by expanding and compacting the document
(vc-di-ecdsa §3.4.5 to §3.4.8); here the node of a JSON object is known by that object, so that the document keeps its shape. The
cells of an ordered list are named after their owner: a list is selected whole or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from credentials.errors import DataLossError
from credentials.rdf.canonical import Statement, identifiers_for
from credentials.rdf.canonical import n_quad as line_of
from credentials.rdf.dataset import literal_of, resource
from credentials.rdf.expansion import expand
from credentials.rdf.limits import check_shape
from credentials.rdf.processor import Processor

__all__ = ["NodeNames", "Statement", "canonical_labels", "line_of", "lines_of", "statements_of"]

Graph = tuple[str, ...]
"""The name of a graph, or nothing for the default one."""
_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_TYPE, _FIRST, _REST, _NIL = (f"<{_RDF}{name}>" for name in ("type", "first", "rest", "nil"))


@dataclass(slots=True)
class NodeNames:
    """Names the node of a JSON object, the same in a document and in whatever is selected from it."""

    _names: dict[int, str] = field(default_factory=dict)
    _originals: dict[int, int] = field(default_factory=dict)
    _kept: list[Mapping[str, Any]] = field(default_factory=list)

    def selected_from(self, part: Mapping[str, Any], whole: Mapping[str, Any]) -> None:
        """Note that `part` stands for `whole`."""
        self._originals[id(part)] = self._originals.get(id(whole), id(whole))
        self._kept.append(part)  # so that no other object gets its identity

    def name(self, element: Mapping[str, Any]) -> str:
        """Return the blank node of a JSON object, with `_:`, whether or not it has an identifier instead."""
        known = self._originals.get(id(element), id(element))
        return self._names.setdefault(known, f"_:object{len(self._names)}")


@dataclass(slots=True)
class _Speaker:
    """Turns one expanded document into statements; lists are spelled as the cells that they are in RDF (JSON-LD 1.1 API §8.1)."""

    names: NodeNames
    processor: Processor = field(default_factory=Processor)
    owners: dict[int, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    said: dict[Statement, None] = field(default_factory=dict)

    def visit(self, element: Mapping[str, Any], node: dict[str, Any]) -> None:
        name = self.names.name(element)
        self.owners[id(node)] = (name, node)
        node.setdefault("@id", name)

    def say(self, subject: str, predicate: str, term: str, graph: Graph) -> None:
        self.said[subject, predicate, term, *graph] = None

    def node(self, item: dict[str, Any], graph: Graph) -> str:
        subject = _spelled(item["@id"]) if "@id" in item else self.around(item["@graph"])
        name, _ = self.owners.get(id(item), (subject, item))
        for key, values in item.items():
            if key != "@id":
                self.member(subject, key, values, name, graph)
        return subject

    def member(self, subject: str, key: str, values: Any, name: str, graph: Graph) -> None:  # noqa: ANN401  # expanded JSON-LD
        if key == "@type":
            for kind in values:
                self.say(subject, _TYPE, _spelled(kind), graph)
        elif key in ("@graph", "@included"):
            for inner in values:
                self.node(inner, (subject,) if key == "@graph" else graph)
        elif key == "@reverse":
            for predicate, others in values.items():
                for other in others:
                    self.say(self.node(other, graph), _spelled(predicate), subject, graph)
        else:
            predicate = _spelled(key)
            for place, inner in enumerate(values):
                self.say(subject, predicate, self.value(inner, f"{name} {key} {place}", graph), graph)

    def around(self, nodes: list[dict[str, Any]]) -> str:
        """Return the name of the graph that a container puts around what one object says."""
        return f"_:graph{_digest(*(self.owners[id(node)][0] for node in nodes))}"

    def value(self, item: dict[str, Any], owner: str, graph: Graph) -> str:
        if "@value" in item:
            return str(literal_of(item, self.processor))
        return self.cells(item["@list"], owner, graph) if "@list" in item else self.node(item, graph)

    def cells(self, items: list[Any], owner: str, graph: Graph) -> str:
        following = _NIL
        for place in reversed(range(len(items))):
            cell = f"_:cell{_digest(owner, str(place))}"
            self.say(cell, _FIRST, self.value(items[place], cell, graph), graph)
            self.say(cell, _REST, following, graph)
            following = cell
        return following


@lru_cache(maxsize=1024)
def _spelled(value: str) -> str:
    return str(resource(value))


def statements_of(document: Mapping[str, Any], names: NodeNames) -> tuple[Statement, ...]:
    """Return the statements of a document, blank nodes named by `names`; no JSON object may stand at two places in it.

    Raises:
        VCError: as `rdf.canonicalize`.
    """
    check_shape(document)
    speaker = _Speaker(names)
    try:
        for node in expand(document, visit=speaker.visit):
            speaker.node(node, ())
    except ValueError as error:
        raise DataLossError("an IRI or a language tag is malformed, and would not be signed") from error
    return tuple(speaker.said)


def canonical_labels(statements: Collection[Statement]) -> dict[str, str]:
    """Return the issued-identifier map of the statements: node to `c14nN` (RDFC-1.0 §4.3).

    Raises:
        ComplexityLimitError: as `rdf.canonicalize`.
    """
    return identifiers_for(statements)


def lines_of(statements: Iterable[Statement], labels: Mapping[str, str]) -> tuple[str, ...]:
    """Return canonical N-Quads, sorted, blank nodes named by `labels`."""
    return tuple(sorted(line_of(statement, labels) for statement in statements))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
