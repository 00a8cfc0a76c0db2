from __future__ import annotations

import pytest

from credentials import bls
from credentials.bbs import basic, blind, pseudonym
from credentials.bbs.signer import InMemoryBBSSigner, generate_private_key
from credentials.dids import verification_key
from credentials.errors import CryptographicSecurityError, VCError
from credentials.fetching import Fetched
from credentials.keys import ALGORITHMS, PublicKey, parse_multikey, verify_signature
from tests.credentials.bbs.vectors import PUBLIC_KEY, SECRET_KEY, counted_bytes, counted_scalars

W3C_MULTIKEY = (
    "zUC7DerdEmfZ8f4pFajXgGwJoMkV1ofMTmEG5UoNvnWiPiLuGKNeqgRpLH2TV4Xe5mJ2cX"
    "V76gRN7LFQwapF1VFu6x2yrr5ci1mXqC1WNUrnHnLgvfZfMH7h6xP6qsf9EKRQrPQ"
)
SIGNER = InMemoryBBSSigner("did:example:issuer#bbs", SECRET_KEY.to_be_bytes())
MESSAGES = [b"trade", b"level"]


class Nowhere:
    """did:key needs nothing from outside."""

    def fetch(self, url: str) -> Fetched:
        raise AssertionError(url)


def test_a_key_is_spelled_as_a_multikey_and_found_by_its_did() -> None:
    key = parse_multikey(W3C_MULTIKEY)
    assert (key.algorithm, len(key.raw), key.multibase) == ("BBS", 96, W3C_MULTIKEY)
    assert SIGNER.public_key.multibase.startswith("zUC7")
    assert SIGNER.verification_method == "did:example:issuer#bbs"
    assert verification_key(f"did:key:{W3C_MULTIKEY}#{W3C_MULTIKEY}", "assertionMethod", Nowhere()) == key


@pytest.mark.parametrize("raw", [b"", bytes(96), b"\xc0" + bytes(95), b"\xff" * 96, PUBLIC_KEY[:48]])
def test_keys_that_are_refused(raw: bytes) -> None:
    with pytest.raises(VCError):
        parse_multikey(PublicKey("BBS", raw).multibase)


def test_a_key_signs_no_bytes_and_no_tokens() -> None:
    with pytest.raises(CryptographicSecurityError):
        verify_signature(SIGNER.public_key, b"", b"")
    with pytest.raises(CryptographicSecurityError):
        SIGNER.public_key.jwk()


def test_a_generated_key_signs() -> None:
    signer = InMemoryBBSSigner("did:example:issuer#bbs", generate_private_key(counted_bytes()))
    basic.verify(signer.public_key.raw, signer.sign_messages(b"h", MESSAGES), b"h", MESSAGES)


def test_it_signs_what_it_does_not_see() -> None:
    commitment, blinding = blind.commit([b"secret"], random_scalars=counted_scalars())
    signature = SIGNER.sign_blindly(b"h", MESSAGES, commitment)
    blind.verify(PUBLIC_KEY, signature, b"h", MESSAGES, committed_messages=[b"secret"], secret_prover_blind=blinding)


def test_it_signs_the_secret_of_pseudonyms() -> None:
    entropy, nym = bls.scalar(9), bls.scalar(7)
    commitment, blinding = pseudonym.commit([], nym, random_scalars=counted_scalars())
    signature = SIGNER.sign_with_pseudonym(b"h", MESSAGES, commitment, entropy)
    pseudonym.verify(
        PUBLIC_KEY,
        signature,
        b"h",
        MESSAGES,
        committed_messages=[],
        nym_secret=nym + entropy,
        secret_prover_blind=blinding,
    )


@pytest.mark.parametrize("data", [b"", bytes(32), b"\xff" * 32, b"\1" * 31])
def test_private_keys_that_are_refused(data: bytes) -> None:
    with pytest.raises(CryptographicSecurityError):
        InMemoryBBSSigner("did:example:issuer#bbs", data)


def test_the_algorithm_has_a_row() -> None:
    assert ALGORITHMS["BBS"].multicodec == b"\xeb\x01"
