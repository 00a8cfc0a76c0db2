from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from credentials.errors import VC, MalformedValueError, VCError
from credentials.presentation import check_self_asserted, parse_presentation
from tests.credentials.world import V2, credential
from tests.strategies import json_objects, mutations

ENVELOPED: dict[str, Any] = {"@context": V2, "type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt,a.b.c"}
HOLDER = "did:example:holder"


def presentation(**changes: object) -> dict[str, Any]:
    return {"@context": [V2], "type": ["VerifiablePresentation"]} | changes


def test_a_presentation_may_be_empty() -> None:
    document = presentation()
    view = parse_presentation(document)
    assert view.document is document
    assert (view.holder, view.credentials) == (None, ())


def test_a_presentation_carries_credentials_plain_and_enveloped() -> None:
    carried = [credential(), ENVELOPED]
    assert parse_presentation(presentation(verifiableCredential=carried)).credentials == tuple(carried)


@pytest.mark.parametrize("holder", [HOLDER, {"id": HOLDER}])
def test_a_holder_is_a_url_or_has_one(holder: object) -> None:
    assert parse_presentation(presentation(holder=holder)).holder == HOLDER


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"@context": [{"a": "urn:a"}, V2]}, "/@context"),
        ({"type": ["CredentialManagerPresentation"]}, "/type"),
        ({"id": "no url"}, "/id"),
        ({"holder": "z6Mk"}, "/holder"),
        ({"holder": None}, "/holder"),
        ({"holder": {"name": "Acme"}}, "/holder/id"),
        ({"termsOfUse": {}}, "/termsOfUse/type"),
        ({"proof": {}}, "/proof/type"),
        ({"verifiableCredential": ["eyJh.eyJ2.0fkQ"]}, "/verifiableCredential/0"),
        ({"verifiableCredential": [credential(type=[])]}, "/verifiableCredential/0/type"),
        ({"verifiableCredential": [ENVELOPED | {"type": []}]}, "/verifiableCredential/0/type"),
        ({"verifiableCredential": [ENVELOPED | {"id": "https://a.example/"}]}, "/verifiableCredential/0/id"),
        ({"verifiableCredential": ENVELOPED | {"@context": []}}, "/verifiableCredential/@context"),
    ],
)
def test_what_the_data_model_refuses_is_named_and_pointed_to(changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(MalformedValueError) as raised:
        parse_presentation(presentation(**changes))
    assert (raised.value.type, raised.value.pointer) == (VC + "MALFORMED_VALUE_ERROR", pointer)


def test_what_only_the_presentation_secures_is_the_holders_own() -> None:
    own = credential(issuer=HOLDER)
    check_self_asserted(parse_presentation(presentation(holder=HOLDER, verifiableCredential=own)))
    check_self_asserted(parse_presentation(presentation(holder=HOLDER, verifiableCredential=[own, own])))


def test_a_secured_credential_may_be_anybodys() -> None:
    proven = credential(proof={"type": "DataIntegrityProof"})
    check_self_asserted(parse_presentation(presentation(verifiableCredential=[proven, ENVELOPED])))


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"verifiableCredential": [credential(issuer="did:example:other")], "holder": HOLDER}, "/verifiableCredential/0/issuer"),
        ({"verifiableCredential": credential(issuer=HOLDER)}, "/verifiableCredential/issuer"),
    ],
)
def test_b19_a_credential_that_somebody_else_issued_needs_a_proof(changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(MalformedValueError) as raised:
        check_self_asserted(parse_presentation(presentation(**changes)))
    assert raised.value.pointer == pointer


@given(mutations(presentation(holder={"id": HOLDER}, verifiableCredential=[credential(), ENVELOPED], id="urn:a")))
def test_whatever_a_presentation_becomes_it_is_parsed_or_refused(document: dict[str, Any]) -> None:
    try:
        view = parse_presentation(document)
    except VCError as error:
        pointer = error.pointer
    else:
        pointer = "/"
        assert view.document is document
    assert pointer.startswith("/")


@given(json_objects())
def test_any_json_is_parsed_or_refused(document: dict[str, Any]) -> None:
    with pytest.raises(VCError):
        parse_presentation(document)
