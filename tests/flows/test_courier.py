from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from comity.courier import delivering
from issuer_api.claim_mails import queue_mails
from issuer_api.cohorts import cohort_report, import_cohort
from issuer_api.issuing import issue_cohort
from issuer_api.webhooks import add_webhook
from tests.flows.world import SLUG, World
from web.fetcher import Message, Reply
from web.mailing import Mail, Outcome


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


def test_what_people_are_sent_goes_beside_it_even_where_webhooks_fail(world: World) -> None:
    came = threading.Event()

    @contextmanager
    def post() -> Iterator[Callable[[Mail], Outcome]]:
        def take(mail: Mail) -> Outcome:
            assert mail.to == "najma@home.example"
            came.set()
            return Outcome.SENT

        yield take

    def fail(_message: Message) -> Reply:
        raise OSError("no descriptors are left")

    issuer = replace(world.composition.issuer, post=post)
    content = b"name,awarded_on,email\nNajma Akter,2026-11-13,najma@home.example\n"
    cohort = import_cohort(issuer, SLUG, "caregiving-nc2", content, "list.csv").id
    issue_cohort(issuer, SLUG, cohort)
    add_webhook(issuer, SLUG, "https://school.example/first")
    queue_mails(issuer, cohort_report(issuer, SLUG, cohort), "en")  # an act, which that address is told of
    with delivering(issuer, fail, every=0.01):
        assert came.wait(10)
