"""The W3C's vectors of bbs-2023, one case for each folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from types import ModuleType
from typing import Any, Final

from credentials import bls
from credentials.bbs import basic, blind, pseudonym
from credentials.bbs.ciphersuites import SHA_256
from credentials.bbs.core import parse_proof
from credentials.bbs.signer import InMemoryBBSSigner
from credentials.data_integrity.bbs_binding import HolderSecrets
from credentials.data_integrity.bbs_proof_value import parse_derived
from credentials.keys import PublicKey, parse_multikey
from tests.shared_vectors import shared


def load(*parts: str) -> Any:  # noqa: ANN401  # any JSON
    return json.loads(shared("vectors", "vc-di-bbs", "TestVectors", *parts).read_text())


def octets(text: str) -> bytes:
    return bytes.fromhex(text if len(text) % 2 == 0 else "0" + text)


def number(text: str) -> bls.Scalar:
    return bls.scalar(int(text, 16))


@dataclass(frozen=True)
class Case:
    """A folder of vectors and the inputs that it was made from."""

    folder: str
    mandatory: tuple[str, str]
    selective: tuple[str, str]
    bbs: ModuleType
    binds_secret: bool = False
    has_pseudonym: bool = False

    def file(self, name: str) -> Any:  # noqa: ANN401  # any JSON
        return load(*filter(None, [self.folder, name]))

    def text(self, name: str) -> str:
        return shared("vectors", "vc-di-bbs", "TestVectors", *filter(None, [self.folder, name])).read_text()

    def signed(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return document and base proof."""
        document = self.file("addSignedSDBase.json")
        return document, document.pop("proof")

    def revealed(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return derived document and derived proof."""
        document = self.file("derivedRevealDocument.json")
        return document, document.pop("proof")

    def mandatory_pointers(self) -> list[str]:
        return list(load(*filter(None, self.mandatory)))

    def selective_pointers(self) -> list[str]:
        return list(load(*filter(None, self.selective)))

    def commitment(self) -> bytes | None:
        bound = self.binds_secret or self.has_pseudonym
        return octets(self.file("commitmentInfo.json")["commitmentWithProof"]) if bound else None

    def entropy(self) -> bls.Scalar | None:
        return number(load("FeatureInputs", "signerNymEntropy.json")["signerNymEntropyHex"]) if self.has_pseudonym else None

    def holder(self) -> HolderSecrets | None:
        if not (self.binds_secret or self.has_pseudonym):
            return None
        return HolderSecrets(
            number(self.file("commitmentInfo.json")["secretProverBlind"]),
            octets(load("FeatureInputs", "holderSecret.json")["holderSecretHex"]) if self.binds_secret else None,
            number(load("FeatureInputs", "proverNym.json")["proverNymHex"]) if self.has_pseudonym else None,
        )

    def nym_domain(self) -> bytes | None:
        return load("FeatureInputs", "verifierInfo.json")["verifierId"].encode() if self.has_pseudonym else None

    def derivation_bytes(self) -> Callable[[int], bytes]:
        """Return the bytes that the vectors' scalars were drawn from: a seed, expanded under the interface's name."""
        drawn = 5 + len(parse_proof(parse_derived(self.revealed()[1]["proofValue"]).bbs_proof).hidden)
        seed = octets(load("BBSDeriveMaterial.json")["pseudoRandSeedHex"])
        stream = SHA_256.expand_message(seed, self.bbs.interface().api_id, 48 * drawn)
        places = count()
        return lambda size: stream[(start := size * next(places)) : start + size]


CASES: Final = {
    "baseline": Case("", ("", "windMandatory.json"), ("", "windSelective.json"), basic),
    "baseline, resident": Case("prc", ("", "prCredMandatory.json"), ("", "prCredSelective.json"), basic),
    "anonymous_holder_binding": Case(
        "HolderBinding",
        ("FeatureInputs", "licenseMandatory.json"),
        ("FeatureInputs", "licenseSelective.json"),
        blind,
        binds_secret=True,
    ),
    "pseudonym": Case(
        "Pseudonym",
        ("FeatureInputs", "licenseMandatory.json"),
        ("FeatureInputs", "licenseSelective.json"),
        pseudonym,
        has_pseudonym=True,
    ),
    "holder_binding_pseudonym": Case(
        "PseudonymHB",
        ("FeatureInputs", "licenseMandatory.json"),
        ("FeatureInputs", "licenseSelective.json"),
        pseudonym,
        binds_secret=True,
        has_pseudonym=True,
    ),
}


def hmac_key() -> bytes:
    return octets(load("BBSKeyMaterial.json")["hmacKeyString"])


def presentation_header() -> bytes:
    return octets(load("BBSDeriveMaterial.json")["presentationHeaderHex"])


def signer(proof: dict[str, Any]) -> InMemoryBBSSigner:
    return InMemoryBBSSigner(proof["verificationMethod"], octets(load("BBSKeyMaterial.json")["privateKeyHex"]))


def issuer_key(proof: dict[str, Any]) -> PublicKey:
    return parse_multikey(proof["verificationMethod"].partition("#")[2])
