"""The BBS interface: sign messages, prove knowledge of a signature while disclosing some of them (CFRG BBS §3.5)."""

from __future__ import annotations

from collections.abc import Sequence

from credentials.bbs.ciphersuites import SHA_256, Ciphersuite, Interface, RandomScalars
from credentials.bbs.core import Prover, Statement, check_proof, core_sign, core_verify, parse_proof, parse_signature, verify_init
from credentials.bbs.keys import sk_to_pk
from credentials.bbs.positions import disclosed_at, hidden_positions
from credentials.bls import Scalar


def interface(ciphersuite: Ciphersuite = SHA_256) -> Interface:
    """Return the BBS interface of a ciphersuite."""
    return Interface(ciphersuite, b"H2G_HM2S_")


def _statement(ciphersuite: Ciphersuite, public_key: bytes, header: bytes, count: int) -> Statement:
    chosen = interface(ciphersuite)
    return Statement(chosen, public_key, chosen.generators(count + 1), header)


def sign(secret_key: Scalar, header: bytes, messages: Sequence[bytes], *, ciphersuite: Ciphersuite = SHA_256) -> bytes:
    """Return the signature over a header and messages (§3.5.1).

    Raises:
        ComplexityLimitError: more messages than we process.
    """
    statement = _statement(ciphersuite, sk_to_pk(secret_key), header, len(messages))
    return core_sign(statement, secret_key, statement.interface.messages_to_scalars(messages)).octets()


def verify(
    public_key: bytes, signature: bytes, header: bytes, messages: Sequence[bytes], *, ciphersuite: Ciphersuite = SHA_256
) -> None:
    """Raise unless the signature is over the header and the messages (§3.5.2).

    Raises:
        ProofVerificationError: it is not.
        CryptographicSecurityError: key or signature have a form that we refuse.
        ComplexityLimitError: more messages than we process.
    """
    statement = _statement(ciphersuite, public_key, header, len(messages))
    core_verify(statement, parse_signature(signature), statement.interface.messages_to_scalars(messages))


def proof_gen(
    public_key: bytes,
    signature: bytes,
    header: bytes,
    messages: Sequence[bytes],
    disclosed: Sequence[int],
    *,
    presentation_header: bytes,
    random_scalars: RandomScalars,
    ciphersuite: Ciphersuite = SHA_256,
) -> bytes:
    """Return a proof of knowing the signature that discloses the messages at some positions (§3.5.3).

    Args:
        public_key: the signer's.
        signature: as `sign` gave it.
        header: as signed.
        messages: all of them.
        disclosed: positions, ascending.
        presentation_header: bound by the proof, such as a verifier's challenge.
        random_scalars: secret, and never used twice.
        ciphersuite: as signed.

    Raises:
        ProofGenerationError: positions that no messages have, twice the same, or not ascending.
        ProofVerificationError: the signature does not fit.
        CryptographicSecurityError: key or signature have a form that we refuse.
        ComplexityLimitError: more messages than we process.
    """
    statement = _statement(ciphersuite, public_key, header, len(messages))
    hidden = hidden_positions(len(messages), disclosed)
    scalars = statement.interface.messages_to_scalars(messages)
    prover = Prover(statement, parse_signature(signature), scalars, hidden, random_scalars)
    shown = {position: scalars[position] for position in disclosed}
    return prover.finalize(prover.init.challenge(statement.interface, shown, presentation_header)).octets()


def proof_verify(
    public_key: bytes,
    proof: bytes,
    header: bytes,
    disclosed_messages: Sequence[bytes],
    disclosed: Sequence[int],
    *,
    presentation_header: bytes,
    ciphersuite: Ciphersuite = SHA_256,
) -> None:
    """Raise unless the proof shows a signature over the header and the disclosed messages (§3.5.4).

    Raises:
        ProofVerificationError: it does not.
        CryptographicSecurityError: key or proof have a form that we refuse.
        ComplexityLimitError: more messages than we process.
    """
    parsed = parse_proof(proof)
    statement = _statement(ciphersuite, public_key, header, len(parsed.hidden) + len(disclosed))
    shown = disclosed_at(disclosed, statement.interface.messages_to_scalars(disclosed_messages))
    challenge = verify_init(statement, parsed, shown).challenge(statement.interface, shown, presentation_header)
    check_proof(statement, parsed, challenge)
