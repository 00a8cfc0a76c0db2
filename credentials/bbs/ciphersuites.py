"""The two ciphersuites, and the interfaces built on them: names, hashing to scalars, generators (CFRG BBS §4, §6)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from credentials import bls
from credentials.bls import G1Point, Scalar
from credentials.errors import ComplexityLimitError

EXPAND_BYTES: Final = 48
MAX_MESSAGES: Final = 2_048
_FIELD_ELEMENT_BYTES: Final = 64
_FEWEST: Final = 32  # generators made at a time


@dataclass(frozen=True, slots=True, eq=False)
class Ciphersuite:
    """A ciphersuite: how it expands messages, how it hashes to the curve, and its fixed point.

    Attributes:
        identifier: the `ciphersuite_id`, without the interface's part.
        expand_message: (message, domain separation tag, length) to uniform bytes (RFC 9380 §5.3).
        hash_to_curve: (message, domain separation tag) to a point of G1.
        p1: the fixed point P1.
    """

    identifier: bytes
    expand_message: Callable[[bytes, bytes, int], bytes]
    hash_to_curve: Callable[[bytes, bytes], G1Point]
    p1: G1Point


def expand_message_xmd(message: bytes, dst: bytes, length: int) -> bytes:
    """Return uniform bytes by SHA-256 (RFC 9380 §5.3.1)."""
    tag = dst + len(dst).to_bytes(1, "big")
    first = hashlib.sha256(bytes(64) + message + length.to_bytes(2, "big") + b"\0" + tag).digest()
    block, blocks = bytes(32), []
    for position in range(1, -(-length // 32) + 1):
        mixed = (int.from_bytes(first, "big") ^ int.from_bytes(block, "big")).to_bytes(32, "big")
        block = hashlib.sha256(mixed + position.to_bytes(1, "big") + tag).digest()
        blocks.append(block)
    return b"".join(blocks)[:length]


def expand_message_xof(message: bytes, dst: bytes, length: int) -> bytes:
    """Return uniform bytes by SHAKE-256 (RFC 9380 §5.3.2)."""
    tag = dst + len(dst).to_bytes(1, "big")
    return hashlib.shake_256(message + length.to_bytes(2, "big") + tag).digest(length)


def _hash_to_curve_xof(message: bytes, dst: bytes) -> G1Point:
    """Return the point that RFC 9380 gives with SHAKE-256 in the place of SHA-256."""
    uniform = expand_message_xof(message, dst, 2 * _FIELD_ELEMENT_BYTES)
    first, second = (
        bls.map_to_g1(int.from_bytes(half, "big") % bls.FIELD_PRIME)
        for half in (uniform[:_FIELD_ELEMENT_BYTES], uniform[_FIELD_ELEMENT_BYTES:])
    )
    return first + second


SHA_256: Final = Ciphersuite(
    b"BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_",
    expand_message_xmd,
    bls.hash_to_g1,
    bls.parse_g1(bytes.fromhex("a8ce256102840821a3e94ea9025e4662b205762f9776b3a766c872b948f1fd225e7c59698588e70d11406d161b4e28c9")),
)
SHAKE_256: Final = Ciphersuite(
    b"BBS_BLS12381G1_XOF:SHAKE-256_SSWU_RO_",
    expand_message_xof,
    _hash_to_curve_xof,
    bls.parse_g1(bytes.fromhex("8929dfbc7e6642c4ed9cba0856e493f8b9d7d5fcb0c31ef8fdcd34d50648a56c795e106e9eada6e0bda386b414150755")),
)


@dataclass(frozen=True, slots=True)
class Generators:
    """Points that messages are multiplied with, and their compressed forms.

    Attributes:
        points: the points.
        octets: the same, compressed.
    """

    points: tuple[G1Point, ...]
    octets: tuple[bytes, ...]

    def first(self, count: int) -> Generators:
        """Return the first `count` of them."""
        return Generators(self.points[:count], self.octets[:count])

    def append(self, other: Generators) -> Generators:
        """Return these followed by the others."""
        return Generators(self.points + other.points, self.octets + other.octets)


@dataclass(frozen=True, slots=True)
class Interface:
    """A BBS interface: a ciphersuite and what the interface adds to its name.

    Attributes:
        ciphersuite: the ciphersuite.
        name: such as `H2G_HM2S_`.
    """

    ciphersuite: Ciphersuite
    name: bytes

    @property
    def api_id(self) -> bytes:
        """The interface's identifier, which separates its hashes from those of every other."""
        return self.ciphersuite.identifier + self.name

    def hash_to_scalar(self, data: bytes, tag: bytes = b"H2S_") -> Scalar:
        """Return a scalar that depends on every bit of `data` (§4.2.2)."""
        return bls.reduced_scalar(self.ciphersuite.expand_message(data, self.api_id + tag, EXPAND_BYTES))

    def messages_to_scalars(self, messages: Iterable[bytes]) -> list[Scalar]:
        """Return a scalar for each message (§4.1.2)."""
        return [self.hash_to_scalar(message, b"MAP_MSG_TO_SCALAR_AS_HASH_") for message in messages]

    def hash_to_curve(self, data: bytes) -> G1Point:
        """Return a point of G1 whose logarithm nobody knows."""
        return self.ciphersuite.hash_to_curve(data, self.api_id)

    def generators(self, count: int) -> Generators:
        """Return Q_1 and the message generators, `count` in all (§4.1.1).

        Raises:
            ComplexityLimitError: more than we process.
        """
        return _at_least(self.ciphersuite, self.api_id, count)

    def blind_generators(self, count: int) -> Generators:
        """Return Q_2 and the generators of committed messages, `count` in all (Blind BBS §4.1).

        Raises:
            ComplexityLimitError: more than we process.
        """
        return _at_least(self.ciphersuite, b"BLIND_" + self.api_id, count)


