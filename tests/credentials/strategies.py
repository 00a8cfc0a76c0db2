"""What the properties of the cryptographic half are tried on."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Final

from hypothesis import strategies as st

KEY_SEEDS: Final = st.binary(min_size=32, max_size=32).filter(lambda seed: any(seed) and seed[0] < 0xFF)
"""Private keys that every algorithm takes."""


def shuffled(draw: st.DrawFn, value: Any) -> Any:  # noqa: ANN401  # any JSON
    """Return the same JSON with the members of its objects in another order."""
    if isinstance(value, dict):
        names = draw(st.permutations(list(value)))
        return {name: shuffled(draw, value[name]) for name in names}
    return [shuffled(draw, item) for item in value] if isinstance(value, list) else value


@st.composite
def reordered(draw: st.DrawFn, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document with its members, at every depth, in any order."""
    return dict(shuffled(draw, copy.deepcopy(dict(document))))


@st.composite
def one_byte_changed(draw: st.DrawFn, content: bytes) -> bytes:
    """Return bytes of which exactly one is another."""
    place = draw(st.integers(0, len(content) - 1))
    other = draw(st.integers(0, 255).filter(lambda byte: byte != content[place]))
    return content[:place] + bytes([other]) + content[place + 1 :]
