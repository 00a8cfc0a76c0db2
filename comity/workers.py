"""Several processes that answer at one port. Each opens the deployment for itself; what they share is the database and the disk.

They are forked before anything is open: no connection, key or thread is had by two. Whoever started them waits, starts another for
one that ended by itself, and takes all of them along when it ends, however that comes.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from comity.deployment import SetupError

_YOUNG: Final = 5.0
"""Seconds within which a worker that ends would end again."""
_PAUSE: Final = 0.5
"""Seconds before another takes the place of a young one that was killed."""
_LOG: Final = logging.getLogger("comity")
Work = Callable[[int], object]
"""What a worker does, told its number; who takes another's place has its number."""


@dataclass(frozen=True, slots=True)
class _Worker:
    """Which one a process is, and since when (seconds of the monotonic clock)."""

    number: int
    since: float


def run_workers(count: int, work: Work) -> None:
    """Have so many processes do the same until Ctrl-C or SIGTERM.

    Args:
        count: processes.
        work: opens what it needs, and ends in its own time at SIGTERM.

    Raises:
        SetupError: a worker ended by itself as soon as it had begun; all are stopped.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    life = os.pipe()  # its writing end is closed when this process is gone
    workers: dict[int, _Worker] = {}
    try:
        for number in range(count):
            _start(workers, number, work, life)
        while True:
            _start_anew(workers, work, life)
    except KeyboardInterrupt:
        pass
    finally:
        _stop(workers)
        for end in life:
            os.close(end)


def _start_anew(workers: dict[int, _Worker], work: Work, life: tuple[int, int]) -> None:
    """Wait until a worker ends, and start another in its place."""
    pid, status = os.wait()
    code, gone = os.waitstatus_to_exitcode(status), workers.pop(pid)
    if time.monotonic() - gone.since < _YOUNG:
        if code >= 0:
            raise SetupError(f"A worker could not stay up (status {code}); see what it said above.")
        time.sleep(_PAUSE)
    _LOG.error("worker %s ended with status %s; another takes its place", pid, code)
    _start(workers, gone.number, work, life)


def _start(workers: dict[int, _Worker], number: int, work: Work, life: tuple[int, int]) -> None:
    """Add a new process that works."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        os._exit(_worked(partial(work, number), life))
    workers[pid] = _Worker(number, time.monotonic())


def _worked(work: Callable[[], object], life: tuple[int, int]) -> int:
    """Return the exit status of this worker."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    reading, writing = life
    os.close(writing)
    threading.Thread(target=_end_with, args=(reading,), daemon=True).start()
    try:
        work()
    except KeyboardInterrupt:
        return 0
    except BaseException:  # noqa: BLE001  # the edge of this process: nothing is above it
        _LOG.exception("a worker failed")
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _end_with(reading: int) -> None:
    """End this process once the one that started it is gone."""
    os.read(reading, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def _stop(workers: Collection[int]) -> None:
    """Have workers end, and wait until they have."""
    for pid in workers:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    for pid in workers:
        with suppress(ChildProcessError):
            os.waitpid(pid, 0)
