from __future__ import annotations

from typing import Any

import pytest
from cwt import COSE, COSEKey
from hypothesis import given
from hypothesis import strategies as st

from credentials import cbor
from credentials.cose import ALG, CONTENT_TYPE, COSE_SIGN1, CRIT, CWT_CLAIMS, KID, TYP, X5CHAIN, Engine, parse_cose, sign_cose
from credentials.encoding import b64url_encode
from credentials.errors import (
    CryptographicSecurityError,
    HeaderNotAllowedError,
    MalformedValueError,
    ParsingError,
    ProofGenerationError,
    ProofVerificationError,
    TypeMismatchError,
    VCError,
)
from tests.credentials.test_jose import Unnamed
from tests.credentials.world import key_signer

SIGNER = key_signer()
KEY = SIGNER.public_key
VC = "application/vc+cose"


def signed(header: object = None, unprotected: object = None, payload: object = b"payload", **changes: Any) -> bytes:  # noqa: ANN401
    """Return a COSE_Sign1 over exactly this header; `protected` and `tag` replace what would stand there."""
    protected = changes.get("protected", cbor.encode({ALG: -8, TYP: VC} if header is None else header))
    to_be_signed = cbor.encode(["Signature1", protected, b"", payload])
    signature = changes.get("signature", SIGNER.sign(to_be_signed))
    parts = [protected, {} if unprotected is None else unprotected, payload, signature]
    return cbor.encode(parts, tag=changes.get("tag", COSE_SIGN1))


def read(content: bytes) -> bytes:
    found = parse_cose(content, typ={VC})
    found.verify(KEY)
    return found.payload


@given(st.binary())
def test_what_is_signed_verifies(payload: bytes) -> None:
    found = parse_cose(sign_cose(payload, SIGNER, typ=VC, header={CONTENT_TYPE: "application/vc"}), typ={VC})
    found.verify(KEY)
    assert found.payload == payload
    assert found.header == {ALG: -8, TYP: VC, CONTENT_TYPE: "application/vc"}


@given(st.data())
def test_any_changed_byte_is_refused(data: st.DataObject) -> None:
    content = sign_cose(b"payload", SIGNER, typ=VC)
    position = data.draw(st.integers(0, len(content) - 1))
    changed = bytearray(content)
    changed[position] ^= data.draw(st.integers(1, 255))
    with pytest.raises(VCError):
        read(bytes(changed))


@given(st.binary(max_size=200))
def test_any_bytes_raise_nothing_else(content: bytes) -> None:
    with pytest.raises(VCError):
        parse_cose(content, typ={VC})


def test_the_library_with_an_engine_of_its_own_reads_it_and_writes_what_we_read() -> None:
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64url_encode(KEY.raw), "alg": "EdDSA", "kid": "k"}
    ours = sign_cose(b"payload", SIGNER, typ=VC, header={KID: b"k"})
    assert COSE.new().decode(ours, keys=[COSEKey.from_jwk(jwk)]) == b"payload"
    private = COSEKey.from_jwk(jwk | {"d": b64url_encode(b"\1" * 32)})
    theirs = COSE.new().encode_and_sign(b"payload", private, protected={ALG: -8, TYP: VC}, unprotected={KID: b"k"})
    assert parse_cose(theirs, typ={VC}).kid == "k"


@pytest.mark.parametrize("alg", [-8, -19])
def test_both_numbers_of_the_algorithm(alg: int) -> None:
    assert read(signed({ALG: alg, TYP: VC})) == b"payload"


@pytest.mark.parametrize(
    "header", [{}, {TYP: VC}, {ALG: None, TYP: VC}, {ALG: 5, TYP: VC}, {ALG: "EdDSA", TYP: VC}, {ALG: -37, TYP: VC}]
)
def test_an_algorithm_that_is_none_of_ours(header: dict[int, object]) -> None:
    with pytest.raises(CryptographicSecurityError, match="alg"):
        read(signed(header))


