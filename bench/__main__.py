"""Run sections of the benchmark: `python -m bench [SECTION …]`; all of them without a name."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Final

from bench.rows import Row, table, write

SECTIONS: Final = ("core",)


def main(names: list[str]) -> int:
    """Measure sections, say what came of it, and keep it; return 0 when every goal is met."""
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        sys.stderr.write(f"no section {', '.join(unknown)}; there are {', '.join(SECTIONS)}\n")
        return 2
    failed = False
    for name in names or SECTIONS:
        measured = list(_measured(import_module(f"bench.{name}").rows))
        sys.stdout.write(f"\n{name}\n{table(measured)}\n")
        write(measured)
        failed |= not all(row.met for row in measured)
    return int(failed)


def _measured(rows: Callable[[], Iterator[Row]]) -> Iterator[Row]:
    for row in rows():
        sys.stderr.write(f"\r{row.name[:70]:70}")
        yield row
    sys.stderr.write(f"\r{'':70}\r")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
