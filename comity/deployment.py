"""What `comity init` fixes for good: the public URL, the master key, and where things are kept.

::

    COMITY_DATA/
      deployment.json     public URL, format version, day of creation
      master.key          32 random bytes; seals signing keys and what identifies a person
      comity.db           the tables (unless COMITY_DATABASE_URL names another database)
      keys/               signing keys, sealed, one file each
      bundle/             the partnership's signed lists: metadata/ and targets/
      bundle-keys/        the keys that sign these lists (demonstration: one for each role)
      pinned-root.json    the root from which the lists are checked
      demo/               what `comity demo` wrote
"""

from __future__ import annotations

import json
import os
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

FORMAT: Final = 1
_PUBLIC_URL: Final = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")
_LOCAL: Final = re.compile(r"http://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?")


class SetupError(Exception):
    """The data folder or a setting is not as it must be; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment's data folder, read or just created."""

    folder: Path
    public_url: str
    master_key: bytes

    @property
    def bundle(self) -> Path:
        """The folder of the signed lists."""
        return self.folder / "bundle"

    @property
    def bundle_keys(self) -> Path:
        """The folder of the keys that sign the lists."""
        return self.folder / "bundle-keys"

    @property
    def pinned_root(self) -> Path:
        """The first root of the lists: what this deployment trusts."""
        return self.folder / "pinned-root.json"

    @property
    def keys(self) -> Path:
        """The folder of the sealed signing keys."""
        return self.folder / "keys"

    @property
    def demo(self) -> Path:
        """The folder that `comity demo` writes."""
        return self.folder / "demo"


def check_public_url(url: str) -> str:
    """Return the URL without a trailing slash.

    Raises:
        SetupError: it is no https origin (or http on this machine), and identifiers could not be made from it.
    """
    origin = url.rstrip("/")
    if not _PUBLIC_URL.fullmatch(origin):
        raise SetupError(f"{url!r} is no public URL. Give scheme and host alone, such as https://skills.example.")
    if origin.startswith("http:") and not _LOCAL.fullmatch(origin):
        raise SetupError(f"{url!r} must begin with https: http is only for this machine itself.")
    return origin


def is_initialized(folder: Path) -> bool:
    """Return whether `comity init` has been there."""
    return (folder / "deployment.json").is_file()


def create_deployment(folder: Path, public_url: str, now: datetime) -> Deployment:
    """Create the folder, the master key and the record of what never changes.

    Raises:
        SetupError: there is a deployment already, or the URL will not do.
    """
    origin = check_public_url(public_url)
    if is_initialized(folder):
        raise SetupError(f"{folder} holds a deployment already; nothing was changed.")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    write_private(folder / "master.key", secrets.token_bytes(32))
    record = {"format": FORMAT, "public_url": origin, "created": now.isoformat()}
    write_private(folder / "deployment.json", json.dumps(record, indent=2).encode() + b"\n")
    return open_deployment(folder)


def open_deployment(folder: Path) -> Deployment:
    """Read what `comity init` created.

    Raises:
        SetupError: nothing is there, it is of another format, or the master key is readable by others.
    """
    if not is_initialized(folder):
        raise SetupError(f"{folder} holds no deployment. Create one with: comity init")
    record = json.loads((folder / "deployment.json").read_bytes())
    if record.get("format") != FORMAT:
        raise SetupError(f"{folder} has format {record.get('format')}, this program reads format {FORMAT}.")
    key_file = folder / "master.key"
    if not key_file.is_file() or key_file.stat().st_size != 32:  # noqa: PLR2004
        raise SetupError(f"{key_file} is missing or damaged. Put it back from a backup: without it nothing can be read.")
    if key_file.stat().st_mode & 0o077:
        raise SetupError(f"{key_file} can be read by others. Close it with: chmod 600 {key_file}")
    return Deployment(folder, record["public_url"], key_file.read_bytes())


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(path.name + ".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
