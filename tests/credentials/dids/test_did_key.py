from __future__ import annotations

import json
from typing import Any

import pytest

from credentials.dids import did_key, verification_key
from credentials.encoding import base58btc_decode
from credentials.errors import InvalidRelationshipError, InvalidVerificationMethodError, MalformedValueError, VCError
from credentials.keys import PublicKey, parse_jwk
from tests.credentials.world import Outside
from tests.shared_vectors import shared

DID = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"


def test_the_identifier_is_the_document() -> None:
    multikey = DID.removeprefix("did:key:")
    method = f"{DID}#{multikey}"
    assert did_key.resolve(DID, Outside()) == {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": DID,
        "verificationMethod": [{"id": method, "type": "Multikey", "controller": DID, "publicKeyMultibase": multikey}],
        "authentication": [method],
        "assertionMethod": [method],
        "capabilityDelegation": [method],
        "capabilityInvocation": [method],
    }


@pytest.mark.parametrize(
    ("name", "prefixes"), [("ed25519-x25519", ("z6Mk",)), ("nist-curves", ("zDn", "z82", "z2J")), ("bls12381", ("zUC7",))]
)
def test_the_vectors_of_the_method(name: str, prefixes: tuple[str, ...]) -> None:
    """The vectors are of 2022: the methods have older types, their names and relationships are as here."""
    vectors = json.loads(shared("vectors", "did-key", "test-vectors", f"{name}.json").read_bytes())
    checked = 0
    for did, row in vectors.items():
        if not did.startswith(tuple(f"did:key:{prefix}" for prefix in prefixes)):
            continue
        document, expected = did_key.resolve(did, Outside()), row["didDocument"]
        assert document["id"] == expected["id"]
        method = document["verificationMethod"][0]
        names = {item["id"] if item["id"].startswith("did:") else did + item["id"] for item in expected["verificationMethod"]}
        assert method["id"] in names
        assert verification_key(method["id"], "assertionMethod", Outside()) == named_key(expected["verificationMethod"][0])
        with pytest.raises(InvalidRelationshipError):
            verification_key(method["id"], "keyAgreement", Outside())
        checked += 1
    assert checked


def named_key(method: dict[str, Any]) -> PublicKey:
    """Return the key of a method of 2022."""
    if "publicKeyJwk" in method:
        return parse_jwk(method["publicKeyJwk"])
    algorithm = {"Ed25519VerificationKey2018": "Ed25519", "P256Key2021": "ES256", "Bls12381G2Key2020": "BBS"}[method["type"]]
    return PublicKey(algorithm, base58btc_decode(method["publicKeyBase58"]))


@pytest.mark.parametrize("name", ["secp256k1", "x25519", "rsa"])
def test_keys_that_we_do_not_use_are_refused(name: str) -> None:
    for did in json.loads(shared("vectors", "did-key", "test-vectors", f"{name}.json").read_bytes()):
        with pytest.raises((InvalidVerificationMethodError, MalformedValueError), match=r"of a type|too long|not multibase"):
            did_key.resolve(did, Outside())


@pytest.mark.parametrize("did", ["did:key:", "did:key:z", "did:key:u7QE", "did:key:z6Mk", DID + "0", DID[:-1]])
def test_an_identifier_that_holds_no_key_is_refused(did: str) -> None:
    with pytest.raises(VCError) as caught:
        did_key.resolve(did, Outside())
    assert isinstance(caught.value, (MalformedValueError, InvalidVerificationMethodError)) or "32 bytes" in caught.value.detail
