"""Processor time of several contenders side by side: in rounds, one after the other, so that a busy machine is busy for all."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Final

Contender = Callable[[int], float]
"""Does its work so many times; returns the processor time of all together, in seconds."""

ROUNDS: Final = 7
_ROUND_SECONDS: Final = 0.1
_WARM_SECONDS: Final = 0.3
_WARM_RUNS: Final = 3


def in_process(action: Callable[[], object]) -> Contender:
    """Return what runs an action in this process."""

    def run(times: int) -> float:
        began = time.process_time()
        for _ in range(times):
            action()
        return time.process_time() - began

    return run


def side_by_side(contenders: Mapping[str, Contender], *, rounds: int = ROUNDS) -> dict[str, float]:
    """Return the median processor time of one run of each contender, in seconds, once each is warm."""
    times = {name: _warmed(contender) for name, contender in contenders.items()}
    measured: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, contender in contenders.items():
            measured[name].append(contender(times[name]) / times[name])
    return {name: median(found) for name, found in measured.items()}


def _warmed(contender: Contender) -> int:
    """Run a contender until it is warm; return how many runs fill a round."""
    spent, runs, last = 0.0, 0, 0.0
    while runs < _WARM_RUNS or spent < _WARM_SECONDS:
        last = contender(1)
        spent, runs = spent + last, runs + 1
    return max(1, math.ceil(_ROUND_SECONDS / max(last, 1e-5)))


def once(action: Callable[[], object], *, rounds: int = 3) -> float:
    """Return the median wall-clock time of an action, in seconds."""
    spent = []
    for _ in range(rounds):
        began = time.perf_counter()
        action()
        spent.append(time.perf_counter() - began)
    return median(spent)
