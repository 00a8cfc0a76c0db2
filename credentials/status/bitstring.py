"""Bitstring Status List v1.0: the statuses, and the credential that carries them (§2, §3)."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from credentials.encoding import b64url_encode, multibase_decode
from credentials.errors import MalformedValueError, RangeError, StatusListLengthError, StatusVerificationError

MINIMUM_ENTRIES: Final = 131_072
MAX_BYTES: Final = 2 * 1024 * 1024  # 16,777,216 entries of one bit
STATUS_CONTEXT: Final = "https://www.w3.org/ns/credentials/v2"


@dataclass(frozen=True, slots=True)
class StatusList:
    """A list of statuses, one for each index; the first is leftmost, and so is the highest bit of each.

    Attributes:
        bits: the bytes.
        size: how many bits a status has (`statusSize`).
    """

    bits: bytes
    size: int = 1

    @classmethod
    def from_indices(cls, indices: Iterable[int], length: int = MINIMUM_ENTRIES) -> StatusList:
        """Return a list of `length` entries of one bit in which these are set."""
        bits = bytearray(length // 8)
        for index in indices:
            bits[index >> 3] |= 0x80 >> (index & 7)
        return cls(bytes(bits))

    @classmethod
    def from_statuses(cls, statuses: Mapping[int, int], *, size: int, length: int = MINIMUM_ENTRIES) -> StatusList:
        """Return a list of `length` entries of `size` bits, zero but for these.

        Raises:
            RangeError: a status or an index has no place in it.
        """
        bits = bytearray((length * size + 7) // 8)
        for index, status in statuses.items():
            if not 0 <= index < length or not 0 <= status < 1 << size:
                raise RangeError("the status list has no place for this")
            whole, shift = _window(index, size)
            placed = int.from_bytes(bits[whole], "big") | status << shift
            bits[whole] = placed.to_bytes(whole.stop - whole.start, "big")
        return cls(bytes(bits), size)

    def __len__(self) -> int:
        return len(self.bits) * 8 // self.size

    def __getitem__(self, index: int) -> int:
        """Return the status.

        Raises:
            RangeError: the list has no such index (§3.2).
        """
        if not 0 <= index < len(self):
            raise RangeError("the status list has no such index")
        whole, shift = _window(index, self.size)
        return int.from_bytes(self.bits[whole], "big") >> shift & (1 << self.size) - 1

    def encode(self) -> str:
        """Return `encodedList`: multibase base64url of the gzipped bits; equal bits give equal text."""
        return "u" + b64url_encode(gzip.compress(self.bits, mtime=0))

    @classmethod
    def decode(cls, text: object, size: int = 1) -> StatusList:
        """Return the list of an `encodedList`.

        Args:
            text: off the wire.
            size: how many bits a status has, as the entry says it; the list does not.

        Raises:
            StatusListLengthError: fewer than 131,072 entries, or more than 2 MiB.
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
        if not decoder.eof or decoder.unused_data:
            raise StatusVerificationError("encodedList ends too early or too late")
        if len(bits) * 8 // size < MINIMUM_ENTRIES:
            raise StatusListLengthError(f"the status list has fewer than {MINIMUM_ENTRIES} entries")
        return cls(bits, size)


def _window(index: int, size: int) -> tuple[slice, int]:
    """Return (the bytes that hold a status, how far it stands from their right end)."""
    start, end = index * size, (index + 1) * size
    return slice(start >> 3, (end + 7) >> 3), -end % 8


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
        purpose: one of `credentials.status.entry.PURPOSES`.
        status_list: the statuses.
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
