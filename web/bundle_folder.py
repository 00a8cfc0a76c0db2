"""The signed lists in a folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_NAME: Final = re.compile(r"(?:metadata|targets)(?:/[A-Za-z0-9][A-Za-z0-9._-]*)+")


@dataclass(frozen=True, slots=True)
class BundleFolder:
    """Reads `metadata/…` and `targets/…` below a folder, and nothing else."""

    folder: Path

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, or None where there is no such file."""
        file = self.folder / path
        return file.read_bytes() if _NAME.fullmatch(path) and file.is_file() else None
