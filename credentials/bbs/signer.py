"""Who signs with a BBS key: lists of messages, some of them unseen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from credentials import bls
from credentials.bbs import basic, blind, pseudonym
from credentials.bbs.keys import key_gen, sk_to_pk
from credentials.bls import Scalar
from credentials.keys import PublicKey


@runtime_checkable
class BBSSigner(Protocol):
    """Signs messages with one BBS key, ciphersuite BLS12-381-SHA-256."""

    @property
    def verification_method(self) -> str:
        """The DID URL under which the public key is found."""
        ...

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        ...

    def sign_messages(self, header: bytes, messages: Sequence[bytes]) -> bytes:
        """Return the 80-byte signature over a header and messages."""
        ...

    def sign_blindly(self, header: bytes, messages: Sequence[bytes], commitment_with_proof: bytes) -> bytes:
        """Return the signature over these, and over what the holder has committed to."""
        ...

    def sign_with_pseudonym(
        self, header: bytes, messages: Sequence[bytes], commitment_with_proof: bytes, signer_nym_entropy: Scalar
    ) -> bytes:
        """Return the signature over these, and over the secret of the holder's pseudonyms."""
        ...


def generate_private_key(random_bytes: Callable[[int], bytes]) -> bytes:
    """Return the 32 bytes of a new private key."""
    return key_gen(basic.interface(), random_bytes(bls.SCALAR_BYTES)).to_be_bytes()


class InMemoryBBSSigner:
    """Signs with a BBS key that stays in this process.

    Raises:
        CryptographicSecurityError: the private key is not 32 bytes that spell a scalar.
    """

    def __init__(self, verification_method: str, private_key: bytes) -> None:
        self._verification_method = verification_method
        self._key = bls.parse_scalar(private_key)
        self._public_key = PublicKey("BBS", sk_to_pk(self._key))

    @property
    def verification_method(self) -> str:
        """The DID URL under which the public key is found."""
        return self._verification_method

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        return self._public_key

    def sign_messages(self, header: bytes, messages: Sequence[bytes]) -> bytes:
        """Return the 80-byte signature over a header and messages."""
        return basic.sign(self._key, header, messages)

    def sign_blindly(self, header: bytes, messages: Sequence[bytes], commitment_with_proof: bytes) -> bytes:
        """Return the signature over these, and over what the holder has committed to.

        Raises:
            ProofVerificationError, CryptographicSecurityError: the commitment is refused.
        """
        return blind.blind_sign(self._key, commitment_with_proof, header, messages)

    def sign_with_pseudonym(
        self, header: bytes, messages: Sequence[bytes], commitment_with_proof: bytes, signer_nym_entropy: Scalar
    ) -> bytes:
        """Return the signature over these, and over the secret of the holder's pseudonyms.

        Raises:
            ProofVerificationError, CryptographicSecurityError: the commitment is refused.
        """
        return pseudonym.blind_sign(self._key, commitment_with_proof, signer_nym_entropy, header, messages)
