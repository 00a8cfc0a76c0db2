"""The vectors of Data Integrity proofs and of the signatures beneath them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from comity.conformance.cases import Case, WrongAnswerError, expect_refusal, read
from credentials import bls, rdf
from credentials.bbs import basic
from credentials.bbs.ciphersuites import SHA_256, SHAKE_256
from credentials.data_integrity import CRYPTOSUITES, verify_proofs
from credentials.data_integrity.bbs_2023 import Bbs2023
from credentials.data_integrity.bbs_binding import HolderSecrets
from credentials.data_integrity.ecdsa_sd import EcdsaSd2023
from credentials.dids import did_key
from credentials.errors import CryptographicSecurityError, FetchError
from credentials.fetching import Fetched
from credentials.keys import PublicKey, parse_multikey, verify_signature

_NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
_SIGNED: Final = ("signed*.json", "addSignedSDBase.json", "derivedRevealDocument.json")
_BBS: Final = {"bls12-381-sha-256": SHA_256, "bls12-381-shake-256": SHAKE_256}
_WEAK: Final = frozenset({"low_order_A", "low_order_R", "non_canonical_A", "non_canonical_R", "low_order_residue"})
"""Flags of signatures that two readers of RFC 8032 judge differently: all refused."""


def resolve_key(method: str, _purpose: str) -> PublicKey:
    """Return the key that a did:key names."""
    return parse_multikey(method.partition("#")[2])


def signed_documents(folder: Path) -> Iterator[Case]:
    """Give every secured document below a folder: base proofs as holders get them, all others as verifiers do."""
    for path in sorted(path for pattern in _SIGNED for path in folder.rglob(pattern)):
        yield str(path.relative_to(folder)), partial(_signed, path, folder)


def _signed(path: Path, folder: Path) -> None:
    document = read(path)
    proofs = document["proof"] if isinstance(document["proof"], list) else [document["proof"]]
    if any(proof["type"] != "DataIntegrityProof" for proof in proofs):  # a suite of before Data Integrity
        expect_refusal(lambda: verify_proofs(document, resolve_key, now=_NOW), CryptographicSecurityError)
        return
    suite = CRYPTOSUITES[proofs[0]["cryptosuite"]]
    if not isinstance(suite, EcdsaSd2023 | Bbs2023):
        verify_proofs(document, resolve_key, now=_NOW)
        return
    [proof] = proofs
    del document["proof"]
    key = resolve_key(proof["verificationMethod"], proof["proofPurpose"])
    is_base, holder, domain = path.name == "addSignedSDBase.json", *_feature_inputs(path, folder)
    if isinstance(suite, EcdsaSd2023):
        (suite.verify_base_proof if is_base else suite.verify_proof)(document, proof, key, canonicalize=rdf.canonicalize)
    elif is_base:
        suite.verify_base_proof(document, proof, key, holder=holder)
    else:
        suite.verify_derived_proof(document, proof, key, nym_domain=domain)


def _feature_inputs(path: Path, folder: Path) -> tuple[HolderSecrets | None, bytes | None]:
    """Return the holder's secrets and the verifier's context with which a vector of bbs-2023 was made."""
    commitment, inputs = path.parent / "commitmentInfo.json", folder / "TestVectors" / "FeatureInputs"
    if not commitment.exists():
        return None, None
    binds_secret, has_pseudonym = path.parent.name != "Pseudonym", path.parent.name != "HolderBinding"
    secrets = HolderSecrets(
        bls.scalar(int(read(commitment)["secretProverBlind"], 16)),
        bytes.fromhex(read(inputs / "holderSecret.json")["holderSecretHex"]) if binds_secret else None,
        bls.scalar(int(read(inputs / "proverNym.json")["proverNymHex"], 16)) if has_pseudonym else None,
    )
    return secrets, read(inputs / "verifierInfo.json")["verifierId"].encode() if has_pseudonym else None


def proof_chains(folder: Path) -> Iterator[Case]:
    """Give the documents with `previousProof`: their names say whether they verify."""
    for path in sorted(folder.rglob("*.json")):
        yield path.stem, partial(_chain, path)


def _chain(path: Path) -> None:
    verify = partial(verify_proofs, read(path), resolve_key, now=_NOW)
    if "Fail" in path.name:
        expect_refusal(verify)
    else:
        verify()


def bbs_signatures(folder: Path) -> Iterator[Case]:
    """Give the signatures and proofs of the CFRG's BBS, good and bad, for both ciphersuites."""
    for name in _BBS:
        for path in sorted(folder.rglob(f"{name}/signature/*.json")):
            yield f"{name} {path.stem}", partial(_bbs_signature, read(path), name)
        for path in sorted(folder.rglob(f"{name}/proof/*.json")):
            yield f"{name} {path.stem}", partial(_bbs_proof, read(path), name)


