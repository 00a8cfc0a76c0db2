"""bbs-2023: an issuer signs each statement, a holder shows some of them, and no two showings can be linked (vc-di-bbs).

Three roles, three steps. The issuer makes a base proof, which says with JSON pointers what must always be shown. The holder derives
a document and a proof from it, anew each time. The verifier checks that proof. On request the signature is bound to a secret of the
holder that the issuer never sees, or to a secret that gives the holder one pseudonym for each verifier.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from credentials import rdf
from credentials.bbs.ciphersuites import random_scalars
from credentials.bbs.signer import BBSSigner
from credentials.bls import Scalar
from credentials.data_integrity.bbs_binding import HolderSecrets, check_signature, prove, sign, verify
from credentials.data_integrity.bbs_proof_value import (
    HMAC_KEY_BYTES,
    BaseProofValue,
    DerivedProofValue,
    Feature,
    parse_base,
    parse_derived,
)
from credentials.data_integrity.cryptosuite import canonical_configuration, check_algorithm
from credentials.data_integrity.selective_disclosure import Disclosable, relabelled, shuffled_labels
from credentials.errors import ProofGenerationError, ProofVerificationError
from credentials.keys import PublicKey, Signer


@dataclass(frozen=True, slots=True)
class _Signed:
    """A document under a base proof, taken apart as it was signed."""

    base: BaseProofValue
    disclosable: Disclosable
    mandatory: frozenset[int]

    def messages(self) -> list[bytes]:
        """Return the statements that need not be shown."""
        lines = self.disclosable.lines
        return [line.encode() for place, line in enumerate(lines) if place not in self.mandatory]


class Bbs2023:
    """The cryptosuite (vc-di-bbs §3.4); nothing in it changes."""

    name: Final = "bbs-2023"
    algorithms: Final = frozenset({"BBS"})

    def create_base_proof(
        self,
        document: Mapping[str, Any],
        options: Mapping[str, Any],
        signer: Signer | BBSSigner,
        *,
        mandatory_pointers: Sequence[str],
        random_bytes: Callable[[int], bytes],
        commitment_with_proof: bytes | None = None,
        signer_nym_entropy: Scalar | None = None,
        canonicalize: rdf.Canonicalizer = rdf.canonicalize,
    ) -> dict[str, Any]:
        """Return a base proof, which is for the holder alone (§3.4.1).

        Args:
            document: without a proof.
            options: the proof's other members.
            signer: signs and names its verification method.
            mandatory_pointers: JSON pointers to what every derived document shows.
            random_bytes: gives the key that names blank nodes.
            commitment_with_proof: the holder's, to bind the signature to its secret.
            signer_nym_entropy: with such a commitment, the issuer's part of the secret of the holder's pseudonyms.
            canonicalize: RDFC-1.0 for the options.

        Raises:
            ProofGenerationError: entropy without a commitment, or another kind of key.
            MalformedValueError: a pointer that matches nothing.
            ProofVerificationError, CryptographicSecurityError: the commitment is refused.
            DataLossError, ProofTransformationError, ComplexityLimitError: the document cannot be canonicalized.
        """
        if not isinstance(signer, BBSSigner):
            raise ProofGenerationError(f"{self.name} does not sign with a key of {signer.public_key.algorithm}")
        proof = {**options, "cryptosuite": self.name}
        hmac_key = random_bytes(HMAC_KEY_BYTES)
        disclosable = Disclosable.of(document, shuffled_labels(hmac_key))
        mandatory = disclosable.indexes(mandatory_pointers)
        header = _header(document, proof, [disclosable.lines[place] for place in mandatory], canonicalize)
        messages = [line.encode() for place, line in enumerate(disclosable.lines) if place not in set(mandatory)]
        feature, signature = sign(signer, header, messages, commitment_with_proof, signer_nym_entropy)
        pointers, key = tuple(mandatory_pointers), signer.public_key.raw
        base = BaseProofValue(feature, signature, header, key, hmac_key, pointers, signer_nym_entropy)
        return {**proof, "proofValue": base.serialize()}

    def verify_base_proof(
        self,
        document: Mapping[str, Any],
        proof: Mapping[str, Any],
        key: PublicKey,
        *,
        holder: HolderSecrets | None = None,
        canonicalize: rdf.Canonicalizer = rdf.canonicalize,
    ) -> None:
        """Raise unless a base proof fits, for the holder to check what it received.

        Raises:
            CryptographicSecurityError: the key is of another algorithm.
            ProofVerificationError: the proof does not fit, or is not this key's.
            ProofGenerationError: the proof is bound to secrets that are not given.
        """
        check_algorithm(self, key)
        signed = _taken_apart(document, proof, canonicalize)
        if signed.base.public_key != key.raw:
            raise ProofVerificationError("the base proof is made with another key")
        check_signature(signed.base, signed.messages(), holder)

    def derive_proof(
        self,
        document: Mapping[str, Any],
        proof: Mapping[str, Any],
        *,
        selective_pointers: Sequence[str],
        random_bytes: Callable[[int], bytes],
        presentation_header: bytes = b"",
        holder: HolderSecrets | None = None,
        nym_domain: bytes | None = None,
        canonicalize: rdf.Canonicalizer = rdf.canonicalize,
    ) -> dict[str, Any]:
        """Return the part of a document that pointers select, with a proof for it (§3.4.6).

        Args:
            document: as issued, without the proof.
            proof: its base proof.
            selective_pointers: JSON pointers to what is shown beside what must be.
            random_bytes: secret, and never the same twice.
            presentation_header: bound by the proof, such as a verifier's challenge.
            holder: the holder's secrets, where the signature is bound to them.
            nym_domain: the context of the holder's pseudonym, such as the verifier's name.
            canonicalize: RDFC-1.0 for the options.

        Raises:
            ProofVerificationError: the base proof is malformed or does not fit the document.
            ProofGenerationError: secrets or a context are missing, or not asked for.
            MalformedValueError: a pointer that matches nothing, or nothing to show.
        """
        signed = _taken_apart(document, proof, canonicalize)
        revealed = signed.disclosable.reveal([*signed.base.mandatory_pointers, *selective_pointers])
        others = [place for place in range(len(signed.disclosable.lines)) if place not in signed.mandatory]
        shown = set(revealed.indexes)
        selective = [position for position, place in enumerate(others) if place in shown]
        bbs_proof, pseudonym = prove(
            signed.base,
            signed.messages(),
            selective,
            holder=holder,
            nym_domain=nym_domain,
            presentation_header=presentation_header,
            random_scalars=random_scalars(random_bytes),
        )
        value = DerivedProofValue(
            signed.base.feature,
            bbs_proof,
            {int(canonical.removeprefix("c14n")): int(label.removeprefix("b")) for canonical, label in revealed.labels.items()},
            [position for position, place in enumerate(revealed.indexes) if place in signed.mandatory],
            selective,
            presentation_header,
            pseudonym,
            None if signed.base.feature is Feature.BASELINE else len(others),
        )
        return {**revealed.document, "proof": {**proof, "proofValue": value.serialize()}}

    def verify_proof(
        self, document: Mapping[str, Any], proof: Mapping[str, Any], key: PublicKey, canonicalize: rdf.Canonicalizer
    ) -> None:
        """Raise unless a derived proof fits; `document` is without the proof (§3.4.7).

        Raises:
            CryptographicSecurityError: the key is of another algorithm.
            ProofVerificationError: the proof does not fit, or carries a pseudonym, whose context is not known here.
        """
        self.verify_derived_proof(document, proof, key, canonicalize=canonicalize)

    def verify_derived_proof(
        self,
        document: Mapping[str, Any],
        proof: Mapping[str, Any],
        key: PublicKey,
        *,
        nym_domain: bytes | None = None,
        canonicalize: rdf.Canonicalizer = rdf.canonicalize,
    ) -> DerivedProofValue:
        """Return what a derived proof carries, among it presentation header and pseudonym, if it fits (§3.4.7).

        Args:
            document: without the proof.
            proof: the derived proof.
            key: the issuer's.
            nym_domain: the context in which a pseudonym must be the holder's.
            canonicalize: RDFC-1.0 for the options.

        Raises:
            CryptographicSecurityError: the key is of another algorithm.
            ProofVerificationError: the proof does not fit.
        """
        check_algorithm(self, key)
        value = parse_derived(proof["proofValue"])
        lines = relabelled(document, {f"c14n{canonical}": f"b{label}" for canonical, label in value.label_map.items()})
        mandatory = set(value.mandatory_indexes)
        if not mandatory <= set(range(len(lines))):
            raise ProofVerificationError("the proof names statements that are not there")
        header = _header(document, proof, [lines[place] for place in value.mandatory_indexes], canonicalize)
        messages = [line.encode() for place, line in enumerate(lines) if place not in mandatory]
        verify(value, key.raw, header, messages, nym_domain)
        return value


def _header(
    document: Mapping[str, Any], proof: Mapping[str, Any], mandatory: Sequence[str], canonicalize: rdf.Canonicalizer
) -> bytes:
    """Return the 64 bytes that are signed as the header: hash of the options, hash of the mandatory statements (§3.4.4)."""
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    if options.get("@context", document.get("@context")) != document.get("@context"):
        raise ProofVerificationError("the proof's @context is not the document's")
    signed = (canonical_configuration(document, options, canonicalize), "".join(mandatory).encode())
    return b"".join(hashlib.sha256(data).digest() for data in signed)


def _taken_apart(document: Mapping[str, Any], proof: Mapping[str, Any], canonicalize: rdf.Canonicalizer) -> _Signed:
    """Return a document as its base proof signed it.

    Raises:
        ProofVerificationError: the proof is malformed, or is not over this document and these options.
    """
    base = parse_base(proof["proofValue"])
    disclosable = Disclosable.of(document, shuffled_labels(base.hmac_key))
    mandatory = disclosable.indexes(base.mandatory_pointers)
    if _header(document, proof, [disclosable.lines[place] for place in mandatory], canonicalize) != base.bbs_header:
        raise ProofVerificationError("the base proof does not fit the document")
    return _Signed(base, disclosable, frozenset(mandatory))
