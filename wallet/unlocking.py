"""From the secret in the browser to the keys of one wallet.

Every key is one step of HKDF-Expand (RFC 5869 §2.3) of 32 uniformly random bytes.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from typing import Final

from credentials.encoding import b64url_decode, b64url_encode
from credentials.errors import MalformedValueError

SECRET_LENGTH: Final = 32
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def expand(key: bytes, use: str) -> bytes:
    """Return the 32-byte key for `use`: HKDF-Expand with SHA-256 and one block."""
    return hmac.digest(key, use.encode() + b"\x01", "sha256")


@dataclass(frozen=True, slots=True)
class BrowserSecret:
    """What the cookie holds. Whoever has it can open the wallet."""

    value: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """The cookie's text."""
        return b64url_encode(self.value)

    @property
    def locator(self) -> str:
        """The name of the row that this secret opens; the secret cannot be found from it."""
        return expand(self.value, "comity wallet locator v1").hex()

    @property
    def unlock_key(self) -> bytes:
        """The key that opens that row."""
        return expand(self.value, "comity wallet unlock v1")

    @property
    def form_token(self) -> str:
        """What every form of this browser carries: another site can neither read nor guess it."""
        return b64url_encode(expand(self.value, "comity wallet form v1")[:16])


def parse_secret(text: str | None) -> BrowserSecret | None:
    """Return the secret that the cookie holds, or nothing when it holds none of ours."""
    if text is None or not _SECRET.fullmatch(text):
        return None
    try:
        return BrowserSecret(b64url_decode(text))
    except MalformedValueError:
        return None


@dataclass(frozen=True, slots=True)
class Vault:
    """An open wallet: its id and its key, for the time of one request."""

    holder_id: str
    key: bytes = field(repr=False)

    def record_key(self, record_id: str) -> bytes:
        """Return the key of one record or link."""
        return expand(self.key, f"comity wallet record v1 {record_id}")

    def binding(self, record_id: str, version: int) -> bytes:
        """Return what a sealed record is bound to, so that no row can stand in for another."""
        return f"comity wallet v1\n{self.holder_id}\n{record_id}\n{version}".encode()

    def blind(self, kind: str, name: str) -> str:
        """Return a name that is equal for equal things in this wallet, and in no other."""
        return hmac.digest(expand(self.key, f"comity wallet blind v1 {kind}"), name.encode(), "sha256").hex()


def unlock_binding(locator: str, holder_id: str) -> bytes:
    """Return what a wrapped vault key is bound to."""
    return f"comity wallet unlock v1\n{locator}\n{holder_id}".encode()
