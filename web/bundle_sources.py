"""Where else the signed lists come from: another deployment over HTTP, a zip on a stick; and how they are kept here.

Nothing of a source is trusted: every file is checked from the pinned root when it is opened. `mirror` writes what was opened and
found good, the timestamp last, so that a reader here sees the old lists or the new ones.
"""

from __future__ import annotations

import zipfile
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from credentials.errors import NotThereError
from credentials.fetching import Fetcher
from trust.bundle import Bundle, BundleError, BundleSource, open_bundle
from web.bundle_folder import BundleFolder, is_bundle_path

TIMESTAMP: Final = "metadata/timestamp.json"
_FIRST_ROOT: Final = "metadata/1.root.json"
_MAX_FILE: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class BundleOverHTTP:
    """Reads the lists that another deployment publishes.

    Attributes:
        base_url: such as `https://lists.example/trust/bundle`.
        fetcher: the guarded one.
    """

    base_url: str
    fetcher: Fetcher

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, or None where there is no such file.

        Raises:
            FetchError: nobody answered.
        """
        if not is_bundle_path(path):
            return None
        try:
            return self.fetcher.fetch(f"{self.base_url.rstrip('/')}/{path}").content
        except NotThereError:
            return None


@dataclass(frozen=True, slots=True)
class BundleZip:
    """Reads the lists in a zip file, without unpacking it."""

    file: Path

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, or None where there is no such file.

        Raises:
            BundleError: the zip cannot be read, or holds more than lists do.
        """
        if not is_bundle_path(path):
            return None
        try:
            with zipfile.ZipFile(self.file) as archive:
                if archive.getinfo(path).file_size > _MAX_FILE:
                    raise BundleError(f"{path} is larger than we read")
                return archive.read(path)
        except KeyError:
            return None
        except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
            raise BundleError(f"{self.file.name} is no zip file of lists") from error


@dataclass(frozen=True, slots=True)
class _Keeping:
    """Reads from a source, takes what is here already from here, and remembers what was read."""

    source: BundleSource
    here: BundleFolder
    read_files: dict[str, bytes] = field(default_factory=dict)

    def read(self, path: str) -> bytes | None:
        content = self.here.read(path) if path != TIMESTAMP else None
        if content is None:
            content = self.source.read(path)
        if content is not None:
            self.read_files[path] = content
        return content


def mirror(
    source: BundleSource,
    folder: Path,
    *,
    root: bytes,
    now: datetime,
    seen_version: int = 0,
    known: Bundle | None = None,
    corridor: Collection[str] | None = None,
) -> Bundle:
    """Return the lists of a source, checked, once they are kept in a folder.

    Files never change under their name, so what is here is not fetched again: when nothing is new, one small file is.

    Args:
        source: where newer lists may be.
        folder: keeps them.
        root: the pinned root.
        now: to say whether they have run out.
        seen_version: the newest version that was relied on before.
        known: what the folder held when it was read last.
        corridor: codes of the states whose lists are kept; None for all. No file of the others is fetched.

    Raises:
        BundleError: they cannot be relied on; the folder stays as it was.
        FetchError: the source does not answer; the folder stays as it was.
    """
    keeping = _Keeping(source, BundleFolder(folder))
    bundle = open_bundle(keeping, root=root, now=now, seen_version=seen_version, known=known, corridor=corridor)
    for path, content in sorted(keeping.read_files.items(), key=lambda item: item[0] == TIMESTAMP):
        _write(folder / path, content)
    return bundle


def files_of_corridor(folder: Path, *, root: bytes, now: datetime, corridor: Collection[str]) -> frozenset[str]:
    """Return the paths of the files from which the newest lists of some states are read and checked, with the first root.

    Raises:
        BundleError: they cannot be relied on, or one of the states is no party.
    """
    keeping = _Keeping(BundleFolder(folder), BundleFolder(folder))
    open_bundle(keeping, root=root, now=now, corridor=corridor)
    return frozenset({*keeping.read_files, _FIRST_ROOT})


def _write(file: Path, content: bytes) -> None:
    if file.is_file() and file.read_bytes() == content:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.new")
    draft.write_bytes(content)
    draft.replace(file)


def pack(folder: Path, file: Path, only: Collection[str] | None = None) -> int:
    """Write the lists of a folder into a zip for a stick; return how many files it holds.

    Args:
        folder: keeps the lists.
        file: the zip.
        only: paths of the files that are wanted, such as those of a corridor; None for all.
    """
    held = (path for path in folder.rglob("*") if path.is_file() and is_bundle_path(path.relative_to(folder).as_posix()))
    paths = sorted(path for path in held if only is None or path.relative_to(folder).as_posix() in only)
    draft = file.with_name(f".{file.name}.new")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            archive.write(path, path.relative_to(folder).as_posix())
    draft.replace(file)
    return len(paths)
