"""Every reader on its good inputs, on what the fuzzer kept, and on what chance makes of them: nothing but `VCError`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import CORPUS, TARGETS

KEPT: Final = sorted(path for path in CORPUS.rglob("*") if path.is_file())


@cache
def seeds(name: str) -> tuple[bytes, ...]:
    return tuple(TARGETS[name].seeds())


@pytest.mark.parametrize("name", TARGETS)
def test_good_inputs_are_read(name: str) -> None:
    assert seeds(name)
    for content in seeds(name):
        TARGETS[name](content)


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name} {path.name[:12]}")
def test_what_the_fuzzer_kept_raises_nothing_else(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


def test_the_corpus_is_small_and_of_targets_that_are_there() -> None:
    assert {path.parent.name for path in KEPT} <= set(TARGETS)
    assert sum(path.stat().st_size for path in KEPT) < 512 * 1024


@st.composite
def changed(draw: st.DrawFn, content: bytes) -> bytes:
    """Return content with a part cut out, doubled or put in place of another, or with other bytes in it."""
    start, end = sorted((draw(st.integers(0, len(content))), draw(st.integers(0, len(content)))))
    place = draw(st.integers(0, len(content)))
    part = draw(st.sampled_from([b"", content[start:end], content[start:end] * 2]) | st.binary(max_size=8))
    return content[:place] + part + content[place + draw(st.integers(0, 8)) :]


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=25)
@given(data=st.data())
def test_changed_inputs_raise_nothing_else(name: str, data: st.DataObject) -> None:
    content = data.draw(st.sampled_from(seeds(name)).flatmap(changed) | st.binary(max_size=64))
    TARGETS[name](content)
