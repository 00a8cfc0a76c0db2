"""ECDSA on P-256, P-384 and P-521 with SHA-256, SHA-384 and SHA-512 (FIPS 186-5): a part of the door to the signature engine.

A key is its compressed point (SEC 1 §2.3.3), a signature is r and s one after the other, each as long as the curve's order: one
spelling of each. Signing is deterministic (RFC 6979): no randomness that could fail, and vectors can be reproduced.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from credentials.encoding import b64url_decode, b64url_encode
from credentials.errors import CryptographicSecurityError, InvalidVerificationMethodError, ProofVerificationError

_COMPRESSED: Final = (2, 3)


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A curve and the hash that goes with it.

    Attributes:
        name: as a JSON Web Key spells it.
        size: bytes of a coordinate, and of r and s.
        curve: the engine's.
        digest: the engine's.
    """

    name: str
    size: int
    curve: ec.EllipticCurve
    digest: SHA256 | SHA384 | SHA512

    def check_key(self, raw: bytes) -> None:
        """Raise unless `raw` is a compressed point of this curve.

        Raises:
            CryptographicSecurityError: it is not.
        """
        _public_key(self, raw)

    def check(self, raw: bytes, signature: bytes, data: bytes) -> None:
        """Raise unless the signature is the key's over `data`.

        Raises:
            ProofVerificationError: it is not.
            CryptographicSecurityError: a key that we refuse.
        """
        key = _public_key(self, raw)
        if len(signature) != 2 * self.size:
            raise ProofVerificationError(f"a signature on {self.name} has {2 * self.size} bytes")
        r, s = (int.from_bytes(half, "big") for half in (signature[: self.size], signature[self.size :]))
        try:
            key.verify(encode_dss_signature(r, s), data, ec.ECDSA(self.digest))
        except InvalidSignature as error:
            raise ProofVerificationError("the signature does not fit what was signed") from error

    def jwk(self, raw: bytes) -> dict[str, str]:
        """Return a key as a JSON Web Key (RFC 7518 §6.2)."""
        numbers = _public_key(self, raw).public_numbers()
        x, y = (b64url_encode(number.to_bytes(self.size, "big")) for number in (numbers.x, numbers.y))
        return {"kty": "EC", "crv": self.name, "x": x, "y": y}

    def parse_jwk(self, jwk: Mapping[str, object]) -> bytes:
        """Return the compressed point of a JSON Web Key.

        Raises:
            InvalidVerificationMethodError: a coordinate is missing or of another length.
            CryptographicSecurityError: no point of this curve.
        """
        coordinates = [jwk.get(name) for name in ("x", "y")]
        numbers = [b64url_decode(text) for text in coordinates if isinstance(text, str)]
        if [len(number) for number in numbers] != [self.size, self.size]:
            raise InvalidVerificationMethodError(f"a coordinate on {self.name} has {self.size} bytes")
        x, y = (int.from_bytes(number, "big") for number in numbers)
        try:
            key = ec.EllipticCurvePublicNumbers(x, y, self.curve).public_key()
        except ValueError as error:
            raise CryptographicSecurityError(f"the key is no point of {self.name}") from error
        return _compressed(key)

    def generate(self) -> bytes:
        """Return the bytes of a new private key, from the engine's own randomness."""
        return ec.generate_private_key(self.curve).private_numbers().private_value.to_bytes(self.size, "big")

    def load(self, private_key: bytes) -> tuple[bytes, Callable[[bytes], bytes]]:
        """Return a private key's compressed point, and what signs with it: always the same for the same bytes (RFC 6979).

        Raises:
            CryptographicSecurityError: no private key of this curve.
        """
        if len(private_key) != self.size:
            raise CryptographicSecurityError(f"a private key of {self.name} has {self.size} bytes")
        try:
            key = ec.derive_private_key(int.from_bytes(private_key, "big"), self.curve)
        except ValueError as error:
            raise CryptographicSecurityError(f"the bytes are no private key of {self.name}") from error

        scheme = ec.ECDSA(self.digest, deterministic_signing=True)

        def sign(data: bytes) -> bytes:
            r, s = decode_dss_signature(key.sign(data, scheme))
            return r.to_bytes(self.size, "big") + s.to_bytes(self.size, "big")

        return _compressed(key.public_key()), sign


def _compressed(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


@lru_cache(maxsize=4096)
def _public_key(curve: Curve, raw: bytes) -> ec.EllipticCurvePublicKey:
    if len(raw) != curve.size + 1 or raw[0] not in _COMPRESSED:
        raise CryptographicSecurityError(f"a key of {curve.name} is a compressed point of {curve.size + 1} bytes")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(curve.curve, raw)
    except ValueError as error:
        raise CryptographicSecurityError(f"the key is no point of {curve.name}") from error


P256: Final = Curve("P-256", 32, ec.SECP256R1(), SHA256())
P384: Final = Curve("P-384", 48, ec.SECP384R1(), SHA384())
P521: Final = Curve("P-521", 66, ec.SECP521R1(), SHA512())
