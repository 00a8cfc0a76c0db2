"""What `comity init` fixes for good: the public URL, the master key, and where things are kept.

::

    COMITY_DATA/
      deployment.json     public URL, format version, day of creation
      master.key          32 random bytes; seals signing keys and what identifies a person
      comity.db           the tables (unless COMITY_DATABASE_URL names another database)
      keys/               signing keys, sealed, one file each
      bundle/             the partnership's signed lists: metadata/ and targets/
      bundle-keys/        the keys that sign these lists (demonstration: one for each role)
      corridor.json       codes of the states whose lists are kept, unless all are
      bundle-draft.json   lists that wait for signatures, if any do
      pinned-root.json    the root from which the lists are checked
      certificates/       XA.pem: certificates of the key that signs the list of trusted entities of XA, if it has any;
                          mdoc-SLUG.pem, mdoc2-SLUG.pem …: of the keys that sign the mobile documents of an issuer;
                          x5c-SLUG.pem …: of those that sign its SD-JWT VCs for verifiers that keep to HAIP;
                          verifier.pem: of the key that signs questions to wallets; verifier-attestation.jwt: what a
                          party that wallets trust says of that key; anchors.pem: authorities whose
                          certificates say whose the key of an SD-JWT VC is;
                          wallets.pem: authorities of makers of wallets
      demo/               what `comity demo` wrote
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from credentials.errors import ParsingError
from credentials.keys import PublicKey
from credentials.x509 import Anchors, x5c_of
from web.links import LinkCode
from web.qr import CodeTooLargeError, matrix

FORMAT: Final = 1
_KEY_BYTES: Final = 32
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_PUBLIC_URL: Final = re.compile(rf"https://(?:{_LABEL}\.)*[a-z](?:[a-z0-9-]*[a-z0-9])?(?::([0-9]{{1,5}}))?")
_LOCAL: Final = re.compile(r"http://localhost(?::([0-9]{1,5}))?")
_MAX_PORT: Final = 65535
_LEFT_BEHIND: Final = ("comity.db", "keys", "bundle")


class SetupError(Exception):
    """The data folder or a setting is not as it must be; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment's data folder, read or just created."""

    folder: Path
    public_url: str
    master_key: bytes = field(repr=False)

    @property
    def is_local(self) -> bool:
        """Whether the public URL is for this machine itself."""
        return self.public_url.startswith("http:")

    @property
    def bundle(self) -> Path:
        """The folder of the signed lists."""
        return self.folder / "bundle"

    @property
    def corridor_file(self) -> Path:
        """Names the states whose lists are kept; not there where all are."""
        return self.folder / "corridor.json"

    @property
    def corridor(self) -> tuple[str, ...] | None:
        """Codes of the states whose lists are kept; None for all.

        Raises:
            SetupError: the file is not of its form.
        """
        if not self.corridor_file.is_file():
            return None
        try:
            codes = json.loads(self.corridor_file.read_bytes())
        except ValueError as error:
            raise SetupError(f"{self.corridor_file} is no JSON") from error
        if not isinstance(codes, list) or not codes or not all(isinstance(code, str) for code in codes):
            raise SetupError(f"{self.corridor_file} is no list of codes of states")
        return tuple(codes)

    @property
    def bundle_keys(self) -> Path:
        """The folder of the keys that sign the lists."""
        return self.folder / "bundle-keys"

    @property
    def pinned_root(self) -> Path:
        """The first root of the lists: what this deployment trusts."""
        return self.folder / "pinned-root.json"

    @property
    def waiting_draft(self) -> Path:
        """The draft of the lists that waits for signatures."""
        return self.folder / "bundle-draft.json"

    @property
    def keys(self) -> Path:
        """The folder of the sealed signing keys."""
        return self.folder / "keys"

    def certificate(self, state: str, key: PublicKey) -> tuple[str, ...]:
        """Return the chain of certificates for the key that signs a state's list of trusted entities; empty where there is none.

        Raises:
            ParsingError, InvalidVerificationMethodError: what lies there is no certificate of this key.
        """
        file = self.folder / "certificates" / f"{state}.pem"
        return x5c_of(file.read_bytes(), key) if file.is_file() else ()

    @property
    def anchors(self) -> Anchors | None:
        """The authorities whose certificates say whose the key of an SD-JWT VC is; None where none is trusted for that.

        Raises:
            SetupError: what lies there are no certificates.
        """
        return self._anchors("anchors")

    @property
    def wallet_makers(self) -> Anchors | None:
        """The authorities of makers of wallets, who vouch for wallets and for where keys lie; None where none is trusted.

        Raises:
            SetupError: what lies there are no certificates.
        """
        return self._anchors("wallets")

    def _anchors(self, name: str) -> Anchors | None:
        file = self.folder / "certificates" / f"{name}.pem"
        try:
            return Anchors.parse(file.read_bytes()) if file.is_file() else None
        except ParsingError as error:
            raise SetupError(f"{file} holds no certificates in PEM.") from error

    @property
    def demo(self) -> Path:
        """The folder that `comity demo` writes."""
        return self.folder / "demo"


