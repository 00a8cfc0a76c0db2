"""Holding, releasing and withdrawing in the browser: when each can be done, for which reasons, and what its form must have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from issuer_api.names import text_problem
from issuer_api.status import MAX_REASON
from issuer_api.status_changes import REPLACED

ACTS: Final = {"hold": ("suspension", True), "release": ("suspension", False), "withdraw": ("revocation", True)}
"""Act to (purpose of the status list, whether it is set)."""
FROM: Final = {"hold": ("valid",), "release": ("on-hold",), "withdraw": ("valid", "on-hold")}
"""Act to what holds before it."""
TO: Final = {"hold": "on-hold", "release": "valid", "withdraw": "withdrawn"}
"""Act to what holds after it."""
REASONS: Final = {
    "hold": ("checking", "reported-lost", "holder-asked", "other"),
    "release": ("checked", "holder-asked", "other"),
    "withdraw": ("wrong-data", "wrong-person", "not-passed", "false-papers", "holder-asked", "other"),
}
"""Act to the reasons that can be chosen; the last one needs words of one's own."""
_APART: Final = ": "
MAX_WORDS: Final = MAX_REASON - max(len(key) for keys in REASONS.values() for key in keys) - len(_APART)


def reason_kept(reason: str, words: str) -> str:
    """Return a reason as it is kept: the key of what was chosen, and own words, if there are any."""
    return f"{reason}{_APART}{words}" if words else reason


def reason_read(kept: str) -> tuple[str, str]:
    """Return (key of a reason of ours or empty, own words) of a reason as it is kept."""
    key, _, words = kept.partition(_APART)
    known = key == REPLACED or any(key in keys for keys in REASONS.values())
    return (key, words) if known else ("", kept)


def wrong_fields(act: str, reason: str, words: str, *, sure: bool) -> tuple[str, ...]:
    """Return which fields of the form are not as they must be."""
    if act not in ACTS:
        return ("act",)
    problem = text_problem(words, MAX_WORDS)
    checks = {
        "reason": reason not in REASONS[act],
        "words": problem is not None and (problem != "missing" or reason == "other"),
        "sure": act == "withdraw" and not sure,
    }
    return tuple(name for name, is_wrong in checks.items() if is_wrong)


def asked_fields(act: str, wrong: tuple[str, ...], typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the fields of an act's form show: its reasons, what is wrong with them, what was typed."""
    shown = {"reason": "", "words": "", "sure": False, "quiet": False, **typed}
    return {"act": act, "reasons": REASONS[act], "longest": MAX_WORDS, "wrong": wrong, "typed": shown}
