"""Pairings on the curve BLS12-381: the only door to the pairing engine.

The engine (arkworks) takes more than one spelling of a point, takes the identity, and cuts the longer list of a
multi-exponentiation silently. Whatever comes from outside passes `parse_g1`, `parse_g2` or `parse_scalar`, which take exactly one
spelling of each value and refuse the identity and zero.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from py_arkworks_bls12381 import GT, G1Point, G2Point, Scalar

from credentials.errors import CryptographicSecurityError

__all__ = [
    "BASE_G2",
    "FIELD_PRIME",
    "G1_BYTES",
    "G2_BYTES",
    "ORDER",
    "SCALAR_BYTES",
    "G1Point",
    "G2Point",
    "Scalar",
    "hash_to_g1",
    "is_identity",
    "map_to_g1",
    "pairings_cancel",
    "parse_g1",
    "parse_g2",
    "parse_scalar",
    "reduced_scalar",
    "scalar",
    "sum_of_products",
]

ORDER: Final = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
FIELD_PRIME: Final = 0x1A0111EA397FE69A4B1BA7B6434BACD764774B84F38512BF6730D2A0F6B0F6241EABFFFEB153FFFFB9FEFFFFFFFFAAAB
G1_BYTES: Final = 48
G2_BYTES: Final = 96
SCALAR_BYTES: Final = 32
BASE_G2: Final = G2Point()
_FEW: Final = 2  # points; beyond, the engine's multi-exponentiation is quicker than one product after the other

_Point = TypeVar("_Point", G1Point, G2Point)


def parse_g1(data: bytes) -> G1Point:
    """Return the point of G1 that 48 compressed bytes spell.

    Raises:
        CryptographicSecurityError: not a point, outside the subgroup, the identity, or not its one spelling.
    """
    return _parse_point(data, G1Point.from_compressed_bytes, G1Point.identity())


def parse_g2(data: bytes) -> G2Point:
    """Return the point of G2 that 96 compressed bytes spell.

    Raises:
        CryptographicSecurityError: not a point, outside the subgroup, the identity, or not its one spelling.
    """
    return _parse_point(data, G2Point.from_compressed_bytes, G2Point.identity())


def _parse_point(data: bytes, decode: Callable[[bytes], _Point], identity: _Point) -> _Point:
    try:
        point = decode(data)
    except ValueError as error:
        raise CryptographicSecurityError("not a point of the prime-order group of BLS12-381") from error
    if point.to_compressed_bytes() != data:
        raise CryptographicSecurityError("the point is not in its one canonical form")
    if point == identity:
        raise CryptographicSecurityError("the identity is no point that we take")
    return point


def parse_scalar(data: bytes) -> Scalar:
    """Return the scalar that 32 big-endian bytes spell, which lies from 1 to the group order less one.

    Raises:
        CryptographicSecurityError: another length, zero, or not reduced.
    """
    try:
        value = Scalar.from_be_bytes(data)
    except ValueError as error:
        raise CryptographicSecurityError("a scalar has 32 bytes, and lies below the order of the group") from error
    if value.is_zero():
        raise CryptographicSecurityError("a scalar is not zero")
    return value


def scalar(value: int) -> Scalar:
    """Return a whole number as a scalar.

    Raises:
        CryptographicSecurityError: negative, or not below the group order.
    """
    if not 0 <= value < ORDER:
        raise CryptographicSecurityError("a scalar lies below the order of the group")
    return Scalar(value)


def reduced_scalar(uniform: bytes) -> Scalar:
    """Return uniform bytes, read as a big-endian number, modulo the group order; 48 bytes leave no bias worth the name."""
    return Scalar(int.from_bytes(uniform, "big") % ORDER)


def is_identity(point: G1Point) -> bool:
    """Return whether a point is the identity of G1."""
    return point == G1Point.identity()


def sum_of_products(points: Sequence[G1Point], scalars: Sequence[Scalar]) -> G1Point:
    """Return the sum of each point times its scalar; the identity for none.

    Raises:
        ValueError: not as many scalars as points.
    """
    if len(points) != len(scalars):
        raise ValueError("each point needs its scalar")
    if len(points) > _FEW:
        return G1Point.multiexp_unchecked(list(points), list(scalars))
    return sum((point * factor for point, factor in zip(points, scalars, strict=True)), start=G1Point.identity())


def pairings_cancel(first: tuple[G1Point, G2Point], second: tuple[G1Point, G2Point]) -> bool:
    """Return whether the pairings of two pairs of points multiply to one."""
    return GT.pairing_check([first[0], second[0]], [first[1], second[1]])


def hash_to_g1(message: bytes, dst: bytes) -> G1Point:
    """Return RFC 9380's hash of a message, suite BLS12381G1_XMD:SHA-256_SSWU_RO_, under a domain separation tag."""
    return G1Point.hash_to_curve(message, dst)


def map_to_g1(element: int) -> G1Point:
    """Return the point of G1 that RFC 9380's SSWU map, with the cofactor cleared, gives for a field element.

    Raises:
        CryptographicSecurityError: not an element of the base field.
    """
    if not 0 <= element < FIELD_PRIME:
        raise CryptographicSecurityError("a field element lies below the field's prime")
    return G1Point.map_from_fp_be(element.to_bytes(G1_BYTES, "big"))
