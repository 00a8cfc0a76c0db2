from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.dids import DID_METHODS, did_document, resolve, verification_key
from credentials.encoding import b64url_encode
from credentials.errors import (
    FetchError,
    InvalidRelationshipError,
    InvalidVerificationMethodError,
    InvalidVerificationMethodURLError,
    VCError,
)
from credentials.keys import InMemorySigner
from tests.credentials.world import NOW, WEB_DID, WEB_URL, Outside, key_signer, web_signer
from tests.strategies import json_objects, mutations

KEY: Final = web_signer().public_key
P256: Final = InMemorySigner("", bytes(31) + b"\1", "ES256").public_key
METHOD: Final = f"{WEB_DID}#k1"
DOCUMENT: Final = did_document(WEB_DID, {"k1": KEY})


def answering(document: Any) -> Outside:  # noqa: ANN401  # any JSON
    return Outside({WEB_URL: json.dumps(document).encode()})


def with_method(**changes: object) -> dict[str, Any]:
    """Return the DID document with another verification method; a member given as `...` is left out."""
    method = {**DOCUMENT["verificationMethod"][0], **changes}
    return {**DOCUMENT, "verificationMethod": [{name: value for name, value in method.items() if value is not ...}]}


@pytest.mark.parametrize(
    "did",
    [
        "",
        "did",
        "did:",
        "did:WEB:a.example",
        "did:unknown:a",
        "urn:key:z6Mk",
        "did:key:z6Mk#z6Mk",
        "did:web:a.example/path",
        "did:web:a.example?query",
        "did:web:" + "a" * 1024,
    ],
)
def test_what_is_no_did_that_we_know_is_refused_unasked(did: str) -> None:
    outside = Outside()
    with pytest.raises(InvalidVerificationMethodURLError, match="is no DID"):
        resolve(did, outside)
    assert outside.asked == []


def test_every_method_resolves_to_its_own_document() -> None:
    jwk = "did:jwk:" + b64url_encode(json.dumps(KEY.jwk()).encode())
    for did in (f"did:key:{KEY.multibase}", jwk, WEB_DID):
        document = resolve(did, answering(DOCUMENT))
        assert document["id"] == did
        method = document["verificationMethod"][0]["id"]
        assert verification_key(method, "assertionMethod", answering(DOCUMENT)) == KEY
        assert verification_key(method, "authentication", answering(DOCUMENT)) == KEY
    assert set(DID_METHODS) >= {"key", "jwk", "web"}


@pytest.mark.parametrize("url", ["", "#k1", WEB_DID, f"{WEB_DID}#", "https://centre.example/keys#k1"])
def test_d6_a_verification_method_is_a_did_url_with_a_fragment(url: str) -> None:
    with pytest.raises(InvalidVerificationMethodURLError):
        verification_key(url, "assertionMethod", answering(DOCUMENT))


@pytest.mark.parametrize(
    "document",
    [
        {**DOCUMENT, "assertionMethod": ["#k1"]},
        {**with_method(id="#k1"), "assertionMethod": ["#k1"]},
        {**DOCUMENT, "assertionMethod": [{**DOCUMENT["verificationMethod"][0], "id": "#k1"}]},
        {**DOCUMENT, "verificationMethod": [], "assertionMethod": [DOCUMENT["verificationMethod"][0]]},
        with_method(type="JsonWebKey", publicKeyMultibase=..., publicKeyJwk=KEY.jwk()),
        with_method(type="JsonWebKey2020", publicKeyMultibase=..., publicKeyJwk=KEY.jwk()),
        with_method(type="Ed25519VerificationKey2020"),
    ],
)
def test_a_key_is_found_however_the_document_spells_it(document: dict[str, Any]) -> None:
    assert verification_key(METHOD, "assertionMethod", answering(document)) == KEY


def test_b3_a_key_for_one_purpose_is_none_for_another() -> None:
    document = {**DOCUMENT, "assertionMethod": ["did:web:other.example#k1", f"{WEB_DID}#k2", {"id": f"{WEB_DID}#k3"}, 1]}
    assert verification_key(METHOD, "authentication", answering(document)) == KEY
    for purpose in ("assertionMethod", "keyAgreement", "verificationMethod", "id"):
        with pytest.raises(InvalidRelationshipError, match=f"does not list this key for {purpose}"):
            verification_key(METHOD, purpose, answering(document))


