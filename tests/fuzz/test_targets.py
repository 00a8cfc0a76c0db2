"""Every reader on its good inputs, on what the fuzzer kept, and on what chance makes of them: nothing but `VCError`."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.__main__ import main
from tests.fuzz.targets import CORPUS, TARGETS, Target

PURE: Final = ("credentials", "trust")
THROUGH: Final = {
    "archive": {"parse_anchor"},
    "codec-tables": {"parse_profile", "parse_tables"},
    "cose": {"parse_cose"},
    "dcql": {"parse_path"},
    "mdoc": {"parse_cose_key", "parse_issuer_signed", "parse_part", "parse_tdate", "parse_x5chain"},
    "present": {"parse_datetime", "parse_sd_jwt_vc"},
    "sd-jwt": {"parse_disclosure"},
}
"""Target to the readers that it reaches through others; `lists` reaches those of all records."""
KEPT: Final = sorted(path for path in CORPUS.rglob("*") if path.is_file())


def readers(*packages: str) -> dict[str, str]:
    """Return the name of every function `parse_…` to its module."""
    files = [path for package in packages for path in (CORPUS.parents[1] / package).rglob("*.py")]
    return {name: path.stem for path in files for name in re.findall(r"^def (parse_\w+)", path.read_text(), re.MULTILINE)}


def test_every_reader_of_the_pure_centre_is_fuzzed() -> None:
    named = set(re.findall(r"\bparse_\w+", (Path(__file__).parent / "targets.py").read_text()))
    reached = set().union(*THROUGH.values())
    records = {name for name, module in readers("trust").items() if module in {"records", "rules", "anchoring", "keys", "periods"}}
    assert set(readers(*PURE)) - named - records == reached - records
    assert set(THROUGH) <= set(TARGETS)


@cache
def seeds(name: str) -> tuple[bytes, ...]:
    return tuple(TARGETS[name].seeds())


@pytest.mark.parametrize("name", TARGETS)
def test_good_inputs_are_read(name: str) -> None:
    assert seeds(name)
    for content in seeds(name):
        TARGETS[name](content)


@pytest.mark.parametrize("name", sorted({path.parent.name for path in KEPT}))
def test_what_the_fuzzer_kept_raises_nothing_else(name: str) -> None:
    for path in KEPT:
        if path.parent.name == name:
            TARGETS[name](path.read_bytes())


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


def test_what_must_not_be_raised_is_let_through() -> None:
    def read(content: bytes) -> object:
        return {b"refused": 1}[content]

    Target(read, list, (KeyError,))(b"other")
    with pytest.raises(KeyError):
        Target(read, list)(b"other")


def test_the_command_fuzzes_a_target() -> None:
    pytest.importorskip("atheris", reason="atheris is not installed: it has wheels for Linux alone")
    command = [sys.executable, "-m", "tests.fuzz", "--seconds", "1", "data-url"]
    done = subprocess.run(command, cwd=CORPUS.parents[1], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"data-url +ok +Done [0-9]{3,} runs in [0-9]+ second\(s\)\n", done.stdout)


def test_a_target_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["nothing"])
    assert "there is no target nothing" in capsys.readouterr().err
