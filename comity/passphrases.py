"""The passphrase that locks signing keys: read from a file apart from the data folder, and stretched with scrypt."""

from __future__ import annotations

import base64
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from comity.deployment import SetupError
from web.sealing import Sealer, stretch

SETTING: Final = "COMITY_KEY_PASSPHRASE_FILE"
COST: Final = 2**17
_MIN_COST: Final = 2**10
_MAX_COST: Final = 2**20
_SALT_BYTES: Final = 16
_SHORTEST: Final = 12
_LONGEST: Final = 1024


@dataclass(frozen=True, slots=True)
class Lock:
    """How a passphrase becomes a key: scrypt's salt and cost, as they stand in the file of a key."""

    salt: bytes
    cost: int

    def to_json(self) -> dict[str, Any]:
        """Return what `parse_lock` reads."""
        return {"salt": base64.b64encode(self.salt).decode(), "n": self.cost, "r": 8, "p": 1}


def parse_lock(record: Mapping[str, Any]) -> Lock:
    """Return a lock.

    Raises:
        ValueError: it is none, or its cost is beyond what is sensible.
    """
    salt, cost = base64.b64decode(record["salt"], validate=True), record["n"]
    sensible = isinstance(cost, int) and _MIN_COST <= cost <= _MAX_COST and cost.bit_count() == 1
    if len(salt) != _SALT_BYTES or not sensible or (record["r"], record["p"]) != (8, 1):
        raise ValueError("this is no lock")
    return Lock(salt, cost)


class Passphrase:
    """A passphrase, and the sealers that it gives; each is worked out once, because that takes long on purpose.

    Args:
        text: at least 12 bytes.
        cost: of the locks that it makes.

    Raises:
        SetupError: it is too short or too long.
    """

    def __init__(self, text: bytes, cost: int = COST) -> None:
        if not _SHORTEST <= len(text) <= _LONGEST:
            raise SetupError(f"A passphrase has {_SHORTEST} to {_LONGEST} bytes; this one has {len(text)}.")
        self._text, self._cost = text, cost
        self._sealers: dict[Lock, Sealer] = {}
        self._stretching = threading.Lock()

    def new_lock(self) -> Lock:
        """Return a fresh lock."""
        return Lock(secrets.token_bytes(_SALT_BYTES), self._cost)

    def sealer(self, lock: Lock) -> Sealer:
        """Return what seals and opens behind a lock."""
        with self._stretching:
            if lock not in self._sealers:
                self._sealers[lock] = Sealer(stretch(self._text, lock.salt, lock.cost))
            return self._sealers[lock]


def read_passphrase(path: Path) -> Passphrase:
    """Return the passphrase in a file: its first line.

    Raises:
        SetupError: it cannot be read, others can read it, or it is too short.
    """
    try:
        mode, content = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        raise SetupError(f"{path} holds no passphrase that can be read: {error.strerror}.") from error
    if mode & 0o077:
        raise SetupError(f"{path} can be read by others. Close it with: chmod 600 {path}")
    try:
        return Passphrase((content.splitlines() or [b""])[0])
    except SetupError as error:
        raise SetupError(f"{path}: {error}") from error
