"""The proof values of bbs-2023: three header bytes, then CBOR whose every part has one type, one length and one spelling.

vc-di-bbs §3.3.1, §3.3.2, §3.3.6, §3.3.7, as its vectors have it: a proof with a pseudonym has one pair of headers, whether or not
the holder has committed to a secret of its own, and does not repeat the context's name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import Any, Final, TypeGuard

from credentials import bls, cbor
from credentials.encoding import multibase_decode, multibase_encode
from credentials.errors import CryptographicSecurityError, MalformedValueError, ParsingError, ProofVerificationError

SIGNATURE_BYTES: Final = 80
HEADER_BYTES: Final = 64
HMAC_KEY_BYTES: Final = 32
_PREFIX: Final = b"\xd9\x5d"
_LEAST_BIGNUM: Final = 1 << 64


class Feature(Enum):
    """What a proof can do; the value is the third header byte of its base proofs, and one less than that of its derived ones."""

    BASELINE = 0x02
    ANONYMOUS_HOLDER_BINDING = 0x04
    PSEUDONYM = 0x08

    @property
    def base_header(self) -> bytes:
        """The header of a base proof."""
        return _PREFIX + bytes([self.value])

    @property
    def derived_header(self) -> bytes:
        """The header of a derived proof."""
        return _PREFIX + bytes([self.value + 1])


@dataclass(frozen=True, slots=True)
class BaseProofValue:
    """What an issuer gives to the holder, and the holder to nobody.

    Attributes:
        feature: what the proof can do.
        bbs_signature: 80 bytes.
        bbs_header: hash of the proof's options, hash of the mandatory statements.
        public_key: the issuer's, 96 bytes.
        hmac_key: names the blank nodes.
        mandatory_pointers: what every derived document discloses.
        signer_nym_entropy: with a pseudonym, what the issuer adds to its secret.
    """

    feature: Feature
    bbs_signature: bytes
    bbs_header: bytes
    public_key: bytes
    hmac_key: bytes
    mandatory_pointers: tuple[str, ...]
    signer_nym_entropy: bls.Scalar | None = None

    def serialize(self) -> str:
        """Return the `proofValue` (§3.3.1)."""
        parts = [self.bbs_signature, self.bbs_header, self.public_key, self.hmac_key, self.mandatory_pointers]
        items = [cbor.encode(part) for part in parts]
        if self.signer_nym_entropy is not None:
            items.append(_whole_number(int(self.signer_nym_entropy)))
        head = cbor.encode([None] * len(items))[:1]
        return multibase_encode(self.feature.base_header + head + b"".join(items), "u")


def _whole_number(value: int) -> bytes:
    if value < _LEAST_BIGNUM:
        return cbor.encode(value)
    return cbor.encode(value.to_bytes((value.bit_length() + 7) // 8, "big"), tag=2)


@dataclass(frozen=True, slots=True)
class DerivedProofValue:
    """What a holder gives to a verifier.

    Attributes:
        feature: what the proof can do.
        bbs_proof: the BBS proof.
        label_map: number of the canonical label in the disclosed document, to the number of the label that was signed.
        mandatory_indexes: positions of the mandatory statements among the disclosed ones.
        selective_indexes: positions of the other disclosed statements among those that are not mandatory.
        presentation_header: bound by the proof.
        pseudonym: 48 bytes.
        length_bbs_messages: how many messages the issuer signed, where some are the holder's.
    """

    feature: Feature
    bbs_proof: bytes
    label_map: Mapping[int, int]
    mandatory_indexes: Sequence[int]
    selective_indexes: Sequence[int]
    presentation_header: bytes
    pseudonym: bytes | None = None
    length_bbs_messages: int | None = None

    def serialize(self) -> str:
        """Return the `proofValue` (§3.3.6)."""
        parts: list[object] = [self.bbs_proof, dict(self.label_map), list(self.mandatory_indexes), list(self.selective_indexes)]
        parts += [self.presentation_header, self.pseudonym, self.length_bbs_messages]
        return multibase_encode(self.feature.derived_header + cbor.encode([part for part in parts if part is not None]), "u")


def parse_base(proof_value: str) -> BaseProofValue:
    """Return the parts of a base proof (§3.3.2).

    Raises:
        ProofVerificationError: another header, or a part of another type, length or spelling.
    """
    headers = {feature.base_header: feature for feature in Feature}
    feature, parts = _read(proof_value, headers, {Feature.PSEUDONYM: 6}, "base")
    signature, header, public_key, hmac_key, pointers, *more = parts
    sizes = ((signature, SIGNATURE_BYTES), (header, HEADER_BYTES), (public_key, bls.G2_BYTES), (hmac_key, HMAC_KEY_BYTES))
    fits = all(_is_bytes(part, size) for part, size in sizes) and isinstance(pointers, list)
    if not fits or not all(isinstance(pointer, str) for pointer in pointers):
        raise ProofVerificationError("proofValue: a part of the base proof has the wrong type or length")
    return BaseProofValue(feature, signature, header, public_key, hmac_key, tuple(pointers), *(_entropy(part) for part in more))


def _entropy(part: object) -> bls.Scalar:
    if not _is_count(part) or part == 0:
        raise ProofVerificationError("proofValue: the pseudonym's entropy is no number")
    try:
        return bls.scalar(part)
    except CryptographicSecurityError as error:
        raise ProofVerificationError("proofValue: the pseudonym's entropy is no scalar") from error


def parse_derived(proof_value: str) -> DerivedProofValue:
    """Return the parts of a derived proof (§3.3.7).

    Raises:
        ProofVerificationError: another header, or a part of another type, length or spelling.
    """
    headers = {feature.derived_header: feature for feature in Feature}
    sizes = {Feature.ANONYMOUS_HOLDER_BINDING: 6, Feature.PSEUDONYM: 7}
    feature, parts = _read(proof_value, headers, sizes, "derived")
    proof, label_map, mandatory, selective, presentation_header, *more = parts
    pseudonym = more.pop(0) if feature is Feature.PSEUDONYM else None
    length = more.pop() if more else None
    if not (isinstance(proof, bytes) and isinstance(presentation_header, bytes)):
        raise ProofVerificationError("proofValue: a part of the derived proof has the wrong type")
    if not (_is_label_map(label_map) and _are_positions(mandatory) and _are_positions(selective)):
        raise ProofVerificationError("proofValue: labels or positions are no numbers, stand twice, or do not ascend")
    if feature is Feature.PSEUDONYM and not _is_bytes(pseudonym, bls.G1_BYTES):
        raise ProofVerificationError("proofValue: a pseudonym has 48 bytes")
    if feature is not Feature.BASELINE and not _is_count(length):
        raise ProofVerificationError("proofValue: the number of messages is no number")
    return DerivedProofValue(feature, proof, label_map, mandatory, selective, presentation_header, pseudonym, length)


def _read(proof_value: str, headers: Mapping[bytes, Feature], sizes: Mapping[Feature, int], kind: str) -> tuple[Feature, list[Any]]:
    try:
        data = multibase_decode(proof_value, bases="u")
        feature = headers.get(data[:3])
        if feature is None:
            raise ProofVerificationError(f"proofValue: not the header of a {kind} proof of bbs-2023")
        parts = cbor.decode(data[3:], bignums=kind == "base")
    except (MalformedValueError, ParsingError) as error:
        raise ProofVerificationError(f"proofValue: {error.detail}") from error
    if not isinstance(parts, list) or len(parts) != sizes.get(feature, 5):
        raise ProofVerificationError(f"proofValue: not as many parts as a {kind} proof of this kind has")
    return feature, parts


def _is_bytes(part: object, size: int) -> bool:
    return isinstance(part, bytes) and len(part) == size


def _is_count(part: object) -> TypeGuard[int]:
    return isinstance(part, int) and not isinstance(part, bool) and part >= 0


def _is_label_map(part: object) -> bool:
    if not isinstance(part, dict) or not all(_is_count(number) for number in (*part, *part.values())):
        return False
    return len(set(part.values())) == len(part)


def _are_positions(part: object) -> bool:
    if not isinstance(part, list) or not all(_is_count(number) for number in part):
        return False
    return all(first < second for first, second in pairwise(part))
