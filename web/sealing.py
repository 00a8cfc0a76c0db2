"""Encryption at rest and of links: the only door to AES-GCM.

What identifies a person is sealed under a key of that person; that key is wrapped under the deployment's master key. Destroying
the wrapped key erases the person. Sealed bytes are a 12-byte random nonce, then ciphertext and tag.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from credentials.errors import COMITY, VCError

_NONCE_BYTES = 12
_KEY_BYTES = 32
_LINK_KEY_BYTES = 16
_BLOCK_SIZE = 8
_LANES = 1


class SealBrokenError(VCError):
    """Sealed bytes do not open: another key, or they were changed."""

    type = COMITY + "SEAL_BROKEN"
    title = "problem.seal-broken"


def seal_with(key: bytes, plaintext: bytes, aad: bytes) -> bytes:
    """Return `plaintext` sealed under `key` (16 or 32 bytes) and bound to `aad`."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, aad)


def open_with(key: bytes, sealed: bytes, aad: bytes) -> bytes:
    """Return what was sealed.

    Raises:
        SealBrokenError: another key, another binding, or changed bytes.
    """
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], aad)
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError("the sealed bytes do not open with this key") from error


def stretch(passphrase: bytes, salt: bytes, cost: int) -> bytes:
    """Return the 32-byte key of a passphrase: scrypt (RFC 7914) with r = 8, p = 1 and N = `cost`, a power of two."""
    return Scrypt(salt=salt, length=_KEY_BYTES, n=cost, r=_BLOCK_SIZE, p=_LANES).derive(passphrase)


def encrypt_link(content: bytes, link_id: str) -> tuple[bytes, bytes]:
    """Return (ciphertext for the server, 16-byte key for the fragment); the ciphertext is bound to the link's id."""
    key = secrets.token_bytes(_LINK_KEY_BYTES)
    return seal_with(key, content, link_id.upper().encode()), key


def decrypt_link(ciphertext: bytes, key: bytes, link_id: str) -> bytes:
    """Return what a link holds.

    Raises:
        SealBrokenError: the key is another link's, or the bytes were changed.
    """
    try:
        return open_with(key, ciphertext, link_id.upper().encode())
    except SealBrokenError as error:
        raise SealBrokenError("this code does not open what is behind it: a digit is wrong, or it is another's") from error


class Sealer:
    """Seals under keys of persons, which are wrapped under the master key."""

    def __init__(self, master: bytes) -> None:
        if len(master) != _KEY_BYTES:
            raise ValueError("the master key has 32 bytes")
        self._wrap = self._derive(master, "wrap")
        self._search = self._derive(master, "search")

    @staticmethod
    def _derive(master: bytes, use: str) -> bytes:
        return hmac.digest(master, f"comity {use} v1\x01".encode(), "sha256")

    def new_subject_key(self) -> bytes:
        """Return a fresh key, wrapped: what is stored."""
        return seal_with(self._wrap, secrets.token_bytes(_KEY_BYTES), b"subject key")

    def seal(self, wrapped: bytes, plaintext: bytes, aad: bytes) -> bytes:
        """Return `plaintext` sealed under a wrapped key."""
        return seal_with(open_with(self._wrap, wrapped, b"subject key"), plaintext, aad)

    def open(self, wrapped: bytes, sealed: bytes, aad: bytes) -> bytes:
        """Return what was sealed under a wrapped key.

        Raises:
            SealBrokenError: it does not open.
        """
        return open_with(open_with(self._wrap, wrapped, b"subject key"), sealed, aad)

    def keyed_hash(self, text: str) -> bytes:
        """Return 16 bytes that are equal for equal texts, and say nothing without the master key."""
        return hashlib.blake2b(text.encode(), digest_size=16, key=self._search).digest()
