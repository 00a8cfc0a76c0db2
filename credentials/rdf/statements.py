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
        """Return the blank node of a JSON object, with `_:`."""
        known = self._originals.get(id(element), id(element))
        return self._names.setdefault(known, f"_:object{len(self._names)}")


def statements_of(document: Mapping[str, Any], names: NodeNames) -> tuple[Quad, ...]:
    """Return the statements of a document, blank nodes named by `names`; no JSON object may stand at two places in it.

    Raises:
        VCError: as `rdf.canonicalize`.
    """
    check_shape(document)
    expanded = [_named(node, f"top{place}") for place, node in enumerate(expand(document, label=names.name))]
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


def _named(item: Any, owner: str) -> Any:  # noqa: ANN401  # expanded JSON-LD
    """Return an expanded value in which every node has a name, lists spelled as the cells that they are in RDF."""
    if not isinstance(item, dict) or "@value" in item:
        return item
    if "@list" in item:
        return _cells(item["@list"], owner)
    inner = {key: _named_values(key, value, item.get("@id", owner)) for key, value in item.items()}
    if "@graph" in inner and "@id" not in inner:
        inner["@id"] = f"_:graph{_digest(owner, *(str(node.get('@id')) for node in inner['@graph']))}"
    return inner


def _named_values(key: str, value: Any, owner: str) -> Any:  # noqa: ANN401  # expanded JSON-LD
    if key == "@reverse":
        return {name: _named_values(name, values, owner) for name, values in value.items()}
    if isinstance(value, list) and key != "@type":
        return [_named(item, f"{owner} {key} {place}") for place, item in enumerate(value)]
    return value


def _cells(items: list[Any], owner: str) -> dict[str, Any]:
    following: dict[str, Any] = {"@id": f"{_RDF}nil"}
    for place in reversed(range(len(items))):
        name = f"_:cell{_digest(owner, str(place))}"
        following = {"@id": name, f"{_RDF}first": [_named(items[place], name)], f"{_RDF}rest": [following]}
    return following


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
