"""COSE_Sign1 (RFC 9052 §4.2), read the strict way: tag 18, `alg` and `typ` protected, nothing that brings a key.

Mobile documents carry it in their own way (ISO/IEC 18013-5:2021 §9.1.2.4, §9.1.3.5): without tag and `typ`, with certificates
beside the signature, and with a payload that may be elsewhere. It is told apart by what surrounds it.

The only door to cwt. The library frames and makes the bytes that are signed; `credentials.keys` signs and checks, so that a private
key may lie wherever its `Signer` has it. It sees nothing that was not read here before, in strict CBOR.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from cwt import COSE
from cwt.cose_key_interface import COSEKeyInterface

from credentials import cbor
from credentials.errors import (
    CryptographicSecurityError,
    HeaderNotAllowedError,
    MalformedValueError,
    ParsingError,
    ProofGenerationError,
    TypeMismatchError,
)
from credentials.keys import PublicKey, Signer, verify_signature

COSE_ALGORITHMS: Final[Mapping[str, tuple[int, ...]]] = MappingProxyType(
    {"Ed25519": (-8, -19), "ES256": (-7, -9), "ES384": (-35, -51), "ES512": (-36, -52)}
)
"""Algorithm of a key to the `alg` values it may carry; the first is written (RFC 9053 §2, RFC 9864)."""

COSE_SIGN1: Final = 18
ALG, CRIT, CONTENT_TYPE, KID, CWT_CLAIMS, TYP, X5CHAIN = 1, 2, 3, 4, 15, 16, 33
"""Header labels (RFC 9052 §3.1, RFC 9597, RFC 9596, RFC 9360)."""
NOT_ALLOWED: Final = MappingProxyType({32: "x5bag", X5CHAIN: "x5chain", 35: "x5u"})
_PARTS: Final = 4
_OKP, _EC2 = 1, 2  # key types (RFC 9053 §7)
_SIGN1: Final = COSE.new()


class Engine(COSEKeyInterface):
    """`credentials.keys` for the library: a key for the algorithm that one header names."""

    def __init__(self, header: Mapping[Any, Any], key: PublicKey, signer: Signer | None = None) -> None:
        super().__init__({1: _OKP if key.algorithm == "Ed25519" else _EC2, 3: header[ALG]})
        self.named = header.get(KID)
        self.public_key = key
        self.signer = signer

    @property
    def kid(self) -> Any:  # noqa: ANN401  # whatever stands in the header
        """The name in the header: the key was chosen before."""
        return self.named

    def sign(self, msg: bytes) -> bytes:
        """Return the signature.

        Raises:
            ProofGenerationError: there is a public key alone.
        """
        if self.signer is None:
            raise ProofGenerationError("a public key does not sign")
        return self.signer.sign(msg)

    def verify(self, msg: bytes, sig: bytes) -> None:
        """Raise as `verify_signature` does."""
        verify_signature(self.public_key, sig, msg)


@dataclass(frozen=True, slots=True)
class CoseSign1:
    """A signed object off the wire, not verified.

    Attributes:
        header: the protected header; `kid` also from the unprotected one.
        payload: the bytes that were signed.
        content: the whole as it came.
    """

    header: Mapping[Any, Any]
    payload: bytes
    content: bytes

    @property
    def kid(self) -> str | None:
        """The name of the key, a hint.

        Raises:
            MalformedValueError: it is no byte string of text.
        """
        kid = self.header.get(KID)
        if kid is None:
            return None
        try:
            return bytes.decode(kid)
        except (TypeError, UnicodeDecodeError) as error:
            raise MalformedValueError("kid is no byte string of text") from error

    def verify(self, key: PublicKey) -> None:
        """Raise unless the key signed this.

        Raises:
            CryptographicSecurityError: the header names another algorithm than the key's.
            ProofVerificationError: the signature does not fit.
        """
        if self.header[ALG] not in COSE_ALGORITHMS.get(key.algorithm, ()):
            raise CryptographicSecurityError(f"alg is not that of the key, which is for {key.algorithm}")
        _SIGN1.decode(self.content, Engine(self.header, key))


def sign_cose(payload: bytes, signer: Signer, *, typ: str, header: Mapping[int, object] = MappingProxyType({})) -> bytes:
    """Return a tagged COSE_Sign1.

    Args:
        payload: signed as it is.
        signer: its algorithm gives `alg`.
        typ: what the object is.
        header: more protected parameters, such as `KID` and `CONTENT_TYPE`.

    Raises:
        ProofGenerationError: the key's algorithm has no number in COSE.
    """
    numbers = COSE_ALGORITHMS.get(signer.public_key.algorithm)
    if numbers is None:
        raise ProofGenerationError(f"a key of {signer.public_key.algorithm} does not sign with COSE")
    sorted_header = cbor.decode(cbor.encode({ALG: numbers[0], TYP: typ, **header}))
    engine = Engine({ALG: numbers[0]}, signer.public_key, signer)
    return bytes(_SIGN1.encode_and_sign(payload, engine, protected=sorted_header))


def parse_cose(content: bytes, *, typ: Collection[str], allow: Collection[int] = ()) -> CoseSign1:
    """Return a COSE_Sign1, not verified.

    Args:
        content: tag 18 and nothing after it.
        typ: the values of `typ` that are due.
        allow: labels of `NOT_ALLOWED` that the caller knows how to judge.

    Raises:
        ParsingError, TooLargeError: no COSE_Sign1 in strict CBOR with its payload in it.
        TypeMismatchError: another `typ`, or none.
        HeaderNotAllowedError: a parameter that is refused, or one that must be protected and is not.
        CryptographicSecurityError: `crit`, or an `alg` that we do not know.
    """
    parts = cbor.decode(content, tag=COSE_SIGN1)
    if not isinstance(parts, list) or len(parts) != _PARTS:
        raise ParsingError("not a COSE_Sign1: an array of four")
    protected, unprotected, payload, signature = parts
    if not all(isinstance(part, bytes) for part in (protected, payload, signature)) or not isinstance(unprotected, dict):
        raise ParsingError("not a COSE_Sign1: header, payload and signature are byte strings")
    header = cbor.decode(protected)
    if not isinstance(header, dict):
        raise ParsingError("not a COSE_Sign1: the protected header is a map")
    _check_header(header, unprotected, typ, allow)
    return CoseSign1({**unprotected, **header}, payload, content)


def sign_part(payload: bytes, signer: Signer, *, beside: Mapping[int, object], detached: bool = False) -> list[Any]:
    """Return a COSE_Sign1 as a part of a mobile document: an array of four.

    Args:
        payload: signed as it is.
        signer: its algorithm gives `alg`, the only protected parameter.
        beside: the parameters that are not protected.
        detached: whether the payload is left out.

    Raises:
        ProofGenerationError: the key's algorithm has no number in COSE.
    """
    numbers = COSE_ALGORITHMS.get(signer.public_key.algorithm)
    if numbers is None:
        raise ProofGenerationError(f"a key of {signer.public_key.algorithm} does not sign with COSE")
    engine = Engine({ALG: numbers[0]}, signer.public_key, signer)
    content = _SIGN1.encode_and_sign(payload, engine, protected={ALG: numbers[0]})
    protected, _, _, signature = cbor.decode(bytes(content), tag=COSE_SIGN1)
    return [protected, dict(beside), None if detached else payload, signature]


def parse_part(parts: object, detached: bytes | None = None) -> CoseSign1:
    """Return a COSE_Sign1 that is a part of a mobile document, not verified; parameters that we do not know are ignored.

    Args:
        parts: what stands there.
        detached: the payload where it must be left out; None where it must be there.

    Raises:
        ParsingError: no COSE_Sign1, or its payload is not where it is due.
        HeaderNotAllowedError: a parameter stands twice.
        CryptographicSecurityError: `crit`, or an `alg` that we do not know or that is not protected.
    """
    if not isinstance(parts, list) or len(parts) != _PARTS:
        raise ParsingError("not a COSE_Sign1: an array of four")
    protected, beside, payload, signature = parts
    if not all(isinstance(part, bytes) for part in (protected, signature)) or not isinstance(beside, dict):
        raise ParsingError("not a COSE_Sign1: header and signature are byte strings")
    if (payload is not None) if detached is not None else not isinstance(payload, bytes):
        raise ParsingError("the payload is not where it is due")
    header = cbor.decode(protected)
    if not isinstance(header, dict):
        raise ParsingError("not a COSE_Sign1: the protected header is a map")
    if set(beside) & set(header):
        raise HeaderNotAllowedError("a parameter stands both protected and not")
    if not any(header.get(ALG) in numbers for numbers in COSE_ALGORITHMS.values()):
        raise CryptographicSecurityError("alg is none that we accept, or is not protected")
    if CRIT in header:
        raise CryptographicSecurityError("crit names extensions that we do not know")
    signed = payload if detached is None else detached
    known = {label: beside[label] for label in (KID, X5CHAIN) if label in beside}
    return CoseSign1({**known, **header}, signed, cbor.encode([protected, {}, signed, signature], tag=COSE_SIGN1))


def _check_header(header: dict[Any, Any], unprotected: dict[Any, Any], typ: Collection[str], allow: Collection[int]) -> None:
    if not set(unprotected) <= {KID} or set(unprotected) & set(header):
        raise HeaderNotAllowedError("of the header only kid may stand unprotected, and only once")
    if not any(header.get(ALG) in numbers for numbers in COSE_ALGORITHMS.values()):
        raise CryptographicSecurityError("alg is none that we accept")
    if CRIT in header:
        raise CryptographicSecurityError("crit names extensions that we do not know")
    for label, name in NOT_ALLOWED.items():
        if label in header and label not in allow:
            raise HeaderNotAllowedError(f"the header must not carry {name}")
    found = header.get(TYP)
    if not isinstance(found, str) or found.lower() not in typ:
        raise TypeMismatchError(f"typ is not {' or '.join(sorted(typ))}")
