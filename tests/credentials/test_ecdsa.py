from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.ecdsa import P256, P384, P521, Curve
from credentials.errors import CryptographicSecurityError, ProofVerificationError
from tests.credentials.strategies import one_byte_changed

ORDERS: Final = {
    "P-256": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "P-384": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
}
CURVES = pytest.mark.parametrize("curve", [P256, P384], ids=lambda curve: curve.name)

RFC_6979: Final = [
    (
        P256,
        "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
        "0360FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6",
        "sample",
        (
            "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
            "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
        ),
    ),
    (
        P256,
        "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
        "0360FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6",
        "test",
        (
            "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367"
            "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083"
        ),
    ),
    (
        P384,
        "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D896D5724E4C70A825F872C9EA60D2EDF5",
        "02EC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E06AAE5286B300C64DEF8F0EA9055866064A254515480BC13",
        "sample",
        (
            "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE46"
            "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8"
        ),
    ),
]
"""Curve, private key, public key, message and signature of RFC 6979 §A.2.5 and §A.2.6."""


@pytest.mark.parametrize(("curve", "private", "public", "message", "signature"), RFC_6979)
def test_the_vectors_of_rfc_6979(curve: Curve, private: str, public: str, message: str, signature: str) -> None:
    raw, sign = curve.load(bytes.fromhex(private))
    assert raw == bytes.fromhex(public)
    assert sign(message.encode()) == bytes.fromhex(signature)
    curve.check(raw, bytes.fromhex(signature), message.encode())


@given(st.sampled_from([P256, P384, P521]), st.binary(max_size=40), st.data())
def test_what_was_signed_is_verified_and_nothing_else(curve: Curve, data: bytes, drawn: st.DataObject) -> None:
    raw, sign = curve.load(bytes(curve.size - 1) + b"\7")
    signature = sign(data)
    curve.check(raw, signature, data)
    for wrong, signed in ((drawn.draw(one_byte_changed(signature)), data), (signature, data + b"\0")):
        with pytest.raises(ProofVerificationError):
            curve.check(raw, wrong, signed)


@CURVES
@pytest.mark.parametrize(("r", "s"), [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_d12_numbers_outside_the_group_are_refused(curve: Curve, r: int, s: int) -> None:
    raw, _ = curve.load(curve.generate())
    order = ORDERS[curve.name]
    for numbers in ((r, s), (r + order, s), (r, s + order)):
        if all(number < 1 << 8 * curve.size for number in numbers):
            with pytest.raises(ProofVerificationError, match="does not fit"):
                curve.check(raw, b"".join(number.to_bytes(curve.size, "big") for number in numbers), b"data")


@CURVES
@pytest.mark.parametrize("size", [-1, 1])
def test_a_signature_of_another_length_is_refused(curve: Curve, size: int) -> None:
    raw, _ = curve.load(curve.generate())
    with pytest.raises(ProofVerificationError, match=f"has {2 * curve.size} bytes"):
        curve.check(raw, b"\1" * (2 * curve.size + size), b"data")


@CURVES
def test_a_key_has_one_spelling(curve: Curve) -> None:
    raw, _ = curve.load(curve.generate())
    curve.check_key(raw)
    assert curve.parse_jwk(curve.jwk(raw)) == raw
    for other in (b"", raw[:-1], raw + b"\0", b"\4" + raw[1:], b"\0" + raw[1:], raw[:1] + b"\xff" * curve.size):
        with pytest.raises(CryptographicSecurityError):
            curve.check_key(other)


@CURVES
def test_a_private_key_lies_inside_the_group(curve: Curve) -> None:
    for number in (0, ORDERS[curve.name]):
        with pytest.raises(CryptographicSecurityError, match="no private key"):
            curve.load(number.to_bytes(curve.size, "big"))
    assert (
        curve.load((ORDERS[curve.name] - 1).to_bytes(curve.size, "big"))[0][1:]
        == curve.load((1).to_bytes(curve.size, "big"))[0][1:]
    )
