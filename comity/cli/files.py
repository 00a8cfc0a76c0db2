"""Files that a person names on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from comity.deployment import SetupError
from credentials.errors import VCError
from credentials.parsing import parse_json

MAX_FILE: Final = 10 * 1024 * 1024


def read_file(path: Path, most: int = MAX_FILE) -> bytes:
    """Return the bytes of a file of at most 10 MB, or of another size.

    Raises:
        SetupError: there is none, it cannot be read, it is empty or too large.
    """
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise SetupError(f"{path} cannot be read: {error.strerror}") from error
    if not content:
        raise SetupError(f"{path} is empty")
    if len(content) > most:
        raise SetupError(f"{path} has more than the {most // 1024 // 1024} MB that are read")
    return content


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file.

    Raises:
        SetupError: it cannot be read, or holds no plain JSON object.
    """
    try:
        return parse_json(read_file(path))
    except VCError as error:
        raise SetupError(f"{path}: {error.detail}") from error
