"""Where signing keys are kept: one class for each scheme of `COMITY_KEY_STORE`."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from comity.deployment import Deployment, SetupError, create_private, write_private
from comity.passphrases import SETTING, Lock, Passphrase, parse_lock, read_passphrase
from comity.pkcs11_store import Pkcs11KeyStore
from comity.pkcs11_uri import parse_token
from comity.settings import Settings
from credentials.errors import VCError
from credentials.keys import InMemorySigner, KeyStore, PublicKey, Signer, generate_private_key, parse_multikey
from web.sealing import SealBrokenError, Sealer


@dataclass(frozen=True, slots=True)
class _Record:
    """What the file of a key holds; without a lock the private key is sealed under the master key."""

    verification_method: str
    public_key: PublicKey
    wrapped: bytes
    sealed: bytes
    lock: Lock | None

    def to_bytes(self) -> bytes:
        """Return the file's content."""
        record = {
            "verification_method": self.verification_method,
            "public_key_multibase": self.public_key.multibase,
            "wrapped_key": base64.b64encode(self.wrapped).decode(),
            "sealed_private_key": base64.b64encode(self.sealed).decode(),
            **({"scrypt": self.lock.to_json()} if self.lock else {}),
        }
        return json.dumps(record, indent=2).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class FileKeyStore:
    """Signing keys in a folder, one file each, sealed under the deployment's master key or locked with a passphrase.

    Attributes:
        folder: of the files.
        sealer: under the master key.
        passphrase: locks the keys that are made from now on, and opens those that it locked; None where there is none.
    """

    folder: Path
    sealer: Sealer
    passphrase: Passphrase | None = None

    def create(self, verification_method: str, algorithm: str = "Ed25519") -> PublicKey:
        """Make a key; one that exists is returned and never replaced."""
        path = self._path(verification_method)
        if path.exists():
            return self.signer(verification_method).public_key
        private_key = generate_private_key(algorithm)
        public_key = InMemorySigner(verification_method, private_key, algorithm).public_key
        record = self._sealed(verification_method, public_key, private_key, self._lock_in_use(self.passphrase), self.passphrase)
        create_private(path, record.to_bytes())
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
        return InMemorySigner(verification_method, self._opened(path, record, verification_method), record.public_key.algorithm)

    def verification_methods(self) -> tuple[str, ...]:
        """Return the names of all keys here, sorted."""
        return tuple(sorted(record.verification_method for _, record in self._records()))

    def public_keys(self) -> Mapping[str, PublicKey]:
        """Return every key's public half by its verification method, without opening the private one."""
        found = {record.verification_method: record.public_key for _, record in self._records()}
        return {name: found[name] for name in sorted(found)}

    def locked(self) -> tuple[str, ...]:
        """Return the names of the keys that a passphrase locks, sorted."""
        return tuple(sorted(record.verification_method for _, record in self._records() if record.lock))

    def reseal(self, passphrase: Passphrase | None) -> int:
        """Seal every key anew, each file whole or not at all; what was done is not done again. Return how many were changed.

        Args:
            passphrase: locks them from now on; None leaves them to the master key alone.

        Raises:
            SetupError: a key does not open; those before it are changed, and every key is still there.
        """
        lock, changed = self._lock_in_use(passphrase), 0
        for path, record in self._records():
            if record.lock == lock:
                continue
            private_key = self._opened(path, record, record.verification_method)
            anew = self._sealed(record.verification_method, record.public_key, private_key, lock, passphrase)
            write_private(path, anew.to_bytes())
            changed += 1
        return changed

    def _lock_in_use(self, passphrase: Passphrase | None) -> Lock | None:
        """Return the lock that this passphrase opens already, or a fresh one; a passphrase that opens none of several is another's.

        Raises:
            SetupError: keys here are locked with another passphrase, and this store was given no other one.
        """
        if passphrase is None:
            return None
        records = [(path, record) for path, record in self._records() if record.lock]
        for _, record in records:
            if record.lock and _opens(passphrase.sealer(record.lock), record):
                return record.lock
        if records and passphrase is self.passphrase:
            raise SetupError(_wrong_passphrase(records[0][0]))
        return passphrase.new_lock()

    def _sealed(
        self, name: str, public_key: PublicKey, private_key: bytes, lock: Lock | None, passphrase: Passphrase | None
    ) -> _Record:
        sealer = passphrase.sealer(lock) if passphrase and lock else self.sealer
        wrapped = sealer.new_subject_key()
        return _Record(name, public_key, wrapped, sealer.seal(wrapped, private_key, name.encode()), lock)

    def _opened(self, path: Path, record: _Record, name: str) -> bytes:
        if record.lock and self.passphrase is None:
            raise SetupError(f"{path} is locked with a passphrase. Name the file that holds it: {SETTING}=FILE")
        sealer = self.passphrase.sealer(record.lock) if self.passphrase and record.lock else self.sealer
        try:
            return sealer.open(record.wrapped, record.sealed, name.encode())
        except SealBrokenError as error:
            if record.lock:
                raise SetupError(_wrong_passphrase(path)) from error
            raise SetupError(f"{path} does not open with this master key, or is damaged. Put it back from a backup.") from error

    def _records(self) -> Iterator[tuple[Path, _Record]]:
        return ((path, _read(path)) for path in sorted(self.folder.glob("[!.]*.json")))

    def _path(self, verification_method: str) -> Path:
        return self.folder / f"{hashlib.sha256(verification_method.encode()).hexdigest()[:32]}.json"


