from __future__ import annotations

import copy
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials import rdf
from credentials.errors import ComplexityLimitError, DataLossError
from credentials.rdf.statements import NodeNames, canonical_labels, lines_of, statements_of
from tests.credentials.strategies import reordered

CONTEXT: Final = {
    "id": "@id",
    "type": "@type",
    "p": "urn:p",
    "q": "urn:q",
    "list": {"@id": "urn:list", "@container": "@list"},
    "graph": {"@id": "urn:graph", "@container": "@graph"},
    "of": {"@reverse": "urn:has"},
    "text": {"@id": "urn:text", "@language": "ar", "@direction": "rtl"},
    "json": {"@id": "urn:json", "@type": "@json"},
    "nest": "@nest",
}
VALUES: Final = st.recursive(
    st.sampled_from(["a", "b", 1, 2.5, True, {"@value": "x"}, {"id": "urn:x"}, {"id": "_:x"}]),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "@included": st.lists(st.fixed_dictionaries({"id": st.sampled_from(["urn:i", "_:i"]), "q": st.just("i")}), max_size=2),
            "id": st.sampled_from(["urn:a", "urn:b", "_:a"]),
            "type": st.just("urn:Type"),
            "p": st.lists(inner, max_size=2),
            "q": inner,
            "list": st.lists(inner, max_size=2),
            "graph": st.lists(st.fixed_dictionaries({"q": inner}), max_size=2),
            "text": st.just("نص"),
            "json": st.just({"k": [1, None]}),
            "of": st.just({"id": "urn:owner"}),
            "nest": st.fixed_dictionaries({"q": st.just("nested")}),
        },
    ),
    max_leaves=6,
)
DOCUMENTS: Final = st.fixed_dictionaries(
    {"@context": st.just(CONTEXT), "p": st.lists(VALUES, min_size=1, max_size=3), "q": st.just("z")}
)


@given(DOCUMENTS)
def test_the_statements_are_those_of_the_canonical_form(document: dict[str, Any]) -> None:
    statements = statements_of(copy.deepcopy(document), NodeNames())
    assert "".join(lines_of(set(statements), canonical_labels(statements))).encode() == rdf.canonicalize(document)


@given(st.data(), DOCUMENTS)
def test_the_order_of_members_never_matters(data: st.DataObject, document: dict[str, Any]) -> None:
    other = data.draw(reordered(document))
    forms = []
    for given_document in (document, other):
        statements = statements_of(copy.deepcopy(given_document), NodeNames())
        forms.append(lines_of(set(statements), canonical_labels(statements)))
    assert forms[0] == forms[1]


def test_a_node_has_the_name_of_its_object_wherever_that_is_selected() -> None:
    inner: dict[str, Any] = {"q": "a"}
    document = {"@context": CONTEXT, "p": [inner, {"q": "b"}]}
    names = NodeNames()
    whole = set(statements_of(document, names))
    part = {"@context": CONTEXT, "p": [inner]}
    names.selected_from(part, document)
    assert set(statements_of(part, names)) < whole
    smaller = {"q": "a"}
    names.selected_from(smaller, inner)
    again = {**smaller}
    names.selected_from(again, smaller)
    assert names.name(again) == names.name(smaller) == names.name(inner)


def test_an_object_that_was_not_there_has_a_name_of_its_own() -> None:
    document = {"@context": CONTEXT, "p": {"q": "a"}}
    names = NodeNames()
    whole = set(statements_of(document, names))
    assert not set(statements_of(copy.deepcopy(document), names)) & whole


@pytest.mark.parametrize("name", ["list", "graph"])
def test_a_list_or_a_graph_selected_whole_keeps_its_nodes(name: str) -> None:
    items = [{"q": "a"}, {"q": "b"}]
    document = {"@context": CONTEXT, "q": "other", name: items}
    names = NodeNames()
    whole = set(statements_of(document, names))
    part = {"@context": CONTEXT, name: items}
    names.selected_from(part, document)
    assert set(statements_of(part, names)) < whole
    for some in (items[:1], items[1:]):
        cut = {"@context": CONTEXT, name: some}
        names.selected_from(cut, document)
        assert (set(statements_of(cut, names)) < whole) is (name == "graph")


def test_what_rdf_cannot_hold_is_refused() -> None:
    with pytest.raises(DataLossError, match="malformed"):
        statements_of({"@context": CONTEXT, "p": {"id": "https://a.example/%zz"}}, NodeNames())


def test_the_shape_is_limited() -> None:
    document: dict[str, Any] = {}
    for _ in range(40):
        document = {"urn:p": document}
    with pytest.raises(ComplexityLimitError):
        statements_of(document, NodeNames())
