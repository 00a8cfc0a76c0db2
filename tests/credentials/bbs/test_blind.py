from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials import bls
from credentials.bbs import basic, blind, pseudonym
from credentials.bbs.ciphersuites import MAX_MESSAGES, SHAKE_256
from credentials.errors import (
    ComplexityLimitError,
    CryptographicSecurityError,
    ProofGenerationError,
    ProofVerificationError,
    VCError,
)
from tests.credentials.bbs.vectors import OTHER_PUBLIC_KEY, PUBLIC_KEY, SECRET_KEY, counted_scalars

HEADER = b"header"
MESSAGES = [b"trade", b"level", b"issued"]
COMMITTED = [b"the holder's secret"]
PROVER_NYM, ENTROPY = bls.scalar(77), bls.scalar(1234)
CONTEXT = b"https://employer.example/"

COMMITMENT, BLINDING = blind.commit(COMMITTED, random_scalars=counted_scalars())
SIGNATURE = blind.blind_sign(SECRET_KEY, COMMITMENT, HEADER, MESSAGES)
PROOF = blind.proof_gen(
    PUBLIC_KEY,
    SIGNATURE,
    HEADER,
    MESSAGES,
    [1],
    committed_messages=COMMITTED,
    secret_prover_blind=BLINDING,
    presentation_header=b"ph",
    random_scalars=counted_scalars(),
)

NYM_COMMITMENT, NYM_BLINDING = pseudonym.commit(COMMITTED, PROVER_NYM, random_scalars=counted_scalars())
NYM_SIGNATURE = pseudonym.blind_sign(SECRET_KEY, NYM_COMMITMENT, ENTROPY, HEADER, MESSAGES)
NYM_SECRET = PROVER_NYM + ENTROPY


def nym_proof(disclosed: list[int], context: bytes = CONTEXT, nym_secret: bls.Scalar = NYM_SECRET) -> tuple[bytes, bytes]:
    return pseudonym.proof_gen(
        PUBLIC_KEY,
        NYM_SIGNATURE,
        HEADER,
        MESSAGES,
        disclosed,
        nym_secret=nym_secret,
        context_id=context,
        committed_messages=COMMITTED,
        secret_prover_blind=NYM_BLINDING,
        presentation_header=b"ph",
        random_scalars=counted_scalars(),
    )


NYM_PROOF, PSEUDONYM = nym_proof([1])


def test_a_blind_signature_is_over_what_was_committed_to() -> None:
    blind.verify(PUBLIC_KEY, SIGNATURE, HEADER, MESSAGES, committed_messages=COMMITTED, secret_prover_blind=BLINDING)


@pytest.mark.parametrize(
    ("committed", "blinding", "key"),
    [
        pytest.param([b"another secret"], BLINDING, PUBLIC_KEY, id="another committed message"),
        pytest.param([], BLINDING, PUBLIC_KEY, id="none"),
        pytest.param(COMMITTED, BLINDING + bls.scalar(1), PUBLIC_KEY, id="another blinding"),
        pytest.param(COMMITTED, BLINDING, OTHER_PUBLIC_KEY, id="another key"),
    ],
)
def test_a_blind_signature_is_over_nothing_else(committed: list[bytes], blinding: bls.Scalar, key: bytes) -> None:
    with pytest.raises(ProofVerificationError):
        blind.verify(key, SIGNATURE, HEADER, MESSAGES, committed_messages=committed, secret_prover_blind=blinding)


@given(st.sets(st.sampled_from(range(len(MESSAGES)))))
@settings(max_examples=8)
def test_any_part_of_a_blindly_signed_whole_verifies(chosen: set[int]) -> None:
    disclosed = sorted(chosen)
    proof = blind.proof_gen(
        PUBLIC_KEY,
        SIGNATURE,
        HEADER,
        MESSAGES,
        disclosed,
        committed_messages=COMMITTED,
        secret_prover_blind=BLINDING,
        presentation_header=b"",
        random_scalars=counted_scalars(),
    )
    shown = [MESSAGES[position] for position in disclosed]
    blind.proof_verify(PUBLIC_KEY, proof, HEADER, shown, disclosed, signed=len(MESSAGES), presentation_header=b"")


def test_the_other_ciphersuite_signs_blindly_too() -> None:
    commitment, blinding = blind.commit(COMMITTED, random_scalars=counted_scalars(), ciphersuite=SHAKE_256)
    signature = blind.blind_sign(SECRET_KEY, commitment, HEADER, MESSAGES, ciphersuite=SHAKE_256)
    blind.verify(
        PUBLIC_KEY,
        signature,
        HEADER,
        MESSAGES,
        committed_messages=COMMITTED,
        secret_prover_blind=blinding,
        ciphersuite=SHAKE_256,
    )
    with pytest.raises(ProofVerificationError):
        blind.blind_sign(SECRET_KEY, commitment, HEADER, MESSAGES)


@given(st.integers(0, len(COMMITMENT) - 1), st.integers(1, 255))
@settings(max_examples=40)
def test_any_changed_byte_of_a_commitment_is_refused(position: int, difference: int) -> None:
    changed = bytearray(COMMITMENT)
    changed[position] ^= difference
    with pytest.raises(VCError):
        blind.blind_sign(SECRET_KEY, bytes(changed), HEADER, MESSAGES)


