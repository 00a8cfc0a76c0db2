"""What a cryptosuite is, and the family that signs a hash of the whole document: EdDSA and ECDSA over RDFC-1.0 and JCS."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final, Protocol, runtime_checkable

from credentials import jcs, rdf
from credentials.bbs.signer import BBSSigner
from credentials.encoding import multibase_decode, multibase_encode
from credentials.errors import CryptographicSecurityError, MalformedValueError, ProofVerificationError
from credentials.keys import PublicKey, Signer, verify_signature

VC_1_1: Final = "https://www.w3.org/2018/credentials/v1"
DATA_INTEGRITY_V2: Final = "https://w3id.org/security/data-integrity/v2"
_DEFINE_PROOFS: Final = frozenset(
    {"https://www.w3.org/ns/credentials/v2", "https://w3id.org/security/data-integrity/v1", DATA_INTEGRITY_V2}
)


class Transform(Enum):
    """How a suite brings a document into its one form."""

    RDFC = auto()
    JCS = auto()


@runtime_checkable
class Cryptosuite(Protocol):
    """A cryptosuite instance (VC Data Integrity 1.0 §3)."""

    @property
    def name(self) -> str:
        """The `cryptosuite` member of its proofs."""
        ...

    @property
    def algorithms(self) -> Collection[str]:
        """The algorithms of its keys."""
        ...

    def verify_proof(
        self, document: Mapping[str, Any], proof: Mapping[str, Any], key: PublicKey, canonicalize: rdf.Canonicalizer
    ) -> None:
        """Raise unless the proof fits; `document` is without the proof."""
        ...


@runtime_checkable
class WholeDocumentSuite(Cryptosuite, Protocol):
    """A suite whose proofs are made in one step, over all of a document."""

    def create_proof(
        self, document: Mapping[str, Any], options: Mapping[str, Any], signer: Signer, canonicalize: rdf.Canonicalizer
    ) -> dict[str, Any]:
        """Return a proof over `document` with `options`."""
        ...


@runtime_checkable
class SelectiveDisclosureSuite(Cryptosuite, Protocol):
    """A suite whose base proofs are for the holder, who derives from them what a verifier gets to see.

    `verify_proof` takes derived proofs alone.
    """

    def create_base_proof(
        self,
        document: Mapping[str, Any],
        options: Mapping[str, Any],
        signer: Signer | BBSSigner,
        *,
        mandatory_pointers: Sequence[str],
        random_bytes: Callable[[int], bytes],
        canonicalize: rdf.Canonicalizer,
    ) -> dict[str, Any]:
        """Return a base proof over `document`; the pointers say what every derived document shows."""
        ...

    def verify_base_proof(
        self, document: Mapping[str, Any], proof: Mapping[str, Any], key: PublicKey, *, canonicalize: rdf.Canonicalizer
    ) -> None:
        """Raise unless a base proof fits; `document` is without the proof."""
        ...

    def derive_proof(
        self,
        document: Mapping[str, Any],
        proof: Mapping[str, Any],
        *,
        selective_pointers: Sequence[str],
        random_bytes: Callable[[int], bytes],
        canonicalize: rdf.Canonicalizer,
    ) -> dict[str, Any]:
        """Return the part of `document` that the pointers select, with a proof for it."""
        ...


_HASHES: Final[Mapping[str, str]] = {"Ed25519": "sha256", "ES256": "sha256", "ES384": "sha384"}
"""Algorithm of a key to the hash of what it signs (vc-di-eddsa §3.2.4, vc-di-ecdsa §3.2.4)."""


@dataclass(frozen=True, slots=True)
class HashedSuite:
    """Signs a hash of the canonical proof options followed by a hash of the canonical document.

    Attributes:
        name: the `cryptosuite` member.
        algorithms: the algorithms of its keys.
        transform: how options and document are canonicalized.
    """

    name: str
    algorithms: frozenset[str]
    transform: Transform

    def create_proof(
        self, document: Mapping[str, Any], options: Mapping[str, Any], signer: Signer, canonicalize: rdf.Canonicalizer
    ) -> dict[str, Any]:
        """Return a proof over `document`; one of a JCS suite carries its `@context` (vc-di-eddsa §3.2.1, §3.3.1)."""
        proof: dict[str, Any] = {**options, "cryptosuite": self.name}
        if self.transform is Transform.JCS and "@context" in document:
            proof = {"@context": document["@context"], **proof}
        signature = signer.sign(self.hash_data(document, proof, signer.public_key.algorithm, canonicalize))
        return {**proof, "proofValue": multibase_encode(signature)}

    def verify_proof(
        self, document: Mapping[str, Any], proof: Mapping[str, Any], key: PublicKey, canonicalize: rdf.Canonicalizer
    ) -> None:
        """Raise unless the signature fits (vc-di-eddsa §3.2.2, §3.3.2).

        Raises:
            CryptographicSecurityError: the key is of another algorithm.
            ProofVerificationError: the signature or the context does not fit.
        """
        check_algorithm(self, key)
        signature = decode_proof_value(proof["proofValue"], "z")
        options = {name: value for name, value in proof.items() if name != "proofValue"}
        data = dict(document)
        if self.transform is Transform.JCS and "@context" in options:
            _check_context_prefix(options["@context"], document.get("@context"))
            data["@context"] = options["@context"]
        verify_signature(key, signature, self.hash_data(data, options, key.algorithm, canonicalize))

    def hash_data(
        self, document: Mapping[str, Any], options: Mapping[str, Any], algorithm: str, canonicalize: rdf.Canonicalizer
    ) -> bytes:
        """Return what is signed: hash of the options, hash of the document (vc-di-eddsa §3.3.4)."""
        name = _HASHES[algorithm]
        if self.transform is Transform.JCS:
            forms = (jcs.canonicalize(options), jcs.canonicalize(document))
        else:
            forms = (canonical_configuration(document, options, canonicalize, name), canonicalize(document, hash_name=name))
        return b"".join(hashlib.new(name, form).digest() for form in forms)


def check_algorithm(suite: Cryptosuite, key: PublicKey) -> None:
    """Raise unless the key is one for the suite.

    Raises:
        CryptographicSecurityError: it is of another algorithm.
    """
    if key.algorithm not in suite.algorithms:
        raise CryptographicSecurityError(f"{suite.name} is not for a key of {key.algorithm}")


def decode_proof_value(text: str, base: str) -> bytes:
    """Return the bytes of a `proofValue` whose multibase header is `base`.

    Raises:
        ProofVerificationError: it is not such a text.
    """
    try:
        return multibase_decode(text, bases=base)
    except MalformedValueError as error:
        raise ProofVerificationError(f"proofValue: {error.detail}") from error


def canonical_configuration(
    document: Mapping[str, Any], options: Mapping[str, Any], canonicalize: rdf.Canonicalizer, hash_name: str = "sha256"
) -> bytes:
    """Return the canonical N-Quads of proof options (vc-di-eddsa §3.2.5).

    They are the same for all that is signed with one key at one time, and so they are kept for a while.

    Raises:
        ProofVerificationError: the options carry a context that is not the document's.
        VCError: as `rdf.canonicalize`.
    """
    contexts = document.get("@context", [])
    if options.get("@context", contexts) != contexts:
        raise ProofVerificationError("the proof's @context is not the document's")
    configuration = {**options, "@context": contexts_for_proof(contexts)}
    key = (json.dumps(configuration, sort_keys=True), hash_name)
    known = _CONFIGURATIONS.get(key)
    if known is None:
        known = canonicalize(configuration, hash_name=hash_name)
        _keep(key, known)
    return known


_CONFIGURATIONS: Final[dict[tuple[str, str], bytes]] = {}
_KEPT: Final = 256
_SHORT: Final = 4096


def _keep(key: tuple[str, str], canonical: bytes) -> None:
    if len(_CONFIGURATIONS) >= _KEPT:
        _CONFIGURATIONS.clear()
    if len(key[0]) <= _SHORT:
        _CONFIGURATIONS[key] = canonical


def defining_proofs(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document whose contexts define its proofs: those of VC 1.1 do not."""
    contexts = contexts_for_proof(document.get("@context", []))
    named = document.get("@context", [])
    return {**document, "@context": contexts} if contexts not in (named, [named]) else dict(document)


def contexts_for_proof(contexts: object) -> list[Any]:
    """Return a document's contexts, with the one of Data Integrity where none of them defines proofs, as in VC 1.1."""
    listed = list(contexts) if isinstance(contexts, list) else [contexts]
    defined = any(context in _DEFINE_PROOFS for context in listed if isinstance(context, str))
    return listed if defined or VC_1_1 not in listed else [*listed, DATA_INTEGRITY_V2]


def _check_context_prefix(signed: object, found: object) -> None:
    """Raise unless the document's context begins with the one that was signed (vc-di-eddsa §3.3.2)."""
    expected = signed if isinstance(signed, list) else [signed]
    present = found if isinstance(found, list) else [found]
    if present[: len(expected)] != expected:
        raise ProofVerificationError("the document's @context is not the one that was signed")
