"""Every vector of vc-di-bbs, each intermediate value of it among them."""

from __future__ import annotations

from typing import Any

import pytest

from credentials import rdf
from credentials.bbs import blind, pseudonym
from credentials.bbs.blind import check_commitment
from credentials.bls import sum_of_products
from credentials.data_integrity.bbs_2023 import Bbs2023
from credentials.data_integrity.bbs_proof_value import parse_base, parse_derived
from credentials.data_integrity.selective_disclosure import Disclosable, shuffled_labels
from tests.credentials.data_integrity.bbs_vectors import (
    CASES,
    Case,
    hmac_key,
    issuer_key,
    load,
    octets,
    presentation_header,
    signer,
)

SUITE = Bbs2023()


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


def lines(case: Case) -> tuple[str, ...]:
    return Disclosable.of(case.signed()[0], shuffled_labels(hmac_key())).lines


def as_map(value: dict[str, Any]) -> dict[int, str]:
    return {int(key): line for key, line in value["value"]}


def test_key_material() -> None:
    material = load("BBSKeyMaterial.json")
    _, proof = CASES["baseline"].signed()
    assert signer(proof).public_key.raw.hex() == material["publicKeyHex"]
    assert issuer_key(proof) == signer(proof).public_key


def test_canonical_forms(case: Case) -> None:
    document, _ = case.signed()
    assert rdf.canonicalize(document).decode().splitlines(keepends=True) == case.file("addBaseDocCanon.json")
    assert rdf.canonicalize(case.file("addProofConfig.json")).decode() == case.text("addProofConfigCanon.txt")
    assert list(lines(case)) == case.file("addBaseDocHMACCanon.json")


def test_unsecured_documents() -> None:
    document, _ = CASES["baseline"].signed()
    assert document == load("windDoc.json")
    document, _ = CASES["baseline, resident"].signed()
    unsigned = load("prCredUnsigned.json")
    assert {name for name in document if document[name] != unsigned[name]} == {"description"}  # an older wording
    for name in ("anonymous_holder_binding", "pseudonym", "holder_binding_pseudonym"):
        assert CASES[name].signed()[0] == load("FeatureInputs", "license.json")


def test_transformation(case: Case) -> None:
    expected, signed = case.file("addBaseTransform.json"), lines(case)
    assert expected["mandatoryPointers"] == case.mandatory_pointers()
    mandatory = Disclosable.of(case.signed()[0], shuffled_labels(hmac_key())).indexes(case.mandatory_pointers())
    assert {place: signed[place] for place in mandatory} == as_map(expected["mandatory"])
    others = {place: line for place, line in enumerate(signed) if place not in mandatory}
    assert others == as_map(expected["nonMandatory"])


def test_base_proof(case: Case) -> None:
    document, proof = case.signed()
    options = {name: value for name, value in proof.items() if name not in {"proofValue", "cryptosuite"}}
    made = SUITE.create_base_proof(
        document,
        options,
        signer(proof),
        mandatory_pointers=case.mandatory_pointers(),
        random_bytes=lambda _size: hmac_key(),
        commitment_with_proof=case.commitment(),
        signer_nym_entropy=case.entropy(),
    )
    assert made == proof
    SUITE.verify_base_proof(document, proof, issuer_key(proof), holder=case.holder())


def test_parts_of_the_base_proof(case: Case) -> None:
    base = parse_base(case.signed()[1]["proofValue"])
    hashes, raw = case.file("addHashData.json"), case.file("addRawBaseSignatureInfo.json")
    assert base.bbs_header.hex() == hashes["proofHash"] + hashes["mandatoryHash"]
    recovered = case.file("derivedRecoveredBaseData.json")
    for expected in (raw, recovered):
        assert base.bbs_signature.hex() == expected["bbsSignature"]
        assert list(base.mandatory_pointers) == expected["mandatoryPointers"]
        assert base.bbs_header.hex() == expected.get("bbsHeader", base.bbs_header.hex())
        assert base.public_key.hex() == expected.get("publicKey", base.public_key.hex())
        assert base.hmac_key.hex() == expected.get("hmacKey", base.hmac_key.hex())
    entropy = recovered.get("signerNymEntropy")
    assert base.signer_nym_entropy == case.entropy()
    assert (None if base.signer_nym_entropy is None else base.signer_nym_entropy.to_be_bytes().hex()) == entropy


@pytest.mark.parametrize("name", ["anonymous_holder_binding", "pseudonym", "holder_binding_pseudonym"])
def test_commitments(name: str) -> None:
    case = CASES[name]
    commitment, holder = case.commitment(), case.holder()
    assert commitment is not None
    assert holder is not None
    interface = (pseudonym if case.has_pseudonym else blind).interface()
    point, committed = check_commitment(interface, commitment)
    secrets = [holder.secret_prover_blind, *interface.messages_to_scalars(holder.committed_messages)]
    secrets += [] if holder.prover_nym is None else [holder.prover_nym]
    assert committed == len(secrets) - 1
    assert point == sum_of_products(interface.blind_generators(len(secrets)).points, secrets)


