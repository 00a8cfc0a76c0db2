from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials import rdf
from credentials.data_integrity.selective_disclosure import (
    MAX_POINTERS,
    Disclosable,
    hmac_labels,
    parse_pointer,
    relabelled,
    select,
    shuffled_labels,
)
from credentials.errors import ComplexityLimitError, DataLossError, MalformedValueError, ProofVerificationError
from credentials.rdf.statements import NodeNames
from tests.credentials.strategies import reordered

KEY: Final = bytes(range(32))
DOCUMENT: Final[dict[str, Any]] = {
    "@context": [
        "https://www.w3.org/ns/credentials/v2",
        {
            "@vocab": "urn:v:",
            "steps": {"@id": "urn:v:steps", "@container": "@list"},
            "raw": {"@id": "urn:v:raw", "@type": "@json"},
            "Scoped": {"@id": "urn:v:Scoped", "@context": {"inner": "urn:v:scopedInner"}},
        },
    ],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "Training"],
    "issuer": {"id": "did:example:issuer", "name": "Centre"},
    "credentialSubject": {
        "name": "Amina",
        "nested": {"type": "Scoped", "inner": {"inner": "deep"}, "other": 1},
        "same": [{"grade": 1}, {"grade": 1}, {"grade": 2, "note": "x"}],
        "steps": ["a", {"b": "c"}],
        "raw": {"k": [1, 2], "l": 3},
        "langs": [{"@value": "سلام", "@language": "ar"}, "plain"],
        "a/b": {"c~d": "escaped"},
        "local": {"@context": {"term": "urn:v:local"}, "term": "t"},
    },
}


def disclosable(document: dict[str, Any] = DOCUMENT) -> Disclosable:
    return Disclosable.of(document, hmac_labels(KEY))


