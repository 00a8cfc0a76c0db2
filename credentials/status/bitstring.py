"""Bitstring Status List v1.0: the bits, and the credential that carries them (§2, §3)."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from credentials.encoding import b64url_encode, multibase_decode
from credentials.errors import MalformedValueError, RangeError, StatusListLengthError, StatusVerificationError

MINIMUM_ENTRIES: Final = 131_072
MAX_BYTES: Final = 2 * 1024 * 1024  # 16,777,216 entries
STATUS_CONTEXT: Final = "https://www.w3.org/ns/credentials/v2"


@dataclass(frozen=True, slots=True)
class StatusList:
    """A list of bits, one for each index; bit 0 is the leftmost of the first byte."""

    bits: bytes

    @classmethod
    def from_indices(cls, indices: Iterable[int], length: int = MINIMUM_ENTRIES) -> StatusList:
        """Return a list of `length` entries in which these are set."""
        bits = bytearray(length // 8)
        for index in indices:
            bits[index >> 3] |= 0x80 >> (index & 7)
        return cls(bytes(bits))

    def __len__(self) -> int:
        return len(self.bits) * 8

    def __getitem__(self, index: int) -> bool:
        """Return whether the bit is set.

        Raises:
            RangeError: the list has no such index (§3.2).
        """
        if not 0 <= index < len(self):
            raise RangeError("the status list has no such index")
        return bool(self.bits[index >> 3] & (0x80 >> (index & 7)))

    def encode(self) -> str:
        """Return `encodedList`: multibase base64url of the gzipped bits; equal bits give equal text."""
        return "u" + b64url_encode(gzip.compress(self.bits, mtime=0))

    @classmethod
    def decode(cls, text: object) -> StatusList:
        """Return the list of an `encodedList`.

        Raises:
            StatusListLengthError: fewer than 131,072 entries, or more than 16,777,216.
            StatusVerificationError: not such a text.
        """
        if not isinstance(text, str):
            raise StatusVerificationError("encodedList is missing")
        try:
            decoder = zlib.decompressobj(wbits=31)
            bits = decoder.decompress(multibase_decode(text, bases="u"), MAX_BYTES + 1)
        except (MalformedValueError, zlib.error) as error:
            raise StatusVerificationError("encodedList is not gzipped") from error
        if len(bits) > MAX_BYTES:
            raise StatusListLengthError("the status list is longer than we read")
        if not decoder.eof:
            raise StatusVerificationError("encodedList ends too early")
        if len(bits) * 8 < MINIMUM_ENTRIES:
            raise StatusListLengthError(f"the status list has fewer than {MINIMUM_ENTRIES} entries")
        return cls(bits)


def status_list_credential(
    url: str,
    *,
    issuer: str,
    purpose: str,
    status_list: StatusList,
    valid_from: datetime,
    valid_until: datetime,
) -> dict[str, Any]:
    """Return the unsecured BitstringStatusListCredential of a list (§2.2).

    Args:
        url: where the list is published; also its id.
        issuer: who signs it.
        purpose: `revocation` or `suspension`.
        status_list: the bits.
        valid_from: whole seconds, UTC: when the list was true.
        valid_until: until when verifiers may rely on this copy.
    """
    ttl = int((valid_until - valid_from).total_seconds() * 1000)
    return {
        "@context": [STATUS_CONTEXT],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": valid_from.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "validUntil": valid_until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "ttl": ttl,
            "encodedList": status_list.encode(),
        },
    }
