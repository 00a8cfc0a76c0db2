"""A small Merkle tree log, written from RFC 6962 §2.1 by recursion: the other way round than the code it checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from credentials.encoding import b64url_encode
from trust.anchoring import Anchor, leaf

SALT = bytes(range(16))


def root(entries: Sequence[bytes]) -> bytes:
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    split = _split(len(entries))
    return sha256(b"\x01" + root(entries[:split]) + root(entries[split:])).digest()


def path(index: int, entries: Sequence[bytes]) -> list[bytes]:
    if len(entries) == 1:
        return []
    split = _split(len(entries))
    if index < split:
        return [*path(index, entries[:split]), root(entries[split:])]
    return [*path(index - split, entries[split:]), root(entries[:split])]


def _split(size: int) -> int:
    split = 1
    while split * 2 < size:
        split *= 2
    return split


def anchored(document: Mapping[str, Any], *, recorded: str, size: int = 5, index: int = 2) -> tuple[Anchor, dict[str, Any]]:
    """Return the anchor of a credential in a log of strangers, and the head that a state records."""
    entries = [sha256(bytes([number])).digest() for number in range(size)]
    entries[index] = leaf(document, SALT)
    head = {
        "log": "log.aravel.example",
        "treeSize": size,
        "rootHash": b64url_encode(root(entries)),
        "recordedAt": recorded,
    }
    return Anchor("log.aravel.example", SALT, size, index, tuple(path(index, entries))), head
