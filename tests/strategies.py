"""Arbitrary JSON, and documents with something wrong in them."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any, Final

from hypothesis import strategies as st

_SCALARS: Final = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
_TEXTS: Final = st.text(max_size=12) | st.sampled_from(["urn:a", "did:example:a", "2026-11-20T00:00:00Z", "u", "z", "sha256-"])
_NAMES: Final = st.text(max_size=8) | st.sampled_from(["@context", "id", "type", "@value", "@language", "@id", "@type", "proof"])


def json_values() -> st.SearchStrategy[Any]:
    """Return any JSON value, not large."""
    return st.recursive(
        _SCALARS | _TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3), max_leaves=8
    )


def json_objects() -> st.SearchStrategy[dict[str, Any]]:
    """Return any JSON object, not large."""
    return st.dictionaries(_NAMES, json_values(), max_size=5)


def places(document: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the path to every value in a document."""
    items = document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    for name, value in items:
        yield (*path, name)
        yield from places(value, (*path, name))


def changed(document: Mapping[str, Any], path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    """Return a copy of a document with another value at a place; `...` removes what is there."""
    copied: Any = copy.deepcopy(dict(document))
    inner = copied
    for step in path[:-1]:
        inner = inner[step]
    if value is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return dict(copied)


@st.composite
def mutations(draw: st.DrawFn, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of a document with one value replaced or removed."""
    path = draw(st.sampled_from(list(places(document))))
    return changed(document, path, draw(st.just(...) | json_values()))
