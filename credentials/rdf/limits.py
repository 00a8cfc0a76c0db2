"""Limits on a document's shape, checked before JSON-LD sees it: nesting and size cost PyLD more than linearly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from credentials.errors import ComplexityLimitError

MAX_DEPTH: Final = 32
MAX_VALUES: Final = 20_000
MAX_OBJECTS: Final = 4_000


def check_shape(document: Mapping[str, object]) -> None:
    """Raise when a document nests deeper than 32 levels or holds too many values.

    Raises:
        ComplexityLimitError: says which limit.
    """
    values, objects = 0, 0
    level: list[object] = [document]
    for _ in range(MAX_DEPTH + 1):
        if not level:
            return
        values += len(level)
        deeper: list[object] = []
        for value in level:
            if isinstance(value, str):
                continue
            if isinstance(value, Mapping):
                objects += 1
                deeper.extend(value.values())
            elif isinstance(value, (list, tuple)):
                deeper.extend(value)
        if values > MAX_VALUES or objects > MAX_OBJECTS:
            raise ComplexityLimitError("the document holds more values than we process")
        level = deeper
    if level:
        raise ComplexityLimitError(f"the document nests deeper than {MAX_DEPTH} levels")
