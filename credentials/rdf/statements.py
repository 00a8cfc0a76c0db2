"""The statements of a document and of its parts, with blank nodes that keep their names from the whole to the part.

Selective disclosure needs this. The W3C algorithms give each node a `urn:` name by expanding and compacting the document
(vc-di-ecdsa §3.4.5 to §3.4.8); here the node of a JSON object is known by that object, so that the document keeps its shape. The
cells of an ordered list are named after their owner: a list is selected whole or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pyoxigraph import Dataset, Quad

from credentials.rdf.canonical import issued_identifiers, n_quad
from credentials.rdf.dataset import KeptLabels, dataset_of
from credentials.rdf.expansion import expand
from credentials.rdf.limits import check_shape

__all__ = ["NodeNames", "Quad", "canonical_labels", "lines_of", "statements_of"]

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


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
class _Named:
    """Gives every node of one expanded document a name; lists are spelled as the cells that they are in RDF."""

    names: NodeNames
    owners: dict[int, tuple[str, dict[str, Any]]] = field(default_factory=dict)

    def visit(self, element: Mapping[str, Any], node: dict[str, Any]) -> None:
        name = self.names.name(element)
        self.owners[id(node)] = (name, node)
        node.setdefault("@id", name)

    def value(self, item: Any, owner: str) -> Any:  # noqa: ANN401  # expanded JSON-LD
        if not isinstance(item, dict) or "@value" in item:
            return item
        if "@list" in item:
            return self.cells(item["@list"], owner)
        name, _ = self.owners.get(id(item), (owner, item))
        inner = {key: self.values(key, value, name) for key, value in item.items()}
        if "@id" not in inner:  # the graph that a container puts around what one object says
            inner["@id"] = f"_:graph{_digest(*(self.owners[id(node)][0] for node in item['@graph']))}"
        return inner

    def values(self, key: str, value: Any, owner: str) -> Any:  # noqa: ANN401  # expanded JSON-LD
        if key == "@reverse":
            return {name: self.values(name, items, owner) for name, items in value.items()}
        if isinstance(value, list) and key != "@type":
            return [self.value(item, f"{owner} {key} {place}") for place, item in enumerate(value)]
        return value

    def cells(self, items: list[Any], owner: str) -> dict[str, Any]:
        following: dict[str, Any] = {"@id": f"{_RDF}nil"}
        for place in reversed(range(len(items))):
            name = f"_:cell{_digest(owner, str(place))}"
            following = {"@id": name, f"{_RDF}first": [self.value(items[place], name)], f"{_RDF}rest": [following]}
        return following


def statements_of(document: Mapping[str, Any], names: NodeNames) -> tuple[Quad, ...]:
    """Return the statements of a document, blank nodes named by `names`; no JSON object may stand at two places in it.

    Raises:
        VCError: as `rdf.canonicalize`.
    """
    check_shape(document)
    named = _Named(names)
    expanded = [named.value(node, f"top {place}") for place, node in enumerate(expand(document, visit=named.visit))]
    return tuple(dataset_of(expanded, issuer=KeptLabels()))


def canonical_labels(statements: Iterable[Quad]) -> dict[str, str]:
    """Return the issued-identifier map of the statements: node to `c14nN` (RDFC-1.0 §4.3).

    Raises:
        ComplexityLimitError: as `rdf.canonicalize`.
    """
    return issued_identifiers(Dataset(statements))


def lines_of(statements: Iterable[Quad], labels: Mapping[str, str]) -> tuple[str, ...]:
    """Return canonical N-Quads, sorted, blank nodes named by `labels`."""
    return tuple(sorted(n_quad(quad, labels) for quad in statements))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