def test_a_relationship_that_names_no_listed_method_gives_no_key() -> None:
    for listed in ([], ["not a method"], [{"id": 1}], None):
        document = {**DOCUMENT, "verificationMethod": listed}
        with pytest.raises(InvalidVerificationMethodError):
            verification_key(METHOD, "assertionMethod", answering(document))


def test_two_keys_of_one_name_are_none() -> None:
    listed, other = DOCUMENT["verificationMethod"][0], with_method(publicKeyMultibase=P256.multibase)["verificationMethod"][0]
    for document in (
        {**DOCUMENT, "verificationMethod": [listed, other]},
        {**DOCUMENT, "keyAgreement": [{**other, "id": "#k1"}]},
    ):
        with pytest.raises(InvalidVerificationMethodError, match="has two keys of this name"):
            verification_key(METHOD, "assertionMethod", answering(document))
    twice = {**DOCUMENT, "verificationMethod": [listed, listed], "assertionMethod": [listed]}
    assert verification_key(METHOD, "assertionMethod", answering(twice)) == KEY


@pytest.mark.parametrize("controller", ["did:web:other.example", ..., None, ["did:web:centre.example"]])
def test_b2_a_method_that_somebody_else_controls_is_refused(controller: object) -> None:
    with pytest.raises(InvalidVerificationMethodError, match="controlled by another DID"):
        verification_key(METHOD, "assertionMethod", answering(with_method(controller=controller)))


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "RsaVerificationKey2018"},
        {"type": ["Multikey"]},
        {"type": ...},
        {"publicKeyMultibase": ...},
        {"publicKeyMultibase": 1},
        {"type": "JsonWebKey"},
        {"type": "JsonWebKey", "publicKeyJwk": "{}"},
        {"type": "Ed25519VerificationKey2020", "publicKeyMultibase": P256.multibase},
    ],
)
def test_a_key_of_a_type_that_we_do_not_know_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(InvalidVerificationMethodError, match="of a type that we do not know"):
        verification_key(METHOD, "assertionMethod", answering(with_method(**changes)))


@pytest.mark.parametrize("name", ["expires", "revoked"])
def test_a_key_is_refused_from_the_moment_it_is_no_longer_in_force(name: str) -> None:
    def key_when(moment: object, **options: Any) -> object:  # noqa: ANN401  # `now`, or nothing
        return verification_key(METHOD, "assertionMethod", answering(with_method(**{name: moment})), **options)

    assert key_when("2026-11-24T12:00:01Z", now=NOW) == KEY
    for moment in ("2026-11-24T12:00:00Z", "2026-11-24T12:00:00", "soon", None):
        with pytest.raises(InvalidVerificationMethodError, match=f"not in force: see {name}"):
            key_when(moment, now=NOW)
    with pytest.raises(InvalidVerificationMethodError, match="not in force"):
        key_when((NOW + timedelta(days=1)).isoformat())


def test_a_did_whose_address_does_not_answer_could_not_be_checked() -> None:
    with pytest.raises(FetchError) as caught:
        verification_key(METHOD, "assertionMethod", Outside())
    assert caught.value.could_not_check


@given(mutations(DOCUMENT) | json_objects())
def test_nothing_but_a_vc_error_comes_of_any_document(document: dict[str, Any]) -> None:
    try:
        key = verification_key(METHOD, "assertionMethod", answering(document), now=NOW)
    except VCError:
        return
    assert key == KEY


@given(st.text(max_size=30) | st.text("didkeyjwkwebz6Mk:#%3A./", max_size=40))
def test_nothing_but_a_vc_error_comes_of_any_did(did: str) -> None:
    try:
        document = resolve(did, Outside())
    except VCError:
        return
    assert document["id"] == did


def test_a_did_key_lists_one_key() -> None:
    signer = key_signer()
    did = signer.verification_method.partition("#")[0]
    assert verification_key(signer.verification_method, "assertionMethod", Outside()) == signer.public_key
    with pytest.raises(InvalidVerificationMethodError):
        verification_key(f"{did}#{KEY.multibase}", "assertionMethod", Outside())
