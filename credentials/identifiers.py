"""The credential id that follows from where its status stands."""

from __future__ import annotations

import hashlib
import uuid


def credential_id(issuer: str, status_list: str, index: int) -> str:
    """Return `urn:uuid:…`, the same for the same issuer, list stem and index.

    A UUID of version 8 (RFC 9562 §5.8) from the first 16 bytes of SHA-256 over issuer, list and index, one a line: what carries
    issuer, list and index need not carry the id.
    """
    digest = hashlib.sha256(f"{issuer}\n{status_list}\n{index}".encode()).digest()
    number = int.from_bytes(digest[:16], "big")
    number = number & ~(0xF << 76) | (8 << 76)  # version
    number = number & ~(0x3 << 62) | (2 << 62)  # variant
    return uuid.UUID(int=number).urn
