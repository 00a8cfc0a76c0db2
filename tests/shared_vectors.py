"""Vectors and data that lie beside the project and are no part of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

SHARED: Final = Path(__file__).parents[2] / "shared"


def shared(*parts: str) -> Path:
    """Return a path below `../shared`, or skip the test where it is not there."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{path} is not there: these vectors lie beside the project")
    return path


def shared_json(*parts: str) -> Any:  # noqa: ANN401  # whatever stands there
    """Return the JSON of a file below `../shared`, or skip the test where it is not there."""
    return json.loads(shared(*parts).read_bytes())
