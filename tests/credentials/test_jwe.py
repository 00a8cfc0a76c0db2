"""Encrypted answers, against another library and RFC 7518's example: they open for whom they are meant, and nothing else does."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash

from credentials.encoding import b64url_decode, b64url_encode
from credentials.errors import HeaderNotAllowedError, MalformedValueError, ParsingError, TooLargeError
from credentials.jwe import ENCS, MAX_SIZE, DecryptionError, decrypt, decryption_key_of, encrypt, new_decryption_key, public_part

KEY: Final = new_decryption_key("k")
NO_POINT: Final = {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43}
PARTIES: Final[list[dict[str, Any]]] = [{}, {"apu": "QWxpY2U", "apv": "Qm9i"}]


def agreed(private: bytes, jwk: dict[str, str], enc: str, apu: bytes = b"", apv: bytes = b"") -> bytes:
    """Return the key that two agree on (RFC 7518 §4.6.2), by another library than ours."""
    x, y = (int.from_bytes(b64url_decode(jwk[name]), "big") for name in ("x", "y"))
    public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    shared = ec.derive_private_key(int.from_bytes(private, "big"), ec.SECP256R1()).exchange(ec.ECDH(), public)
    bits = int(enc[1:4])
    info = b"".join(len(part).to_bytes(4, "big") + part for part in (enc.encode(), apu, apv)) + bits.to_bytes(4, "big")
    return ConcatKDFHash(SHA256(), bits // 8, info).derive(shared)


@pytest.mark.parametrize("parties", PARTIES, ids=["no parties", "parties"])
@pytest.mark.parametrize("enc", ENCS)
def test_another_library_opens_what_is_encrypted(enc: str, parties: dict[str, Any]) -> None:
    text = encrypt(b"answer", public_part(KEY), enc=enc, header=parties)
    header, _, nonce, content, tag = text.split(".")
    told = json.loads(b64url_decode(header))
    named = [b64url_decode(parties[name]) if name in parties else b"" for name in ("apu", "apv")]
    key = agreed(b64url_decode(KEY["d"]), told["epk"], enc, *named)
    assert AESGCM(key).decrypt(b64url_decode(nonce), b64url_decode(content) + b64url_decode(tag), header.encode()) == b"answer"
    assert decrypt(text, KEY).plaintext == b"answer"


@pytest.mark.parametrize("enc", ENCS)
def test_what_another_library_encrypted_opens(enc: str) -> None:
    other = new_decryption_key("other")
    told = {
        "alg": "ECDH-ES",
        "enc": enc,
        "epk": {name: other[name] for name in ("kty", "crv", "x", "y")},
        "apu": "QWxpY2U",
        "apv": "Qm9i",
    }
    header = b64url_encode(json.dumps(told).encode())
    key, nonce = agreed(b64url_decode(other["d"]), KEY, enc, b"Alice", b"Bob"), bytes(range(12))
    sealed = AESGCM(key).encrypt(nonce, b"answer", header.encode())
    assert decrypt(".".join([header, "", *map(b64url_encode, (nonce, sealed[:-16], sealed[-16:]))]), KEY).plaintext == b"answer"


def test_the_other_agreement_is_that_of_rfc_7518_appendix_c() -> None:
    alice = b64url_decode("0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo")
    bob = {"x": "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ", "y": "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck"}
    assert b64url_encode(agreed(alice, bob, "A128GCM", b"Alice", b"Bob")) == "VqqN6vgjbSBcIijNcacQGg"


def test_a_key_is_made_of_any_secret() -> None:
    for secret in (bytes(32), b"\xff" * 32, bytes(range(32))):
        made = decryption_key_of(secret, "k")
        assert decrypt(encrypt(b"answer", public_part(made), enc="A256GCM"), made).plaintext == b"answer"
        assert made == decryption_key_of(secret, "k")


def with_header(**changes: object) -> str:
    """Return a token whose header says something else; `...` takes a parameter away."""
    protected, rest = encrypt(b"answer", public_part(KEY), enc="A128GCM").split(".", 1)
    header = json.loads(b64url_decode(protected)) | changes
    return b64url_encode(json.dumps({name: value for name, value in header.items() if value is not ...}).encode()) + "." + rest


@pytest.mark.parametrize(
    "changes",
    [
        {"alg": "ECDH-ES+A128KW"},
        {"alg": "RSA-OAEP"},
        {"alg": "dir"},
        {"enc": "A128CBC-HS256"},
        {"enc": []},
        {"zip": "DEF"},
        {"crit": ["exp"]},
        {"jku": "https://x.example"},
    ],
    ids=str,
)
def test_d14_another_algorithm_or_an_extension_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(HeaderNotAllowedError):
        decrypt(with_header(**changes), KEY)


@pytest.mark.parametrize(
    "changes",
    [
        {"kid": "another"},
        {"epk": ...},
        {"epk": {"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"}},
        {"epk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}},
        {"epk": {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43}},
        {"epk": {"kty": "EC", "crv": "P-256", "x": 1, "y": 2}},
        {"apu": 1},
        {"apu": "!"},
        {"enc": "A256GCM"},
        {"typ": "JWT"},
    ],
    ids=str,
)
def test_what_was_changed_does_not_open(changes: dict[str, object]) -> None:
    with pytest.raises(DecryptionError):
        decrypt(with_header(**changes), KEY)


def test_parts_of_other_lengths_do_not_open() -> None:
    header, _, nonce, text, tag = encrypt(b"answer", public_part(KEY), enc="A128GCM").split(".")
    for parts in ((nonce[:-4], text, tag), (nonce, text, "A" * 20), (nonce, "", tag), (tag, text, nonce)):
        with pytest.raises(DecryptionError):
            decrypt(".".join([header, "", *parts]), KEY)
    with pytest.raises(DecryptionError):
        decrypt(f"{header}..{nonce}.{text}.{tag}", new_decryption_key("k"))


@pytest.mark.parametrize("text", ["", "a.b.c", "a.b.c.d.e", "a..b.c.d.e", "!..AA.AA.AA", "AA..AA.AA.AA", "A..AA.AA.AA"])
def test_what_is_no_compact_token_is_not_read(text: str) -> None:
    with pytest.raises(ParsingError):
        decrypt(text, KEY)


def test_a_token_is_bounded() -> None:
    with pytest.raises(TooLargeError):
        decrypt("A" * (MAX_SIZE + 1), KEY)


@pytest.mark.parametrize(
    ("recipient", "enc"),
    [
        (public_part(KEY), "A128CBC-HS256"),
        (public_part(KEY) | {"alg": "RSA-OAEP"}, "A128GCM"),
        ({"kty": "OKP"}, "A128GCM"),
        (NO_POINT, "A128GCM"),
    ],
)
def test_nothing_is_encrypted_to_another_kind_of_key(recipient: dict[str, Any], enc: str) -> None:
    with pytest.raises(MalformedValueError):
        encrypt(b"answer", recipient, enc=enc)
