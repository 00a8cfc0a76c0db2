"""Answers encrypted to a key that is used once: compact JWE with ECDH-ES on P-256 (RFC 7516, RFC 7518 §4.6).

`enc` is A128GCM or A256GCM, and nothing else: neither header nor key chooses an algorithm. What was compressed, and what names
extensions, is refused. Key agreement, derivation and AES-GCM are those of `web.sealing`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from credentials.encoding import b64url_decode, b64url_encode
from credentials.errors import COMITY, HeaderNotAllowedError, MalformedValueError, ParsingError, TooLargeError, VCError
from credentials.parsing import Limits, parse_json
from web.sealing import AgreementKey, SealBrokenError, agreement_key_of, new_agreement_key, open_apart, seal_apart

ALG: Final = "ECDH-ES"
ENCS: Final[Mapping[str, int]] = MappingProxyType({"A128GCM": 16, "A256GCM": 32})
"""`enc` to the bytes of its key."""
CURVE: Final = "P-256"
MAX_SIZE: Final = 1024 * 1024
_HEADER: Final = Limits(size=4 * 1024, depth=4)
_ALLOWED: Final = frozenset({"alg", "enc", "kid", "epk", "apu", "apv", "typ", "cty"})
_COMPACT: Final = re.compile(r"([A-Za-z0-9_-]+)\.\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)\.([A-Za-z0-9_-]+)")
_COORDINATE: Final = 32


class DecryptionError(VCError):
    """What was encrypted does not open: to another key, or changed on the way."""

    type = COMITY + "DECRYPTION_ERROR"
    title = "problem.decryption"


@dataclass(frozen=True, slots=True)
class Decrypted:
    """What a token held."""

    header: Mapping[str, Any]
    plaintext: bytes


def new_decryption_key(kid: str) -> dict[str, Any]:
    """Return a new private key as a JSON Web Key."""
    return _private(new_agreement_key(), kid)


def decryption_key_of(secret: bytes, kid: str) -> dict[str, Any]:
    """Return the private key that 32 secret bytes stand for, as a JSON Web Key."""
    return _private(agreement_key_of(secret), kid)


def _private(key: AgreementKey, kid: str) -> dict[str, Any]:
    return {**_epk(key), "kid": kid, "use": "enc", "alg": ALG, "d": b64url_encode(key.secret)}


def public_part(key: Mapping[str, Any]) -> dict[str, Any]:
    """Return a private key without what is private."""
    return {name: value for name, value in key.items() if name != "d"}


def encrypt(plaintext: bytes, recipient: Mapping[str, Any], *, enc: str, header: Mapping[str, Any] | None = None) -> str:
    """Return a compact JWE.

    Args:
        plaintext: what is encrypted.
        recipient: a public JSON Web Key on P-256; its `kid` goes into the header.
        enc: a key of `ENCS`.
        header: more parameters, such as `apu` and `apv`.

    Raises:
        MalformedValueError: another kind of key or encryption.
        SealBrokenError: the recipient's key is no point of the curve.
    """
    if enc not in ENCS or recipient.get("alg", ALG) != ALG:
        raise MalformedValueError("the recipient's key is not for an encryption that we do")
    key = new_agreement_key()
    named = {"kid": recipient["kid"]} if "kid" in recipient else {}
    protected = {"alg": ALG, "enc": enc, **named, **(header or {}), "epk": _epk(key)}
    text = b64url_encode(json.dumps(protected, separators=(",", ":")).encode())
    parts = seal_apart(key.agree(*_point(recipient), _info(protected), ENCS[enc]), plaintext, text.encode())
    return ".".join([text, "", *map(b64url_encode, parts)])


def decrypt(text: str, key: Mapping[str, Any]) -> Decrypted:
    """Return what a compact JWE held.

    Args:
        text: off the wire.
        key: the private key, with `kid`.

    Raises:
        TooLargeError: more than is read.
        ParsingError: no compact JWE whose key was agreed upon directly.
        HeaderNotAllowedError: another algorithm, or a parameter that we do not know.
        DecryptionError: it was encrypted to another key, or was changed.
    """
    if len(text) > MAX_SIZE:
        raise TooLargeError(f"the encrypted object has more than {MAX_SIZE // 1024} KiB")
    match = _COMPACT.fullmatch(text)
    if match is None:
        raise ParsingError("not a compact JWE whose key was agreed upon directly")
    try:
        protected, *parts = map(b64url_decode, match.groups())
        header = parse_json(protected, limits=_HEADER)
    except MalformedValueError as error:
        raise ParsingError(f"a part of the JWE is {error.detail}") from error
    if header.get("alg") != ALG or header.get("enc") not in (*ENCS,) or not header.keys() <= _ALLOWED:
        raise HeaderNotAllowedError("the header asks for an encryption that we do not do")
    if header.get("kid", key["kid"]) != key["kid"]:
        raise DecryptionError("it was encrypted to another key")
    return Decrypted(header, _opened(header, parts, key, match.group(1).encode()))


def _opened(header: Mapping[str, Any], parts: list[bytes], key: Mapping[str, Any], aad: bytes) -> bytes:
    mine = AgreementKey(*(b64url_decode(key[name]) for name in ("d", "x", "y")))
    nonce, ciphertext, tag = parts
    try:
        agreed = mine.agree(*_point(header.get("epk")), _info(header), ENCS[header["enc"]])
        return open_apart(agreed, nonce, ciphertext, tag, aad)
    except (SealBrokenError, MalformedValueError) as error:
        raise DecryptionError("it does not open: it was encrypted to another key, or changed") from error


def _epk(key: AgreementKey) -> dict[str, str]:
    return {"kty": "EC", "crv": CURVE, "x": b64url_encode(key.x), "y": b64url_encode(key.y)}


def _point(jwk: object) -> tuple[bytes, bytes]:
    """Return the coordinates of a public key on P-256.

    Raises:
        MalformedValueError: it is none.
    """
    if not isinstance(jwk, Mapping) or (jwk.get("kty"), jwk.get("crv")) != ("EC", CURVE):
        raise MalformedValueError("the key is none on P-256")
    x, y = (b64url_decode(jwk[name]) if isinstance(jwk.get(name), str) else b"" for name in ("x", "y"))
    if (len(x), len(y)) != (_COORDINATE, _COORDINATE):
        raise MalformedValueError("the key's coordinates have 32 bytes")
    return x, y


def _info(header: Mapping[str, Any]) -> bytes:
    """Return what the derivation is bound to (RFC 7518 §4.6.2).

    Raises:
        MalformedValueError: `apu` or `apv` is no base64url.
    """
    parties = [header.get(name, "") for name in ("apu", "apv")]
    if not all(isinstance(party, str) for party in parties):
        raise MalformedValueError("apu and apv are texts")
    named = [str(header["enc"]).encode(), *(b64url_decode(party) if party else b"" for party in parties)]
    counted = b"".join(len(part).to_bytes(4, "big") + part for part in named)
    return counted + (ENCS[header["enc"]] * 8).to_bytes(4, "big")
