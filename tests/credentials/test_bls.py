from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from py_arkworks_bls12381 import G1Point, G2Point

from credentials import bls
from credentials.errors import CryptographicSecurityError

BASE = G1Point()
IDENTITY = b"\xc0" + bytes(47)


def outside_the_subgroup(size: int) -> bytes:
    """Return a point of the curve, in its one spelling, that is not of prime order."""
    decode = G1Point.from_compressed_bytes_unchecked if size == bls.G1_BYTES else G2Point.from_compressed_bytes_unchecked
    for x in range(100):
        data = b"\x80" + x.to_bytes(size - 1, "big")
        try:
            point = decode(data)
        except ValueError:
            continue
        if not point.is_in_subgroup():
            return data
    raise AssertionError("no such point")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xff" * 48, id="what the engine takes for the identity"),
        pytest.param(b"\xe0" + bytes(47), id="the identity with a sign"),
        pytest.param(b"\xc0" + b"\1" * 47, id="the identity with an abscissa"),
        pytest.param(IDENTITY, id="the identity"),
        pytest.param(bytes(48), id="uncompressed flag"),
        pytest.param(BASE.to_compressed_bytes()[:-1], id="too short"),
        pytest.param(BASE.to_compressed_bytes() + b"\0", id="too long"),
        pytest.param(BASE.to_xy_bytes_be(), id="uncompressed"),
        pytest.param(b"\x9f" + b"\xff" * 47, id="abscissa not below the prime"),
        pytest.param(outside_the_subgroup(48), id="outside the subgroup"),
        pytest.param(b"", id="empty"),
    ],
)
def test_points_of_g1_that_are_refused(data: bytes) -> None:
    with pytest.raises(CryptographicSecurityError):
        bls.parse_g1(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xff" * 96, id="what the engine takes for the identity"),
        pytest.param(b"\xc0" + bytes(95), id="the identity"),
        pytest.param(outside_the_subgroup(96), id="outside the subgroup"),
        pytest.param(BASE.to_compressed_bytes(), id="a point of G1"),
    ],
)
def test_points_of_g2_that_are_refused(data: bytes) -> None:
    with pytest.raises(CryptographicSecurityError):
        bls.parse_g2(data)


@given(st.binary(min_size=48, max_size=48), st.sampled_from([0x00, 0x80, 0xA0, 0xC0, 0xE0]))
def test_what_is_taken_has_one_spelling(data: bytes, flags: int) -> None:
    tagged = bytes([data[0] & 0x1F | flags]) + data[1:]
    try:
        point = bls.parse_g1(tagged)
    except CryptographicSecurityError:
        return
    assert point.to_compressed_bytes() == tagged
    assert point.is_in_subgroup()


@given(st.integers(1, bls.ORDER - 1))
def test_points_are_taken_as_they_are_spelled(value: int) -> None:
    point, twin = BASE * bls.scalar(value), bls.BASE_G2 * bls.scalar(value)
    assert bls.parse_g1(point.to_compressed_bytes()) == point
    assert bls.parse_g2(twin.to_compressed_bytes()) == twin


@pytest.mark.parametrize("data", [bytes(32), bls.ORDER.to_bytes(32, "big"), b"\xff" * 32, b"\1" * 31, b"\1" * 33, b""])
def test_scalars_that_are_refused(data: bytes) -> None:
    with pytest.raises(CryptographicSecurityError):
        bls.parse_scalar(data)


@pytest.mark.parametrize("value", [-1, bls.ORDER, 1 << 256])
def test_numbers_that_are_no_scalars(value: int) -> None:
    with pytest.raises(CryptographicSecurityError):
        bls.scalar(value)


@given(st.integers(1, bls.ORDER - 1))
def test_scalars_are_taken_as_they_are_spelled(value: int) -> None:
    data = value.to_bytes(32, "big")
    assert int(bls.parse_scalar(data)) == value
    assert bls.parse_scalar(data).to_be_bytes() == data


@given(st.binary(max_size=64))
def test_uniform_bytes_are_reduced(data: bytes) -> None:
    assert int(bls.reduced_scalar(data)) == int.from_bytes(data, "big") % bls.ORDER


@pytest.mark.parametrize(("points", "scalars"), [(1, 2), (2, 1), (3, 4), (4, 3), (0, 1)])
def test_lists_of_unequal_length_are_refused(points: int, scalars: int) -> None:
    with pytest.raises(ValueError, match="each point needs its scalar"):
        bls.sum_of_products([BASE] * points, [bls.scalar(2)] * scalars)


@given(st.lists(st.integers(0, bls.ORDER - 1), max_size=6))
def test_a_sum_of_products_is_one(values: list[int]) -> None:
    points = [BASE * bls.scalar(position + 2) for position in range(len(values))]
    together = sum(value * (position + 2) for position, value in enumerate(values)) % bls.ORDER
    assert bls.sum_of_products(points, [bls.scalar(value) for value in values]) == BASE * bls.scalar(together)


def test_the_empty_sum_is_the_identity() -> None:
    assert bls.is_identity(bls.sum_of_products([], []))
    assert not bls.is_identity(BASE)


def test_pairings_are_bilinear() -> None:
    a, b = bls.scalar(7), bls.scalar(11)
    assert bls.pairings_cancel((BASE * a, bls.BASE_G2 * b), (-(BASE * (a * b)), bls.BASE_G2))
    assert not bls.pairings_cancel((BASE * a, bls.BASE_G2 * b), (BASE * (a * b), bls.BASE_G2))


def test_a_message_is_hashed_to_the_point_of_rfc_9380() -> None:
    point = bls.hash_to_g1(b"", b"QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_")
    abscissa = "052926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4e8cf62d9c09db0fac349612b759e79a1"
    assert point.to_xy_bytes_be()[:48].hex() == abscissa


@pytest.mark.parametrize("element", [-1, bls.FIELD_PRIME, 1 << 384])
def test_numbers_that_are_no_field_elements(element: int) -> None:
    with pytest.raises(CryptographicSecurityError):
        bls.map_to_g1(element)


@given(st.integers(0, bls.FIELD_PRIME - 1))
def test_the_map_leads_into_the_subgroup(element: int) -> None:
    assert bls.map_to_g1(element).is_in_subgroup()
