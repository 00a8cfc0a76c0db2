from __future__ import annotations

import hashlib
import inspect
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Dataset, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, parse

from credentials.errors import ComplexityLimitError
from credentials.rdf.canonical import blank_labels, canonical_n_quads, issued_identifiers, n_quad, spelled

P, Q, R = (NamedNode(f"urn:{name}") for name in "pqr")
Term = NamedNode | BlankNode | Literal

LABELS: Final = st.sampled_from([BlankNode(name) for name in "abcd"])
IRIS: Final = st.sampled_from([P, Q])
LITERALS: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=4).map(Literal) | st.just(Literal("x", language="en"))
QUADS: Final = st.builds(Quad, LABELS | IRIS, IRIS, LABELS | IRIS | LITERALS, st.just(DefaultGraph()) | LABELS | IRIS)


def renamed(quads: list[Quad], names: Mapping[str, str]) -> list[Quad]:
    def term(value: Term | DefaultGraph) -> Term | DefaultGraph:
        return BlankNode(names[value.value]) if isinstance(value, BlankNode) else value

    return [Quad(term(quad.subject), quad.predicate, term(quad.object), term(quad.graph_name)) for quad in quads]  # type: ignore[arg-type]  # kinds are kept


@settings(max_examples=300)
@given(st.lists(QUADS, max_size=7), st.permutations("wxyz"), st.randoms(use_true_random=False))
def test_labels_and_order_never_matter(quads: list[Quad], labels: list[str], order: object) -> None:
    names = dict(zip("abcd", labels, strict=True))
    other = renamed(quads, names)
    order.shuffle(other)  # type: ignore[attr-defined]  # hypothesis's own random numbers
    assert canonical_n_quads(Dataset(other)) == canonical_n_quads(Dataset(quads))


@given(st.lists(QUADS, max_size=6))
def test_the_canonical_form_is_its_own_and_says_the_same(quads: list[Quad]) -> None:
    canonical = canonical_n_quads(Dataset(quads))
    read_back = Dataset(parse(canonical, format=RdfFormat.N_QUADS))
    assert canonical_n_quads(read_back) == canonical
    assert len(read_back) == len(Dataset(quads)) == canonical.count(b"\n")


@given(st.lists(QUADS, max_size=6), st.sampled_from(["sha256", "sha384"]))
def test_every_blank_node_has_one_identifier(quads: list[Quad], hash_name: str) -> None:
    issued = issued_identifiers(Dataset(quads), hash_name=hash_name)
    assert set(issued) == {label for quad in quads for label in blank_labels(spelled(quad))}
    assert sorted(issued.values()) == sorted(f"c14n{number}" for number in range(len(issued)))
    lines = sorted({n_quad(spelled(quad), issued) for quad in quads})
    assert "".join(lines).encode() == canonical_n_quads(Dataset(quads), hash_name=hash_name)


def test_where_blank_nodes_differ_their_hashes_give_the_order() -> None:
    quads = [Quad(BlankNode("x"), P, Literal("1")), Quad(BlankNode("y"), P, Literal("2"))]
    hashes = {name: hashlib.sha256(f'_:a <urn:p> "{value}" .\n'.encode()).hexdigest() for name, value in (("x", 1), ("y", 2))}
    assert issued_identifiers(Dataset(quads)) == {
        name: f"c14n{place}" for place, name in enumerate(sorted(hashes, key=hashes.__getitem__))
    }


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("\0\1\7", "\\u0000\\u0001\\u0007"),
        ("\b\t\n\v\f\r", "\\b\\t\\n\\u000B\\f\\r"),
        ("\x1f\x7f\x80", "\\u001F\\u007F\x80"),
        ('"\\', '\\"\\\\'),
        ("\ufffe\uffff\ufffd", "\\uFFFE\\uFFFF\ufffd"),
        ("é\U0001f600", "é\U0001f600"),
    ],
)
def test_literals_are_escaped_as_rdfc_has_it(text: str, escaped: str) -> None:
    assert canonical_n_quads(Dataset([Quad(P, Q, Literal(text))])) == f'<urn:p> <urn:q> "{escaped}" .\n'.encode()


def clique(size: int) -> Iterator[Quad]:
    yield from (Quad(BlankNode(f"n{i}"), P, BlankNode(f"n{j}")) for i in range(size) for j in range(size) if i != j)


def cycle(size: int) -> Iterator[Quad]:
    yield from (Quad(BlankNode(f"n{i}"), P, BlankNode(f"n{(i + 1) % size}")) for i in range(size))


def chain(size: int) -> Iterator[Quad]:
    yield from (Quad(BlankNode(f"n{i}"), P, BlankNode(f"n{i + 1}")) for i in range(size))


def orders_without_recursion(size: int) -> Iterator[Quad]:
    """Two like graphs in which every node of a cycle has its name before all of them are put in every order."""
    for half in "xy":
        yield Quad(BlankNode(f"{half}"), P, BlankNode(f"{half}0"))
        yield from (Quad(BlankNode(f"{half}{i}"), R, BlankNode(f"{half}{(i + 1) % size}")) for i in range(size))
        yield from (Quad(BlankNode(f"{half}"), Q, BlankNode(f"{half}{i}")) for i in range(size))


@pytest.mark.parametrize(
    ("graph", "size"),
    [(clique, 8), (clique, 40), (cycle, 1000), (chain, 3000), (orders_without_recursion, 12), (orders_without_recursion, 60)],
)
def test_a20_what_would_cost_too_much_is_refused_soon(graph: Callable[[int], Iterator[Quad]], size: int) -> None:
    started = time.process_time()
    with pytest.raises(ComplexityLimitError):
        canonical_n_quads(Dataset(graph(size)))
    assert time.process_time() - started < 4


def test_a_stack_that_is_nearly_full_is_a_limit_too() -> None:
    def deeper(frames: int) -> bytes:
        return deeper(frames - 1) if frames else canonical_n_quads(Dataset(cycle(20)))

    assert deeper(1).count(b"\n") == 20
    with pytest.raises(ComplexityLimitError, match="too alike"):
        deeper(sys.getrecursionlimit() - len(inspect.stack(0)) - 20)


@pytest.mark.parametrize(("graph", "size"), [(clique, 4), (cycle, 12), (chain, 30), (orders_without_recursion, 4)])
def test_what_is_alike_and_small_is_named(graph: Callable[[int], Iterator[Quad]], size: int) -> None:
    assert canonical_n_quads(Dataset(graph(size))).count(b"\n") == len(Dataset(graph(size)))


def test_like_children_of_one_parent_are_cheap() -> None:
    children = [Quad(NamedNode("urn:parent"), P, BlankNode(f"n{i}")) for i in range(500)]
    assert (
        canonical_n_quads(Dataset([*children, *(Quad(BlankNode(f"n{i}"), Q, Literal("same")) for i in range(500))])).count(b"\n")
        == 1000
    )


def test_a_quad_in_which_a_node_stands_twice_counts_once() -> None:
    ring = [Quad(BlankNode("a"), P, BlankNode("a"), BlankNode("a")), Quad(BlankNode("b"), P, BlankNode("b"), BlankNode("b"))]
    assert canonical_n_quads(Dataset(ring)) == b"_:c14n0 <urn:p> _:c14n0 _:c14n0 .\n_:c14n1 <urn:p> _:c14n1 _:c14n1 .\n"
