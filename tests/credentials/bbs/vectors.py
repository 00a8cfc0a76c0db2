"""The CFRG's vectors, and keys for tests of our own."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import count
from typing import Any, Final

from credentials import bls
from credentials.bbs import keys
from credentials.bbs.ciphersuites import SHA_256, SHAKE_256, Ciphersuite, RandomScalars, random_scalars
from tests.shared_vectors import shared

CIPHERSUITES: Final = {"bls12-381-sha-256": SHA_256, "bls12-381-shake-256": SHAKE_256}
SECRET_KEY: Final = bls.scalar(0x123456789ABCDEF)
PUBLIC_KEY: Final = keys.sk_to_pk(SECRET_KEY)
OTHER_PUBLIC_KEY: Final = keys.sk_to_pk(bls.scalar(3))


def fixture(name: str, *parts: str) -> dict[str, Any]:
    path = shared("vectors", "bbs-cfrg", "tooling", "fixtures", "fixture_data", name, *parts)
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def ciphersuite(name: str) -> Ciphersuite:
    return CIPHERSUITES[name]


def octets(texts: list[str]) -> list[bytes]:
    return [bytes.fromhex(text) for text in texts]


def counted_bytes() -> Callable[[int], bytes]:
    """Return a source of bytes that never repeats itself and is the same in each run."""
    numbers = count(1)
    return lambda size: SHA_256.expand_message(next(numbers).to_bytes(8, "big"), b"tests", size)


def counted_scalars() -> RandomScalars:
    return random_scalars(counted_bytes())