@pytest.mark.parametrize("name", ["pseudonym", "holder_binding_pseudonym"])
def test_secrets_of_pseudonyms(name: str) -> None:
    holder, entropy = CASES[name].holder(), CASES[name].entropy()
    assert holder is not None
    assert holder.prover_nym is not None
    assert entropy is not None
    secret = holder.prover_nym + entropy
    assert secret.to_be_bytes() == octets(CASES[name].file("nymSecret.json")["nymSecretHex"]).rjust(32, b"\0")


def test_groups(case: Case) -> None:
    disclosable = Disclosable.of(case.signed()[0], shuffled_labels(hmac_key()))
    mandatory, selective = case.mandatory_pointers(), case.selective_pointers()
    found = {
        "mandatoryIndexes": disclosable.indexes(mandatory),
        "selectiveIndexes": disclosable.indexes(selective),
        "combinedIndexes": disclosable.reveal([*mandatory, *selective]).indexes,
    }
    expected = case.file("derivedGroupIndexes.json")
    assert {name: list(places) for name, places in found.items()} == {name: expected[name] for name in found}
    others = [place for place in range(len(disclosable.lines)) if place not in found["mandatoryIndexes"]]
    assert others == expected["nonMandatoryIndexes"]


@pytest.mark.parametrize("name", [name for name in CASES if name != "baseline"])
def test_all_group_data(name: str) -> None:
    case = CASES[name]
    disclosable = Disclosable.of(case.signed()[0], shuffled_labels(hmac_key()))
    expected = case.file("derivedAllGroupData.json")
    pointers = {"mandatory": case.mandatory_pointers(), "selective": case.selective_pointers()}
    pointers["combined"] = pointers["mandatory"] + pointers["selective"]
    assert list(disclosable.lines) == expected["nquads"]
    for group, selected in pointers.items():
        places = disclosable.indexes(selected)
        matching = {place: disclosable.lines[place] for place in places}
        assert matching == as_map(expected["groups"][group]["matching"])
        rest = {place: line for place, line in enumerate(disclosable.lines) if place not in places}
        assert rest == as_map(expected["groups"][group]["nonMatching"])


def test_derived_proof(case: Case) -> None:
    document, proof = case.signed()
    made = SUITE.derive_proof(
        document,
        proof,
        selective_pointers=case.selective_pointers(),
        random_bytes=case.derivation_bytes(),
        presentation_header=presentation_header(),
        holder=case.holder(),
        nym_domain=case.nym_domain(),
    )
    assert made == case.file("derivedRevealDocument.json")
    made.pop("proof")
    assert made == case.file("derivedUnsignedReveal.json")


def test_parts_of_the_derived_proof(case: Case) -> None:
    value = parse_derived(case.revealed()[1]["proofValue"])
    expected, adjusted = case.file("derivedDisclosureData.json"), case.file("derivedAdjIndexes.json")
    assert value.bbs_proof.hex() == expected["bbsProof"]
    labels = {f"c14n{key}": f"b{label}" for key, label in value.label_map.items()}
    assert labels == dict(expected["labelMap"]["value"])
    assert value.mandatory_indexes == expected["mandatoryIndexes"] == adjusted["adjMandatoryIndexes"]
    assert value.selective_indexes == expected["adjSelectiveIndexes"] == adjusted["adjSelectiveIndexes"]
    assert value.presentation_header == bytes(expected["presentationHeader"].values()) == presentation_header()
    assert (value.pseudonym.hex() if value.pseudonym else None) == expected.get("pseudonym")
    assert value.length_bbs_messages == expected.get("lengthBBSMessages")


def test_derived_proofs_verify(case: Case) -> None:
    document, proof = case.revealed()
    value = SUITE.verify_derived_proof(document, proof, issuer_key(proof), nym_domain=case.nym_domain())
    assert value == parse_derived(proof["proofValue"])


@pytest.mark.parametrize("name", [name for name in CASES if name != "baseline"])
def test_what_a_verifier_computes(name: str) -> None:
    case = CASES[name]
    document, proof = case.revealed()
    value, expected = parse_derived(proof["proofValue"]), case.file("verifyDerivedProofValue.json")
    assert value.bbs_proof.hex() == expected["bbsProof"]
    assert [[f"c14n{key}", f"b{label}"] for key, label in value.label_map.items()] == expected["labelMap"]
    assert value.mandatory_indexes == expected["mandatoryIndexes"]
    assert value.selective_indexes == expected["adjSelectedIndexes"]
    labels = {f"c14n{key}": f"b{label}" for key, label in value.label_map.items()}
    assert list(Disclosable.of(document, lambda _canonical: labels).lines) == case.file("verifyNQuads.json")
