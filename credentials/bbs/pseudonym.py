"""BBS pseudonyms: one name for each context, which nobody can link across contexts (CFRG BBS per verifier linkability).

The holder commits to a secret; the signer adds to it, unseen, so that it is nobody's free choice. The sum is the last committed
scalar. Times a point that the context's name hashes to, it is the pseudonym, and the proof shows that it is.
"""

from __future__ import annotations

from collections.abc import Sequence

from credentials import bls
from credentials.bbs.blind import blind_statement, core_blind_sign, core_commit, parse_blind_proof
from credentials.bbs.ciphersuites import SHA_256, Ciphersuite, Interface, RandomScalars
from credentials.bbs.core import Prover, check_proof, core_verify, parse_signature, verify_init
from credentials.bbs.positions import disclosed_at, hidden_positions
from credentials.bls import Scalar
from credentials.errors import CryptographicSecurityError


def interface(ciphersuite: Ciphersuite = SHA_256) -> Interface:
    """Return the pseudonym interface of a ciphersuite."""
    return Interface(ciphersuite, b"H2G_HM2S_PSEUDONYM_")


def commit(
    committed_messages: Sequence[bytes], prover_nym: Scalar, *, random_scalars: RandomScalars, ciphersuite: Ciphersuite = SHA_256
) -> tuple[bytes, Scalar]:
    """Return a commitment to messages and a secret, with its proof, and what blinds it (CommitWithNym)."""
    chosen = interface(ciphersuite)
    return core_commit(chosen, [*chosen.messages_to_scalars(committed_messages), prover_nym], random_scalars)


def blind_sign(
    secret_key: Scalar,
    commitment_with_proof: bytes,
    signer_nym_entropy: Scalar,
    header: bytes,
    messages: Sequence[bytes],
    *,
    ciphersuite: Ciphersuite = SHA_256,
) -> bytes:
    """Return the signature, with the signer's entropy added to the last scalar committed to (BlindSignWithNym).

    Raises:
        ProofVerificationError, CryptographicSecurityError: the commitment is refused.
        ComplexityLimitError: more messages than we process.
    """
    if len(commitment_with_proof) < bls.G1_BYTES + 3 * bls.SCALAR_BYTES:
        raise CryptographicSecurityError("the holder commits to no pseudonym secret")
    return core_blind_sign(interface(ciphersuite), secret_key, commitment_with_proof, header, messages, signer_nym_entropy)


def verify(
    public_key: bytes,
    signature: bytes,
    header: bytes,
    messages: Sequence[bytes],
    *,
    committed_messages: Sequence[bytes],
    nym_secret: Scalar,
    secret_prover_blind: Scalar,
    ciphersuite: Ciphersuite = SHA_256,
) -> None:
    """Raise unless the signature is over all of it (VerifyFinalizeWithNym).

    Args:
        public_key: the signer's.
        signature: as received.
        header: as signed.
        messages: the signer's.
        committed_messages: the holder's.
        nym_secret: what the holder committed to, plus the signer's entropy.
        secret_prover_blind: blinds the commitment.
        ciphersuite: as signed.

    Raises:
        ProofVerificationError: it is not.
        CryptographicSecurityError: key or signature have a form that we refuse.
        ComplexityLimitError: more messages than we process.
    """
    chosen = interface(ciphersuite)
    statement = blind_statement(chosen, public_key, header, signed=len(messages), committed=len(committed_messages) + 1)
    committed = chosen.messages_to_scalars(committed_messages)
    scalars = [*chosen.messages_to_scalars(messages), secret_prover_blind, *committed, nym_secret]
    core_verify(statement, parse_signature(signature), scalars)


def proof_gen(
    public_key: bytes,
    signature: bytes,
    header: bytes,
    messages: Sequence[bytes],
    disclosed: Sequence[int],
    *,
    nym_secret: Scalar,
    context_id: bytes,
    committed_messages: Sequence[bytes],
    secret_prover_blind: Scalar,
    presentation_header: bytes,
    random_scalars: RandomScalars,
    ciphersuite: Ciphersuite = SHA_256,
) -> tuple[bytes, bytes]:
    """Return a proof, and the holder's pseudonym in a context (ProofGenWithNym).

    Raises:
        ProofGenerationError: positions that no messages have, twice the same, or not ascending.
        ProofVerificationError: the signature does not fit.
        CryptographicSecurityError: a secret of zero, or key or signature have a form that we refuse.
        ComplexityLimitError: more messages than we process.
    """
    if nym_secret.is_zero():
        raise CryptographicSecurityError("a pseudonym's secret is not zero")
    chosen = interface(ciphersuite)
    statement = blind_statement(chosen, public_key, header, signed=len(messages), committed=len(committed_messages) + 1)
    committed = chosen.messages_to_scalars(committed_messages)
    scalars = [*chosen.messages_to_scalars(messages), secret_prover_blind, *committed, nym_secret]
    hidden = [*hidden_positions(len(messages), disclosed), *range(len(messages), len(scalars))]
    prover = Prover(statement, parse_signature(signature), scalars, hidden, random_scalars)
    shown = {position: scalars[position] for position in disclosed}
    base = chosen.hash_to_curve(context_id)
    pseudonym = base * nym_secret
    also = (pseudonym, base, base * prover.last_blinding)
    proof = prover.finalize(prover.init.challenge(chosen, shown, presentation_header, also))
    return proof.octets(), pseudonym.to_compressed_bytes()


def proof_verify(
    public_key: bytes,
    proof: bytes,
    header: bytes,
    disclosed_messages: Sequence[bytes],
    disclosed: Sequence[int],
    *,
    pseudonym: bytes,
    context_id: bytes,
    signed: int,
    presentation_header: bytes,
    ciphersuite: Ciphersuite = SHA_256,
) -> None:
    """Raise unless the proof shows a signature, and that the pseudonym is the holder's in the context (ProofVerifyWithNym).

    Args:
        public_key: the signer's.
        proof: as received.
        header: as signed.
        disclosed_messages: the signer's messages that are disclosed.
        disclosed: their positions, ascending.
        pseudonym: 48 bytes.
        context_id: the context, such as the verifier's own name.
        signed: how many messages are the signer's.
        presentation_header: bound by the proof.
        ciphersuite: as signed.

    Raises:
        ProofVerificationError: it does not.
        CryptographicSecurityError: key, proof or pseudonym have a form that we refuse.
        ComplexityLimitError: more messages than we process.
    """
    chosen = interface(ciphersuite)
    statement, parsed = parse_blind_proof(chosen, public_key, proof, header, signed=signed, disclosed=disclosed, committed=1)
    shown = disclosed_at(disclosed, chosen.messages_to_scalars(disclosed_messages))
    point, base = bls.parse_g1(pseudonym), chosen.hash_to_curve(context_id)
    also = (point, base, bls.sum_of_products((base, -point), (parsed.hidden[-1], parsed.challenge)))
    challenge = verify_init(statement, parsed, shown).challenge(chosen, shown, presentation_header, also)
    check_proof(statement, parsed, challenge)
