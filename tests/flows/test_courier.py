from __future__ import annotations

import threading
from dataclasses import replace

from comity.courier import delivering
from issuer_api.webhooks import add_webhook
from tests.flows.world import SLUG, World
from web.fetcher import Message, Reply


def test_what_happens_is_delivered_while_the_deployment_is_served(world: World) -> None:
    issuer, came = world.composition.issuer, threading.Event()
    add_webhook(issuer, SLUG, "https://school.example/first")

    def take(message: Message) -> Reply:
        if message.url.endswith("/first"):
            came.set()
        return Reply(204, "", b"")

    with delivering(issuer, take, every=0.01):
        add_webhook(issuer, SLUG, "https://school.example/second")  # an act, which the first is told of
        assert came.wait(10)
    before = threading.active_count()
    with delivering(replace(issuer, sweeps=False), take, every=0.01):
        assert threading.active_count() == before
