"""Encode and decode a credential with the profiles and tables of the lists."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from credentials import jcs
from credentials.encoding import base58btc_decode, base58btc_encode
from credentials.errors import MalformedValueError
from credentials.qr.octets import Reader, varint
from credentials.qr.profiles import Profile, Tables
from credentials.qr.slots import NotEncodableError, UpdateNeededError, read_slots, write_slots
from credentials.qr.template import expand

__all__ = ["Codec", "NotEncodableError", "UpdateNeededError"]

MAGIC: Final = 0xC1
SIGNATURE_BYTES: Final = 64
CHECK_BYTES: Final = 2
MAX_INFLATED: Final = 64 * 1024
SIGNATURE: Final = "signature"


@dataclass(frozen=True, slots=True)
class Codec:
    """Profiles and tables.

    Attributes:
        profiles: number to profile.
        tables: the rows.
    """

    profiles: Mapping[int, Profile]
    tables: Tables

    @classmethod
    def of(cls, profiles: Sequence[Profile], tables: Tables) -> Codec:
        """Return the codec of these profiles."""
        return cls(MappingProxyType({profile.number: profile for profile in profiles}), tables)

    def encode(self, document: Mapping[str, Any]) -> bytes:
        """Return the shortest payload that gives a credential back exactly.

        Args:
            document: a credential with one proof or several; the one that a profile's template writes is carried.

        Raises:
            NotEncodableError: no profile gives it back.
        """
        candidates = [(profile, one) for profile in self.profiles.values() for one in _with_single_proofs(document)]
        found = [payload for payload in (self._try(profile, one) for profile, one in candidates) if payload is not None]
        if not found:
            raise NotEncodableError("no profile of these lists gives this credential back exactly; use a link")
        return min(found, key=len)

    def _try(self, profile: Profile, document: Mapping[str, Any]) -> bytes | None:
        try:
            return self._encode(profile, document)
        except NotEncodableError:
            return None

    def _encode(self, profile: Profile, document: Mapping[str, Any]) -> bytes:
        try:
            slots, _ = write_slots(profile, document, self.tables)
            signature = base58btc_decode(str(document["proof"]["proofValue"]).removeprefix("z"))
        except (MalformedValueError, KeyError, TypeError) as error:
            raise NotEncodableError("the credential is not of the profile's form") from error
        if profile.is_deflated:
            slots = _deflate(slots, profile.dictionary)
        try:
            rebuilt = self._rebuild(profile, slots, signature)
        except MalformedValueError as error:
            raise NotEncodableError("the profile does not give the credential back") from error
        if rebuilt != document or len(signature) != SIGNATURE_BYTES:
            raise NotEncodableError("the profile does not give the credential back exactly")
        return bytes([MAGIC]) + varint(profile.number) + _check(document) + slots + signature

    def decode(self, payload: bytes) -> dict[str, Any]:
        """Return the credential that a payload carries, with its one proof. Nothing of it is verified yet.

        Raises:
            MalformedValueError: the bytes are no payload.
            UpdateNeededError: it names what these lists do not have, or means other rows than these.
        """
        head = Reader(payload)
        if head.take(1)[0] != MAGIC:
            raise MalformedValueError("this is no code of a certificate")
        number, check = head.varint(), head.take(CHECK_BYTES)
        profile = self.profiles.get(number)
        if profile is None:
            raise UpdateNeededError(f"the code is written by profile {number}, which is newer than these lists")
        rest = head.content[1 + len(varint(number)) + CHECK_BYTES :]
        slots, signature = rest[:-SIGNATURE_BYTES], rest[-SIGNATURE_BYTES:]
        if len(signature) < SIGNATURE_BYTES:
            raise MalformedValueError("the code ends too early")
        document = self._rebuild(profile, slots, signature)
        if _check(document) != check:
            raise UpdateNeededError("the code means other rows than these lists have, or is damaged")
        return document

    def _rebuild(self, profile: Profile, slots: bytes, signature: bytes) -> dict[str, Any]:
        opened = _inflate(slots, profile.dictionary) if profile.is_deflated else slots
        reader = Reader(opened)
        values = read_slots(profile, reader, self.tables)
        reader.end()
        document = expand(profile.template, {**values, SIGNATURE: "z" + base58btc_encode(signature)})
        if not isinstance(document, dict):
            raise MalformedValueError("the profile writes no credential")
        self._check_spelling(profile, document, opened)
        return document

    def _check_spelling(self, profile: Profile, document: Mapping[str, Any], slots: bytes) -> None:
        """Raise when a credential's slots are spelt in another way than `encode` spells them: each has one code by a profile."""
        try:
            spelt, _ = write_slots(profile, document, self.tables)
        except NotEncodableError as error:
            raise MalformedValueError("the code holds a value that its profile does not write") from error
        if spelt != slots:
            raise MalformedValueError("the code spells a value in another way than it must")


def _with_single_proofs(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    proofs = document.get("proof")
    return [{**document, "proof": proof} for proof in (proofs if isinstance(proofs, list) else [proofs])]


def _check(document: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(jcs.canonicalize(document)).digest()[:CHECK_BYTES]


def _deflate(content: bytes, dictionary: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=dictionary)
    return packer.compress(content) + packer.flush()


def _inflate(content: bytes, dictionary: bytes) -> bytes:
    """Return what was compressed; a bit of the last byte that means nothing and is set would be a second spelling."""
    opened = _unpack(content, dictionary)
    if opened is None:
        raise MalformedValueError("the code does not unpack to what it may hold")
    set_bits = [1 << place for place in range(8) if content[-1] >> place & 1]
    if any(_unpack(content[:-1] + bytes([content[-1] ^ bit]), dictionary) == opened for bit in set_bits):
        raise MalformedValueError("the code is packed in another way than it must")
    return opened


def _unpack(content: bytes, dictionary: bytes) -> bytes | None:
    unpacker = zlib.decompressobj(-15, zdict=dictionary)
    with suppress(zlib.error):
        opened = unpacker.decompress(content, MAX_INFLATED)
        if unpacker.eof and not unpacker.unused_data:
            return opened
    return None
