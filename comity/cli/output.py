"""How the commands speak: plain lines, progress on a terminal, exit codes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from credentials.errors import VCError

YES: Final = 0
NO: Final = 1
USAGE: Final = 2
UNKNOWN: Final = 3

_BAR: Final = 30


def say(text: str = "") -> None:
    """Print one line at once."""
    print(text, flush=True)


def explain(error: VCError) -> None:
    """Print what is wrong and where."""
    where = f" (at {error.pointer})" if error.pointer else ""
    print(f"comity: {error.detail}{where}", file=sys.stderr)


def show_progress(done: int, total: int, what: str) -> None:
    """Draw a bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        return
    filled = _BAR * done // max(total, 1)
    end = "\n" if done >= total else ""
    print(f"\r  {'█' * filled}{'░' * (_BAR - filled)} {done} of {total} {what}", end=end, file=sys.stderr, flush=True)
