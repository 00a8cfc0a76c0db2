"""JSON Web Signatures, compact (RFC 7515), read the strict way (RFC 8725).

A key knows its one algorithm: the header's `alg` is compared with it and never chooses. `typ` must be the one that is due.
Header parameters that bring a key or change what is signed are refused; so are `crit`, and `none` by having no row. The bytes
that were signed are the bytes that came: nothing is ever encoded again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from credentials.encoding import b64url_decode, b64url_encode
from credentials.errors import (
    CryptographicSecurityError,
    HeaderNotAllowedError,
    MalformedValueError,
    ParsingError,
    ProofGenerationError,
    TooLargeError,
    TypeMismatchError,
)
from credentials.keys import PublicKey, Signer, verify_signature
from credentials.parsing import DEFAULT_LIMITS, Limits, parse_json

JOSE_ALGORITHMS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"Ed25519": ("EdDSA", "Ed25519"), "ES256": ("ES256",), "ES384": ("ES384",), "ES512": ("ES512",)}
)
"""Algorithm of a key to the `alg` values it may carry; the first is written (RFC 7518 §3.1, RFC 8037, RFC 9864)."""

NOT_ALLOWED: Final = ("jwk", "jku", "x5u", "x5c", "b64", "zip")
HEADER_LIMITS: Final = Limits(size=16 * 1024, depth=8)
"""A certificate chain fits; nothing else in a header is long."""
_COMPACT: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class JWS:
    """A signed object off the wire, not verified.

    Attributes:
        header: the protected header.
        payload: the bytes that were signed.
        signature: over `signing_input`.
        signing_input: header and payload as they came.
    """

    header: Mapping[str, Any]
    payload: bytes
    signature: bytes
    signing_input: bytes

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
        if self.header["alg"] not in JOSE_ALGORITHMS.get(key.algorithm, ()):
            raise CryptographicSecurityError(f"alg is not that of the key, which is for {key.algorithm}")
        verify_signature(key, self.signature, self.signing_input)


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
    names = JOSE_ALGORITHMS.get(signer.public_key.algorithm)
    if names is None:
        raise ProofGenerationError(f"a key of {signer.public_key.algorithm} does not sign with JOSE")
    protected = encode_json({"alg": names[0], "typ": typ, **header})
    signing_input = f"{b64url_encode(protected)}.{b64url_encode(payload)}"
    return f"{signing_input}.{b64url_encode(signer.sign(signing_input.encode()))}"


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
    protected, payload, signature = text.split(".")
    header = parse_json(_part(protected, "header"), limits=HEADER_LIMITS)
    _check_header(header, typ, allow)
    signing_input = f"{protected}.{payload}".encode()
    return JWS(header, _part(payload, "payload"), _part(signature, "signature"), signing_input)


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
    for name in NOT_ALLOWED:
        if name in header and name not in allow:
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
    header = parse_json(_part(text.partition(".")[0], "header"), limits=HEADER_LIMITS)
    typ = header.get("typ")
    return media_subtype(typ) if isinstance(typ, str) else ""


def encode_json(document: Mapping[str, object]) -> bytes:
    """Return compact JSON: what is signed when something is signed for the first time."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
