"""`python -m tests.fuzz --seconds N [TARGET …]`: fuzz each target for N seconds; exit 1 when one of them found something."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.fuzz.engine import fuzz, fuzz_here, merge

KEPT: Final = 2048
"""Bytes: longer inputs are not kept."""
MOST: Final = 24
"""Inputs that are kept of a target: the shortest."""


def main(arguments: Sequence[str]) -> int:
    """Run the command; return its exit code."""
    if arguments[:1] == ["--here"]:
        fuzz_here(arguments[1], arguments[2:])
    from tests.fuzz.targets import TARGETS  # noqa: PLC0415  # not before atheris watches what it imports

    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzz what reads bytes from outside.")
    parser.add_argument("--seconds", type=int, default=10, metavar="N", help="for each target; 10 when not given")
    parser.add_argument("--keep", action="store_true", help="add short inputs that reach something new to tests/corpus")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.targets) - set(TARGETS))
    if unknown:
        parser.error(f"there is no target {unknown[0]}")
    results = [fuzzed(name, options.seconds, keep=options.keep) for name in options.targets or TARGETS]
    return 0 if all(results) else 1


def fuzzed(name: str, seconds: int, *, keep: bool) -> bool:
    """Fuzz a target, say what came of it, and return whether nothing was found; what was found is copied to `var/fuzz`."""
    from tests.fuzz.targets import CORPUS, TARGETS  # noqa: PLC0415  # as above

    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for content in (*TARGETS[name].seeds(), *(path.read_bytes() for path in (CORPUS / name).glob("*"))):
            (folder / sha256(content).hexdigest()[:20]).write_bytes(content)
        good, said = fuzz(name, folder, seconds)
        print(f"{name:16}{'ok' if good else 'FOUND'}  {said}", flush=True)  # noqa: T201  # a command
        for path in [*folder.glob("crash-*"), *folder.glob("timeout-*"), *folder.glob("oom-*")]:
            kept = Path("var") / "fuzz" / name / path.name
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, kept)
            path.unlink()
            print(f"  {kept}", flush=True)  # noqa: T201
        if keep and good:
            _keep(name, folder, CORPUS / name)
    return good


def _keep(name: str, found: Path, corpus: Path) -> None:
    for path in found.iterdir():
        if path.stat().st_size > KEPT:
            path.unlink()
    corpus.mkdir(parents=True, exist_ok=True)
    merge(name, corpus, found)
    for path in sorted(corpus.iterdir(), key=lambda path: (path.stat().st_size, path.name))[MOST:]:
        path.unlink()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
