"""JSON Web Signatures, compact (RFC 7515), read the strict way (RFC 8725): the only door to joserfc.

The library frames and takes apart; `credentials.keys` signs and checks, so that a private key may lie wherever its `Signer` has it.
A key knows its one algorithm: the header's `alg` is looked up among the names of the key's and never chooses. `typ` must be the one
that is due. Header parameters that bring a key or change what is signed are refused; so are `crit`, and `none` by having no row.
The library sees no header before it was read and judged here. The bytes that were signed are the bytes that came.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from joserfc.errors import DecodeError, ExceededSizeError, UnsupportedAlgorithmError
from joserfc.jwk import ECKey, Key, OKPKey
from joserfc.jws import (  # type: ignore[attr-defined]  # `JWSAlgModel` is documented there, and left out of its `__all__`
    CompactSignature,
    JWSAlgModel,
    JWSRegistry,
    extract_compact,
    serialize_compact,
    validate_compact,
)

from credentials.encoding import b64url_decode
from credentials.errors import (
    CryptographicSecurityError,
    HeaderNotAllowedError,
    MalformedValueError,
    ParsingError,
    ProofGenerationError,
    TooLargeError,
    TypeMismatchError,
)
from credentials.keys import ALGORITHMS, PublicKey, Signer, verify_signature
from credentials.parsing import DEFAULT_LIMITS, Limits, parse_json

JOSE_ALGORITHMS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"Ed25519": ("EdDSA", "Ed25519"), "ES256": ("ES256",), "ES384": ("ES384",), "ES512": ("ES512",)}
)
"""Algorithm of a key to the `alg` values it may carry; the first is written (RFC 7518 §3.1, RFC 8037, RFC 9864)."""

NOT_ALLOWED: Final = ("jwk", "jku", "x5u", "x5c", "zip")
"""Header parameters that only a caller who says so may meet."""
_OTHER_PAYLOAD: Final = "b64"
"""A payload that is not base64url (RFC 7797), which nobody here reads."""
HEADER_LIMITS: Final = Limits(size=16 * 1024, depth=8)
"""A certificate chain fits; nothing else in a header is long."""
_COMPACT: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


class Engine(JWSAlgModel):
    """`credentials.keys` for the library: one name of one key's algorithm."""

    def __init__(self, name: str, key: PublicKey, signer: Signer | None = None) -> None:
        self.name = name
        self.key_type = key.jwk()["kty"]
        self.public_key = key
        self.signer = signer

    def sign(self, msg: bytes, key: object) -> bytes:  # noqa: ARG002  # the library's form of the same key
        """Return the signature.

        Raises:
            ProofGenerationError: there is a public key alone.
        """
        if self.signer is None:
            raise ProofGenerationError("a public key does not sign")
        return self.signer.sign(msg)

    def verify(self, msg: bytes, sig: bytes, key: object) -> bool:  # noqa: ARG002  # as above
        """Return true, or raise as `verify_signature` does."""
        verify_signature(self.public_key, sig, msg)
        return True


class _Registry(JWSRegistry):
    """The names of one key's algorithm; headers were judged before, by rules of ours."""

    def __init__(self, key: PublicKey, signer: Signer | None = None) -> None:
        names = JOSE_ALGORITHMS.get(key.algorithm, ())
        super().__init__(algorithms=names, strict_check_header=False)
        self.header_registry = {}
        self.algorithms = {name: Engine(name, key, signer) for name in names}


