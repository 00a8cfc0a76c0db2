"""Tokens encrypted to a key that is used once: compact JWE with ECDH-ES on P-256 (RFC 7516, RFC 7518 §4.6), by joserfc.

`alg` is ECDH-ES on P-256 and `enc` A128GCM or A256GCM, and nothing else: neither header nor key chooses. What was compressed, and
what names extensions, is refused.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from credentials.encoding import b64url_decode, b64url_encode
from credentials.errors import COMITY, HeaderNotAllowedError, MalformedValueError, ParsingError, TooLargeError, VCError
from credentials.keys import InMemorySigner, generate_private_key
from credentials.parsing import Limits, parse_json

ALG: Final = "ECDH-ES"
ENCS: Final = ("A128GCM", "A256GCM")
CURVE: Final = "P-256"
MAX_SIZE: Final = 1024 * 1024
_PRIVATE: Final = 32
_BELOW_ORDER: Final = 2**255 - 1
_HEADER: Final = Limits(size=4 * 1024, depth=4)
_ALLOWED: Final = frozenset({"alg", "enc", "kid", "epk", "apu", "apv", "typ", "cty"})
_COMPACT: Final = re.compile(r"([A-Za-z0-9_-]+)\.\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+")


class DecryptionError(VCError):
    """What was encrypted does not open: to another key, or changed on the way."""

    type = COMITY + "DECRYPTION_ERROR"
    title = "problem.decryption"


class _Registry(jwe.JWERegistry):
    """Takes tokens as large as we read anything."""

    max_protected_header_length = _HEADER.size * 2
    max_ciphertext_length = MAX_SIZE


_REGISTRY: Final = _Registry(algorithms=[ALG, *ENCS])


@dataclass(frozen=True, slots=True)
class Decrypted:
    """What a token held."""

    header: Mapping[str, Any]
    plaintext: bytes


def new_decryption_key(kid: str) -> dict[str, Any]:
    """Return a new private key as a JSON Web Key."""
    return decryption_key_of(generate_private_key("ES256"), kid)


def decryption_key_of(secret: bytes, kid: str) -> dict[str, Any]:
    """Return the private key that 32 secret bytes stand for; their first bit is left out, so that every one is good."""
    number = int.from_bytes(secret, "big") & _BELOW_ORDER | 1
    private = number.to_bytes(_PRIVATE, "big")
    public = InMemorySigner("", private, "ES256").public_key.jwk()
    return {**public, "kid": kid, "use": "enc", "alg": ALG, "d": b64url_encode(private)}


def public_part(key: Mapping[str, Any]) -> dict[str, Any]:
    """Return a private key without what is private."""
    return {name: value for name, value in key.items() if name != "d"}


def thumbprint(key: Mapping[str, Any]) -> bytes:
    """Return SHA-256 of a key on P-256 (RFC 7638)."""
    members = {name: key[name] for name in ("crv", "kty", "x", "y")}
    return hashlib.sha256(json.dumps(members, separators=(",", ":")).encode()).digest()


def encrypt(plaintext: bytes, recipient: Mapping[str, Any], *, enc: str, header: Mapping[str, Any] | None = None) -> str:
    """Return a compact JWE.

    Args:
        plaintext: what is encrypted.
        recipient: a public JSON Web Key on P-256; its `kid` goes into the header.
        enc: one of `ENCS`.
        header: more parameters, such as `apu` and `apv`.

    Raises:
        MalformedValueError: another kind of key or encryption.
    """
    if enc not in ENCS or recipient.get("crv") != CURVE or recipient.get("alg", ALG) != ALG:
        raise MalformedValueError("the recipient's key is not for an encryption that we do")
    named = {"kid": recipient["kid"]} if "kid" in recipient else {}
    protected = {"alg": ALG, "enc": enc, **named, **(header or {})}
    try:
        return jwe.encrypt_compact(protected, plaintext, _key(public_part(recipient)), registry=_REGISTRY)
    except (JoseError, ValueError) as error:
        raise MalformedValueError("the recipient's key is none that can be used") from error


def decrypt(text: str, key: Mapping[str, Any]) -> Decrypted:
    """Return what a compact JWE held.

    Args:
        text: off the wire.
        key: the private key, with `kid`.

    Raises:
        TooLargeError: more than is read.
        ParsingError: no compact JWE with ECDH-ES.
        HeaderNotAllowedError: another algorithm, or a parameter that we do not know.
        DecryptionError: it was encrypted to another key, or was changed.
    """
    if len(text) > MAX_SIZE:
        raise TooLargeError(f"the encrypted object has more than {MAX_SIZE // 1024} KiB")
    match = _COMPACT.fullmatch(text)
    if match is None:
        raise ParsingError("not a compact JWE whose key was agreed upon directly")
    try:
        header = parse_json(b64url_decode(match.group(1)), limits=_HEADER)
    except MalformedValueError as error:
        raise ParsingError(f"the header is {error.detail}") from error
    if header.get("alg") != ALG or header.get("enc") not in ENCS or not header.keys() <= _ALLOWED:
        raise HeaderNotAllowedError("the header asks for an encryption that we do not do")
    if header.get("kid", key["kid"]) != key["kid"]:
        raise DecryptionError("it was encrypted to another key")
    try:
        return Decrypted(header, jwe.decrypt_compact(text, _key(key), registry=_REGISTRY).plaintext or b"")
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise DecryptionError("it does not open: it was encrypted to another key, or changed") from error


def _key(jwk: Mapping[str, Any]) -> ECKey:
    return ECKey.import_key({name: jwk[name] for name in ("kty", "crv", "x", "y", "d") if name in jwk})
