"""Data Integrity proofs: make them, check them, as sets and as chains (VC Data Integrity 1.0 §4).

`CRYPTOSUITES` is the table of what is supported. All proofs of a document are checked; a document without a proof is an error, and
a `previousProof` that is missing is one too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from credentials import rdf
from credentials.data_integrity.cryptosuite import (
    Cryptosuite,
    SelectiveDisclosureSuite,
    WholeDocumentSuite,
    defining_proofs,
)
from credentials.data_integrity.disclosure import add_base_proof, derive, verify_base_proof
from credentials.data_integrity.options import (
    KeyResolver,
    check_domain_and_challenge,
    check_options,
    new_options,
    previous_proofs,
    proofs_of,
)
from credentials.data_integrity.suites import CRYPTOSUITES
from credentials.errors import CryptographicSecurityError, ProofGenerationError, ProofVerificationError
from credentials.keys import Signer

__all__ = [
    "CRYPTOSUITES",
    "Cryptosuite",
    "KeyResolver",
    "SelectiveDisclosureSuite",
    "add_base_proof",
    "add_proof",
    "add_proof_set",
    "derive",
    "proofs_of",
    "verify_base_proof",
    "verify_proofs",
]

PRODUCT_CRYPTOSUITES: Final = ("eddsa-rdfc-2022", "eddsa-jcs-2022")
"""Every credential of the product carries these two, in this order."""


def add_proof_set(
    document: Mapping[str, Any],
    signer: Signer,
    *,
    created: datetime,
    cryptosuites: Sequence[str] = PRODUCT_CRYPTOSUITES,
    purpose: str = "assertionMethod",
    domain: str | None = None,
    challenge: str | None = None,
    canonicalize: rdf.Canonicalizer = rdf.canonicalize,
) -> dict[str, Any]:
    """Return the document with one proof for each suite, made in one step with one key.

    Args:
        document: unsecured JSON; left as it is.
        signer: signs and names its verification method.
        created: written in whole seconds, UTC.
        cryptosuites: keys of `CRYPTOSUITES`; one suite gives an object, more give a list.
        purpose: the proof purpose.
        domain: for presentations, where the proof is meant for.
        challenge: for presentations, what the proof answers.
        canonicalize: RDFC-1.0 for the suites that use it.

    Raises:
        ProofGenerationError: the document has a proof already, or a suite is unknown or not for this key.
        DataLossError, ProofTransformationError, MalformedValueError: the document cannot be canonicalized.
    """
    if "proof" in document:
        raise ProofGenerationError("the document has a proof already", pointer="/proof")
    options = new_options(signer.verification_method, created=created, purpose=purpose)
    options |= {name: value for name, value in (("domain", domain), ("challenge", challenge)) if value is not None}
    unsecured = defining_proofs(document)
    proofs = [_suite_for_signing(name, signer).create_proof(unsecured, options, signer, canonicalize) for name in cryptosuites]
    return {**unsecured, "proof": proofs[0] if len(proofs) == 1 else proofs}


def add_proof(
    document: Mapping[str, Any],
    signer: Signer,
    *,
    cryptosuite: str,
    created: datetime,
    purpose: str = "assertionMethod",
    proof_id: str | None = None,
    previous: Sequence[str] = (),
    canonicalize: rdf.Canonicalizer = rdf.canonicalize,
) -> dict[str, Any]:
    """Return the document with one more proof, beside those it has (§4.3).

    Args:
        document: secured or not; left as it is.
        signer: signs and names its verification method.
        cryptosuite: a suite that signs documents as a whole.
        created: written in whole seconds, UTC.
        purpose: the proof purpose.
        proof_id: names the new proof, so that a later one can be chained to it.
        previous: names of the proofs that the new one also signs; none for a proof set.
        canonicalize: RDFC-1.0 for the suites that use it.

    Raises:
        ProofGenerationError: the suite is unknown or not for this key, or a previous proof is not there.
        DataLossError, ProofTransformationError: the document cannot be canonicalized.
    """
    present = proofs_of(document) if "proof" in document else ()
    options = new_options(signer.verification_method, created=created, purpose=purpose)
    if proof_id is not None:
        options = {"id": proof_id, **options}
    if previous:
        options["previousProof"] = previous[0] if len(previous) == 1 else list(previous)
    try:
        chained = previous_proofs(options, present, pointer="/proof")
    except ProofVerificationError as error:
        raise ProofGenerationError(error.detail, pointer="/proof") from error
    unsecured = defining_proofs({name: value for name, value in document.items() if name != "proof"})
    proof = _suite_for_signing(cryptosuite, signer).create_proof(_chained(unsecured, chained), options, signer, canonicalize)
    return {**unsecured, "proof": [*present, proof] if present else proof}


def _chained(unsecured: Mapping[str, Any], previous: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what a proof signs: the document, with the proofs that it is chained to (§4.3, §4.5)."""
    return {**unsecured, "proof": list(previous)} if previous else dict(unsecured)


def _suite_for_signing(name: str, signer: Signer) -> WholeDocumentSuite:
    suite = CRYPTOSUITES.get(name)
    if not isinstance(suite, WholeDocumentSuite):
        raise ProofGenerationError(f"we know no cryptosuite {name!r} that signs a document as a whole")
    if signer.public_key.algorithm not in suite.algorithms:
        raise ProofGenerationError(f"{name} does not sign with a key of {signer.public_key.algorithm}")
    return suite


def verify_proofs(
    document: Mapping[str, Any],
    resolve_key: KeyResolver,
    *,
    now: datetime,
    purpose: str = "assertionMethod",
    domain: str | None = None,
    challenge: str | None = None,
    canonicalize: rdf.Canonicalizer = rdf.canonicalize,
) -> None:
    """Raise unless every proof of the document holds (§4.4, §4.5).

    Args:
        document: the secured document, exactly as received.
        resolve_key: gives the key of a verification method for a purpose.
        now: for proofs that expire.
        purpose: the purpose that every proof must have.
        domain: when given, every proof must name it.
        challenge: when given, every proof must answer it.
        canonicalize: RDFC-1.0 for the suites that use it.

    Raises:
        ProofVerificationError: a proof is missing, malformed, expired, of another purpose, or its signature does not fit.
        CryptographicSecurityError: an unknown suite, or a key that is not for it.
        VCError: whatever `resolve_key` or the canonicalization raises.
    """
    proofs = proofs_of(document)
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    checked = []
    for position, proof in enumerate(proofs):
        pointer = f"/proof/{position}" if isinstance(document["proof"], list) else "/proof"
        suite = check_options(proof, CRYPTOSUITES, purpose=purpose, now=now, pointer=pointer)
        check_domain_and_challenge(proof, domain=domain, challenge=challenge, pointer=pointer)
        checked.append((proof, suite, previous_proofs(proof, proofs, pointer=pointer), pointer))
    for proof, suite, previous, pointer in checked:
        key = resolve_key(proof["verificationMethod"], purpose)
        try:
            suite.verify_proof(_chained(unsecured, previous), proof, key, canonicalize)
        except (ProofVerificationError, CryptographicSecurityError) as error:
            raise type(error)(error.detail, pointer=pointer) from error
