"""Where signing keys are kept: one class for each scheme of `COMITY_KEY_STORE`."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comity.deployment import Deployment, SetupError, create_private
from credentials.keys import InMemorySigner, KeyStore, PublicKey, Signer, generate_private_key, parse_multikey
from web.sealing import SealBrokenError, Sealer

_MEMBERS: Final = ("verification_method", "public_key_multibase", "wrapped_key", "sealed_private_key")


@dataclass(frozen=True, slots=True)
class FileKeyStore:
    """Signing keys in a folder, one file each, sealed under the deployment's master key."""

    folder: Path
    sealer: Sealer

    def create(self, verification_method: str) -> PublicKey:
        """Make an Ed25519 key; a key that exists is returned and never replaced."""
        path = self._path(verification_method)
        if path.exists():
            return self.signer(verification_method).public_key
        private_key = generate_private_key()
        wrapped = self.sealer.new_subject_key()
        sealed = self.sealer.seal(wrapped, private_key, verification_method.encode())
        record = {
            "verification_method": verification_method,
            "public_key_multibase": InMemorySigner(verification_method, private_key).public_key.multibase,
            "wrapped_key": base64.b64encode(wrapped).decode(),
            "sealed_private_key": base64.b64encode(sealed).decode(),
        }
        create_private(path, json.dumps(record, indent=2).encode() + b"\n")
        return self.signer(verification_method).public_key

    def signer(self, verification_method: str) -> Signer:
        """Return the signer of a key.

        Raises:
            SetupError: there is no such key here, or it does not open.
        """
        path = self._path(verification_method)
        if not path.is_file():
            raise SetupError(f"There is no signing key {verification_method} in {self.folder}.")
        record = _read(path)
        try:
            wrapped, sealed = base64.b64decode(record["wrapped_key"]), base64.b64decode(record["sealed_private_key"])
            private_key = self.sealer.open(wrapped, sealed, verification_method.encode())
        except (ValueError, SealBrokenError) as error:
            raise SetupError(f"{path} does not open with this master key, or is damaged. Put it back from a backup.") from error
        return InMemorySigner(verification_method, private_key)

    def verification_methods(self) -> tuple[str, ...]:
        """Return the names of all keys here, sorted."""
        return tuple(sorted(self._records()))

    def public_keys(self) -> Mapping[str, PublicKey]:
        """Return every key's public half by its verification method, without opening the private one."""
        return {name: parse_multikey(multikey) for name, multikey in sorted(self._records().items())}

    def _records(self) -> dict[str, str]:
        records = (_read(path) for path in self.folder.glob("[!.]*.json"))
        return {record["verification_method"]: record["public_key_multibase"] for record in records}

    def _path(self, verification_method: str) -> Path:
        return self.folder / f"{hashlib.sha256(verification_method.encode()).hexdigest()[:32]}.json"


def _read(path: Path) -> dict[str, str]:
    try:
        record = json.loads(path.read_bytes())
        return {name: str(record[name]) for name in _MEMBERS}
    except (ValueError, TypeError, KeyError) as error:
        raise SetupError(f"{path} is no signing key, or is damaged. Put it back from a backup.") from error


KEY_STORES: Final[Mapping[str, Callable[[str, Deployment], FileKeyStore]]] = {
    "file": lambda location, deployment: FileKeyStore(
        Path(location) if location else deployment.keys, Sealer(deployment.master_key)
    ),
}


def open_key_store(uri: str, deployment: Deployment) -> KeyStore:
    """Return the key store that `COMITY_KEY_STORE` names.

    Raises:
        SetupError: the scheme is none of `KEY_STORES`.
    """
    scheme, separator, location = uri.partition(":")
    if not separator or scheme not in KEY_STORES:
        raise SetupError(f"COMITY_KEY_STORE is {uri!r}; it begins with one of: {', '.join(KEY_STORES)}.")
    return KEY_STORES[scheme](location, deployment)
