from __future__ import annotations

import contextlib
import json
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import schemas
from credentials import rdf
from credentials.errors import ComplexityLimitError, DataLossError, ProofTransformationError, UnknownContextError, VCError
from credentials.rdf.expansion import check_contexts, expand
from tests.strategies import json_objects, mutations

V2: Final = schemas.CREDENTIALS_V2
EXAMPLES: Final = "https://www.w3.org/ns/credentials/examples/v2"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
CREDENTIAL: Final[dict[str, Any]] = {
    "@context": [
        V2,
        {"claim": "urn:claim", "Kind": "urn:Kind", "of": {"@reverse": "urn:has"}, "json": {"@id": "urn:json", "@type": "@json"}},
    ],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "Kind"],
    "issuer": {"id": "did:example:issuer", "name": [{"@value": "نام", "@language": "ar", "@direction": "rtl"}, "plain"]},
    "validFrom": "2026-11-24T00:00:00Z",
    "credentialSubject": {"id": "did:example:subject", "claim": [1, 2.5, True, {"@value": "x", "@type": XSD + "date"}]},
}


def with_subject(**members: object) -> dict[str, Any]:
    return {**CREDENTIAL, "credentialSubject": {**CREDENTIAL["credentialSubject"], **members}}


def test_what_every_context_defines_is_expanded() -> None:
    [node] = expand(CREDENTIAL)
    assert node["@type"] == ["https://www.w3.org/2018/credentials#VerifiableCredential", "urn:Kind"]
    [subject] = node["https://www.w3.org/2018/credentials#credentialSubject"]
    assert subject["urn:claim"][1] == {"@value": 2.5}


def test_a_presentation_has_its_credentials_in_graphs_of_their_own() -> None:
    presentation = {"@context": [V2], "type": "VerifiablePresentation", "verifiableCredential": [CREDENTIAL, CREDENTIAL]}
    [node] = expand(presentation)
    assert len(node["https://www.w3.org/2018/credentials#verifiableCredential"]) == 2


@pytest.mark.parametrize(
    ("members", "detail"),
    [
        ({"undefined": 1}, "no context defines the term 'undefined'"),
        ({"type": "Undefined"}, "no context defines the type 'Undefined'"),
        ({"type": ["Kind", "also undefined"]}, "the type"),
        ({"id": "relative"}, "no context defines the id 'relative'"),
        ({"id": "/relative"}, "relative IRI"),
        ({"id": ""}, "relative IRI"),
        ({"id": "https://a b"}, "relative IRI|not an absolute IRI"),
        ({"id": "urn:a<b"}, "not an absolute IRI"),
        ({"id": "@notAKeyword"}, "the id '' is not an absolute IRI"),
        ({"type": ["Kind", "@notAKeyword"]}, "the type"),
        ({"id": "urn:a\u00a0b"}, "not an absolute IRI"),
        ({"claim": {"id": "_:a\u3000b", "claim": "x"}}, "not an absolute IRI"),
        ({"claim": {"@value": "x", "@type": "Undefined"}}, "datatype"),
        ({"claim": {"@value": "x", "@language": "no language"}}, "no language tag"),
        ({"claim": {"@value": "x", "@language": ""}}, "no language tag"),
        ({"claim": {"@value": 1, "@direction": "ltr"}}, "only a text has a direction"),
        ({"claim": {"@value": "x", "@index": "unsigned"}}, "@index"),
        ({"claim": {"id": "urn:b", "@index": "unsigned"}}, "@index"),
        ({"_:term": "x"}, "a blank node cannot be a term"),
        ({"claim": 0.1 + 0.2}, "more digits"),
        ({"claim": 10**21 + 1}, "more digits"),
        ({"claim": float("inf")}, "more digits"),
        ({"claim": {"@value": 2**53 + 1, "@type": XSD + "double"}}, "more digits"),
        ({"json": {"a": [2**53 + 1]}}, "more digits"),
        ({"of": {"id": "relative"}}, "relative IRI"),
    ],
)
def test_a6_a7_a8_and_a9_what_would_not_be_signed_is_refused(members: dict[str, Any], detail: str) -> None:
    with pytest.raises(DataLossError, match=detail):
        rdf.canonicalize(with_subject(**members))


@pytest.mark.parametrize("language", ["x" * 9, "de-", "bn-Latn-toolongasubtag", "en_US"])
def test_a_language_tag_is_one(language: str) -> None:
    with pytest.raises(DataLossError):
        rdf.canonicalize(with_subject(claim={"@value": "x", "@language": language}))


@pytest.mark.parametrize("number", [0, -1, 2**53 + 1, 10**20 + 1, 10**21, 0.5, -2.5e-7, 1e300, 123456.75])
def test_a_number_that_is_written_whole_is_signed(number: float) -> None:
    assert rdf.canonicalize(with_subject(claim=number)).count(b"urn:claim") == 1


