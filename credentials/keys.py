"""Keys and signatures: the only door to the signature engine, with `ecdsa` for its curves.

A public key knows its one algorithm, so that a document can never choose the algorithm for a key. Ed25519 follows
RFC 8032 in the strict reading: a key or commitment of small order, a non-canonical point and S >= L are refused,
whatever the engine beneath would accept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from credentials.bbs.keys import parse_public_key
from credentials.ecdsa import P256, P384, P521
from credentials.encoding import b64url_decode, b64url_encode, multibase_decode, multibase_encode
from credentials.errors import (
    COMITY,
    CryptographicSecurityError,
    InvalidVerificationMethodError,
    ProofVerificationError,
    VCError,
)

_FIELD_PRIME: Final = 2**255 - 19
_GROUP_ORDER: Final = 2**252 + 27742317777372353535851937790883648493
_ORDER_8_Y: Final = 2707385501144840649318225287225658788936804267575313519463743609750303402022
_SMALL_ORDER_Y: Final = frozenset({0, 1, _FIELD_PRIME - 1, _ORDER_8_Y, _FIELD_PRIME - _ORDER_8_Y})
_SIGN_BIT: Final = 1 << 255
_ED25519_MULTICODEC: Final = b"\xed\x01"
_BBS_MULTICODEC: Final = b"\xeb\x01"
_P256_MULTICODEC: Final = b"\x80\x24"
_P384_MULTICODEC: Final = b"\x81\x24"
_P521_MULTICODEC: Final = b"\x82\x24"
_ED25519_BYTES: Final = 32
_ED25519_SIGNATURE_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key and its one algorithm.

    Attributes:
        algorithm: a key of `ALGORITHMS`.
        raw: the key's bytes; for Ed25519 the 32 bytes of RFC 8032, for ES256, ES384 and BBS those of a compressed point.
    """

    algorithm: str
    raw: bytes

    @property
    def multibase(self) -> str:
        """The Multikey form, such as `z6Mk…` (Controlled Identifiers 1.0 §2.2.2)."""
        return multibase_encode(ALGORITHMS[self.algorithm].multicodec + self.raw)

    def jwk(self) -> dict[str, str]:
        """Return the key as a JSON Web Key (RFC 7517).

        Raises:
            CryptographicSecurityError: a BBS key, which signs no tokens.
        """
        return ALGORITHMS[self.algorithm].jwk(self.raw)


class KeyStoreError(VCError):
    """The place where private keys are kept does not answer, or not as it should: nothing was signed."""

    type = COMITY + "KEY_STORE_UNAVAILABLE"
    title = "problem.key-store"
    could_not_check = True


class Signer(Protocol):
    """Signs bytes with one key."""

    @property
    def verification_method(self) -> str:
        """The DID URL under which the public key is found."""
        ...

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Return the signature over `data`.

        Raises:
            KeyStoreError: the key is kept elsewhere, and that place does not answer.
        """
        ...


class KeyStore(Protocol):
    """Keeps private keys and lends signers."""

    def create(self, verification_method: str, algorithm: str = "Ed25519") -> PublicKey:
        """Make a key for that algorithm under that name, or return the one that exists."""
        ...

    def signer(self, verification_method: str) -> Signer:
        """Return the signer of that key."""
        ...

    def verification_methods(self) -> tuple[str, ...]:
        """Return the names of all keys, sorted."""
        ...


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A signature algorithm: how its keys are spelled and its signatures checked.

    `check` raises `ProofVerificationError`; `check_key` and `jwk` raise `CryptographicSecurityError`.
    """

    name: str
    multicodec: bytes
    check_key: Callable[[bytes], None]
    check: Callable[[bytes, bytes, bytes], None]
    jwk: Callable[[bytes], dict[str, str]]


def _check_ed25519_point(point: bytes, what: str) -> None:
    y = int.from_bytes(point, "little") & (_SIGN_BIT - 1)
    if y >= _FIELD_PRIME:
        raise CryptographicSecurityError(f"the {what} is not canonically encoded")
    if y in _SMALL_ORDER_Y:
        raise CryptographicSecurityError(f"the {what} is of small order")


def _check_ed25519_key(raw: bytes) -> None:
    if len(raw) != _ED25519_BYTES:
        raise CryptographicSecurityError("an Ed25519 key has 32 bytes")
    _check_ed25519_point(raw, "key")


@lru_cache(maxsize=4096)
def _ed25519_key(raw: bytes) -> Ed25519PublicKey:
    _check_ed25519_key(raw)
    return Ed25519PublicKey.from_public_bytes(raw)


def _verify_ed25519(raw: bytes, signature: bytes, data: bytes) -> None:
    key = _ed25519_key(raw)
    if len(signature) != _ED25519_SIGNATURE_BYTES:
        raise ProofVerificationError("an Ed25519 signature has 64 bytes")
    _check_ed25519_point(signature[:32], "signature's commitment")
    if int.from_bytes(signature[32:], "little") >= _GROUP_ORDER:
        raise CryptographicSecurityError("the signature is not in its one canonical form")
    try:
        key.verify(signature, data)
    except InvalidSignature as error:
        raise ProofVerificationError("the signature does not fit what was signed") from error


def _check_bbs_key(raw: bytes) -> None:
    parse_public_key(raw)


def _refuse_bytes(_raw: bytes, _signature: bytes, _data: bytes) -> None:
    raise CryptographicSecurityError("a BBS key signs lists of messages, not bytes")


def _ed25519_jwk(raw: bytes) -> dict[str, str]:
    return {"kty": "OKP", "crv": "Ed25519", "x": b64url_encode(raw)}


