"""BBS keys: a secret scalar, and its product with the base point of G2 (CFRG BBS §3.4)."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from credentials import bls
from credentials.bbs.ciphersuites import Interface
from credentials.bls import G2Point, Scalar
from credentials.errors import CryptographicSecurityError

_LEAST_KEY_MATERIAL: Final = 32
_LONGEST_KEY_INFO: Final = 65_535


def key_gen(interface: Interface, key_material: bytes, key_info: bytes = b"") -> Scalar:
    """Return the secret key that secret bytes give (§3.4.1).

    Args:
        interface: names the domain separation tag.
        key_material: at least 32 bytes that nobody can guess.
        key_info: tells several keys from the same material apart.

    Raises:
        CryptographicSecurityError: too little material, or too much information.
    """
    if len(key_material) < _LEAST_KEY_MATERIAL or len(key_info) > _LONGEST_KEY_INFO:
        raise CryptographicSecurityError("a BBS key is made from at least 32 bytes, and at most 65,535 bytes of information")
    return interface.hash_to_scalar(key_material + len(key_info).to_bytes(2, "big") + key_info, b"KEYGEN_DST_")


def sk_to_pk(secret_key: Scalar) -> bytes:
    """Return the 96 bytes of the public key (§3.4.2)."""
    return (bls.BASE_G2 * secret_key).to_compressed_bytes()


@lru_cache(maxsize=1024)
def parse_public_key(data: bytes) -> G2Point:
    """Return the point of a public key (§4.2.4.6).

    Raises:
        CryptographicSecurityError: not the one spelling of a point of G2 other than the identity.
    """
    return bls.parse_g2(data)
