"""Claims path pointers (OpenID4VP 1.0 §7): names, positions, and null for every element of an array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from credentials.errors import MalformedValueError

MAX_STEPS: Final = 32
MAX_NAME: Final = 256
_LARGEST: Final = 2**31

Pointer = tuple[str | int | None, ...]
"""A path from the top of the claims; None stands for every element of an array."""


class PathError(MalformedValueError):
    """The path leads to nothing in this credential."""


def parse_path(value: object, pointer: str) -> Pointer:
    """Return a claims path pointer.

    Raises:
        MalformedValueError: no array of strings, nulls and positions, or a long one.
    """
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_STEPS:
        raise MalformedValueError(f"a path is an array of 1 to {MAX_STEPS} steps", pointer=pointer)
    for place, step in enumerate(value):
        if not _is_step(step):
            raise MalformedValueError("a step is a name, a position or null", pointer=f"{pointer}/{place}")
    return tuple(value)


def _is_step(step: object) -> bool:
    if isinstance(step, str):
        return len(step) <= MAX_NAME
    return step is None or (isinstance(step, int) and not isinstance(step, bool) and 0 <= step < _LARGEST)


def at_path(claims: object, path: Sequence[str | int | None]) -> list[Any]:
    """Return what a path selects, at least one value (§7.1.1).

    Raises:
        PathError: a step is not for what stands there, or nothing is left.
    """
    selected = [claims]
    for step in path:
        selected = [inner for value in selected for inner in _below(value, step)]
        if not selected:
            raise PathError("the path leads to no claim")
    return selected


def _below(value: object, step: str | int | None) -> list[Any]:
    if isinstance(step, str):
        if not isinstance(value, dict):
            raise PathError("a name is looked for in what is no object")
        return [value[step]] if step in value else []
    if not isinstance(value, list):
        raise PathError("an element is looked for in what is no array")
    return value if step is None else value[step : step + 1]
