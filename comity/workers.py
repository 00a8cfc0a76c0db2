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
from collections.abc import Callable
from typing import Final

from comity.deployment import SetupError

_YOUNG: Final = 5.0
"""Seconds within which a worker that ends would end again."""
_LOG: Final = logging.getLogger("comity")
Work = Callable[[], object]


def run_workers(count: int, work: Work) -> None:
    """Have so many processes do the same until Ctrl-C or SIGTERM.

    Args:
        count: processes.
        work: opens what it needs, and ends in its own time at SIGTERM.

    Raises:
        SetupError: a worker ended as soon as it had begun; all are stopped.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    life = os.pipe()  # its writing end is closed when this process is gone
    workers = {_started(work, life): time.monotonic() for _ in range(count)}
    try:
        while True:
            _started_anew(workers, work, life)
    except KeyboardInterrupt:
        pass
    finally:
        _stop(tuple(workers))
        for end in life:
            os.close(end)


def _started_anew(workers: dict[int, float], work: Work, life: tuple[int, int]) -> None:
    """Wait until a worker ends, and start another in its place."""
    pid, status = os.wait()
    if time.monotonic() - workers.pop(pid) < _YOUNG:
        raise SetupError(f"A worker could not stay up (status {os.waitstatus_to_exitcode(status)}); see what it said above.")
    _LOG.error("worker %s ended with status %s; another takes its place", pid, os.waitstatus_to_exitcode(status))
    workers[_started(work, life)] = time.monotonic()


def _started(work: Work, life: tuple[int, int]) -> int:
    """Return the id of a new process that works."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        os._exit(_worked(work, life))
    return pid


def _worked(work: Work, life: tuple[int, int]) -> int:
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


def _stop(workers: tuple[int, ...]) -> None:
    for pid in workers:
        os.kill(pid, signal.SIGTERM)
    for pid in workers:
        os.waitpid(pid, 0)
