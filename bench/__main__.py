"""Run sections of the benchmark: `python -m bench [SECTION …]`; all of them without a name."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Final

from bench import plots
from bench.rows import Row, table, write

SECTIONS: Final = ("core", "trust", "qr", "openid")


def main(names: list[str]) -> int:
    """Measure sections, say what came of it, and keep it."""
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        sys.stderr.write(f"no section {', '.join(unknown)}; there are {', '.join(SECTIONS)}\n")
        return 2
    for name in names or SECTIONS:
        measured = list(_measured(import_module(f"bench.{name}").rows))
        sys.stdout.write(f"\n{name}\n{table(measured)}\n")
        write(measured)
        plots.write(measured)
    return 0


def _measured(rows: Callable[[], Iterator[Row]]) -> Iterator[Row]:
    for row in rows():
        sys.stderr.write(f"\r{row.name[:70]:70}")
        yield row
    sys.stderr.write(f"\r{'':70}\r")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