def test_the_key_decides_on_the_algorithm() -> None:
    with pytest.raises(CryptographicSecurityError, match="Ed25519"):
        read(signed({ALG: -7, TYP: VC}))


@pytest.mark.parametrize("typ", ["application/vp+cose", "vc+cose", 17, None, ""])
def test_another_type(typ: object) -> None:
    with pytest.raises(TypeMismatchError):
        read(signed({ALG: -8, TYP: typ}))


def test_no_type_and_a_type_in_capitals() -> None:
    with pytest.raises(TypeMismatchError):
        read(signed({ALG: -8}))
    assert read(signed({ALG: -8, TYP: VC.upper()})) == b"payload"


@pytest.mark.parametrize("label", [32, X5CHAIN, 35])
def test_headers_that_bring_a_key(label: int) -> None:
    content = signed({ALG: -8, TYP: VC, label: b"certificate"})
    with pytest.raises(HeaderNotAllowedError):
        read(content)
    parse_cose(content, typ={VC}, allow={label}).verify(KEY)


@pytest.mark.parametrize(
    ("header", "unprotected"),
    [({TYP: VC}, {ALG: -8}), ({ALG: -8}, {TYP: VC}), ({ALG: -8, TYP: VC, KID: b"a"}, {KID: b"b"}), (None, {X5CHAIN: b""})],
)
def test_what_stands_unprotected(header: dict[int, object] | None, unprotected: dict[int, object]) -> None:
    with pytest.raises(HeaderNotAllowedError):
        read(signed(header, unprotected))


def test_critical_extensions() -> None:
    with pytest.raises(CryptographicSecurityError, match="crit"):
        read(signed({ALG: -8, TYP: VC, CRIT: [TYP]}))


@pytest.mark.parametrize(
    "content",
    [
        signed(tag=17),
        signed()[1:],
        signed() + b"\0",
        signed(payload=None),
        signed(protected=b""),
        signed(protected=b"\x80"),
        signed(protected=b"\xbf\xff"),
        signed(unprotected=[]),
        signed(signature="text"),
        cbor.encode([b"", {}, b""], tag=COSE_SIGN1),
        cbor.encode({}, tag=COSE_SIGN1),
    ],
)
def test_what_is_no_strict_cose_sign1(content: bytes) -> None:
    with pytest.raises(ParsingError):
        read(content)


def test_another_key() -> None:
    with pytest.raises(ProofVerificationError):
        parse_cose(signed(), typ={VC}).verify(key_signer("another").public_key)


def test_kid_is_text_in_bytes_or_nothing() -> None:
    assert parse_cose(signed(), typ={VC}).kid is None
    assert parse_cose(signed(unprotected={KID: b"#k1"}), typ={VC}).kid == "#k1"
    for wrong in (42, "text", b"\xff"):
        with pytest.raises(MalformedValueError):
            _ = parse_cose(signed(unprotected={KID: wrong}), typ={VC}).kid


def test_a_key_that_does_not_sign_with_cose() -> None:
    with pytest.raises(ProofGenerationError):
        sign_cose(b"x", Unnamed(), typ=VC)
    with pytest.raises(CryptographicSecurityError):
        parse_cose(signed(), typ={VC}).verify(Unnamed.public_key)
    with pytest.raises(ProofGenerationError):
        Engine({ALG: -8}, KEY).sign(b"x")


def test_headers_are_sorted_however_they_come() -> None:
    one = sign_cose(b"x", SIGNER, typ=VC, header={KID: b"k", CWT_CLAIMS: {2: "s", 1: "i"}, CONTENT_TYPE: "application/vc"})
    assert one == sign_cose(b"x", SIGNER, typ=VC, header={CONTENT_TYPE: "application/vc", CWT_CLAIMS: {1: "i", 2: "s"}, KID: b"k"})
    protected, *_ = cbor.decode(one, tag=COSE_SIGN1)
    assert cbor.encode(cbor.decode(protected)) == protected
