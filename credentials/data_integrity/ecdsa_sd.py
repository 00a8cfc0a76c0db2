"""ecdsa-sd-2023: an issuer signs each statement with a key made for this document, a holder shows some of them (vc-di-ecdsa §3.6).

The issuer's own key signs the options, the statements that must always be shown, and the document's key. The holder gets all
signatures in a base proof and keeps it; a derived proof carries those of the statements that it shows. Derived proofs of one
document can be linked, because their signatures are the same: where that matters, bbs-2023 is the suite.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from credentials import rdf
from credentials.bbs.signer import BBSSigner
from credentials.data_integrity.cryptosuite import canonical_configuration, check_algorithm
from credentials.data_integrity.ecdsa_sd_proof_value import KEY_BYTES, MULTIKEY, BaseProofValue, DerivedProofValue
from credentials.data_integrity.selective_disclosure import Disclosable, hmac_labels, relabelled
from credentials.ecdsa import P256
from credentials.errors import CryptographicSecurityError, ProofGenerationError, ProofVerificationError
from credentials.keys import PublicKey, Signer, verify_signature


class EcdsaSd2023:
    """The cryptosuite; nothing in it changes."""

    name: Final = "ecdsa-sd-2023"
    algorithms: Final = frozenset({"ES256"})

    def create_base_proof(
        self,
        document: Mapping[str, Any],
        options: Mapping[str, Any],
        signer: Signer | BBSSigner,
        *,
        mandatory_pointers: Sequence[str],
        random_bytes: Callable[[int], bytes],
        canonicalize: rdf.Canonicalizer = rdf.canonicalize,
    ) -> dict[str, Any]:
        """Return a base proof, which is for the holder alone (§3.6.1).

        Args:
            document: without a proof.
            options: the proof's other members.
            signer: signs and names its verification method.
            mandatory_pointers: JSON pointers to what every derived document shows.
            random_bytes: gives the key that names blank nodes, then the document's private key.
            canonicalize: RDFC-1.0 for the options.

        Raises:
            ProofGenerationError: another kind of key.
            MalformedValueError: a pointer that matches nothing.
            DataLossError, ProofTransformationError, ComplexityLimitError: the document cannot be canonicalized.
        """
        if isinstance(signer, BBSSigner) or signer.public_key.algorithm not in self.algorithms:
            raise ProofGenerationError(f"{self.name} does not sign with a key of {signer.public_key.algorithm}")
        proof = {**options, "cryptosuite": self.name}
        hmac_key = random_bytes(KEY_BYTES)
        public_key, sign = _document_key(random_bytes)
        disclosable = Disclosable.of(document, hmac_labels(hmac_key))
        mandatory = frozenset(disclosable.indexes(mandatory_pointers))
        data = _signed_data(document, proof, public_key, _at(disclosable.lines, mandatory), canonicalize)
        signatures = tuple(sign(line.encode()) for line in _elsewhere(disclosable.lines, mandatory))
        value = BaseProofValue(signer.sign(data), public_key, hmac_key, signatures, tuple(mandatory_pointers))
        return {**proof, "proofValue": value.serialize()}

    def verify_base_proof(
        self,
        document: Mapping[str, Any],
        proof: Mapping[str, Any],
        key: PublicKey,
        *,
        canonicalize: rdf.Canonicalizer = rdf.canonicalize,
    ) -> None:
        """Raise unless a base proof fits, for the holder to check what it received.

        Raises:
            CryptographicSecurityError: the key is of another algorithm.
            ProofVerificationError: the proof does not fit.
        """
        check_algorithm(self, key)
        base, disclosable, mandatory = _taken_apart(document, proof)
        data = _signed_data(document, proof, base.public_key, _at(disclosable.lines, mandatory), canonicalize)
        _check_signatures(key, data, base, _elsewhere(disclosable.lines, mandatory))

    def derive_proof(
        self,
        document: Mapping[str, Any],
        proof: Mapping[str, Any],
        *,
        selective_pointers: Sequence[str],
        random_bytes: Callable[[int], bytes] | None = None,  # noqa: ARG002  # every suite of this kind takes it; here nothing is random
        canonicalize: rdf.Canonicalizer = rdf.canonicalize,  # noqa: ARG002  # nor canonicalized alone
    ) -> dict[str, Any]:
        """Return the part of a document that pointers select, with a proof for it (§3.6.6).

        Args:
            document: as issued, without the proof.
            proof: its base proof.
            selective_pointers: JSON pointers to what is shown beside what must be.
            random_bytes: not used.
            canonicalize: not used.

        Raises:
            ProofVerificationError: the base proof is malformed or does not fit the document.
            MalformedValueError: a pointer that matches nothing, or nothing to show.
        """
        base, disclosable, mandatory = _taken_apart(document, proof)
        revealed = disclosable.reveal([*base.mandatory_pointers, *selective_pointers])
        others = [place for place in range(len(disclosable.lines)) if place not in mandatory]
        shown = frozenset(revealed.indexes)
        value = DerivedProofValue(
            base.base_signature,
            base.public_key,
            tuple(signature for place, signature in zip(others, base.signatures, strict=True) if place in shown),
            revealed.labels,
            tuple(position for position, place in enumerate(revealed.indexes) if place in mandatory),
        )
        return {**revealed.document, "proof": {**proof, "proofValue": value.serialize()}}

    def verify_proof(
        self, document: Mapping[str, Any], proof: Mapping[str, Any], key: PublicKey, canonicalize: rdf.Canonicalizer
    ) -> None:
        """Raise unless a derived proof fits; `document` is without the proof (§3.6.7).

        Raises:
            CryptographicSecurityError: the key is of another algorithm.
            ProofVerificationError: the proof does not fit.
        """
        check_algorithm(self, key)
        value = DerivedProofValue.parse(proof["proofValue"])
        lines = relabelled(document, value.labels)
        if not all(place < len(lines) for place in value.mandatory_indexes):
            raise ProofVerificationError("the proof names statements that are not there")
        mandatory = frozenset(value.mandatory_indexes)
        data = _signed_data(document, proof, value.public_key, _at(lines, mandatory), canonicalize)
        _check_signatures(key, data, value, _elsewhere(lines, mandatory))


def _document_key(random_bytes: Callable[[int], bytes]) -> tuple[bytes, Callable[[bytes], bytes]]:
    while True:
        try:
            return P256.load(random_bytes(KEY_BYTES))
        except CryptographicSecurityError:  # zero, or not below the curve's order: once in 2^32
            continue


def _taken_apart(document: Mapping[str, Any], proof: Mapping[str, Any]) -> tuple[BaseProofValue, Disclosable, frozenset[int]]:
    """Return a base proof's parts, the document's statements, and which of them are mandatory.

    Raises:
        ProofVerificationError: the proof is malformed, or has not one signature for each other statement.
    """
    base = BaseProofValue.parse(proof["proofValue"])
    disclosable = Disclosable.of(document, hmac_labels(base.hmac_key))
    mandatory = frozenset(disclosable.indexes(base.mandatory_pointers))
    if len(base.signatures) != len(disclosable.lines) - len(mandatory):
        raise ProofVerificationError("the base proof has not one signature for each statement")
    return base, disclosable, mandatory


def _at(lines: Sequence[str], places: frozenset[int]) -> list[str]:
    return [line for place, line in enumerate(lines) if place in places]


def _elsewhere(lines: Sequence[str], places: frozenset[int]) -> list[str]:
    return [line for place, line in enumerate(lines) if place not in places]


def _signed_data(
    document: Mapping[str, Any],
    proof: Mapping[str, Any],
    public_key: bytes,
    mandatory: Sequence[str],
    canonicalize: rdf.Canonicalizer,
) -> bytes:
    """Return what the issuer's key signs: hash of the options, the document's key, hash of the mandatory statements (§3.5.1)."""
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    configuration = canonical_configuration(document, options, canonicalize)
    hashes = [hashlib.sha256(data).digest() for data in (configuration, "".join(mandatory).encode())]
    return hashes[0] + MULTIKEY + public_key + hashes[1]


def _check_signatures(key: PublicKey, data: bytes, value: BaseProofValue | DerivedProofValue, others: Sequence[str]) -> None:
    if len(value.signatures) != len(others):
        raise ProofVerificationError("the proof has not one signature for each statement")
    verify_signature(key, value.base_signature, data)
    document_key = PublicKey("ES256", value.public_key)
    for line, signature in zip(others, value.signatures, strict=True):
        verify_signature(document_key, signature, line.encode())
