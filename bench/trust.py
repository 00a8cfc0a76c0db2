"""Section `trust`: the lists of 200 states and 100,000 issuers, and what it costs to rely on them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench.partnership import NOW, STATES, Partnership, certificate, codes
from bench.peers import ROOT
from bench.rows import Goal, Row, at_most
from bench.timing import in_process, side_by_side
from trust.bundle import BundleSource, open_bundle
from trust.recognition import Dossier, recognize
from web.bundle_folder import BundleFolder
from web.bundle_sources import files_of_corridor, mirror, pack

_MEGA: Final = 1e6
_MILLI: Final = 1e3
_DOSSIERS: Final = 250
_QUESTIONS: Final = 5_000
_PERCENTILE: Final = 0.99
_FILES_OF_A_STATE: Final = 1
_METADATA_OF_A_PUBLISH: Final = 3  # the state's role, snapshot, timestamp


@dataclass
class _Counting:
    """Reads from a source, and counts the bytes."""

    source: BundleSource
    size: int = 0

    def read(self, path: str) -> bytes | None:
        """Return what the source returns."""
        content = self.source.read(path)
        self.size += len(content or b"")
        return content


def rows() -> Iterator[Row]:
    """Yield the section's rows."""
    with TemporaryDirectory() as name:
        folder = Path(name) / "bundle"
        partnership = Partnership(folder)
        partnership.publish()
        yield _size(folder, Path(name) / "lists.zip")
        yield from _corridor(partnership, Path(name) / "corridor.zip")
        yield from _opened(folder)
        yield from _refreshed(partnership, Path(name) / "here")


def _row(name: str, value: float, unit: str, goal: Goal) -> Row:
    return Row("trust", name, value, unit, goal)


def _size(folder: Path, file: Path) -> Row:
    pack(folder, file)
    return _row("the whole bundle as a zip", file.stat().st_size / _MEGA, "MB", at_most(20, "MB"))


def _corridor(partnership: Partnership, file: Path) -> Iterator[Row]:
    """Yield what the lists of two states alone cost, which a cheap phone keeps for one corridor."""
    root, corridor, folder = partnership.publisher.root(), codes()[:2], partnership.folder
    number = pack(folder, file, files_of_corridor(folder, root=root, now=NOW, corridor=corridor))
    yield _row("the lists of two states as a zip", file.stat().st_size / _MEGA, "MB", at_most(0.5, "MB"))
    yield _row("files that the lists of two states need", number, "files", at_most(25, "files"))
    source = BundleFolder(folder)
    spent = side_by_side({"": in_process(lambda: open_bundle(source, root=root, now=NOW, corridor=corridor))})[""]
    yield _row("full verification of two states' lists (processor time)", spent * _MILLI, "ms", at_most(100, "ms"))


def _opened(folder: Path) -> Iterator[Row]:
    """Yield what a process of its own measures, which has nothing else in its memory."""
    command = [sys.executable, "-m", "bench.trust", str(folder)]
    said: dict[str, Any] = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)  # noqa: S603
    yield _row(f"full verification, {said['issuers']:,} issuers (processor time)", said["seconds"], "s", at_most(3, "s"))
    yield _row("memory of the process with the lists", said["megabytes"], "MB", at_most(300, "MB"))
    yield _row(f"recognize, 99th percentile of {_QUESTIONS:,}", said["p99"] * _MILLI, "ms", at_most(1, "ms"))
    yield _row("recognize, median", said["median"] * _MILLI, "ms", at_most(1, "ms"))


def _refreshed(partnership: Partnership, here: Path) -> Iterator[Row]:
    source, root = BundleFolder(partnership.folder), partnership.publisher.root()
    known = mirror(source, here, root=root, now=NOW)
    partnership.publisher.refresh(now=NOW)
    mirror(source, here, root=root, now=NOW, known=known)
    fetched = _Counting(source)
    mirror(fetched, here, root=root, now=NOW, known=known)
    yield _row("bytes fetched by a refresh when nothing is new", fetched.size, "B", at_most(1000, "B"))
    spent = side_by_side({"": in_process(lambda: mirror(source, here, root=root, now=NOW, known=known))})[""]
    yield _row("warm refresh, nothing new (processor time)", spent * _MILLI, "ms", at_most(100, "ms"))
    before = _names(partnership.folder)
    partnership.change_one(codes()[STATES // 2])
    touched = _names(partnership.folder) - before
    bound = at_most(_FILES_OF_A_STATE + _METADATA_OF_A_PUBLISH, "files")
    yield _row("files that one state's publishing writes", len(touched) + 1, "files", bound)
    fetched, began = _Counting(source), time.process_time()
    mirror(fetched, here, root=root, now=NOW, known=known)
    spent = time.process_time() - began
    yield _row("warm refresh after one state published (processor time)", spent * _MILLI, "ms", at_most(100, "ms"))
    yield _row("bytes fetched by a refresh after one state published", fetched.size, "B", at_most(100_000, "B"))


def _names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def measure(folder: Path) -> dict[str, float]:
    """Return what opening the lists and asking them costs in this process."""
    root = Partnership(folder).publisher.root()
    began = time.process_time()
    bundle = open_bundle(BundleFolder(folder), root=root, now=NOW)
    spent = time.process_time() - began
    memory = _resident()
    dossiers = [Dossier(certificate(codes()[place % STATES], place % 97, bundle)) for place in range(_DOSSIERS)]
    times = []
    for question in range(_QUESTIONS):
        dossier, state = dossiers[question % _DOSSIERS], codes()[question * 13 % STATES]
        began = time.process_time()
        recognize(dossier, state, NOW, bundle=bundle, now=NOW)
        times.append(time.process_time() - began)
    times = sorted(times[_DOSSIERS:])
    asked = {"p99": times[int(len(times) * _PERCENTILE)], "median": times[len(times) // 2]}
    return {"issuers": len(bundle.issuers), "seconds": spent, "megabytes": memory, **asked}


def _resident() -> float:
    """Return the memory of this process, in megabytes."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096 / _MEGA


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(Path(sys.argv[1]))))
