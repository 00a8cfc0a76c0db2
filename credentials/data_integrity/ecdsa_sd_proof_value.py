"""The proof values of ecdsa-sd-2023: three header bytes, then CBOR whose every part has one type, one length and one spelling.

vc-di-ecdsa §3.5.2 to §3.5.8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeGuard

from credentials import cbor
from credentials.data_integrity.cryptosuite import decode_proof_value
from credentials.ecdsa import P256
from credentials.encoding import b64url_decode, b64url_encode, multibase_encode
from credentials.errors import ParsingError, ProofVerificationError
from credentials.keys import ALGORITHMS

KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
MULTIKEY: Final = ALGORITHMS["ES256"].multicodec
_BASE_HEADER: Final = b"\xd9\x5d\x00"
_DERIVED_HEADER: Final = b"\xd9\x5d\x01"
_PARTS: Final = 5


@dataclass(frozen=True, slots=True)
class BaseProofValue:
    """What an issuer gives to the holder, and the holder to nobody (§3.5.2).

    Attributes:
        base_signature: the issuer's.
        public_key: the document's, whose private half signed each statement.
        hmac_key: names the blank nodes.
        signatures: one for each statement that need not be shown.
        mandatory_pointers: what every derived document shows.
    """

    base_signature: bytes
    public_key: bytes
    hmac_key: bytes
    signatures: tuple[bytes, ...]
    mandatory_pointers: tuple[str, ...]

    def serialize(self) -> str:
        """Return the `proofValue`."""
        parts = [self.base_signature, MULTIKEY + self.public_key, self.hmac_key, self.signatures, self.mandatory_pointers]
        return multibase_encode(_BASE_HEADER + cbor.encode(parts), "u")

    @classmethod
    def parse(cls, proof_value: str) -> BaseProofValue:
        """Return the parts of a base proof.

        Raises:
            ProofVerificationError: another header, or a part of another type, length or spelling.
        """
        signature, key, hmac_key, signatures, pointers = _read(proof_value, _BASE_HEADER, "base")
        if (
            not _is_bytes(hmac_key, KEY_BYTES)
            or not isinstance(pointers, list)
            or not all(isinstance(item, str) for item in pointers)
        ):
            raise ProofVerificationError("proofValue: a part of the base proof has the wrong type or length")
        return cls(*_signed_parts(signature, key), hmac_key, _signatures(signatures), tuple(pointers))


@dataclass(frozen=True, slots=True)
class DerivedProofValue:
    """What a holder gives to a verifier (§3.5.7).

    Attributes:
        base_signature: the issuer's.
        public_key: the document's.
        signatures: one for each statement that is shown and need not be.
        labels: canonical label in the shown document to the label that was signed.
        mandatory_indexes: places of the mandatory statements among those shown, ascending.
    """

    base_signature: bytes
    public_key: bytes
    signatures: tuple[bytes, ...]
    labels: Mapping[str, str]
    mandatory_indexes: tuple[int, ...]

    def serialize(self) -> str:
        """Return the `proofValue`; labels are compressed (§3.5.5)."""
        labels = {int(canonical.removeprefix("c14n")): b64url_decode(label[1:]) for canonical, label in self.labels.items()}
        parts = [self.base_signature, MULTIKEY + self.public_key, self.signatures, labels, self.mandatory_indexes]
        return multibase_encode(_DERIVED_HEADER + cbor.encode(parts), "u")

    @classmethod
    def parse(cls, proof_value: str) -> DerivedProofValue:
        """Return the parts of a derived proof.

        Raises:
            ProofVerificationError: another header, or a part of another type, length or spelling.
        """
        signature, key, signatures, labels, indexes = _read(proof_value, _DERIVED_HEADER, "derived")
        if not _is_label_map(labels):
            raise ProofVerificationError("proofValue: the labels are not numbers with 32 bytes each")
        if not isinstance(indexes, list) or not all(map(_is_count, indexes)) or sorted(set(indexes)) != indexes:
            raise ProofVerificationError("proofValue: the mandatory indexes are no ascending numbers")
        named = {f"c14n{number}": "u" + b64url_encode(label) for number, label in labels.items()}
        return cls(*_signed_parts(signature, key), _signatures(signatures), named, tuple(indexes))


def _read(proof_value: str, header: bytes, kind: str) -> list[Any]:
    data = decode_proof_value(proof_value, "u")
    if not data.startswith(header):
        raise ProofVerificationError(f"proofValue: not the header of a {kind} proof of ecdsa-sd-2023")
    try:
        parts = cbor.decode(data[len(header) :])
    except ParsingError as error:
        raise ProofVerificationError(f"proofValue: {error.detail}") from error
    if not isinstance(parts, list) or len(parts) != _PARTS:
        raise ProofVerificationError(f"proofValue: a {kind} proof has {_PARTS} parts")
    return parts


def _signed_parts(signature: object, key: object) -> tuple[bytes, bytes]:
    if not _is_bytes(signature, SIGNATURE_BYTES) or not isinstance(key, bytes) or not key.startswith(MULTIKEY):
        raise ProofVerificationError("proofValue: a signature or a key has the wrong type or length")
    raw = key.removeprefix(MULTIKEY)
    P256.check_key(raw)
    return signature, raw


def _signatures(part: object) -> tuple[bytes, ...]:
    if not isinstance(part, list) or not all(_is_bytes(signature, SIGNATURE_BYTES) for signature in part):
        raise ProofVerificationError("proofValue: a signature has 64 bytes")
    return tuple(part)


def _is_bytes(part: object, size: int) -> TypeGuard[bytes]:
    return isinstance(part, bytes) and len(part) == size


def _is_count(part: object) -> bool:
    return isinstance(part, int) and not isinstance(part, bool) and part >= 0


def _is_label_map(part: object) -> TypeGuard[dict[int, bytes]]:
    return isinstance(part, dict) and all(_is_count(key) and _is_bytes(label, KEY_BYTES) for key, label in part.items())