def _opens(sealer: Sealer, record: _Record) -> bool:
    try:
        sealer.open(record.wrapped, record.sealed, record.verification_method.encode())
    except SealBrokenError:
        return False
    return True


def _wrong_passphrase(path: Path) -> str:
    return f"{path} does not open with the passphrase of {SETTING}, or is damaged. Every key is as it was."


def _read(path: Path) -> _Record:
    try:
        record: dict[str, Any] = json.loads(path.read_bytes())
        return _Record(
            str(record["verification_method"]),
            parse_multikey(record["public_key_multibase"]),
            base64.b64decode(record["wrapped_key"], validate=True),
            base64.b64decode(record["sealed_private_key"], validate=True),
            parse_lock(record["scrypt"]) if "scrypt" in record else None,
        )
    except (ValueError, TypeError, KeyError, AttributeError, VCError) as error:
        raise SetupError(f"{path} is no signing key, or is damaged. Put it back from a backup.") from error


def _file_key_store(location: str, deployment: Deployment, passphrase: Passphrase | None) -> KeyStore:
    return FileKeyStore(Path(location) if location else deployment.keys, Sealer(deployment.master_key), passphrase)


def _token_key_store(location: str, deployment: Deployment, _passphrase: Passphrase | None) -> KeyStore:
    if find_spec("PyKCS11") is None:
        raise SetupError("Keys in a token need PyKCS11, which is not installed: .venv/bin/pip install PyKCS11")
    return Pkcs11KeyStore(parse_token(location), deployment.folder / "token.lock")


KEY_STORES: Final[Mapping[str, Callable[[str, Deployment, Passphrase | None], KeyStore]]] = {
    "file": _file_key_store,
    "pkcs11": _token_key_store,
}


def open_key_store(settings: Settings, deployment: Deployment) -> KeyStore:
    """Return the key store that `COMITY_KEY_STORE` names.

    Raises:
        SetupError: the scheme is none of `KEY_STORES`, or the passphrase cannot be read.
    """
    uri = settings.key_store
    scheme, separator, location = uri.partition(":")
    if not separator or scheme not in KEY_STORES:
        raise SetupError(f"COMITY_KEY_STORE is {uri!r}; it begins with one of: {', '.join(KEY_STORES)}.")
    return KEY_STORES[scheme](location, deployment, _passphrase(settings))


def bundle_key_store(settings: Settings, deployment: Deployment) -> FileKeyStore:
    """Return the keys that sign the lists: files in the data folder, under the same passphrase as the others.

    Raises:
        SetupError: the passphrase cannot be read.
    """
    return FileKeyStore(deployment.bundle_keys, Sealer(deployment.master_key), _passphrase(settings))


def _passphrase(settings: Settings) -> Passphrase | None:
    return read_passphrase(settings.key_passphrase_file) if settings.key_passphrase_file else None


def close_key_store(keys: KeyStore) -> None:
    """Let go of what a store holds open."""
    if isinstance(keys, Pkcs11KeyStore):
        keys.close()


def describe_key_store(keys: KeyStore) -> str:
    """Return how the keys of a store are protected, in a few words."""
    if isinstance(keys, Pkcs11KeyStore):
        return f"in the token {keys.token} (PKCS#11)"
    if not isinstance(keys, FileKeyStore):
        return "in memory"
    every, locked = len(keys.verification_methods()), len(keys.locked())
    if not locked:
        return "sealed under the master key"
    if locked == every:
        return "locked with a passphrase (scrypt)"
    return f"{locked} locked with a passphrase (scrypt), {every - locked} under the master key alone; lock them: comity keys lock"
