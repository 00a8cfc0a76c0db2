"""A query off the wire: whole, bounded, every error with its place (OpenID4VP 1.0 §6)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.dcql import Query, parse_query
from credentials.dcql.query import MAX_CREDENTIALS
from credentials.errors import ComplexityLimitError, MalformedValueError, VCError

ONE: dict[str, Any] = {"id": "course", "format": "dc+sd-jwt", "meta": {"vct_values": ["urn:course:1"]}}


ELEMENT: dict[str, Any] = {"path": ["org.iso.18013.5.1", "family_name"], "intent_to_retain": True}


def of_mdoc(*claims: dict[str, Any], **meta: object) -> dict[str, Any]:
    return {"credentials": [{"id": "a", "format": "mso_mdoc", "meta": meta, "claims": [*claims] or [ELEMENT]}]}


def with_claims(*claims: object, **more: object) -> dict[str, Any]:
    return {"credentials": [ONE | {"claims": list(claims)} | more]}


def test_a_query_is_read_whole() -> None:
    query = parse_query(
        {
            "credentials": [
                {
                    "id": "a",
                    "format": "dc+sd-jwt",
                    "meta": {"vct_values": ["urn:a", "urn:b"]},
                    "multiple": True,
                    "trusted_authorities": [{"type": "aki", "values": ["s9tIpPmhxdiuNkHMEWNpYim8S8Y"]}],
                    "require_cryptographic_holder_binding": False,
                    "claims": [
                        {"id": "n", "path": ["name"]},
                        {"id": "d", "path": ["degrees", None, "type"], "values": ["B", 1, True]},
                    ],
                    "claim_sets": [["n", "d"], ["n"]],
                    "unknown": "is passed over",
                },
                {"id": "b", "format": "ldp_vc", "meta": {"type_values": [["A", "B"], ["C"]]}},
                {"id": "c", "format": "mso_mdoc", "meta": {"doctype_value": "org.iso.18013.5.1.mDL"}, "claims": [ELEMENT]},
            ],
            "credential_sets": [{"options": [["a"], ["b", "c"]]}, {"options": [["c"]], "required": False}],
        }
    )
    first, second, third = query.credentials
    assert (first.multiple, first.require_cryptographic_holder_binding) == (True, False)
    assert first.types == (frozenset({"urn:a"}), frozenset({"urn:b"}))
    assert [claim.path for claim in first.claims] == [("name",), ("degrees", None, "type")]
    assert first.claims[1].values == ("B", 1, True)
    assert [[claim.id for claim in option] for option in first.options()] == [["n", "d"], ["n"]]
    assert (second.multiple, second.require_cryptographic_holder_binding, second.options()) == (False, True, ((),))
    assert second.types == (frozenset({"A", "B"}), frozenset({"C"}))
    assert third.types == (frozenset({"org.iso.18013.5.1.mDL"}),)
    assert [(claim.path, claim.intent_to_retain) for claim in third.claims] == [(("org.iso.18013.5.1", "family_name"), True)]
    assert [(one.options, one.required) for one in query.credential_sets] == [
        ((("a",), ("b", "c")), True),
        ((("c",),), False),
    ]


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        pytest.param({}, "/credentials", id="no credentials"),
        pytest.param({"credentials": []}, "/credentials", id="an empty array"),
        pytest.param({"credentials": ["a"]}, "/credentials/0", id="no object"),
        pytest.param({"credentials": [ONE | {"id": "a b"}]}, "/credentials/0/id", id="an id with a space"),
        pytest.param({"credentials": [ONE | {"id": 1}]}, "/credentials/0/id", id="an id that is a number"),
        pytest.param({"credentials": [ONE, ONE]}, "/credentials", id="an id twice"),
        pytest.param({"credentials": [ONE | {"format": ""}]}, "/credentials/0/format", id="no format"),
        pytest.param({"credentials": [ONE | {"meta": None}]}, "/credentials/0/meta", id="no meta"),
        pytest.param({"credentials": [ONE | {"meta": {"vct_values": []}}]}, "/credentials/0/meta/vct_values", id="no types"),
        pytest.param({"credentials": [ONE | {"meta": {"vct_values": [1]}}]}, "/credentials/0/meta/vct_values/0", id="a type"),
        pytest.param({"credentials": [ONE | {"multiple": 1}]}, "/credentials/0/multiple", id="multiple is no flag"),
        pytest.param(
            {"credentials": [ONE | {"trusted_authorities": [{"type": "aki"}]}]},
            "/credentials/0/trusted_authorities/0/values",
            id="an authority without values",
        ),
        pytest.param(with_claims({"path": []}), "/credentials/0/claims/0/path", id="an empty path"),
        pytest.param(with_claims({"path": ["a", -1]}), "/credentials/0/claims/0/path/1", id="a negative position"),
        pytest.param(with_claims({"path": ["a", True]}), "/credentials/0/claims/0/path/1", id="true is no position"),
        pytest.param(with_claims({"path": ["a", 1.0]}), "/credentials/0/claims/0/path/1", id="a fraction"),
        pytest.param(with_claims({"path": ["a"], "values": [1.5]}), "/credentials/0/claims/0/values/0", id="a value"),
        pytest.param(with_claims({"path": ["a"]}, claim_sets=[["a"]]), "/credentials/0/claims", id="claim sets, claims without id"),
        pytest.param({"credentials": [ONE | {"claim_sets": [["a"]]}]}, "/credentials/0/claims", id="claim sets without claims"),
        pytest.param(
            with_claims({"id": "a", "path": ["a"]}, claim_sets=[["b"]]), "/credentials/0/claim_sets/0", id="an unknown claim"
        ),
        pytest.param(
            with_claims({"id": "a", "path": ["a"]}, {"id": "a", "path": ["b"]}), "/credentials/0/claims", id="a claim's id twice"
        ),
        pytest.param(
            {"credentials": [ONE], "credential_sets": [{"options": [["x"]]}]},
            "/credential_sets/0/options",
            id="an unknown credential",
        ),
        pytest.param(of_mdoc({"path": ["name"]}), "/credentials/0/claims/0/path", id="an element without namespace"),
        pytest.param(of_mdoc({"path": ["ns", None]}), "/credentials/0/claims/0/path", id="every element"),
        pytest.param(of_mdoc(ELEMENT | {"intent_to_retain": 1}), "/credentials/0/claims/0/intent_to_retain", id="no flag"),
        pytest.param(of_mdoc(doctype_value=1), "/credentials/0/meta/doctype_value", id="a docType"),
        pytest.param({"credentials": [ONE], "credential_sets": []}, "/credential_sets", id="no sets"),
    ],
)
def test_what_is_wrong_is_named(document: dict[str, Any], pointer: str) -> None:
    with pytest.raises(MalformedValueError) as error:
        parse_query(document)
    assert error.value.pointer == pointer


def test_a_query_is_bounded() -> None:
    many = [ONE | {"id": f"c{number}"} for number in range(MAX_CREDENTIALS + 1)]
    assert len(parse_query({"credentials": many[1:]}).credentials) == MAX_CREDENTIALS
    with pytest.raises(ComplexityLimitError):
        parse_query({"credentials": many})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*sorted(ONE), "claims", "path", "options"]), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=60)
@given(credentials=JSON, sets=JSON)
def test_any_json_is_a_query_or_is_refused_as_one(credentials: object, sets: object) -> None:
    try:
        query = parse_query({"credentials": credentials, "credential_sets": sets})
    except VCError:
        return
    assert isinstance(query, Query)
