"""Runs one target under atheris, in a process of its own: libFuzzer takes the process over and ends it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

MAX_BYTES: Final = 16 * 1024
SLOW: Final = 10
"""Seconds: an input that takes longer is a finding too."""


def fuzz_here(name: str, arguments: Sequence[str]) -> None:
    """Fuzz a target in this process, which never returns.

    Args:
        name: a key of `TARGETS`.
        arguments: libFuzzer's: folders of inputs first, then flags.
    """
    import atheris  # type: ignore[import-untyped]  # noqa: PLC0415  # only here: the suite runs without it

    with atheris.instrument_imports(include=["credentials", "trust", "issuer_api", "registry", "verifier", "web"]):
        from tests.fuzz.targets import TARGETS  # noqa: PLC0415  # what is imported here is watched

    itself = f"{sys.executable} -m tests.fuzz --here {name}"  # how libFuzzer starts the parts of a merge
    atheris.Setup([itself, *arguments], TARGETS[name])
    atheris.Fuzz()


def fuzz(name: str, folder: Path, seconds: int) -> tuple[bool, str]:
    """Fuzz a target for some seconds; return (whether nothing was found, the last line that says what was done).

    Args:
        name: a key of `TARGETS`.
        folder: inputs to begin from; new ones are added, and what was found is left there as `crash-…` or `timeout-…`.
        seconds: for how long.
    """
    flags = [f"-max_total_time={seconds}", f"-max_len={MAX_BYTES}", f"-timeout={SLOW}", "-rss_limit_mb=1024"]
    done = _run(name, [str(folder), *flags, f"-artifact_prefix={folder}/"])
    lines = [line for line in done.stderr.splitlines() if line.startswith(("Done ", "#", "=="))]
    if done.returncode != 0:
        return False, "\n".join(done.stderr.splitlines()[-25:])
    return True, lines[-1] if lines else "nothing was run"


def merge(name: str, into: Path, found: Path) -> None:
    """Add to a corpus those inputs that reach what nothing in it reaches."""
    _run(name, ["-merge=1", f"-max_len={MAX_BYTES}", str(into), str(found)])


def _run(name: str, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.fuzz", "--here", name, *arguments]
    return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
