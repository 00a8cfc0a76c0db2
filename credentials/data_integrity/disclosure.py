"""Base proofs, and what a holder derives from them: the suites with selective disclosure, looked up by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from credentials import rdf
from credentials.bbs.signer import BBSSigner
from credentials.data_integrity.cryptosuite import SelectiveDisclosureSuite, defining_proofs
from credentials.data_integrity.options import KeyResolver, check_options, new_options, proofs_of
from credentials.data_integrity.suites import CRYPTOSUITES
from credentials.errors import ProofGenerationError
from credentials.keys import Signer


def add_base_proof(
    document: Mapping[str, Any],
    signer: Signer | BBSSigner,
    *,
    cryptosuite: str,
    mandatory_pointers: Sequence[str],
    created: datetime,
    random_bytes: Callable[[int], bytes],
    purpose: str = "assertionMethod",
    canonicalize: rdf.Canonicalizer = rdf.canonicalize,
) -> dict[str, Any]:
    """Return the document with a base proof, for its holder alone.

    Args:
        document: unsecured JSON; left as it is.
        signer: signs and names its verification method.
        cryptosuite: a suite with selective disclosure.
        mandatory_pointers: JSON pointers to what every derived document shows.
        created: written in whole seconds, UTC.
        random_bytes: gives keys that only this proof uses.
        purpose: the proof purpose.
        canonicalize: RDFC-1.0 for the options.

    Raises:
        ProofGenerationError: the document has a proof already, or the suite is not of this kind or not for this key.
        MalformedValueError: a pointer that matches nothing.
        DataLossError, ProofTransformationError, ComplexityLimitError: the document cannot be canonicalized.
    """
    if "proof" in document:
        raise ProofGenerationError("the document has a proof already", pointer="/proof")
    suite = CRYPTOSUITES.get(cryptosuite)
    if not isinstance(suite, SelectiveDisclosureSuite):
        raise ProofGenerationError(f"we know no cryptosuite {cryptosuite!r} with selective disclosure")
    unsecured = defining_proofs(document)
    proof = suite.create_base_proof(
        unsecured,
        new_options(signer.verification_method, created=created, purpose=purpose),
        signer,
        mandatory_pointers=mandatory_pointers,
        random_bytes=random_bytes,
        canonicalize=canonicalize,
    )
    return {**unsecured, "proof": proof}


def verify_base_proof(
    document: Mapping[str, Any],
    resolve_key: KeyResolver,
    *,
    now: datetime,
    purpose: str = "assertionMethod",
    canonicalize: rdf.Canonicalizer = rdf.canonicalize,
) -> None:
    """Raise unless the document's base proof holds: for its issuer before it is given out, and for its holder.

    Raises:
        ProofGenerationError: there is not exactly one base proof.
        ProofVerificationError: it is malformed, expired, of another purpose, or does not fit.
        VCError: whatever `resolve_key` or the canonicalization raises.
    """
    suite, proof, unsecured = _base_proof(document)
    check_options(proof, CRYPTOSUITES, purpose=purpose, now=now, pointer="/proof")
    suite.verify_base_proof(unsecured, proof, resolve_key(proof["verificationMethod"], purpose), canonicalize=canonicalize)


def derive(
    document: Mapping[str, Any],
    *,
    selective_pointers: Sequence[str],
    random_bytes: Callable[[int], bytes],
    canonicalize: rdf.Canonicalizer = rdf.canonicalize,
) -> dict[str, Any]:
    """Return the part of a document that JSON pointers select, with a proof derived from its base proof.

    Args:
        document: with its base proof; other proofs are left out, for they are over the whole.
        selective_pointers: JSON pointers to what is shown beside what must be.
        random_bytes: secret, and never the same twice.
        canonicalize: RDFC-1.0 for the options.

    Raises:
        ProofGenerationError: there is not exactly one base proof, or it needs secrets of the holder.
        ProofVerificationError: it is malformed or does not fit.
        MalformedValueError: a pointer that matches nothing, or nothing to show.
    """
    suite, proof, unsecured = _base_proof(document)
    return suite.derive_proof(
        unsecured, proof, selective_pointers=selective_pointers, random_bytes=random_bytes, canonicalize=canonicalize
    )


def _base_proof(document: Mapping[str, Any]) -> tuple[SelectiveDisclosureSuite, dict[str, Any], dict[str, Any]]:
    found = [
        (suite, proof)
        for proof in proofs_of(document)
        if isinstance(suite := CRYPTOSUITES.get(str(proof.get("cryptosuite"))), SelectiveDisclosureSuite)
    ]
    if len(found) != 1:
        raise ProofGenerationError("the document has not exactly one proof from which others are derived", pointer="/proof")
    ((suite, proof),) = found
    if not isinstance(proof.get("proofValue"), str):
        raise ProofGenerationError("proofValue is missing", pointer="/proof/proofValue")
    return suite, proof, {name: value for name, value in document.items() if name != "proof"}