def _refuse_jwk(_raw: bytes) -> dict[str, str]:
    raise CryptographicSecurityError("a BBS key is not spelled as a JSON Web Key here")


ALGORITHMS: Final[Mapping[str, Algorithm]] = MappingProxyType(
    {
        "Ed25519": Algorithm("Ed25519", _ED25519_MULTICODEC, _check_ed25519_key, _verify_ed25519, _ed25519_jwk),
        "ES256": Algorithm("ES256", _P256_MULTICODEC, P256.check_key, P256.check, P256.jwk),
        "ES384": Algorithm("ES384", _P384_MULTICODEC, P384.check_key, P384.check, P384.jwk),
        "ES512": Algorithm("ES512", _P521_MULTICODEC, P521.check_key, P521.check, P521.jwk),
        "BBS": Algorithm("BBS", _BBS_MULTICODEC, _check_bbs_key, _refuse_bytes, _refuse_jwk),
    }
)


def verify_signature(key: PublicKey, signature: bytes, data: bytes) -> None:
    """Raise unless `signature` is the key's over `data`.

    Raises:
        ProofVerificationError: it is not.
        CryptographicSecurityError: key or signature have a form that we refuse.
    """
    ALGORITHMS[key.algorithm].check(key.raw, signature, data)


def parse_multikey(text: str) -> PublicKey:
    """Return the key of a `publicKeyMultibase` (base58btc).

    Raises:
        InvalidVerificationMethodError: a key type that we do not know.
        CryptographicSecurityError: a key that we refuse.
    """
    data = multibase_decode(text, bases="z")
    for algorithm in ALGORITHMS.values():
        if data.startswith(algorithm.multicodec):
            raw = data.removeprefix(algorithm.multicodec)
            algorithm.check_key(raw)
            return PublicKey(algorithm.name, raw)
    raise InvalidVerificationMethodError("the key is of a type that we do not know")


def parse_jwk(jwk: Mapping[str, object]) -> PublicKey:
    """Return the key of a public JSON Web Key.

    Raises:
        InvalidVerificationMethodError: a key type that we do not know, not one for signatures, or a private key.
        MalformedValueError, CryptographicSecurityError: a key that we refuse.
    """
    if "d" in jwk:
        raise InvalidVerificationMethodError("a private key has no place here")
    row = _JWK_TYPES.get((str(jwk.get("kty")), str(jwk.get("crv"))))
    if row is None:
        raise InvalidVerificationMethodError("the key is of a type that we do not know")
    algorithm, algs, parse = row
    if jwk.get("use", "sig") != "sig" or jwk.get("alg", algorithm) not in algs:
        raise InvalidVerificationMethodError("the key is not for this kind of signatures")
    return PublicKey(algorithm, parse(jwk))


def _parse_ed25519_jwk(jwk: Mapping[str, object]) -> bytes:
    x = jwk.get("x")
    if not isinstance(x, str):
        raise InvalidVerificationMethodError("the key has no x")
    raw = b64url_decode(x)
    _check_ed25519_key(raw)
    return raw


_JWK_TYPES: Final[Mapping[tuple[str, str], tuple[str, tuple[str, ...], Callable[[Mapping[str, object]], bytes]]]] = {
    ("OKP", "Ed25519"): ("Ed25519", ("Ed25519", "EdDSA"), _parse_ed25519_jwk),
    ("EC", "P-256"): ("ES256", ("ES256",), P256.parse_jwk),
    ("EC", "P-384"): ("ES384", ("ES384",), P384.parse_jwk),
    ("EC", "P-521"): ("ES512", ("ES512",), P521.parse_jwk),
}
"""(`kty`, `crv`) to the algorithm, the `alg` values that name it, and what reads the key."""


def _load_ed25519(private_key: bytes) -> tuple[bytes, Callable[[bytes], bytes]]:
    try:
        key = Ed25519PrivateKey.from_private_bytes(private_key)
    except ValueError as error:
        raise CryptographicSecurityError("a private Ed25519 key has 32 bytes") from error
    return key.public_key().public_bytes_raw(), key.sign


_LOAD: Final[Mapping[str, Callable[[bytes], tuple[bytes, Callable[[bytes], bytes]]]]] = {
    "Ed25519": _load_ed25519,
    "ES256": P256.load,
    "ES384": P384.load,
    "ES512": P521.load,
}
_GENERATE: Final[Mapping[str, Callable[[], bytes]]] = {
    "Ed25519": lambda: Ed25519PrivateKey.generate().private_bytes_raw(),
    "ES256": P256.generate,
    "ES384": P384.generate,
    "ES512": P521.generate,
}


def generate_private_key(algorithm: str = "Ed25519") -> bytes:
    """Return the bytes of a new private key for Ed25519, ES256, ES384 or ES512, from the engine's own randomness."""
    return _GENERATE[algorithm]()


class InMemorySigner:
    """Signs with a key that stays in this process.

    Raises:
        CryptographicSecurityError: the private key is none of this algorithm.
    """

    def __init__(self, verification_method: str, private_key: bytes, algorithm: str = "Ed25519") -> None:
        self._verification_method = verification_method
        raw, self._sign = _LOAD[algorithm](private_key)
        self._public_key = PublicKey(algorithm, raw)

    @property
    def verification_method(self) -> str:
        """The DID URL under which the public key is found."""
        return self._verification_method

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        return self._public_key

    def sign(self, data: bytes) -> bytes:
        """Return the signature over `data`."""
        return self._sign(data)
