"""Encrypted answers, against `joserfc` and RFC 7518's own example: they open for whom they are meant, and nothing else does."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from joserfc import jwe
from joserfc.jwk import ECKey

from credentials.encoding import b64url_decode, b64url_encode
from credentials.errors import HeaderNotAllowedError, MalformedValueError, ParsingError, TooLargeError
from web.jwe import ENCS, MAX_SIZE, DecryptionError, decrypt, encrypt, new_decryption_key, public_part
from web.sealing import AgreementKey

KEY: Final = new_decryption_key("k")
PARTIES: Final[list[dict[str, Any]]] = [{}, {"apu": "QWxpY2U", "apv": "Qm9i"}]


def theirs() -> ECKey:
    return ECKey.import_key({name: KEY[name] for name in ("kty", "crv", "x", "y", "d")})


@pytest.mark.parametrize("parties", PARTIES, ids=["no parties", "parties"])
@pytest.mark.parametrize("enc", ENCS)
def test_another_library_opens_ours_and_we_open_theirs(enc: str, parties: dict[str, Any]) -> None:
    text = encrypt(b"answer", public_part(KEY), enc=enc, header=parties)
    assert jwe.decrypt_compact(text, theirs(), algorithms=["ECDH-ES", enc]).plaintext == b"answer"
    other = jwe.encrypt_compact({"alg": "ECDH-ES", "enc": enc, **parties}, b"answer", theirs(), algorithms=["ECDH-ES", enc])
    assert decrypt(other, KEY).plaintext == b"answer"


def test_the_agreement_is_that_of_rfc_7518_appendix_c() -> None:
    alice = AgreementKey(b64url_decode("0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo"), b"", b"")
    x, y = map(b64url_decode, ("weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ", "e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck"))
    info = b"\x00\x00\x00\x07A128GCM\x00\x00\x00\x05Alice\x00\x00\x00\x03Bob\x00\x00\x00\x80"
    assert b64url_encode(alice.agree(x, y, info, 16)) == "VqqN6vgjbSBcIijNcacQGg"


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
def test_another_algorithm_or_an_extension_is_refused(changes: dict[str, object]) -> None:
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
    [(public_part(KEY), "A128CBC-HS256"), (public_part(KEY) | {"alg": "RSA-OAEP"}, "A128GCM"), ({"kty": "OKP"}, "A128GCM")],
)
def test_nothing_is_encrypted_to_another_kind_of_key(recipient: dict[str, Any], enc: str) -> None:
    with pytest.raises(MalformedValueError):
        encrypt(b"answer", recipient, enc=enc)
