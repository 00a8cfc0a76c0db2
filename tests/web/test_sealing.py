from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.sealing import SealBrokenError, Sealer, decrypt_link, encrypt_link, open_with, seal_with

MASTER = bytes(range(32))


@given(st.binary(max_size=500), st.binary(max_size=40), st.sampled_from([16, 32]))
def test_what_was_sealed_is_opened(content: bytes, bound_to: bytes, size: int) -> None:
    key = bytes(size)
    assert open_with(key, seal_with(key, content, bound_to), bound_to) == content


@given(st.binary(min_size=1, max_size=80), st.data())
def test_any_changed_byte_keeps_it_shut(content: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal_with(bytes(32), content, b"x"))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealBrokenError):
        open_with(bytes(32), bytes(sealed), b"x")


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(12), bytes(27)])
def test_what_is_too_short_does_not_open(sealed: bytes) -> None:
    with pytest.raises(SealBrokenError):
        open_with(bytes(32), sealed, b"x")


def test_another_key_or_another_binding_does_not_open() -> None:
    sealed = seal_with(bytes(32), b"content", b"one")
    for key, bound_to in ((bytes(31) + b"\1", b"one"), (bytes(32), b"two"), (bytes(5), b"one")):
        with pytest.raises(SealBrokenError):
            open_with(key, sealed, bound_to)


def test_the_same_sealed_twice_is_not_the_same() -> None:
    assert seal_with(bytes(32), b"x", b"") != seal_with(bytes(32), b"x", b"")


def test_a_link_opens_with_its_own_key_under_its_own_id_in_either_case() -> None:
    ciphertext, key = encrypt_link(b"{}", "ABCDEFGH23456")
    assert len(key) == 16
    assert decrypt_link(ciphertext, key, "abcdefgh23456") == b"{}"
    for changed, wrong, link_id in (
        (ciphertext, bytes(16), "ABCDEFGH23456"),
        (ciphertext, key, "ABCDEFGH23457"),
        (ciphertext[:-1], key, "ABCDEFGH23456"),
    ):
        with pytest.raises(SealBrokenError, match="this code does not open"):
            decrypt_link(changed, wrong, link_id)


def test_a_persons_key_seals_and_only_under_its_master() -> None:
    sealer, other = Sealer(MASTER), Sealer(bytes(32))
    wrapped, second = sealer.new_subject_key(), sealer.new_subject_key()
    sealed = sealer.seal(wrapped, b"Najma", b"row 1")
    assert sealer.open(wrapped, sealed, b"row 1") == b"Najma"
    assert b"Najma" not in sealed
    for opener, key, bound_to in ((sealer, second, b"row 1"), (sealer, wrapped, b"row 2"), (other, wrapped, b"row 1")):
        with pytest.raises(SealBrokenError):
            opener.open(key, sealed, bound_to)


def test_hashes_for_searching_say_nothing_without_the_master_key() -> None:
    sealer = Sealer(MASTER)
    assert sealer.keyed_hash("najma") == sealer.keyed_hash("najma")
    assert sealer.keyed_hash("najma") != sealer.keyed_hash("akter")
    assert sealer.keyed_hash("najma") != Sealer(bytes(32)).keyed_hash("najma")
    assert len(sealer.keyed_hash("")) == 16


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_master_key_has_32_bytes(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Sealer(bytes(size))
