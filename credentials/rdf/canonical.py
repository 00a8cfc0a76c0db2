"""RDFC-1.0: canonical names for blank nodes, canonical N-Quads.

Where the quads around each blank node differ once blank nodes are masked, the names follow from their hashes alone (RDFC-1.0
§4.4.3, step 4). Where some are alike, PyLD's implementation names them under a work limit, and a graph that exceeds it is refused.
PyLD's class is mended in four places: it hashes control characters raw, knows SHA-256 alone, counts a quad twice in which a blank
node stands twice, and has no limit. pyoxigraph has an implementation too, which names alike nodes otherwise where graphs have blank
names: here it only spells terms.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from pyld import canon  # type: ignore[import-untyped]  # PyLD ships no types; this package is its only door
from pyoxigraph import DefaultGraph, Quad

from credentials.errors import ComplexityLimitError

_BLANK: Final = "_:"
_WORK_LIMIT: Final = 4_000  # orders of like blank nodes tried, above four for each blank node; W3C's largest test needs 2,880


Statement = tuple[str, ...]
"""Subject, predicate, object, and the graph where that is not the default one, each as N-Quads spell it."""


def canonical_n_quads(dataset: Iterable[Quad], *, hash_name: str = "sha256") -> bytes:
    """Return the canonical N-Quads of a dataset.

    Raises:
        ComplexityLimitError: naming its blank nodes would cost too much.
    """
    statements = [spelled(quad) for quad in dataset]
    labels = identifiers_for(statements, hash_name=hash_name)
    return "".join(sorted(n_quad(statement, labels) for statement in statements)).encode()


def issued_identifiers(dataset: Iterable[Quad], *, hash_name: str = "sha256") -> dict[str, str]:
    """Return the issued-identifier map, blank node label to canonical label, both without `_:` (RDFC-1.0 §4.3).

    Raises:
        ComplexityLimitError: naming the blank nodes would cost too much.
    """
    return identifiers_for([spelled(quad) for quad in dataset], hash_name=hash_name)


def identifiers_for(statements: Collection[Statement], *, hash_name: str = "sha256") -> dict[str, str]:
    """Return the issued-identifier map of statements that all differ.

    Raises:
        ComplexityLimitError: naming the blank nodes would cost too much.
    """
    hashes = _first_degree_hashes(statements, hash_name)
    if _all_differ(hashes):
        return {label: f"c14n{place}" for place, label in enumerate(sorted(hashes, key=hashes.__getitem__))}
    return _issue(statements, hashes, hash_name)


def spelled(quad: Quad) -> Statement:
    """Return a quad as its terms are spelled."""
    subject, predicate, spoken_of, graph = quad
    named = () if isinstance(graph, DefaultGraph) else (str(graph),)
    return (str(subject), str(predicate), str(spoken_of), *named)


def n_quad(statement: Statement, labels: Mapping[str, str]) -> str:
    """Return the canonical N-Quads line of a statement whose blank nodes are renamed by `labels`."""
    return " ".join([f"_:{labels[term[2:]]}" if term.startswith(_BLANK) else term for term in statement]) + " .\n"


def blank_labels(statement: Statement) -> set[str]:
    """Return the labels of a statement's blank nodes, without `_:`."""
    return {term[2:] for term in statement if term.startswith(_BLANK)}


class _Masked(dict[str, str]):
    """Labels seen from one blank node: itself `a`, all others `z` (RDFC-1.0 §4.6.3)."""

    def __missing__(self, label: str) -> str:
        return "z"


def _first_degree_hashes(statements: Iterable[Statement], hash_name: str) -> dict[str, str]:
    around: dict[str, list[str]] = defaultdict(list)
    for statement in statements:
        for label in blank_labels(statement):
            around[label].append(n_quad(statement, _Masked({label: "a"})))
    return {label: hashlib.new(hash_name, "".join(sorted(lines)).encode()).hexdigest() for label, lines in around.items()}


def _all_differ(hashes: Mapping[str, str]) -> bool:
    return len(set(hashes.values())) == len(hashes)


def _issue(statements: Iterable[Statement], hashes: Mapping[str, str], hash_name: str) -> dict[str, str]:
    work = _BoundedRDFC(hashes, hash_name, limit=_WORK_LIMIT + 4 * len(hashes))
    try:
        work.main(_as_pyld(statements), {"format": "application/n-quads"})
    except RecursionError as error:
        raise _too_alike() from error
    return {old[2:]: new[2:] for old, new in work.canonical_issuer.existing.items()}


def _as_pyld(statements: Iterable[Statement]) -> dict[str, list[dict[str, Any]]]:
    graphs: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for subject, predicate, spoken_of, *graph in statements:
        name = _term(graph[0])["value"] if graph else "@default"
        graphs[name].append({"subject": _term(subject), "predicate": _term(predicate), "object": _term(spoken_of)})
    return graphs


def _term(term: str) -> dict[str, Any]:
    if term.startswith(_BLANK):
        return {"type": "blank node", "value": term}
    return {"type": "IRI", "value": term[1:-1]}  # what PyLD hashes of a literal is among the given hashes already


class _BoundedRDFC(canon.URDNA2015):  # type: ignore[misc]  # PyLD ships no types
    """PyLD's algorithm over hashes of the first degree that are given, with a choice of hash, and a work limit."""

    def __init__(self, hashes: Mapping[str, str], hash_name: str, *, limit: int) -> None:
        super().__init__()
        self._hashes = hashes
        self._hash_name = hash_name
        self._left = limit

    def create_hash(self) -> Any:  # noqa: ANN401  # hashlib's object
        return hashlib.new(self._hash_name)

    def hash_first_degree_quads(self, id_: str) -> str:
        return self._hashes[id_[2:]]

    def create_hash_to_related(self, id_: str, issuer: Any) -> dict[str, list[str]]:  # noqa: ANN401  # PyLD's issuer
        around = self.blank_node_info[id_]
        around["quads"] = list({id(quad): quad for quad in around["quads"]}.values())  # PyLD keeps one for each place of the node
        related: dict[str, list[str]] = super().create_hash_to_related(id_, issuer)
        orders = sum(_orders(nodes) for nodes in related.values())
        self._left -= orders * (1 + len(issuer.order) // 16) + 1  # PyLD copies the issuer for each order
        if self._left < 0:
            raise _too_alike()
        return related


def _too_alike() -> ComplexityLimitError:
    return ComplexityLimitError("the document's unnamed parts are too alike to be told apart at a fair cost")


def _orders(nodes: Sequence[str]) -> int:
    """Return in how many orders the nodes can stand; equal ones are not told apart."""
    repeated = math.prod(math.factorial(count) for count in Counter(nodes).values())
    return math.factorial(len(nodes)) // repeated