def test_json_literals_are_signed_whole() -> None:
    canonical = rdf.canonicalize(with_subject(json={"b": [1, {"a": None}], "a": 2**53, "Ж": "é"}))
    literal = '{"a":9007199254740992,"b":[1,{"a":null}],"Ж":"é"}'.replace('"', '\\"')
    assert f'"{literal}"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>'.encode() in canonical


@pytest.mark.parametrize(
    ("context", "pointer"),
    [
        ("https://contexts.example/v9", "/@context"),
        (["https://contexts.example/v9"], "/@context/0"),
        ([V2, {}, "https://contexts.example/v9"], "/@context/2"),
        ([V2, {"claim": {"@id": "urn:c", "@context": "https://contexts.example/v9"}}], "/@context"),
        ([V2, {"@import": "https://contexts.example/v9"}], "/@context"),
    ],
)
def test_a1_an_unknown_context_is_named_and_could_not_be_checked(context: object, pointer: str) -> None:
    with pytest.raises(UnknownContextError, match=r"'https://contexts\.example/v9'") as caught:
        expand({"@context": context, "id": "urn:a", "claim": "x"})
    assert caught.value.could_not_check
    assert caught.value.pointer in {pointer, "/@context/0"}


def test_contexts_can_be_checked_alone() -> None:
    check_contexts({})
    check_contexts({"@context": V2})
    check_contexts({"@context": [V2, {"claim": "urn:claim"}, EXAMPLES]})
    with pytest.raises(UnknownContextError):
        check_contexts({"@context": [V2, "https://contexts.example/v9"]})


@pytest.mark.parametrize(
    "context",
    [
        7,
        [V2, 7],
        [V2, [V2]],
        [V2, {"@vocab": 7}],
        [V2, {"@version": 2}],
        [V2, {"@import": 7}],
        [V2, {"claim": {"@id": 7}}],
        [V2, {"claim": {"@type": "@id", "@id": "claim"}}],
        {"@vocab": None},
        [V2, {"id": "urn:id"}],
    ],
)
def test_a_context_that_is_none_is_refused(context: object) -> None:
    with pytest.raises((ProofTransformationError, DataLossError)):
        expand({"@context": context, "id": "urn:a", "claim": "x"})


@pytest.mark.parametrize(
    "members",
    [
        {"type": 7},
        {"id": ["urn:a"]},
        {"claim": {"@value": [1]}},
        {"claim": {"@list": 1, "@set": 2}},
        {"claim": {"@value": 1, "@language": "en"}},
        {"claim": 10**400},
    ],
)
def test_what_is_no_json_ld_is_refused(members: dict[str, Any]) -> None:
    with pytest.raises(ProofTransformationError):
        expand(with_subject(**members))


def test_shape_is_limited_before_anything_else() -> None:
    document: dict[str, Any] = {}
    for _ in range(40):
        document = {"@context": V2, "a": document}
    with pytest.raises(ComplexityLimitError):
        rdf.canonicalize(document)


@settings(max_examples=300)
@given(mutations(CREDENTIAL) | json_objects())
def test_nothing_but_a_vc_error_comes_of_any_document(document: dict[str, Any]) -> None:
    before = json.dumps(document)
    with contextlib.suppress(VCError):
        rdf.canonicalize(document)
    assert json.dumps(document) == before


@settings(max_examples=300)
@given(mutations(CREDENTIAL["credentialSubject"]))
def test_every_change_of_a_claim_changes_what_is_signed(subject: dict[str, Any]) -> None:
    """Unless the claims mean the same: sets have no order, and say nothing twice."""
    if meaning(subject) == meaning(CREDENTIAL["credentialSubject"]):
        return
    try:
        canonical = rdf.canonicalize({**CREDENTIAL, "credentialSubject": subject})
    except VCError:
        return
    assert canonical != rdf.canonicalize(CREDENTIAL)


CLAIM: Final = b"<urn:claim>"


@given(
    st.text(max_size=3) | st.sampled_from(["\u00a0", "\u0085", "\u2028", "\ufeff", "\x1f"]),
    st.sampled_from(["urn:a", "_:a", "https://a.example/"]),
)
def test_a_claim_about_any_identifier_is_signed_or_refused(text: str, start: str) -> None:
    identifier = start + text + "b"
    for claim in ({"id": identifier, "claim": "x"}, {"claim": {"id": identifier}}, {"claim": {"type": identifier}}):
        try:
            canonical = rdf.canonicalize({"@context": CREDENTIAL["@context"], **claim})
        except VCError:
            continue
        assert canonical.count(CLAIM) == 1


def meaning(value: object) -> object:
    """Return JSON-LD's reading of a claim: null says nothing, sets have neither order nor doubles, one of one is it."""
    if isinstance(value, list):
        items = {json.dumps(meaning(item), sort_keys=True) for item in value} - {"null", "[]"}
        return json.loads(items.pop()) if len(items) == 1 else sorted(items) or None
    if isinstance(value, dict):
        members = {name: meaning(member) for name, member in value.items()}
        return {name: member for name, member in members.items() if member is not None}
    return int(value) if isinstance(value, float) and value.is_integer() else value
