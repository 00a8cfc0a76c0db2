from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from wallet.unlocking import BrowserSecret, Vault, expand, parse_secret

SECRET = BrowserSecret(bytes(range(32)))


def test_the_cookie_text_gives_the_same_secret() -> None:
    assert parse_secret(SECRET.text) == SECRET


@pytest.mark.parametrize("text", [None, "", "short", "A" * 42 + "B", "A" * 44, "!" * 43])
def test_what_is_no_secret_of_ours_is_none(text: str | None) -> None:
    assert parse_secret(text) is None


def test_locator_unlock_key_and_form_token_are_unrelated_to_the_eye() -> None:
    found = {SECRET.locator, SECRET.unlock_key.hex(), SECRET.form_token, SECRET.text}
    assert len(found) == 4
    assert SECRET.unlock_key.hex() not in SECRET.locator


def test_the_expansion_is_the_one_of_hkdf() -> None:
    peer = HKDFExpand(hashes.SHA256(), length=32, info=b"comity wallet unlock v1")
    assert SECRET.unlock_key == peer.derive(SECRET.value)
    assert expand(SECRET.value, "a") != expand(SECRET.value, "b")


def test_secrets_are_not_printed() -> None:
    assert "value" not in repr(SECRET)
    assert "key" not in repr(Vault("1", bytes(32)))


def test_blind_names_are_equal_within_one_wallet_only() -> None:
    one, other = Vault("1", bytes(32)), Vault("2", b"\x01" * 32)
    assert one.blind("credential", "x") == one.blind("credential", "x")
    assert one.blind("credential", "x") != one.blind("claim", "x")
    assert one.blind("credential", "x") != other.blind("credential", "x")
