"""ecdsa-sd-2023 on the W3C's vectors, byte for byte, with every step between."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any, Final

import pytest

from credentials import rdf
from credentials.data_integrity import derive, verify_base_proof, verify_proofs
from credentials.data_integrity.cryptosuite import canonical_configuration
from credentials.data_integrity.ecdsa_sd import EcdsaSd2023
from credentials.data_integrity.ecdsa_sd_proof_value import BaseProofValue, DerivedProofValue
from credentials.data_integrity.selective_disclosure import Disclosable, hmac_labels, relabelled
from credentials.dids import verification_key
from credentials.encoding import multibase_decode
from credentials.keys import InMemorySigner, PublicKey, parse_multikey
from tests.credentials.world import NOW, Outside
from tests.shared_vectors import SHARED, shared

ROOT: Final = SHARED / "vectors" / "vc-di-ecdsa" / "TestVectors"
SUITE: Final = EcdsaSd2023()


def resolve(method: str, purpose: str) -> PublicKey:
    return verification_key(method, purpose, Outside())


class Vector:
    """One credential with everything that the vectors say of it."""

    def __init__(self, folder: str, credential: str) -> None:
        shared("vectors", "vc-di-ecdsa")
        self._folder = ROOT / "ecdsa-sd-2023" / folder
        self.mandatory: list[str] = json.loads((ROOT / f"{credential}Mandatory.json").read_bytes())
        self.selective: list[str] = json.loads((ROOT / f"{credential}Selective.json").read_bytes())
        keys = json.loads((ROOT / "ecdsa-sd-2023" / "SDKeyMaterial.json").read_bytes())
        self.hmac_key = bytes.fromhex(keys["hmacKeyString"])
        self._base, self._document = (
            multibase_decode(keys[name]["secretKeyMultibase"])[2:] for name in ("baseKeyPair", "proofKeyPair")
        )
        self.document_key = parse_multikey(keys["proofKeyPair"]["publicKeyMultibase"]).raw
        self.signed: dict[str, Any] = self.json("addSignedSDBase")
        self.unsecured = {name: value for name, value in self.signed.items() if name != "proof"}
        self.options = {name: value for name, value in self.signed["proof"].items() if name not in {"proofValue", "cryptosuite"}}
        self.disclosable = Disclosable.of(self.unsecured, hmac_labels(self.hmac_key))

    def json(self, name: str) -> Any:  # noqa: ANN401  # any JSON
        return json.loads((self._folder / f"{name}.json").read_bytes())

    def text(self, name: str) -> str:
        return (self._folder / f"{name}.txt").read_text()

    def signer(self) -> InMemorySigner:
        return InMemorySigner(self.options["verificationMethod"], self._base, "ES256")

    def random_bytes(self) -> Callable[[int], bytes]:
        drawn: Iterator[bytes] = iter([self.hmac_key, self._document])
        return lambda _size: next(drawn)


@pytest.fixture(params=[("employ", "employ"), ("prc", "prCred")], ids=lambda row: row[0])
def vector(request: pytest.FixtureRequest) -> Vector:
    return Vector(*request.param)


def test_canonical_forms(vector: Vector) -> None:
    assert rdf.canonicalize(vector.unsecured).decode().splitlines(keepends=True) == vector.json("addBaseDocCanon")
    assert list(vector.disclosable.lines) == vector.json("addBaseDocHMACCanon")
    assert vector.json("addProofConfig") == {
        **vector.options,
        "cryptosuite": "ecdsa-sd-2023",
        "@context": vector.signed["@context"],
    }
    configuration = canonical_configuration(vector.unsecured, {**vector.options, "cryptosuite": "ecdsa-sd-2023"}, rdf.canonicalize)
    assert configuration.decode() == vector.text("addProofConfigCanon")


def test_groups_and_hashes(vector: Vector) -> None:
    transform = vector.json("addBaseTransform")
    mandatory = vector.disclosable.indexes(vector.mandatory)
    assert transform["mandatoryPointers"] == vector.mandatory
    assert [[place, vector.disclosable.lines[place]] for place in mandatory] == transform["mandatory"]["value"]
    others = [[place, line] for place, line in enumerate(vector.disclosable.lines) if place not in mandatory]
    assert others == transform["nonMandatory"]["value"]
    hashes = vector.json("addHashData")
    assert sha256(vector.text("addProofConfigCanon").encode()).hexdigest() == hashes["proofHash"]
    assert sha256("".join(vector.disclosable.lines[place] for place in mandatory).encode()).hexdigest() == hashes["mandatoryHash"]


def test_the_base_proof_is_made_byte_for_byte(vector: Vector) -> None:
    proof = SUITE.create_base_proof(
        vector.unsecured, vector.options, vector.signer(), mandatory_pointers=vector.mandatory, random_bytes=vector.random_bytes()
    )
    assert proof == vector.signed["proof"]
    raw = vector.json("addRawBaseSignatureInfo")
    value = BaseProofValue.parse(proof["proofValue"])
    assert value.base_signature.hex() == raw["baseSignature"]
    assert value.public_key == parse_multikey(raw["publicKey"]).raw == vector.document_key
    assert [signature.hex() for signature in value.signatures] == raw["signatures"]
    verify_base_proof(vector.signed, resolve, now=NOW)


def test_the_base_proof_is_taken_apart(vector: Vector) -> None:
    value, recovered = BaseProofValue.parse(vector.signed["proof"]["proofValue"]), vector.json("derivedRecoveredBaseData")
    assert value.base_signature.hex() == recovered["baseSignature"]
    assert value.public_key == parse_multikey(recovered["proofPublicKey"]).raw
    assert value.hmac_key.hex() == recovered["hmacKey"]
    assert [signature.hex() for signature in value.signatures] == recovered["signatures"]
    assert list(value.mandatory_pointers) == recovered["mandatoryPointers"]
    assert value.serialize() == vector.signed["proof"]["proofValue"]


def test_what_is_selected(vector: Vector) -> None:
    groups = vector.json("derivedGroupIndexes")
    assert list(vector.disclosable.indexes(vector.mandatory)) == groups["mandatoryIndexes"]
    assert list(vector.disclosable.indexes(vector.selective)) == groups["selectiveIndexes"]
    revealed = vector.disclosable.reveal([*vector.mandatory, *vector.selective])
    assert list(revealed.indexes) == groups["combinedIndexes"]
    assert revealed.document == vector.json("derivedUnsignedReveal")
    for name, group in vector.json("derivedAllGroupData")["groups"].items():
        chosen = {"mandatory": vector.mandatory, "selective": vector.selective}.get(name, [*vector.mandatory, *vector.selective])
        assert [[place, vector.disclosable.lines[place]] for place in vector.disclosable.indexes(chosen)] == group["matching"][
            "value"
        ]


def test_the_derived_proof_is_made_byte_for_byte(vector: Vector) -> None:
    derived = derive(vector.signed, selective_pointers=vector.selective, random_bytes=vector.random_bytes())
    assert derived == vector.json("derivedRevealDocument")
    value, disclosed = DerivedProofValue.parse(derived["proof"]["proofValue"]), vector.json("derivedDisclosureData")
    assert value.base_signature.hex() == disclosed["baseSignature"]
    assert value.public_key == parse_multikey(disclosed["publicKey"]).raw
    assert [list(pair) for pair in value.labels.items()] == disclosed["labelMap"]["value"]
    assert (
        list(value.mandatory_indexes)
        == disclosed["mandatoryIndexes"]
        == vector.json("derivedAdjMandatoryIndexes")["adjMandatoryIndexes"]
    )
    signatures = [signature.hex() for signature in value.signatures]
    assert signatures == disclosed["signatures"] == vector.json("derivedAdjSignatures")["filteredSignatures"]


def test_the_derived_document_is_verified(vector: Vector) -> None:
    derived = vector.json("derivedRevealDocument")
    verify_proofs(derived, resolve, now=NOW)
    value = DerivedProofValue.parse(derived["proof"]["proofValue"])
    lines = relabelled({name: member for name, member in derived.items() if name != "proof"}, value.labels)
    assert list(lines) == vector.json("verifyNQuads")
    data = vector.json("verifyCreateVerifyData")
    assert [line for place, line in enumerate(lines) if place not in value.mandatory_indexes] == data["nonMandatory"]
    mandatory = "".join(lines[place] for place in value.mandatory_indexes)
    assert sha256(mandatory.encode()).hexdigest() == data["mandatoryHash"]
    parsed = vector.json("verifyDerivedProofValue")
    assert [list(pair) for pair in value.labels.items()] == parsed["labelMap"]
    assert value.serialize() == derived["proof"]["proofValue"]