def _at_least(ciphersuite: Ciphersuite, api_id: bytes, count: int) -> Generators:
    if count > MAX_MESSAGES + 1:
        raise ComplexityLimitError("more messages than we process")
    made = _FEWEST
    while made < count:
        made *= 2
    return _generators(ciphersuite, api_id, made).first(count)


@lru_cache(maxsize=64)
def _generators(ciphersuite: Ciphersuite, api_id: bytes, count: int) -> Generators:
    """Return the first `count` generators of an interface (§4.1.1)."""
    seed_dst, generator_dst = api_id + b"SIG_GENERATOR_SEED_", api_id + b"SIG_GENERATOR_DST_"
    value = ciphersuite.expand_message(api_id + b"MESSAGE_GENERATOR_SEED", seed_dst, EXPAND_BYTES)
    points = []
    for position in range(1, count + 1):
        value = ciphersuite.expand_message(value + position.to_bytes(8, "big"), seed_dst, EXPAND_BYTES)
        points.append(ciphersuite.hash_to_curve(value, generator_dst))
    return Generators(tuple(points), tuple(point.to_compressed_bytes() for point in points))


RandomScalars = Callable[[int], Sequence[Scalar]]
"""Gives as many scalars as asked for, which nobody can guess."""


def random_scalars(random_bytes: Callable[[int], bytes]) -> RandomScalars:
    """Return a source of scalars over a source of bytes (§4.2.1)."""
    return lambda count: [bls.reduced_scalar(random_bytes(EXPAND_BYTES)) for _ in range(count)]


def seeded_scalars(interface: Interface, seed: bytes, tag: bytes = b"MOCK_RANDOM_SCALARS_DST_") -> RandomScalars:
    """Return a source that gives the same scalars for the same seed: for reproducing published vectors, and for nothing else."""

    def scalars(count: int) -> list[Scalar]:
        uniform = interface.ciphersuite.expand_message(seed, interface.api_id + tag, EXPAND_BYTES * count)
        return [bls.reduced_scalar(uniform[start : start + EXPAND_BYTES]) for start in range(0, len(uniform), EXPAND_BYTES)]

    return scalars