def check_public_url(url: str) -> str:
    """Return the URL without a trailing slash.

    Raises:
        SetupError: it is no https origin (or http on this machine), and identifiers could not be made from it.
    """
    origin = url.strip().rstrip("/")
    match = _PUBLIC_URL.fullmatch(origin) or _LOCAL.fullmatch(origin)
    if match is None or not 0 < int(match.group(1) or 1) <= _MAX_PORT:
        if origin.startswith("http://"):
            raise SetupError(f"{url!r} must begin with https: plain http is only for http://localhost on this machine.")
        raise SetupError(f"{url!r} is no public URL. Give scheme and host name alone, in lower case: https://skills.example")
    return origin


def is_initialized(folder: Path) -> bool:
    """Return whether `comity init` has been there."""
    return (folder / "deployment.json").is_file()


def create_deployment(folder: Path, public_url: str, now: datetime) -> Deployment:
    """Create the folder, the master key and the record of what never changes.

    Raises:
        SetupError: there is a deployment already, or what is left of one, or the URL will not do.
    """
    origin = check_public_url(public_url)
    _check_code(origin)
    if is_initialized(folder):
        raise SetupError(f"{folder} holds a deployment already; nothing was changed.")
    if folder.exists() and not folder.is_dir():
        raise SetupError(f"{folder} is no folder. Choose another: COMITY_DATA=FOLDER")
    left = [name for name in _LEFT_BEHIND if (folder / name).exists()]
    if left:
        raise SetupError(
            f"{folder} holds {', '.join(left)} of a deployment whose deployment.json is gone. Put it back from a backup, or choose "
            "another folder; nothing was changed."
        )
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    create_private(folder / "master.key", secrets.token_bytes(_KEY_BYTES))
    record = {"format": FORMAT, "public_url": origin, "created": now.isoformat()}
    create_private(folder / "deployment.json", json.dumps(record, indent=2).encode() + b"\n")
    return open_deployment(folder)


def _check_code(origin: str) -> None:
    try:
        matrix(LinkCode(origin, "L", "A" * 13, bytes(16)))
    except CodeTooLargeError as error:
        raise SetupError(f"{origin} is too long for a printed code that cheap cameras read. Take a shorter host name.") from error


def open_deployment(folder: Path) -> Deployment:
    """Read what `comity init` created.

    Raises:
        SetupError: nothing is there, it is of another format, its URL is not safe, or the master key is readable by others.
    """
    if not is_initialized(folder):
        raise SetupError(f"{folder} holds no deployment. Create one with: comity init")
    record = _read_record(folder / "deployment.json")
    if record.get("format") != FORMAT:
        raise SetupError(f"{folder} has format {record.get('format')}, this program reads format {FORMAT}.")
    origin = check_public_url(str(record.get("public_url")))
    key_file = folder / "master.key"
    if not key_file.is_file() or key_file.stat().st_size != _KEY_BYTES:
        raise SetupError(f"{key_file} is missing or damaged. Put it back from a backup: without it nothing can be read.")
    if key_file.stat().st_mode & 0o077:
        raise SetupError(f"{key_file} can be read by others. Close it with: chmod 600 {key_file}")
    return Deployment(folder, origin, key_file.read_bytes())


def _read_record(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_bytes())
    except ValueError as error:
        raise SetupError(f"{path} is damaged. Put it back from a backup.") from error
    if not isinstance(record, dict):
        raise SetupError(f"{path} is damaged. Put it back from a backup.")
    return record


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all; it survives a power cut once this returns."""
    with _locked(path.parent) as folder:
        _write(path, content, folder)


def create_private(path: Path, content: bytes) -> bool:
    """Write a file as `write_private` does, unless it exists: then it stays as it is. Return whether it was written."""
    with _locked(path.parent) as folder:
        if path.exists():
            return False
        _write(path, content, folder)
        return True


@contextmanager
def _locked(folder: Path) -> Iterator[int]:
    """Give the folder's descriptor; one writer at a time, in whatever process."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _write(path: Path, content: bytes, folder: int) -> None:
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    os.fsync(folder)
