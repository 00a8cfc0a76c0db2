"""What a bbs-2023 signature is bound to: to nothing, to a secret of the holder, or to the secret of its pseudonyms.

vc-di-bbs calls the three `baseline`, `anonymous_holder_binding`, and `pseudonym`, or `holder_binding_pseudonym` when the holder has
committed to a secret of its own too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from credentials.bbs import basic, blind, pseudonym
from credentials.bbs.ciphersuites import RandomScalars, random_scalars
from credentials.bbs.signer import BBSSigner
from credentials.bls import Scalar
from credentials.data_integrity.bbs_proof_value import BaseProofValue, DerivedProofValue, Feature
from credentials.errors import ProofGenerationError, ProofVerificationError


@dataclass(frozen=True, slots=True)
class HolderSecrets:
    """What a holder keeps of a commitment, and needs whenever it derives.

    Attributes:
        secret_prover_blind: blinds the commitment.
        holder_secret: what the signature is bound to, if anything.
        prover_nym: the holder's part of the secret of its pseudonyms, if it has any.
    """

    secret_prover_blind: Scalar = field(repr=False)
    holder_secret: bytes | None = field(default=None, repr=False)
    prover_nym: Scalar | None = field(default=None, repr=False)

    @property
    def committed_messages(self) -> list[bytes]:
        """What was committed to, beside the secret of pseudonyms."""
        return [] if self.holder_secret is None else [self.holder_secret]


def commit(
    random_bytes: Callable[[int], bytes], *, holder_secret: bytes | None = None, prover_nym: Scalar | None = None
) -> tuple[bytes, HolderSecrets]:
    """Return a commitment with its proof, for the issuer, and what the holder keeps.

    Raises:
        ProofGenerationError: there is nothing to commit to.
    """
    if holder_secret is None and prover_nym is None:
        raise ProofGenerationError("there is nothing to commit to")
    drawn, committed = random_scalars(random_bytes), [] if holder_secret is None else [holder_secret]
    if prover_nym is None:
        commitment, blinding = blind.commit(committed, random_scalars=drawn)
    else:
        commitment, blinding = pseudonym.commit(committed, prover_nym, random_scalars=drawn)
    return commitment, HolderSecrets(blinding, holder_secret, prover_nym)


def sign(
    signer: BBSSigner, header: bytes, messages: Sequence[bytes], commitment: bytes | None, entropy: Scalar | None
) -> tuple[Feature, bytes]:
    """Return what the signature can do, and the signature (vc-di-bbs §3.4.5).

    Raises:
        ProofGenerationError: entropy without a commitment.
        ProofVerificationError, CryptographicSecurityError: the commitment is refused.
    """
    if commitment is None:
        if entropy is not None:
            raise ProofGenerationError("a pseudonym needs the holder's commitment")
        return Feature.BASELINE, signer.sign_messages(header, messages)
    if entropy is None:
        return Feature.ANONYMOUS_HOLDER_BINDING, signer.sign_blindly(header, messages, commitment)
    return Feature.PSEUDONYM, signer.sign_with_pseudonym(header, messages, commitment, entropy)


def check_signature(base: BaseProofValue, messages: Sequence[bytes], holder: HolderSecrets | None) -> None:
    """Raise unless the base signature fits.

    Raises:
        ProofVerificationError: it does not.
        CryptographicSecurityError: key or signature have a form that we refuse.
        ProofGenerationError: the holder's secrets are not of the kind that the signature is bound to.
    """
    nym_secret = _nym_secret(base, holder)
    signed = (base.public_key, base.bbs_signature, base.bbs_header, messages)
    if holder is None:
        basic.verify(*signed)
        return
    committed, blinding = holder.committed_messages, holder.secret_prover_blind
    if nym_secret is None:
        blind.verify(*signed, committed_messages=committed, secret_prover_blind=blinding)
    else:
        pseudonym.verify(*signed, committed_messages=committed, nym_secret=nym_secret, secret_prover_blind=blinding)


def _nym_secret(base: BaseProofValue, holder: HolderSecrets | None) -> Scalar | None:
    """Return the secret of the holder's pseudonyms, if there is one.

    Raises:
        ProofGenerationError: the holder's secrets are not of the kind that the signature is bound to.
    """
    entropy, nym = base.signer_nym_entropy, holder.prover_nym if holder else None
    if (holder is None) is not (base.feature is Feature.BASELINE) or (nym is None) is not (entropy is None):
        raise ProofGenerationError("the holder's secrets are not of the kind that the signature is bound to")
    return None if nym is None or entropy is None else nym + entropy


def prove(
    base: BaseProofValue,
    messages: Sequence[bytes],
    disclosed: Sequence[int],
    *,
    holder: HolderSecrets | None,
    nym_domain: bytes | None,
    presentation_header: bytes,
    random_scalars: RandomScalars,
) -> tuple[bytes, bytes | None]:
    """Return a proof that discloses some messages, and the holder's pseudonym if there is one (vc-di-bbs §3.3.4, step 10).

    Raises:
        ProofVerificationError, CryptographicSecurityError: the base signature does not fit.
        ProofGenerationError: secrets or the context of a pseudonym are missing, or not asked for.
    """
    nym_secret = _nym_secret(base, holder)
    signed = (base.public_key, base.bbs_signature, base.bbs_header, messages, disclosed)
    if (nym_secret is None) is not (nym_domain is None):
        raise ProofGenerationError("a pseudonym needs a context, and a context a pseudonym")
    if holder is None:
        return basic.proof_gen(*signed, presentation_header=presentation_header, random_scalars=random_scalars), None
    if nym_secret is None or nym_domain is None:
        proof = blind.proof_gen(
            *signed,
            committed_messages=holder.committed_messages,
            secret_prover_blind=holder.secret_prover_blind,
            presentation_header=presentation_header,
            random_scalars=random_scalars,
        )
        return proof, None
    return pseudonym.proof_gen(
        *signed,
        nym_secret=nym_secret,
        context_id=nym_domain,
        committed_messages=holder.committed_messages,
        secret_prover_blind=holder.secret_prover_blind,
        presentation_header=presentation_header,
        random_scalars=random_scalars,
    )


def verify(value: DerivedProofValue, public_key: bytes, header: bytes, messages: Sequence[bytes], nym_domain: bytes | None) -> None:
    """Raise unless a derived proof shows a signature over the header and the messages (vc-di-bbs §3.4.7, step 6).

    Raises:
        ProofVerificationError: it does not, or a pseudonym comes without a context, or a context without a pseudonym.
        CryptographicSecurityError: key or proof have a form that we refuse.
    """
    shown = (public_key, value.bbs_proof, header, messages, value.selective_indexes)
    if (value.pseudonym is None) is not (nym_domain is None):
        raise ProofVerificationError("a pseudonym is checked in its context, and a context asks for a pseudonym")
    if value.length_bbs_messages is None:
        basic.proof_verify(*shown, presentation_header=value.presentation_header)
    elif value.pseudonym is None or nym_domain is None:
        blind.proof_verify(*shown, signed=value.length_bbs_messages, presentation_header=value.presentation_header)
    else:
        pseudonym.proof_verify(
            *shown,
            pseudonym=value.pseudonym,
            context_id=nym_domain,
            signed=value.length_bbs_messages,
            presentation_header=value.presentation_header,
        )