@pytest.mark.parametrize("size", [0, 48, 80, 111, 113, len(COMMITMENT) - 1, len(COMMITMENT) + 1])
def test_commitments_of_a_length_that_is_refused(size: int) -> None:
    with pytest.raises(CryptographicSecurityError):
        blind.blind_sign(SECRET_KEY, (COMMITMENT + b"\1" * 32)[:size], HEADER, MESSAGES)


def test_a_commitment_to_more_than_we_process() -> None:
    with pytest.raises(ComplexityLimitError):
        blind.blind_sign(SECRET_KEY, COMMITMENT + b"\1" * 32 * MAX_MESSAGES, HEADER, MESSAGES)


@pytest.mark.parametrize(
    ("disclosed", "signed"),
    [
        pytest.param([1], 2, id="fewer of the signer's"),
        pytest.param([1], 4, id="more of the signer's"),
        pytest.param([1], 5, id="no room for the blinding"),
        pytest.param([1], 1, id="a committed message as the signer's word"),
        pytest.param([0], 3, id="another position"),
        pytest.param([], -1, id="less than none"),
        pytest.param([-1], 3, id="a negative position"),
    ],
)
def test_a_blind_proof_of_something_else_is_refused(disclosed: list[int], signed: int) -> None:
    shown = [MESSAGES[1] for _ in disclosed]
    with pytest.raises(ProofVerificationError):
        blind.proof_verify(PUBLIC_KEY, PROOF, HEADER, shown, disclosed, signed=signed, presentation_header=b"ph")


def test_positions_of_committed_messages_cannot_be_disclosed() -> None:
    with pytest.raises(ProofGenerationError):
        nym_proof([len(MESSAGES)])


def test_a_blind_proof_is_no_plain_proof() -> None:
    with pytest.raises(ProofVerificationError):
        basic.proof_verify(PUBLIC_KEY, PROOF, HEADER, [MESSAGES[1]], [1], presentation_header=b"ph")


@pytest.mark.parametrize("difference", [0, 1])
def test_signer_and_holder_make_the_pseudonym_secret_together(difference: int) -> None:
    def check() -> None:
        pseudonym.verify(
            PUBLIC_KEY,
            NYM_SIGNATURE,
            HEADER,
            MESSAGES,
            committed_messages=COMMITTED,
            nym_secret=NYM_SECRET + bls.scalar(difference),
            secret_prover_blind=NYM_BLINDING,
        )

    if not difference:
        check()
        return
    with pytest.raises(ProofVerificationError):
        check()


def check_nym(
    disclosed: list[int], *, proof: bytes = NYM_PROOF, name: bytes = PSEUDONYM, context: bytes = CONTEXT, signed: int = 3
) -> None:
    pseudonym.proof_verify(
        PUBLIC_KEY,
        proof,
        HEADER,
        [MESSAGES[position] for position in disclosed],
        disclosed,
        pseudonym=name,
        context_id=context,
        signed=signed,
        presentation_header=b"ph",
    )


def test_a_pseudonym_is_the_same_in_one_context_and_another_in_the_next() -> None:
    check_nym([1])
    proof, name = nym_proof([0, 2])
    check_nym([0, 2], proof=proof, name=name)
    elsewhere, other = nym_proof([1], context=b"https://elsewhere.example/")
    check_nym([1], proof=elsewhere, name=other, context=b"https://elsewhere.example/")
    assert name == PSEUDONYM
    assert other != PSEUDONYM


def test_a_pseudonym_that_is_not_the_holders_is_refused() -> None:
    with pytest.raises(ProofVerificationError):
        check_nym([1], name=bls.hash_to_g1(b"", b"tests").to_compressed_bytes())
    with pytest.raises(CryptographicSecurityError):
        check_nym([1], name=b"\xc0" + bytes(47))
    with pytest.raises(ProofVerificationError):
        nym_proof([1], nym_secret=NYM_SECRET + bls.scalar(1))


def test_a_pseudonym_of_another_context_is_refused() -> None:
    with pytest.raises(ProofVerificationError):
        check_nym([1], context=b"https://elsewhere.example/")


@pytest.mark.parametrize("signed", [-1, 0, 2, 4, 5, 6])
def test_other_numbers_of_messages_are_refused(signed: int) -> None:
    with pytest.raises(ProofVerificationError):
        check_nym([1], signed=signed)


@given(st.integers(0, len(NYM_PROOF) - 1), st.integers(1, 255))
@settings(max_examples=40)
def test_any_changed_byte_of_a_proof_with_a_pseudonym_is_refused(position: int, difference: int) -> None:
    changed = bytearray(NYM_PROOF)
    changed[position] ^= difference
    with pytest.raises(VCError):
        check_nym([1], proof=bytes(changed))


def test_a_commitment_without_a_pseudonym_secret_is_refused() -> None:
    commitment, _ = blind.core_commit(pseudonym.interface(), [], counted_scalars())
    with pytest.raises(CryptographicSecurityError):
        pseudonym.blind_sign(SECRET_KEY, commitment, ENTROPY, HEADER, MESSAGES)


def test_a_pseudonym_secret_is_not_zero() -> None:
    with pytest.raises(CryptographicSecurityError):
        nym_proof([1], nym_secret=bls.scalar(0))
