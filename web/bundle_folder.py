"""The signed lists in a folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_NAME: Final = re.compile(r"(?:metadata|targets)(?:/[A-Za-z0-9][A-Za-z0-9._-]*)+")


def is_bundle_path(path: str) -> bool:
    """Return whether a path is one of `metadata/…` and `targets/…`, without anything that leads elsewhere."""
    return _NAME.fullmatch(path) is not None


@dataclass(frozen=True, slots=True)
class BundleFolder:
    """Reads `metadata/…` and `targets/…` below a folder, and nothing else."""

    folder: Path

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, or None where there is no such file."""
        file = self.folder / path
        return file.read_bytes() if is_bundle_path(path) and file.is_file() else None
