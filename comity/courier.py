"""Delivers in the background what programs are told by webhooks and people by mail, while a deployment is served."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

from issuer_api.claim_mails import send_due
from issuer_api.notices import send_notices
from issuer_api.service import Issuer
from issuer_api.webhooks import Exchange, deliver_due

EVERY: Final = 5.0
"""Seconds between two looks."""
_LOG: Final = logging.getLogger("comity")


@contextmanager
def delivering(issuer: Issuer, exchange: Exchange, every: float = EVERY) -> Iterator[None]:
    """Deliver until the end of the block, in the one process that does what is done once."""
    if not issuer.sweeps:
        yield
        return
    ended = threading.Event()
    courier = threading.Thread(target=_deliver, args=(issuer, exchange, every, ended), name="courier", daemon=True)
    courier.start()
    try:
        yield
    finally:
        ended.set()
        courier.join()


def _deliver(issuer: Issuer, exchange: Exchange, every: float, ended: threading.Event) -> None:
    rounds = {
        "webhooks": partial(deliver_due, issuer, exchange),
        "mails": partial(send_due, issuer),
        "notices": partial(send_notices, issuer),
    }
    while not ended.wait(every):
        for what, deliver in rounds.items():
            try:
                while not ended.is_set() and deliver():
                    pass
            except Exception:  # noqa: BLE001  # the edge of this thread: what fails once is tried again
                _LOG.exception("%s could not be delivered", what)
