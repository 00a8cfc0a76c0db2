"""Blind BBS: the holder commits to messages that the signer signs without seeing them (CFRG Blind BBS signatures).

A signature is over the signer's messages, then the holder's blinding factor, then the committed messages. Committed messages are
never disclosed here: what a verifier reads as the signer's word is always the signer's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from credentials import bls
from credentials.bbs.ciphersuites import MAX_MESSAGES, SHA_256, Ciphersuite, Interface, RandomScalars
from credentials.bbs.core import (
    Proof,
    Prover,
    Statement,
    check_proof,
    core_verify,
    parse_proof,
    parse_signature,
    signature_over,
    verify_init,
)
from credentials.bbs.keys import sk_to_pk
from credentials.bbs.positions import disclosed_at, hidden_positions
from credentials.bls import G1Point, Scalar
from credentials.errors import ComplexityLimitError, CryptographicSecurityError, ProofVerificationError

_LEAST_COMMITMENT: Final = bls.G1_BYTES + 2 * bls.SCALAR_BYTES


def interface(ciphersuite: Ciphersuite = SHA_256) -> Interface:
    """Return the blind BBS interface of a ciphersuite."""
    return Interface(ciphersuite, b"BLIND_H2G_HM2S_")


def blind_statement(chosen: Interface, public_key: bytes, header: bytes, *, signed: int, committed: int) -> Statement:
    """Return the statement over so many messages of the signer and so many of the holder.

    Raises:
        ComplexityLimitError: more messages than we process.
    """
    generators = chosen.generators(signed + 1).append(chosen.blind_generators(committed + 1))
    return Statement(chosen, public_key, generators, header)


def core_commit(chosen: Interface, committed: Sequence[Scalar], random_scalars: RandomScalars) -> tuple[bytes, Scalar]:
    """Return a commitment to scalars, with the proof of knowing them, and the secret that blinds it (Blind BBS §4.1.1)."""
    generators = chosen.blind_generators(len(committed) + 1)
    blind, *tildes = random_scalars(len(committed) + 2)
    secrets = (blind, *committed)
    commitment = bls.sum_of_products(generators.points, secrets)
    challenge = _commitment_challenge(chosen, commitment, bls.sum_of_products(generators.points, tildes), len(committed))
    responses = [tilde + secret * challenge for tilde, secret in zip(tildes, secrets, strict=True)]
    octets = [commitment.to_compressed_bytes(), *(scalar.to_be_bytes() for scalar in (*responses, challenge))]
    return b"".join(octets), blind


def check_commitment(chosen: Interface, commitment_with_proof: bytes) -> tuple[G1Point, int]:
    """Return the commitment, and to how many scalars, if its proof holds (Blind BBS §4.1.2).

    Raises:
        ProofVerificationError: the proof does not hold.
        CryptographicSecurityError: a length, point or scalar that we refuse.
        ComplexityLimitError: more scalars than we process.
    """
    size = len(commitment_with_proof)
    if size < _LEAST_COMMITMENT or (size - bls.G1_BYTES) % bls.SCALAR_BYTES:
        raise CryptographicSecurityError("no commitment has this length")
    if size > _LEAST_COMMITMENT + MAX_MESSAGES * bls.SCALAR_BYTES:
        raise ComplexityLimitError("more messages than we process")
    commitment = bls.parse_g1(commitment_with_proof[: bls.G1_BYTES])
    *responses, challenge = (
        bls.parse_scalar(commitment_with_proof[start : start + bls.SCALAR_BYTES])
        for start in range(bls.G1_BYTES, size, bls.SCALAR_BYTES)
    )
    committed = len(responses) - 1
    points = (*chosen.blind_generators(committed + 1).points, commitment)
    first_move = bls.sum_of_products(points, (*responses, -challenge))
    if _commitment_challenge(chosen, commitment, first_move, committed) != challenge:
        raise ProofVerificationError("the holder does not show that it knows what it commits to")
    return commitment, committed


def _commitment_challenge(chosen: Interface, commitment: G1Point, first_move: G1Point, committed: int) -> Scalar:
    points = commitment.to_compressed_bytes() + first_move.to_compressed_bytes()
    octets = chosen.blind_generators(committed + 1).octets
    return chosen.hash_to_scalar(b"".join([committed.to_bytes(8, "big"), *octets, points]))


def core_blind_sign(
    chosen: Interface,
    secret_key: Scalar,
    commitment_with_proof: bytes,
    header: bytes,
    messages: Sequence[bytes],
    last_addition: Scalar | None = None,
) -> bytes:
    """Return the signature over the signer's messages and the committed ones (Blind BBS §4.2.1).

    Args:
        chosen: the interface in use.
        secret_key: the signer's.
        commitment_with_proof: the holder's.
        header: application bytes, signed too.
        messages: the signer's.
        last_addition: what the signer adds to the last committed scalar.

    Raises:
        ProofVerificationError, CryptographicSecurityError: the commitment is refused.
        ComplexityLimitError: more messages than we process.
    """
    commitment, committed = check_commitment(chosen, commitment_with_proof)
    statement = blind_statement(chosen, sk_to_pk(secret_key), header, signed=len(messages), committed=committed)
    scalars = chosen.messages_to_scalars(messages)
    own = statement.generators.points[: len(messages) + 1]
    point = chosen.ciphersuite.p1 + bls.sum_of_products(own, (statement.domain(), *scalars)) + commitment
    if last_addition is not None:
        point += statement.generators.points[-1] * last_addition
    e = chosen.hash_to_scalar(secret_key.to_be_bytes() + point.to_compressed_bytes())
    return signature_over(secret_key, point, e).octets()


def parse_blind_proof(
    chosen: Interface, public_key: bytes, proof: bytes, header: bytes, *, signed: int, disclosed: Sequence[int], committed: int
) -> tuple[Statement, Proof]:
    """Return the proof, and the statement that it must be about.

    Args:
        chosen: the interface in use.
        public_key: the signer's.
        proof: as received.
        header: as signed.
        signed: how many messages are the signer's.
        disclosed: positions, which must be among those.
        committed: how many committed scalars there are at least.

    Raises:
        ProofVerificationError: the numbers of messages do not agree, or a committed message is disclosed.
        CryptographicSecurityError: the proof has a form that we refuse.
        ComplexityLimitError: more messages than we process.
    """
    parsed = parse_proof(proof)
    found = len(parsed.hidden) + len(disclosed) - signed - 1
    if signed < 0 or found < committed or any(position >= signed for position in disclosed):
        raise ProofVerificationError("the numbers of messages do not agree")
    return blind_statement(chosen, public_key, header, signed=signed, committed=found), parsed


def commit(
    committed_messages: Sequence[bytes], *, random_scalars: RandomScalars, ciphersuite: Ciphersuite = SHA_256
) -> tuple[bytes, Scalar]:
    """Return a commitment with its proof, for the signer, and the secret that blinds it, for the holder (Blind BBS §4.1.1)."""
    chosen = interface(ciphersuite)
    return core_commit(chosen, chosen.messages_to_scalars(committed_messages), random_scalars)


def blind_sign(
    secret_key: Scalar,
    commitment_with_proof: bytes,
    header: bytes,
    messages: Sequence[bytes],
    *,
    ciphersuite: Ciphersuite = SHA_256,
) -> bytes:
    """Return the signature over a header, messages, and what the holder has committed to (Blind BBS §4.2.1).

    Raises:
        ProofVerificationError, CryptographicSecurityError: the commitment is refused.
        ComplexityLimitError: more messages than we process.
    """
    return core_blind_sign(interface(ciphersuite), secret_key, commitment_with_proof, header, messages)


def verify(
    public_key: bytes,
    signature: bytes,
    header: bytes,
    messages: Sequence[bytes],
    *,
    committed_messages: Sequence[bytes],
    secret_prover_blind: Scalar,
    ciphersuite: Ciphersuite = SHA_256,
) -> None:
    """Raise unless the signature is over all of it (Blind BBS §4.2.2).

    Raises:
        ProofVerificationError: it is not.
        CryptographicSecurityError: key or signature have a form that we refuse.
        ComplexityLimitError: more messages than we process.
    """
    chosen = interface(ciphersuite)
    statement = blind_statement(chosen, public_key, header, signed=len(messages), committed=len(committed_messages))
    scalars = [*chosen.messages_to_scalars(messages), secret_prover_blind, *chosen.messages_to_scalars(committed_messages)]
    core_verify(statement, parse_signature(signature), scalars)


def proof_gen(
    public_key: bytes,
    signature: bytes,
    header: bytes,
    messages: Sequence[bytes],
    disclosed: Sequence[int],
    *,
    committed_messages: Sequence[bytes],
    secret_prover_blind: Scalar,
    presentation_header: bytes,
    random_scalars: RandomScalars,
    ciphersuite: Ciphersuite = SHA_256,
) -> bytes:
    """Return a proof that discloses some of the signer's messages and none of the committed ones (Blind BBS §4.2.3).

    Raises:
        ProofGenerationError: positions that no messages have, twice the same, or not ascending.
        ProofVerificationError: the signature does not fit.
        CryptographicSecurityError: key or signature have a form that we refuse.
        ComplexityLimitError: more messages than we process.
    """
    chosen = interface(ciphersuite)
    statement = blind_statement(chosen, public_key, header, signed=len(messages), committed=len(committed_messages))
    scalars = [*chosen.messages_to_scalars(messages), secret_prover_blind, *chosen.messages_to_scalars(committed_messages)]
    hidden = [*hidden_positions(len(messages), disclosed), *range(len(messages), len(scalars))]
    prover = Prover(statement, parse_signature(signature), scalars, hidden, random_scalars)
    shown = {position: scalars[position] for position in disclosed}
    return prover.finalize(prover.init.challenge(chosen, shown, presentation_header)).octets()


def proof_verify(
    public_key: bytes,
    proof: bytes,
    header: bytes,
    disclosed_messages: Sequence[bytes],
    disclosed: Sequence[int],
    *,
    signed: int,
    presentation_header: bytes,
    ciphersuite: Ciphersuite = SHA_256,
) -> None:
    """Raise unless the proof shows a signature over the header and the disclosed messages (Blind BBS §4.2.4).

    Args:
        public_key: the signer's.
        proof: as received.
        header: as signed.
        disclosed_messages: the signer's messages that are disclosed.
        disclosed: their positions, ascending.
        signed: how many messages are the signer's.
        presentation_header: bound by the proof.
        ciphersuite: as signed.

    Raises:
        ProofVerificationError: it does not.
        CryptographicSecurityError: key or proof have a form that we refuse.
        ComplexityLimitError: more messages than we process.
    """
    chosen = interface(ciphersuite)
    statement, parsed = parse_blind_proof(chosen, public_key, proof, header, signed=signed, disclosed=disclosed, committed=0)
    shown = disclosed_at(disclosed, chosen.messages_to_scalars(disclosed_messages))
    challenge = verify_init(statement, parsed, shown).challenge(chosen, shown, presentation_header)
    check_proof(statement, parsed, challenge)
