"""A superseded revision of a context, whose digests a fixture of the W3C suite for VCDM 2.0 pins; nothing is ever read by it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import schemas

_FOLDER: Final = Path(__file__).parent
_SUPERSEDED: Final = {row["url"]: row for row in json.loads((_FOLDER / "index.json").read_bytes())}


def revisions(url: str) -> tuple[bytes, ...]:
    """Return the bytes of a resource that we hold in every revision, the superseded one too."""
    row = _SUPERSEDED.get(url)
    older = (schemas.pinned(_FOLDER / row["file"], row["sha256"]),) if row else ()
    return (*schemas.revisions(url), *older)
