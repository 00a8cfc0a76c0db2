"""RDFC-1.0: canonical names for blank nodes, canonical N-Quads.

pyoxigraph spells the result: it is exact on every evaluation test, and cannot be stopped. So graphs in which blank nodes look alike
after their own quads are hashed go first through PyLD's implementation under a work limit; one that exceeds it is refused. PyLD's
class is mended here in three places: it writes control characters raw, knows SHA-256 alone, and has no limit.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pyld import canon  # type: ignore[import-untyped]  # PyLD ships no types; this package is its only door
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    Quad,
    RdfFormat,
    serialize,
)

from credentials.errors import ComplexityLimitError

_ALGORITHMS: Final[Mapping[str, CanonicalizationAlgorithm]] = {
    "sha256": CanonicalizationAlgorithm.RDFC_1_0,
    "sha384": CanonicalizationAlgorithm.RDFC_1_0_SHA_384,
}
_WORK_LIMIT: Final = 200  # hash-n-degree calls, above three for each blank node


def canonical_n_quads(dataset: Dataset, *, hash_name: str = "sha256") -> bytes:
    """Return the canonical N-Quads of a dataset; the dataset's blank nodes are renamed.

    Raises:
        ComplexityLimitError: naming its blank nodes would cost too much.
    """
    if _has_ties(dataset):
        issued_identifiers(dataset, hash_name=hash_name)
    dataset.canonicalize(_ALGORITHMS[hash_name])
    text = serialize(dataset, format=RdfFormat.N_QUADS) or b""
    return b"".join(sorted(text.splitlines(keepends=True)))


def issued_identifiers(dataset: Iterable[Quad], *, hash_name: str = "sha256") -> dict[str, str]:
    """Return the issued-identifier map, blank node label to canonical label, both without `_:` (RDFC-1.0 §4.3).

    Raises:
        ComplexityLimitError: naming the blank nodes would cost too much.
    """
    quads = list(dataset)
    nodes = {term.value for quad in quads for term in _terms(quad) if isinstance(term, BlankNode)}
    work = _BoundedRDFC(hash_name, limit=_WORK_LIMIT + 3 * len(nodes))
    work.main(_as_pyld(quads), {"format": "application/n-quads"})
    return {old[2:]: new[2:] for old, new in work.canonical_issuer.existing.items()}


def _terms(quad: Quad) -> tuple[object, ...]:
    return (quad.subject, quad.object, quad.graph_name)


def _has_ties(dataset: Iterable[Quad]) -> bool:
    """Return whether two blank nodes have the same quads once all blank nodes are masked."""
    around: dict[str, list[str]] = defaultdict(list)
    for quad in dataset:
        for node in {term.value for term in _terms(quad) if isinstance(term, BlankNode)}:
            around[node].append(" ".join(_masked(term, node) for term in (*_terms(quad), quad.predicate)))
    signatures = Counter("\n".join(sorted(lines)) for lines in around.values())
    return any(count > 1 for count in signatures.values())


def _masked(term: object, node: str) -> str:
    if isinstance(term, BlankNode):
        return "_:a" if term.value == node else "_:z"
    return str(term)


def _as_pyld(quads: Sequence[Quad]) -> dict[str, list[dict[str, Any]]]:
    graphs: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for quad in quads:
        name = "@default" if isinstance(quad.graph_name, DefaultGraph) else _term(quad.graph_name)["value"]
        graphs[name].append({"subject": _term(quad.subject), "predicate": _term(quad.predicate), "object": _term(quad.object)})
    return graphs


def _term(term: Any) -> dict[str, Any]:  # noqa: ANN401  # any pyoxigraph term
    if isinstance(term, BlankNode):
        return {"type": "blank node", "value": f"_:{term.value}"}
    if not hasattr(term, "datatype"):
        return {"type": "IRI", "value": term.value}
    literal = {"type": "literal", "value": term.value, "datatype": term.datatype.value}
    return literal | ({"language": term.language} if term.language else {})


class _BoundedRDFC(canon.URDNA2015):  # type: ignore[misc]  # PyLD ships no types
    """PyLD's algorithm with RDFC-1.0's escapes, a choice of hash, and a work limit."""

    def __init__(self, hash_name: str, *, limit: int) -> None:
        super().__init__()
        self._hash_name = hash_name
        self._left = limit

    def create_hash(self) -> Any:  # noqa: ANN401  # hashlib's object
        return hashlib.new(self._hash_name)

    def hash_nquads(self, nquads: Iterable[str]) -> str:
        digest = self.create_hash()
        for line in nquads:
            digest.update(_escaped(line).encode())
        return str(digest.hexdigest())

    def hash_n_degree_quads(self, id_: str, issuer: Any) -> Any:  # noqa: ANN401  # PyLD's issuer and result
        self._left -= 1
        if self._left < 0:
            raise ComplexityLimitError("the document's unnamed parts are too alike to be told apart at a fair cost")
        return super().hash_n_degree_quads(id_, issuer)


def _escaped(line: str) -> str:
    """Escape what RDFC-1.0 §3.2 escapes and PyLD's serializer leaves raw; the line's own end stays."""
    body = line.removesuffix("\n")
    return "".join(_ESCAPES.get(letter, letter) for letter in body) + "\n"


_ESCAPES: Final = {chr(code): f"\\u{code:04X}" for code in (*range(0x20), 0x7F)} | {
    "\b": "\\b",
    "\t": "\\t",
    "\f": "\\f",
}