def pointers(value: object, path: str = "") -> Iterator[str]:
    """Yield a pointer to every member and place outside contexts, lists in order and values."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        if name in {"@context", "@value"} or (isinstance(inner, dict) and "@value" in inner):
            continue
        yield (pointer := f"{path}/{str(name).replace('~', '~0').replace('/', '~1')}")
        if name not in {"steps", "raw", "type", "@type", "id"}:
            yield from pointers(inner, pointer)


ALL: Final = list(pointers(DOCUMENT))


@given(st.lists(st.sampled_from(ALL), min_size=1, max_size=4))
def test_a_part_makes_the_statements_that_it_selects_and_no_others(chosen: list[str]) -> None:
    whole = disclosable()
    revealed = whole.reveal(chosen)
    assert revealed.indexes == whole.indexes(chosen)
    assert set(revealed.indexes) == set().union(*(whole.indexes([pointer]) for pointer in chosen))
    assert relabelled(revealed.document, revealed.labels) == tuple(whole.lines[place] for place in revealed.indexes)


@given(st.lists(st.sampled_from(ALL), max_size=3))
def test_what_is_selected_stands_as_it_was(chosen: list[str]) -> None:
    part = select(DOCUMENT, chosen, NodeNames())
    if not chosen:
        assert part is None
        return
    assert part is not None
    for pointer in chosen:
        if not any(step.isdigit() for step in parse_pointer(pointer)):
            assert found(part, pointer) == found(DOCUMENT, pointer)
    assert part["@context"] == DOCUMENT["@context"]
    assert (part["id"], part["type"]) == (DOCUMENT["id"], DOCUMENT["type"])


def found(value: Any, pointer: str) -> Any:  # noqa: ANN401  # any JSON
    for step in parse_pointer(pointer):
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def test_what_leads_to_it_shows_its_identifier_and_type_alone() -> None:
    assert select(DOCUMENT, ["/credentialSubject/nested/other", "/issuer/name"], NodeNames()) == {
        "@context": DOCUMENT["@context"],
        "id": DOCUMENT["id"],
        "type": DOCUMENT["type"],
        "issuer": {"id": "did:example:issuer", "name": "Centre"},
        "credentialSubject": {"nested": {"type": "Scoped", "other": 1}},
    }
    part = select(DOCUMENT, ["/credentialSubject/same/2/note", "/credentialSubject/same/0"], NodeNames())
    assert part is not None
    assert part["credentialSubject"] == {"same": [{"grade": 1}, {"note": "x"}]}
    assert select(DOCUMENT, ["/credentialSubject/name", "/credentialSubject"], NodeNames()) == select(
        DOCUMENT, ["/credentialSubject"], NodeNames()
    )


def test_the_empty_pointer_selects_all() -> None:
    assert select(DOCUMENT, [""], NodeNames()) == DOCUMENT
    whole = disclosable()
    assert whole.indexes([""]) == tuple(range(len(whole.lines)))
    assert whole.reveal([""]).document == DOCUMENT


def test_like_objects_are_told_apart() -> None:
    whole = disclosable()
    first, second = (set(whole.indexes([f"/credentialSubject/same/{place}/grade"])) for place in (0, 1))
    assert len(first) == len(second)
    assert first != second


@pytest.mark.parametrize(
    "pointer",
    [
        "/nothing",
        "/issuer/name/0",
        "/issuer/name/length",
        "/type/2",
        "/type/-1",
        "/type/01",
        "/type/-",
        "/type/0/0",
        "/credentialSubject/same/grade",
        "/credentialSubject/same/\u0660",
        "/credentialSubject/a/b",
        "/credentialSubject/A~1B",
        "//",
        "/",
    ],
)
def test_a_pointer_that_matches_nothing_is_refused(pointer: str) -> None:
    with pytest.raises(MalformedValueError, match="matches nothing"):
        disclosable().indexes(["/issuer", pointer])


@pytest.mark.parametrize("pointer", ["issuer", " /issuer", "/a~", "/a~2", None, 1, ["/issuer"]])
def test_what_is_no_pointer_is_refused(pointer: Any) -> None:  # noqa: ANN401  # anything
    with pytest.raises(MalformedValueError, match="begins with a slash"):
        disclosable().reveal([pointer])


def test_pointers_are_escaped_as_rfc_6901_has_it() -> None:
    assert parse_pointer("/a~1b/c~0d/~01") == ("a/b", "c~d", "~1")
    assert parse_pointer("") == ()
    part = select(DOCUMENT, ["/credentialSubject/a~1b/c~0d"], NodeNames())
    assert part is not None
    assert part["credentialSubject"] == {"a/b": {"c~d": "escaped"}}


def test_there_are_not_more_pointers_than_we_follow() -> None:
    whole = disclosable()
    assert whole.indexes(["/issuer"] * MAX_POINTERS) == whole.indexes(["/issuer"])
    with pytest.raises(MalformedValueError, match="more than 1000"):
        whole.indexes(["/issuer"] * (MAX_POINTERS + 1))


@pytest.mark.parametrize("pointer", ["/credentialSubject/steps/0", "/credentialSubject/raw/k", "/credentialSubject/langs/0/@value"])
def test_what_is_no_statement_by_itself_cannot_be_shown_by_itself(pointer: str) -> None:
    whole = disclosable()
    for use in (whole.indexes, whole.reveal):
        with pytest.raises(DataLossError, match="no statement by itself"):
            use([pointer])
    assert whole.reveal([pointer.rsplit("/", 1)[0]]).indexes


def test_nothing_is_selected_by_no_pointer() -> None:
    assert disclosable().indexes([]) == ()
    with pytest.raises(MalformedValueError, match="nothing is selected"):
        disclosable().reveal([])


@settings(max_examples=30)
@given(reordered(DOCUMENT))
def test_order_never_matters(document: dict[str, Any]) -> None:
    assert disclosable(document).lines == disclosable().lines


def test_labels_follow_from_the_key_and_hide_the_canonical_ones() -> None:
    lines, other = disclosable().lines, Disclosable.of(DOCUMENT, hmac_labels(bytes(32))).lines
    assert lines != other
    assert len(lines) == len(other) == rdf.canonicalize(DOCUMENT).count(b"\n")
    assert not any("_:c14n" in line for line in lines)
    shuffled = Disclosable.of(DOCUMENT, shuffled_labels(KEY)).lines
    assert len(shuffled) == len(lines)
    labels = shuffled_labels(KEY)([f"c14n{number}" for number in range(12)])
    assert sorted(labels.values()) == sorted(f"b{number}" for number in range(12))


def test_one_object_at_two_places_of_a_document_is_two() -> None:
    shared_object = {"grade": 1}
    document = {"@context": DOCUMENT["@context"], "type": "Training", "one": shared_object, "two": shared_object}
    assert disclosable(document).lines == disclosable(json.loads(json.dumps(document))).lines
    assert "".join(disclosable(document).lines).count("urn:v:grade") == 2


def test_the_document_is_copied() -> None:
    document = copy.deepcopy(DOCUMENT)
    whole = disclosable(document)
    document["issuer"]["name"] = "changed"
    assert whole.reveal(["/issuer"]).document["issuer"]["name"] == "Centre"
    deep: dict[str, Any] = {}
    for _ in range(500):
        deep = {"a": deep}
    with pytest.raises(ComplexityLimitError):
        disclosable(deep)


class TestRelabelled:
    def test_labels_are_one_for_each_blank_node_all_different(self) -> None:
        revealed = disclosable().reveal(["/credentialSubject/same"])
        labels = dict(revealed.labels)
        assert len(labels) == 4
        one, two, *_ = labels
        for wrong in (
            {},
            {**labels, "c14n4": "uX"},
            {name: label for name, label in labels.items() if name != one},
            {**labels, one: labels[two]},
            {**{name: label for name, label in labels.items() if name != one}, "c14n9": labels[one]},
        ):
            with pytest.raises(ProofVerificationError, match="does not label"):
                relabelled(revealed.document, wrong)
        assert relabelled(revealed.document, labels)

    def test_a_document_without_blank_nodes_needs_none(self) -> None:
        document = {"@context": DOCUMENT["@context"], "id": "urn:a", "type": "Training"}
        assert len(relabelled(document, {})) == 1
