"""Fixed keys and dates for the vectors, and the shape of a case."""

from __future__ import annotations

from hashlib import sha256, sha512
from typing import Any, Final

from credentials.bbs.signer import InMemoryBBSSigner
from credentials.dids.did_web import did_document
from credentials.errors import VCError
from credentials.keys import InMemorySigner, PublicKey
from tests.credentials.world import WEB_DID, web_signer

OK: Final = "ok"
_NO_NAME: Final = "did:example:key#k1"


def case(table: str, row: str, name: str, expect: type[VCError] | str = OK, **given: object) -> dict[str, Any]:
    """Return a case; an error class stands for its problem type."""
    return {
        "case": name,
        "table": table,
        "row": row,
        "expect": expect if isinstance(expect, str) else expect.type,
        "given": given,
    }


def signer_of(algorithm: str) -> InMemorySigner:
    """Return a signer of an algorithm whose did:key is its verification method."""
    private_key = _private_key(algorithm)
    multibase = InMemorySigner(_NO_NAME, private_key, algorithm).public_key.multibase
    return InMemorySigner(f"did:key:{multibase}#{multibase}", private_key, algorithm)


def _private_key(algorithm: str) -> bytes:
    long = sha512(algorithm.encode()).digest()
    return {"ES384": long[:48], "ES512": b"\0\0" + long}.get(algorithm, sha256(algorithm.encode()).digest())


def bbs_signer() -> InMemoryBBSSigner:
    """Return a BBS signer whose did:key is its verification method."""
    private_key = b"\0" + sha256(b"BBS").digest()[1:]  # below the group's order
    multibase = InMemoryBBSSigner(_NO_NAME, private_key).public_key.multibase
    return InMemoryBBSSigner(f"did:key:{multibase}#{multibase}", private_key)


def with_last_changed(content: bytes) -> bytes:
    """Return content with its last byte changed."""
    return content[:-1] + bytes([content[-1] ^ 1])


def web_document() -> dict[str, Any]:
    """Return the DID document of the did:web issuer."""
    return did_document(WEB_DID, {"k1": web_signer().public_key})


def key_of(key: PublicKey) -> str:
    """Return a key as the vectors spell it."""
    return key.multibase
