from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials import bls
from credentials.bbs import basic, keys
from credentials.bbs.ciphersuites import MAX_MESSAGES
from credentials.bbs.core import parse_proof, parse_signature, signature_over
from credentials.errors import (
    ComplexityLimitError,
    CryptographicSecurityError,
    ProofGenerationError,
    ProofVerificationError,
    VCError,
)
from tests.credentials.bbs.vectors import OTHER_PUBLIC_KEY, PUBLIC_KEY, SECRET_KEY, counted_scalars

HEADER = b"header"
MESSAGES = [b"name", b"birth date", b"trade", b"level"]
SIGNATURE = basic.sign(SECRET_KEY, HEADER, MESSAGES)
PROOF = basic.proof_gen(
    PUBLIC_KEY, SIGNATURE, HEADER, MESSAGES, [1, 3], presentation_header=b"ph", random_scalars=counted_scalars()
)
SHOWN = [MESSAGES[1], MESSAGES[3]]
IDENTITY = b"\xc0" + bytes(47)


@given(st.lists(st.binary(max_size=20), max_size=6), st.binary(max_size=20), st.data())
@settings(max_examples=25)
def test_any_messages_disclosed_in_any_part_verify(messages: list[bytes], header: bytes, data: st.DataObject) -> None:
    signature = basic.sign(SECRET_KEY, header, messages)
    basic.verify(PUBLIC_KEY, signature, header, messages)
    disclosed = sorted(data.draw(st.sets(st.sampled_from(range(len(messages)))) if messages else st.just(set())))
    proof = basic.proof_gen(
        PUBLIC_KEY, signature, header, messages, disclosed, presentation_header=b"", random_scalars=counted_scalars()
    )
    shown = [messages[position] for position in disclosed]
    basic.proof_verify(PUBLIC_KEY, proof, header, shown, disclosed, presentation_header=b"")
    assert len(proof) == 272 + 32 * (len(messages) - len(disclosed))


def test_two_proofs_have_nothing_in_common() -> None:
    random_scalars = counted_scalars()
    first, second = (
        basic.proof_gen(PUBLIC_KEY, SIGNATURE, HEADER, MESSAGES, [1], presentation_header=b"", random_scalars=random_scalars)
        for _ in range(2)
    )
    parts = [{proof[start : start + 16] for start in range(0, len(proof), 16)} for proof in (first, second)]
    assert not parts[0] & parts[1]


@given(st.integers(0, len(PROOF) - 1), st.integers(1, 255))
@settings(max_examples=60)
def test_any_changed_byte_of_a_proof_is_refused(position: int, difference: int) -> None:
    changed = bytearray(PROOF)
    changed[position] ^= difference
    with pytest.raises(VCError):
        basic.proof_verify(PUBLIC_KEY, bytes(changed), HEADER, SHOWN, [1, 3], presentation_header=b"ph")


@given(st.integers(0, len(SIGNATURE) - 1), st.integers(1, 255))
@settings(max_examples=60)
def test_any_changed_byte_of_a_signature_is_refused(position: int, difference: int) -> None:
    changed = bytearray(SIGNATURE)
    changed[position] ^= difference
    with pytest.raises(VCError):
        basic.verify(PUBLIC_KEY, bytes(changed), HEADER, MESSAGES)


@pytest.mark.parametrize(
    ("messages", "header", "key"),
    [
        pytest.param(MESSAGES[:-1], HEADER, PUBLIC_KEY, id="one message less"),
        pytest.param([*MESSAGES, b""], HEADER, PUBLIC_KEY, id="one message more"),
        pytest.param(MESSAGES[::-1], HEADER, PUBLIC_KEY, id="another order"),
        pytest.param([b"n", b"amebirth date", *MESSAGES[2:]], HEADER, PUBLIC_KEY, id="cut elsewhere"),
        pytest.param(MESSAGES, b"", PUBLIC_KEY, id="another header"),
        pytest.param(MESSAGES, HEADER, OTHER_PUBLIC_KEY, id="another key"),
    ],
)
def test_a_signature_over_something_else_is_refused(messages: list[bytes], header: bytes, key: bytes) -> None:
    with pytest.raises(ProofVerificationError):
        basic.verify(key, SIGNATURE, header, messages)