def _bbs_signature(case: Mapping[str, Any], name: str) -> None:
    key, signature, header = _octets([case["signerKeyPair"]["publicKey"], case["signature"], case["header"]])
    verify = partial(basic.verify, key, signature, header, _octets(case["messages"]), ciphersuite=_BBS[name])
    if case["result"]["valid"]:
        verify()
    else:
        expect_refusal(verify)


def _bbs_proof(case: Mapping[str, Any], name: str) -> None:
    key, proof, header, presentation = _octets([case["signerPublicKey"], case["proof"], case["header"], case["presentationHeader"]])
    messages, disclosed = _octets(case["messages"]), case["disclosedIndexes"]
    shown = [messages[position] for position in disclosed if position < len(messages)]
    verify = partial(
        basic.proof_verify, key, proof, header, shown, disclosed, presentation_header=presentation, ciphersuite=_BBS[name]
    )
    if case["result"]["valid"]:
        verify()
    else:
        expect_refusal(verify)


def _octets(texts: list[str]) -> list[bytes]:
    return [bytes.fromhex(text) for text in texts]


def ed25519_edge_cases(file: Path) -> Iterator[Case]:
    """Give the edge cases of Ed25519: what readers of RFC 8032 agree on is accepted, everything else is refused."""
    for vector in read(file):
        yield str(vector["number"]), partial(_ed25519, vector)


def _ed25519(vector: Mapping[str, Any]) -> None:
    key = PublicKey("Ed25519", bytes.fromhex(vector["key"]))
    verify = partial(verify_signature, key, bytes.fromhex(vector["sig"]), vector["msg"].encode())
    if _WEAK & set(vector["flags"] or ()):
        expect_refusal(verify)
    else:
        verify()


class Nowhere:
    """An outside that does not answer: did:key needs none."""

    def fetch(self, url: str) -> Fetched:
        """Raise: nothing is there.

        Raises:
            FetchError: always.
        """
        raise FetchError(f"{url} was asked for")


def did_keys(folder: Path) -> Iterator[Case]:
    """Give the identifiers of did:key: those of keys that sign here resolve to the same key, all others are refused."""
    for path in sorted(folder.glob("test-vectors/*.json")):
        for did, row in read(path).items():
            yield f"{path.stem} {did[:24]}", partial(_did_key, did, row)


_OURS: Final = ("did:key:z6Mk", "did:key:zDn", "did:key:z82", "did:key:z2J", "did:key:zUC7")


def _did_key(did: str, row: Mapping[str, Any]) -> None:
    if not did.startswith(_OURS):
        expect_refusal(lambda: did_key.resolve(did, Nowhere()))
        return
    expected = row["didDocument"]
    names = {item["id"] if item["id"].startswith("did:") else did + item["id"] for item in expected["verificationMethod"]}
    document = did_key.resolve(did, Nowhere())
    if (document["id"], document["verificationMethod"][0]["id"] in names) != (expected["id"], True):
        raise WrongAnswerError("the document names another key")
