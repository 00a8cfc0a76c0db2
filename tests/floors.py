"""Coverage floors, branches included: read from what the run measured."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import coverage

FLOORS: Final = {
    "credentials": 100,
    "schemas": 100,
    "trust": 100,
    "wallet": 95,
    "registry": 95,
    "issuer_api": 95,
    "verifier": 95,
    "web": 95,
    "comity": 95,
}
_ROOT: Final = Path(__file__).parent.parent


def shortfalls() -> list[str]:
    """Return a line for each package that is covered less than its floor."""
    measured = coverage.Coverage()
    measured.load()
    found = []
    for package, floor in FLOORS.items():
        files = [str(path) for path in (_ROOT / package).rglob("*.py") if not _is_left_out(path)]
        reached = _percent(measured, files)
        if reached < floor:
            found.append(f"{package}: {reached:.1f} %, floor {floor} %")
    return found


def _is_left_out(path: Path) -> bool:
    return "migrations" in path.parts or path.name == "pkcs11_process.py"  # the latter runs in a process of its own


def _percent(measured: coverage.Coverage, files: list[str]) -> float:
    points = hit = 0
    for file in files:
        numbers = measured._analyze(file).numbers  # noqa: SLF001  # coverage has no public per-file figures with branches
        points += numbers.n_statements + numbers.n_branches
        hit += numbers.n_executed + numbers.n_executed_branches
    return 100.0 * hit / points if points else 100.0
