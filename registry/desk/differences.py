"""What differs between two records, leaf by leaf, for people to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """One leaf: where it stands, what was there and what will be; empty for nothing."""

    path: tuple[str, ...]
    before: str
    after: str


def differences(before: Mapping[str, object] | None, after: Mapping[str, object]) -> tuple[Difference, ...]:
    """Return the leaves that differ, in the order of the new record; those that are gone come last."""
    old, new = dict(_leaves(before or {}, ())), dict(_leaves(after, ()))
    paths = [*new, *(path for path in old if path not in new)]
    found = (Difference(path, old.get(path, ""), new.get(path, "")) for path in paths)
    return tuple(one for one in found if one.before != one.after)


def _leaves(value: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, str(name)))
    elif isinstance(value, (list, tuple)):
        for number, inner in enumerate(value, 1):
            yield from _leaves(inner, (*path, str(number)))
    else:
        yield path, "" if value is None else str(value)
