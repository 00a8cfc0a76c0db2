"""What was canonicalized to be checked is not canonicalized again to be signed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Final

from credentials import rdf

MOST: Final = 100


class Remembering:
    """A canonicalizer that remembers its last results."""

    def __init__(self, canonicalize: rdf.Canonicalizer) -> None:
        self._canonicalize = canonicalize
        self._known: dict[bytes, bytes] = {}

    def __call__(self, document: Mapping[str, object], *, hash_name: str = "sha256") -> bytes:
        """Return what the canonicalizer returns."""
        key = hashlib.sha256(f"{hash_name}\n{json.dumps(document)}".encode()).digest()
        if key not in self._known:
            self._known[key] = self._canonicalize(document, hash_name=hash_name)
            if len(self._known) > MOST:
                del self._known[next(iter(self._known))]
        return self._known[key]
