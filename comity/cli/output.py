"""How the commands speak: plain lines, progress on a terminal, exit statuses."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from credentials.errors import CryptographicSecurityError, ProofError, VCError
from issuer_api.errors import ConflictError
from web.sealing import SealBrokenError

YES: Final = 0
NO: Final = 1
USAGE: Final = 2
UNKNOWN: Final = 3
STOPPED: Final = 130  # as a shell says of SIGINT
NOT_READ: Final = 141  # and of SIGPIPE

STATUS: Final[Mapping[type[VCError], int]] = MappingProxyType(
    {VCError: USAGE, ConflictError: NO, ProofError: NO, CryptographicSecurityError: NO, SealBrokenError: NO}
)
"""Class of a problem to exit status: what was given will not do, unless it is one of these; `could_not_check` comes first."""
_BAR: Final = 30
_UNPRINTABLE: Final = {number: f"\\x{number:02x}" for number in (*range(32), *range(127, 160)) if chr(number) != "\n"}


def say(text: str = "") -> None:
    """Print one line at once; control characters are spelled out, because a terminal would obey them."""
    print(text.translate(_UNPRINTABLE), flush=True)


def say_json(document: object) -> None:
    """Print a document for programs."""
    print(json.dumps(document, ensure_ascii=False, indent=1), flush=True)


def complain(text: str) -> None:
    """Print what is wrong, as one line, where a program's output does not go."""
    line = " ".join(text.split())
    print(f"comity: {line}".translate(_UNPRINTABLE), file=sys.stderr, flush=True)


def explain(error: VCError, *, as_json: bool = False) -> int:
    """Print what is wrong and where; return the exit status."""
    where = f" (at {error.pointer})" if error.pointer else ""
    complain(f"{error.detail}{where}")
    if as_json:
        say_json({"type": error.type, "detail": error.detail, "pointer": error.pointer})
    if error.could_not_check:
        return UNKNOWN
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def show_progress(done: int, total: int, what: str) -> None:
    """Draw a bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        return
    filled = _BAR * done // max(total, 1)
    end = "\n" if done >= total else ""
    print(f"\r  {'█' * filled}{'░' * (_BAR - filled)} {done} of {total} {what}", end=end, file=sys.stderr, flush=True)
