from __future__ import annotations

import hashlib
import uuid

from hypothesis import given
from hypothesis import strategies as st

from credentials.identifiers import credential_id


@given(st.text(max_size=20), st.text(max_size=20), st.integers(0, 2**40))
def test_an_id_is_a_uuid_of_version_8_that_follows_from_its_place(issuer: str, status_list: str, index: int) -> None:
    made = credential_id(issuer, status_list, index)
    parsed = uuid.UUID(made)
    assert made == parsed.urn == credential_id(issuer, status_list, index)
    assert (parsed.version, parsed.variant) == (8, uuid.RFC_4122)
    assert credential_id(issuer, status_list, index + 1) != made


def test_all_other_bits_are_those_of_the_hash() -> None:
    made = uuid.UUID(credential_id("did:web:a.example", "https://a.example/status/1", 7)).bytes
    digest = hashlib.sha256(b"did:web:a.example\nhttps://a.example/status/1\n7").digest()[:16]
    mask = int("ffffffffffff0fff3fffffffffffffff", 16)
    assert int.from_bytes(made, "big") & mask == int.from_bytes(digest, "big") & mask
