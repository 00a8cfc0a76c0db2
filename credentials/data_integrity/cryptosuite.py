"""What a cryptosuite is, and the family that signs a hash of the whole document (eddsa-rdfc-2022, eddsa-jcs-2022)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Protocol

from credentials import jcs, rdf
from credentials.encoding import multibase_decode, multibase_encode
from credentials.errors import CryptographicSecurityError, ProofVerificationError
from credentials.keys import PublicKey, Signer, verify_signature


class Transform(Enum):
    """How a suite brings a document into its one form."""

    RDFC = auto()
    JCS = auto()


class Cryptosuite(Protocol):
    """A cryptosuite instance (VC Data Integrity 1.0 §3)."""

    @property
    def name(self) -> str:
        """The `cryptosuite` member of its proofs."""
        ...

    @property
    def algorithm(self) -> str:
        """The algorithm of its keys."""
        ...

    def create_proof(
        self, document: Mapping[str, Any], options: Mapping[str, Any], signer: Signer, canonicalize: rdf.Canonicalizer
    ) -> dict[str, Any]:
        """Return a proof over `document` with `options`."""
        ...

    def verify_proof(
        self, document: Mapping[str, Any], proof: Mapping[str, Any], key: PublicKey, canonicalize: rdf.Canonicalizer
    ) -> None:
        """Raise unless the proof fits; `document` is without the proof."""
        ...


@dataclass(frozen=True, slots=True)
class HashedSuite:
    """Signs SHA-256 of the canonical proof options followed by SHA-256 of the canonical document.

    Attributes:
        name: the `cryptosuite` member.
        algorithm: the algorithm of its keys.
        transform: how options and document are canonicalized.
        binds_context: the proof carries the document's `@context` (JCS suites, vc-di-eddsa §3.3.1).
    """

    name: str
    algorithm: str
    transform: Transform
    binds_context: bool

    def create_proof(
        self, document: Mapping[str, Any], options: Mapping[str, Any], signer: Signer, canonicalize: rdf.Canonicalizer
    ) -> dict[str, Any]:
        """Return a proof over `document` (vc-di-eddsa §3.2.1, §3.3.1)."""
        proof: dict[str, Any] = {**options, "cryptosuite": self.name}
        if self.binds_context and "@context" in document:
            proof = {"@context": document["@context"], **proof}
        signature = signer.sign(self.hash_data(document, proof, canonicalize))
        return {**proof, "proofValue": multibase_encode(signature)}

    def verify_proof(
        self, document: Mapping[str, Any], proof: Mapping[str, Any], key: PublicKey, canonicalize: rdf.Canonicalizer
    ) -> None:
        """Raise unless the signature fits (vc-di-eddsa §3.2.2, §3.3.2).

        Raises:
            CryptographicSecurityError: the key is of another algorithm.
            ProofVerificationError: the signature or the context does not fit.
        """
        if key.algorithm != self.algorithm:
            raise CryptographicSecurityError(f"{self.name} is not for a key of {key.algorithm}")
        signature = multibase_decode(proof["proofValue"], bases="z")
        options = {name: value for name, value in proof.items() if name != "proofValue"}
        data = dict(document)
        if self.binds_context and "@context" in options:
            _check_context_prefix(options["@context"], document.get("@context"))
            data["@context"] = options["@context"]
        verify_signature(key, signature, self.hash_data(data, options, canonicalize))

    def hash_data(self, document: Mapping[str, Any], options: Mapping[str, Any], canonicalize: rdf.Canonicalizer) -> bytes:
        """Return the 64 bytes that are signed: hash of the options, hash of the document (§3.3.4)."""
        if self.transform is Transform.JCS:
            forms = (jcs.canonicalize(options), jcs.canonicalize(document))
        else:
            with_context = {"@context": document.get("@context", []), **options}
            forms = (canonicalize(with_context), canonicalize(document))
        return b"".join(hashlib.sha256(form).digest() for form in forms)


def _check_context_prefix(signed: object, found: object) -> None:
    """Raise unless the document's context begins with the one that was signed (vc-di-eddsa §3.3.2)."""
    expected = signed if isinstance(signed, list) else [signed]
    present = found if isinstance(found, list) else [found]
    if present[: len(expected)] != expected:
        raise ProofVerificationError("the document's @context is not the one that was signed")
