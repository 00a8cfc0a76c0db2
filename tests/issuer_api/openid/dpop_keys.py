"""Thumbprints, as RFC 7638 writes them, without the code under test."""

from __future__ import annotations

import hashlib
import json

from credentials.encoding import b64url_encode
from credentials.keys import InMemorySigner


def jkt_of(key: InMemorySigner) -> str:
    text = json.dumps(key.public_key.jwk(), sort_keys=True, separators=(",", ":"))
    return b64url_encode(hashlib.sha256(text.encode()).digest())
