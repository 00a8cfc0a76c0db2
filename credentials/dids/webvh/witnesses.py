"""Witnesses of a did:webvh log: enough of them must have approved each entry, or a later one (did:webvh 1.0, "DID Witnesses")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from credentials.data_integrity import verify_proofs
from credentials.dids.webvh.log import CRYPTOSUITE, Log, Version, did_key_of
from credentials.errors import (
    ComplexityLimitError,
    CryptographicSecurityError,
    InvalidDIDLogError,
    ParsingError,
    ProofError,
    TooLargeError,
)
from credentials.parsing import Limits, parse_json_array

if TYPE_CHECKING:
    from credentials.keys import PublicKey

MAX_PROOFS: Final = 1024
_FILE: Final = Limits(size=1024 * 1024)
Proof = Mapping[str, Any]


def witnessed(log: Log, content: bytes, now: datetime) -> Log:
    """Return the log as far as its witnesses have approved it.

    Args:
        log: as it holds without witnesses.
        content: did-witness.json.
        now: for proofs that expire.

    Raises:
        InvalidDIDLogError: the file is no list of proofs.
        ComplexityLimitError: it has more than 1024 of them.
    """
    approved = _approved(log, content, now)
    for version in log.versions:
        if version.witness is None:
            continue
        count = sum(approved.get(witness, 0) >= version.number for witness in version.witness.witnesses)
        if count < version.witness.threshold:
            told = f"entry {version.number} is approved by {count} witnesses, and needs {version.witness.threshold}"
            return log.cut(version.number - 1, InvalidDIDLogError(f"did-witness.json: {told}"))
    return log


def _approved(log: Log, content: bytes, now: datetime) -> dict[str, int]:
    """Return witness to the latest version that it has approved, and with it all before."""
    known = {witness for version in log.versions if version.witness for witness in version.witness.witnesses}
    by_version = sorted(_proofs(log, content), key=lambda pair: pair[0].number, reverse=True)
    approved: dict[str, int] = {}
    for version, proof in by_version:
        witness = str(proof.get("verificationMethod")).partition("#")[0]
        if witness in known and witness not in approved and _holds(version, proof, witness, now):
            approved[witness] = version.number
    return approved


def _proofs(log: Log, content: bytes) -> Iterator[tuple[Version, Proof]]:
    """Yield the proofs for versions of the log; others are for entries that are not published yet, and say nothing."""
    versions = {version.version_id: version for version in log.versions}
    count = 0
    for item in _listed(content):
        proofs = item.get("proof", []) if isinstance(item, dict) else None
        for proof in proofs if isinstance(proofs, list) else [proofs]:
            if not isinstance(proof, dict) or not isinstance(item.get("versionId"), str):
                raise InvalidDIDLogError("did-witness.json: an item is not a versionId and proofs")
            count += 1
            if count > MAX_PROOFS:
                raise ComplexityLimitError(f"did-witness.json has more than {MAX_PROOFS} proofs")
            if item["versionId"] in versions:
                yield versions[item["versionId"]], proof


def _listed(content: bytes) -> list[Any]:
    try:
        return parse_json_array(content, limits=_FILE)
    except (ParsingError, TooLargeError) as error:
        raise InvalidDIDLogError(f"did-witness.json: {error.detail}") from error


def _holds(version: Version, proof: Proof, witness: str, now: datetime) -> bool:
    """Return whether a proof is the witness's for this version; one that does not verify is no approval, and no more than that."""

    def resolve_key(method: str, _purpose: str) -> PublicKey:
        return did_key_of(method, (witness.removeprefix("did:key:"),))

    if proof.get("cryptosuite") != CRYPTOSUITE:
        return False
    try:
        verify_proofs({"versionId": version.version_id, "proof": proof}, resolve_key, now=now)
    except (ProofError, CryptographicSecurityError):
        return False
    return True
