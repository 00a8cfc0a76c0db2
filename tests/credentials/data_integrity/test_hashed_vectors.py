"""The suites of EdDSA and ECDSA over RDFC and JCS on the W3C's vectors, byte for byte, with every step between."""

from __future__ import annotations

import json
from hashlib import sha256, sha384
from pathlib import Path
from typing import Any, Final

import pytest

from credentials import jcs, rdf
from credentials.data_integrity import CRYPTOSUITES, add_proof, verify_proofs
from credentials.data_integrity.cryptosuite import HashedSuite, Transform
from credentials.dids import verification_key
from credentials.encoding import multibase_decode
from credentials.keys import InMemorySigner, PublicKey, parse_multikey
from tests.credentials.world import NOW, Outside
from tests.shared_vectors import SHARED, shared

ROOTS: Final = {name: SHARED / "vectors" / f"vc-di-{name}" / "TestVectors" for name in ("eddsa", "ecdsa")}
FOLDERS: Final = [
    ("eddsa", "eddsa-rdfc-2022", "unsigned.json"),
    ("eddsa", "eddsa-rdfc-2022/employ", "employmentAuth.json"),
    ("eddsa", "eddsa-jcs-2022", "unsigned.json"),
    *(("ecdsa", f"ecdsa-{transform}-2019-{curve}", "unsigned.json") for transform in ("rdfc", "jcs") for curve in ("p256", "p384")),
    *(("ecdsa", f"ecdsa-rdfc-2019-{curve}/employ", "employmentAuth.json") for curve in ("p256", "p384")),
]
KEYS: Final = {"eddsa": "keyPair.json", "p256": "p256KeyPair.json", "p384": "p384KeyPair.json"}


class Vector:
    """One folder of vectors, and the files in it by the beginning of their names."""

    def __init__(self, family: str, folder: str, unsigned: str) -> None:
        shared("vectors", f"vc-di-{family}")
        self._folder: Path = ROOTS[family] / folder
        self.document: dict[str, Any] = json.loads((ROOTS[family] / unsigned).read_bytes())
        self.signed: dict[str, Any] = json.loads(self.content("signed"))
        suite = CRYPTOSUITES[self.signed["proof"]["cryptosuite"]]
        assert isinstance(suite, HashedSuite)
        self.suite = suite
        key = next(name for part, name in KEYS.items() if part in folder or (part == family == "eddsa"))
        pair = json.loads((ROOTS[family] / key).read_bytes())
        self.key: PublicKey = parse_multikey(pair["publicKeyMultibase"])
        secret = multibase_decode(pair.get("secretKeyMultibase") or pair["privateKeyMultibase"])[2:]
        self.signer = InMemorySigner(self.signed["proof"]["verificationMethod"], secret, self.key.algorithm)

    def content(self, beginning: str) -> bytes:
        return next(self._folder.glob(f"{beginning}*")).read_bytes()


@pytest.fixture(params=FOLDERS, ids=lambda row: row[1])
def vector(request: pytest.FixtureRequest) -> Vector:
    return Vector(*request.param)


def test_every_step_of_the_w3c_vectors(vector: Vector) -> None:
    options = json.loads(vector.content("proofConfig"))
    name, sha = ("sha384", sha384) if vector.key.algorithm == "ES384" else ("sha256", sha256)
    if vector.suite.transform is Transform.JCS:
        forms = [jcs.canonicalize(options), jcs.canonicalize(vector.document)]
    else:
        forms = [rdf.canonicalize(options, hash_name=name), rdf.canonicalize(vector.document, hash_name=name)]
    assert forms == [vector.content("proofCanon"), vector.content("canonDoc")]
    hashes = [sha(form).hexdigest() for form in forms]
    assert hashes == [vector.content("proofHash").decode().strip(), vector.content("docHash").decode().strip()]
    combined = vector.suite.hash_data(vector.document, options, vector.key.algorithm, rdf.canonicalize)
    assert combined.hex() == vector.content("combinedHash").decode().strip() == "".join(hashes)
    assert vector.signer.sign(combined).hex() == vector.content("sigHex").decode().strip()


def test_the_proof_is_made_byte_for_byte(vector: Vector) -> None:
    options = {
        name: value for name, value in vector.signed["proof"].items() if name not in {"proofValue", "cryptosuite", "@context"}
    }
    proof = vector.suite.create_proof(vector.document, options, vector.signer, rdf.canonicalize)
    assert proof == vector.signed["proof"]
    assert proof["proofValue"] == vector.content("sigBTC58").decode().strip()


def test_the_signed_document_is_verified(vector: Vector) -> None:
    verify_proofs(vector.signed, lambda method, purpose: verification_key(method, purpose, Outside()), now=NOW)


SET_AND_CHAIN: Final = ROOTS["eddsa"] / "proof-set-chain"


@pytest.mark.parametrize("kind", ["Set", "Chain"])
def test_proof_sets_and_chains_are_made_byte_for_byte(kind: str) -> None:
    """Four keys: the first two sign the document, the third also their proofs, the fourth also the third's."""
    shared("vectors", "vc-di-eddsa")
    keys = json.loads((SET_AND_CHAIN / "multiKeyPairs.json").read_bytes())
    expected = json.loads((SET_AND_CHAIN / f"signedProof{kind}2.json").read_bytes())
    secured: dict[str, Any] = json.loads((SET_AND_CHAIN / "unsigned.json").read_bytes())
    for pair, proof in zip(keys.values(), expected["proof"], strict=False):
        previous = proof.get("previousProof", [])
        secured = add_proof(
            secured,
            InMemorySigner(proof["verificationMethod"], multibase_decode(pair["privateKeyMultibase"])[2:]),
            cryptosuite=proof["cryptosuite"],
            created=NOW.fromisoformat(proof["created"]),
            proof_id=proof.get("id"),
            previous=previous if isinstance(previous, list) else [previous],
        )
    assert secured == expected
    verify_proofs(secured, lambda method, purpose: verification_key(method, purpose, Outside()), now=NOW)
