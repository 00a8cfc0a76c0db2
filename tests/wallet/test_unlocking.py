from __future__ import annotations

import pytest

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
    # RFC 5869, appendix A.1, first block
    prk = bytes.fromhex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5")
    info = bytes.fromhex("f0f1f2f3f4f5f6f7f8f9").decode("latin-1")
    assert len(expand(prk, info)) == 32
    assert expand(prk, "a") != expand(prk, "b")


def test_secrets_are_not_printed() -> None:
    assert "value" not in repr(SECRET)
    assert "key" not in repr(Vault("1", bytes(32)))


def test_blind_names_are_equal_within_one_wallet_only() -> None:
    one, other = Vault("1", bytes(32)), Vault("2", b"\x01" * 32)
    assert one.blind("credential", "x") == one.blind("credential", "x")
    assert one.blind("credential", "x") != one.blind("claim", "x")
    assert one.blind("credential", "x") != other.blind("credential", "x")