class _Sizes(JWSRegistry):
    """How much is taken apart: the whole is bounded before, and so is the header."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self.max_header_length = self.max_payload_length = limits.size


@lru_cache(maxsize=4096)
def _library_key(key: PublicKey) -> Key:
    ALGORITHMS[key.algorithm].check_key(key.raw)
    jwk = key.jwk()
    return (OKPKey if jwk["kty"] == "OKP" else ECKey).import_key(dict(jwk))


@dataclass(frozen=True, slots=True)
class JWS:
    """A signed object off the wire, not verified.

    Attributes:
        header: the protected header.
        payload: the bytes that were signed.
        text: the whole as it came.
        parts: the whole as the library has it.
    """

    header: Mapping[str, Any]
    payload: bytes
    text: str
    parts: CompactSignature = field(compare=False, repr=False)

    @property
    def kid(self) -> str | None:
        """The name of the key, a hint.

        Raises:
            MalformedValueError: it is no string.
        """
        kid = self.header.get("kid")
        if kid is not None and not isinstance(kid, str):
            raise MalformedValueError("kid is no string")
        return kid

    def claims(self, limits: Limits = DEFAULT_LIMITS) -> dict[str, Any]:
        """Return the payload as a JSON object, read strictly.

        Raises:
            ParsingError, TooLargeError: it is none.
        """
        return parse_json(self.payload, limits=limits)

    def verify(self, key: PublicKey) -> None:
        """Raise unless the key signed this.

        Raises:
            CryptographicSecurityError: the header names another algorithm than the key's.
            ProofVerificationError: the signature does not fit.
        """
        try:
            validate_compact(self.parts, lambda _: _library_key(key), registry=_Registry(key))
        except UnsupportedAlgorithmError as error:
            raise CryptographicSecurityError(f"alg is not that of the key, which is for {key.algorithm}") from error


def sign_jws(payload: bytes, signer: Signer, *, typ: str, header: Mapping[str, object] = MappingProxyType({})) -> str:
    """Return a compact JWS.

    Args:
        payload: signed as it is.
        signer: its algorithm gives `alg`.
        typ: what the object is.
        header: more parameters, such as `kid` and `cty`.

    Raises:
        ProofGenerationError: the key's algorithm has no name in JOSE.
    """
    key = signer.public_key
    names = JOSE_ALGORITHMS.get(key.algorithm)
    if names is None:
        raise ProofGenerationError(f"a key of {key.algorithm} does not sign with JOSE")
    return serialize_compact({"alg": names[0], "typ": typ, **header}, payload, _library_key(key), registry=_Registry(key, signer))


def parse_jws(text: str, *, typ: Collection[str], allow: Collection[str] = (), limits: Limits = DEFAULT_LIMITS) -> JWS:
    """Return a compact JWS, not verified.

    Args:
        text: exactly three parts.
        typ: the values of `typ` that are due, the empty one where none need be there; `application/` in front and case do not
            matter (RFC 7515 §4.1.9).
        allow: header parameters of `NOT_ALLOWED` that the caller knows how to judge.
        limits: of the whole.

    Raises:
        ParsingError: not three parts of base64url, or the header is no JSON object.
        TooLargeError: more than is read.
        TypeMismatchError: another `typ`, or none.
        HeaderNotAllowedError: a parameter that is refused.
        CryptographicSecurityError: `crit`, or an `alg` that we do not know.
    """
    if len(text) > limits.size:
        raise TooLargeError(f"the signed object has more than {limits.size // 1024} KiB")
    if not _COMPACT.fullmatch(text):
        raise ParsingError("not a JWS: three parts of base64url with a dot between them")
    header = _header(text)
    _check_header(header, typ, allow)
    try:
        parts = extract_compact(text.encode(), registry=_Sizes(limits))
    except ExceededSizeError as error:
        raise TooLargeError("the signed object has a part that is longer than we read") from error
    except DecodeError as error:
        raise ParsingError("the payload is not base64url text") from error
    _part(text.rpartition(".")[2], "signature")
    return JWS(header, parts.payload, text, parts)


def _header(text: str) -> dict[str, Any]:
    """Return the header, read strictly: the library would take a member twice, and any depth."""
    return parse_json(_part(text.partition(".")[0], "header"), limits=HEADER_LIMITS)


def _part(text: str, name: str) -> bytes:
    try:
        return b64url_decode(text)
    except MalformedValueError as error:
        raise ParsingError(f"the {name} is {error.detail}") from error


def _check_header(header: Mapping[str, Any], typ: Collection[str], allow: Collection[str]) -> None:
    alg = header.get("alg")
    if not any(alg in names for names in JOSE_ALGORITHMS.values()):
        raise CryptographicSecurityError("alg is none that we accept")
    if "crit" in header:
        raise CryptographicSecurityError("crit names extensions that we do not know")
    for name in (_OTHER_PAYLOAD, *(name for name in NOT_ALLOWED if name not in allow)):
        if name in header:
            raise HeaderNotAllowedError(f"the header must not carry {name}")
    named = header.get("typ", "")
    if not isinstance(named, str) or media_subtype(named) not in typ:
        raise TypeMismatchError(f"typ is not {' or '.join(sorted(typ))}")


def media_subtype(typ: str) -> str:
    """Return a `typ` without `application/`, in lower case: how two are compared."""
    return typ.lower().removeprefix("application/")


def unverified_typ(text: str) -> str:
    """Return the `typ` that a compact JWS gives itself, to choose how it is read; empty when it gives none.

    Raises:
        ParsingError, TooLargeError: it has no readable header.
    """
    typ = _header(text).get("typ")
    return media_subtype(typ) if isinstance(typ, str) else ""


def encode_json(document: Mapping[str, object]) -> bytes:
    """Return compact JSON: what is signed when something is signed for the first time."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