@pytest.mark.parametrize(
    ("shown", "disclosed", "presentation_header"),
    [
        pytest.param(SHOWN, [1, 3], b"other", id="another presentation header"),
        pytest.param(SHOWN[::-1], [1, 3], b"ph", id="messages exchanged"),
        pytest.param(SHOWN, [0, 3], b"ph", id="another position"),
        pytest.param(SHOWN[:1], [1], b"ph", id="one message less"),
        pytest.param(SHOWN, [3, 1], b"ph", id="positions descending"),
        pytest.param(SHOWN, [1, 1], b"ph", id="a position twice"),
        pytest.param(SHOWN, [1], b"ph", id="more messages than positions"),
        pytest.param(SHOWN, [1, 4], b"ph", id="a position beyond the last"),
        pytest.param(SHOWN, [-1, 1], b"ph", id="a negative position"),
    ],
)
def test_a_proof_of_something_else_is_refused(shown: list[bytes], disclosed: list[int], presentation_header: bytes) -> None:
    with pytest.raises(ProofVerificationError):
        basic.proof_verify(PUBLIC_KEY, PROOF, HEADER, shown, disclosed, presentation_header=presentation_header)


@pytest.mark.parametrize("disclosed", [[4], [-1], [1, 1], [2, 0]])
def test_positions_that_cannot_be_disclosed(disclosed: list[int]) -> None:
    with pytest.raises(ProofGenerationError):
        basic.proof_gen(
            PUBLIC_KEY, SIGNATURE, HEADER, MESSAGES, disclosed, presentation_header=b"", random_scalars=counted_scalars()
        )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        SIGNATURE[:-1],
        SIGNATURE + b"\0",
        IDENTITY + SIGNATURE[48:],
        b"\xff" * 48 + SIGNATURE[48:],
        SIGNATURE[:48] + bytes(32),
        SIGNATURE[:48] + (int.from_bytes(SIGNATURE[48:], "big") + bls.ORDER).to_bytes(32, "big")
        if int.from_bytes(SIGNATURE[48:], "big") + bls.ORDER < 1 << 256
        else SIGNATURE[:48] + bls.ORDER.to_bytes(32, "big"),
    ],
)
def test_signatures_of_a_form_that_is_refused(data: bytes) -> None:
    with pytest.raises(CryptographicSecurityError):
        parse_signature(data)


@pytest.mark.parametrize("size", [0, 271, 273, len(PROOF) - 1, len(PROOF) + 1])
def test_proofs_of_a_length_that_is_refused(size: int) -> None:
    with pytest.raises(CryptographicSecurityError, match="length"):
        parse_proof((PROOF + b"\1" * 32)[:size])


@pytest.mark.parametrize("start", [0, 48, 96])
def test_proofs_with_the_identity_are_refused(start: int) -> None:
    with pytest.raises(CryptographicSecurityError, match="identity"):
        parse_proof(PROOF[:start] + IDENTITY + PROOF[start + 48 :])


@pytest.mark.parametrize("start", range(144, 336, 32))
def test_proofs_with_a_scalar_of_zero_are_refused(start: int) -> None:
    with pytest.raises(CryptographicSecurityError, match="zero"):
        parse_proof(PROOF[:start] + bytes(32) + PROOF[start + 32 :])


@pytest.mark.parametrize("key", [b"", IDENTITY, b"\xc0" + bytes(95), b"\xff" * 96])
def test_public_keys_that_are_refused(key: bytes) -> None:
    with pytest.raises(CryptographicSecurityError):
        basic.verify(key, SIGNATURE, HEADER, MESSAGES)
    with pytest.raises(CryptographicSecurityError):
        basic.proof_verify(key, PROOF, HEADER, SHOWN, [1, 3], presentation_header=b"ph")


def test_generators_stay_the_same_when_more_are_made() -> None:
    interface = basic.interface()
    assert interface.generators(70).first(20) == interface.generators(20)
    assert len(set(interface.generators(70).octets)) == 70
    assert not set(interface.generators(70).octets) & set(interface.blind_generators(70).octets)


def test_more_messages_than_we_process() -> None:
    with pytest.raises(ComplexityLimitError):
        basic.sign(SECRET_KEY, HEADER, [b""] * (MAX_MESSAGES + 1))


def test_a_key_that_cannot_sign() -> None:
    point = bls.hash_to_g1(b"", b"tests")
    with pytest.raises(CryptographicSecurityError):
        signature_over(SECRET_KEY, point, -SECRET_KEY)
    with pytest.raises(CryptographicSecurityError):
        signature_over(SECRET_KEY, point - point, SECRET_KEY)


@pytest.mark.parametrize(("material", "information"), [(b"\1" * 31, b""), (b"\1" * 32, bytes(65_536))])
def test_keys_that_are_not_made(material: bytes, information: bytes) -> None:
    with pytest.raises(CryptographicSecurityError):
        keys.key_gen(basic.interface(), material, information)


def test_information_tells_keys_apart() -> None:
    made = [keys.key_gen(basic.interface(), b"\1" * 32, information) for information in (b"", b"a", b"b")]
    assert all(first != second for first, second in pairwise(made))
