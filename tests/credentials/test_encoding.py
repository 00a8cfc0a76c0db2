from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.encoding import (
    b64url_decode,
    b64url_encode,
    base58btc_decode,
    base58btc_encode,
    multibase_decode,
    multibase_encode,
)
from credentials.errors import MalformedValueError, VCError
from tests.shared_vectors import shared

TEXTS = st.text(max_size=40) | st.text("123ABCzu-_=", max_size=40)


@given(st.binary(max_size=80))
def test_base64url_is_read_back(data: bytes) -> None:
    assert b64url_decode(b64url_encode(data)) == data
    assert b64url_encode(data) == base64.urlsafe_b64encode(data).decode().rstrip("=")


@given(st.binary(max_size=80), st.sampled_from("zu"))
def test_multibase_is_read_back(data: bytes, base: str) -> None:
    text = multibase_encode(data, base)
    assert text.startswith(base)
    assert multibase_decode(text) == multibase_decode(text, bases=base) == data


@given(TEXTS)
def test_a_text_that_is_read_is_the_one_spelling_of_its_bytes(text: str) -> None:
    for decode, encode in ((b64url_decode, b64url_encode), (base58btc_decode, base58btc_encode)):
        try:
            data = decode(text)
        except VCError:
            continue
        assert encode(data) == text


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("", b""),
        ("1", b"\0"),
        ("112", b"\0\0\1"),
        ("StV1DL6CwTryKyV", b"hello world"),
        ("2NEpo7TZRRrLZSi2U", b"Hello World!"),
        ("11233QC4", bytes.fromhex("0000287fb4cd")),
    ],
)
def test_base58btc(text: str, data: bytes) -> None:
    assert base58btc_decode(text) == data
    assert base58btc_encode(data) == text


@pytest.mark.parametrize("text", ["YQ==", "YQ=", "YR", "Y", "Y Q", "YQ\n", "Y+", "é", "YQ/"])
def test_other_spellings_of_base64url_are_refused(text: str) -> None:
    with pytest.raises(MalformedValueError):
        b64url_decode(text)


@pytest.mark.parametrize("text", ["0", "O", "I", "l", " ", "é", "1" * 513])
def test_what_is_no_base58btc_is_refused(text: str) -> None:
    with pytest.raises(MalformedValueError):
        base58btc_decode(text)


@pytest.mark.parametrize(("text", "bases"), [("", "zu"), ("mYQ", "zu"), ("uYQ", "z"), ("z2g", "u"), ("YQ", "zu")])
def test_another_header_is_refused(text: str, bases: str) -> None:
    with pytest.raises(MalformedValueError, match="begins with"):
        multibase_decode(text, bases=bases)


def test_the_signatures_of_the_w3c_vectors() -> None:
    for path in sorted(shared("vectors", "vc-di-eddsa").rglob("sigBTC58*.txt")):
        signature = bytes.fromhex(next(path.parent.glob("sigHex*.txt")).read_text())
        assert multibase_encode(signature) == path.read_text().strip()
        assert multibase_decode(path.read_text().strip()) == signature
