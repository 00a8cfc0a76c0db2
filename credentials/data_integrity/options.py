"""The members of a proof, checked before any arithmetic (VC Data Integrity 1.0 §2.1, §4.4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from credentials.errors import (
    ComplexityLimitError,
    CryptographicSecurityError,
    InvalidChallengeError,
    InvalidDomainError,
    InvalidVerificationMethodURLError,
    ProofVerificationError,
)

if TYPE_CHECKING:
    from credentials.data_integrity.cryptosuite import Cryptosuite
    from credentials.keys import PublicKey

KeyResolver = Callable[[str, str], "PublicKey"]
"""(verification method, proof purpose) to key; raises a `VCError` when there is none for that purpose."""

_DATETIME: Final = re.compile(
    r"-?\d{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
MAX_PROOFS: Final = 16


def new_options(verification_method: str, *, created: datetime, purpose: str) -> dict[str, Any]:
    """Return the members that every new proof has beside its suite and its value; times in whole seconds, UTC."""
    return {
        "type": "DataIntegrityProof",
        "created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "verificationMethod": verification_method,
        "proofPurpose": purpose,
    }


def proofs_of(document: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """Return the document's proofs, at least one.

    Raises:
        ProofVerificationError: there is none, or it is no object.
        ComplexityLimitError: there are more than we check.
    """
    found = document.get("proof")
    listed = _listed(found)
    if not listed or found is None:
        raise ProofVerificationError("the document has no proof", pointer="/proof")
    if not all(isinstance(proof, dict) for proof in listed):
        raise ProofVerificationError("a proof is a JSON object", pointer="/proof")
    if len(listed) > MAX_PROOFS:
        raise ComplexityLimitError(f"there are more than {MAX_PROOFS} proofs", pointer="/proof")
    return tuple(listed)


def parse_datetime(text: object) -> datetime | None:
    """Return an XML Schema dateTimeStamp as a datetime, or None when it is none."""
    if not isinstance(text, str) or not _DATETIME.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def check_options(
    proof: Mapping[str, Any], suites: Mapping[str, Cryptosuite], *, purpose: str, now: datetime, pointer: str
) -> Cryptosuite:
    """Return the suite of a well-formed proof that has not expired.

    Raises:
        ProofVerificationError: a member is missing or malformed, another purpose, expired.
        CryptographicSecurityError: another type, or a suite that we do not know.
    """
    if proof.get("type") != "DataIntegrityProof":
        raise CryptographicSecurityError("a proof is of type DataIntegrityProof", pointer=f"{pointer}/type")
    suite = suites.get(proof["cryptosuite"]) if isinstance(proof.get("cryptosuite"), str) else None
    if suite is None:
        raise CryptographicSecurityError("we do not know this cryptosuite", pointer=f"{pointer}/cryptosuite")
    if proof.get("proofPurpose") != purpose:
        raise ProofVerificationError(f"the proof is not made for {purpose}", pointer=f"{pointer}/proofPurpose")
    _check_method(proof.get("verificationMethod"), pointer)
    if not isinstance(proof.get("proofValue"), str):
        raise ProofVerificationError("proofValue is missing", pointer=f"{pointer}/proofValue")
    _check_texts(proof, pointer)
    _check_times(proof, now, pointer)
    return suite


def _check_texts(proof: Mapping[str, Any], pointer: str) -> None:
    for name in ("id", "challenge", "nonce"):
        if name in proof and not isinstance(proof[name], str):
            raise ProofVerificationError(f"{name} is no text", pointer=f"{pointer}/{name}")
    if not all(isinstance(name, str) for name in _listed(proof.get("domain", []))):
        raise ProofVerificationError("domain is neither a text nor a list of texts", pointer=f"{pointer}/domain")


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _check_method(method: object, pointer: str) -> None:
    if not isinstance(method, str):
        raise ProofVerificationError("verificationMethod is missing", pointer=f"{pointer}/verificationMethod")
    if not method.startswith("did:"):
        raise InvalidVerificationMethodURLError("verificationMethod is no DID URL", pointer=f"{pointer}/verificationMethod")


def _check_times(proof: Mapping[str, Any], now: datetime, pointer: str) -> None:
    for name in ("created", "expires"):
        if name in proof and parse_datetime(proof[name]) is None:
            raise ProofVerificationError(f"{name} is no date and time with a zone", pointer=f"{pointer}/{name}")
    expires = parse_datetime(proof.get("expires"))
    if expires is not None and expires <= now:
        raise ProofVerificationError("the proof has expired", pointer=f"{pointer}/expires")


def check_domain_and_challenge(proof: Mapping[str, Any], *, domain: str | None, challenge: str | None, pointer: str) -> None:
    """Raise when a well-formed proof does not name the domain or answer the challenge that was asked for.

    Raises:
        InvalidDomainError: another domain, or more than this one.
        InvalidChallengeError: another challenge.
    """
    if domain is not None and set(_listed(proof.get("domain", []))) != {domain}:
        raise InvalidDomainError("the proof is made for another domain", pointer=f"{pointer}/domain")
    if challenge is not None and proof.get("challenge") != challenge:
        raise InvalidChallengeError("the proof answers another challenge", pointer=f"{pointer}/challenge")


def previous_proofs(
    proof: Mapping[str, Any], proofs: Sequence[Mapping[str, Any]], *, pointer: str
) -> tuple[Mapping[str, Any], ...]:
    """Return the proofs that this one is chained to, in the order of the document (§4.2.1).

    Raises:
        ProofVerificationError: `previousProof` names a proof that is not there, or itself, or nothing.
    """
    if "previousProof" not in proof:
        return ()
    wanted = _listed(proof["previousProof"])
    if not wanted or not all(isinstance(name, str) for name in wanted) or proof.get("id") in wanted:
        raise ProofVerificationError("previousProof names no other proof", pointer=f"{pointer}/previousProof")
    found = tuple(other for other in proofs if other.get("id") in wanted)
    if {other.get("id") for other in found} != set(wanted):
        raise ProofVerificationError("previousProof names a proof that is not there", pointer=f"{pointer}/previousProof")
    return found
