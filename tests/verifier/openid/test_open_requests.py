"""What waits for an answer is bounded; what was answered, or came to its end, takes nobody's place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, delete

from tests.verifier.openid.desk import QUERY, Desk
from verifier.openid import requests
from verifier.openid.asking import Ask, ResponseMode
from verifier.openid.errors import TooManyOpenError
from verifier.openid.identity import Prefix
from verifier.openid.requests import Request, Standing
from verifier.openid.service import WalletDesk
from verifier.tables import WalletRequest

MOST = 3
ASK = Ask(ResponseMode.DIRECT_POST, Prefix.REDIRECT_URI, QUERY)


@pytest.fixture
def asking(desk: Desk) -> Iterator[WalletDesk]:
    yield replace(desk.composition.wallet_desk, most_open=MOST)
    empty(desk.composition.wallet_desk)


def empty(asking: WalletDesk) -> None:
    with asking.database.write() as session:
        session.exec(delete(WalletRequest).where(col(WalletRequest.reference) != ""))


def answered(asking: WalletDesk, request: Request) -> None:
    requests.take(asking, request)
    requests.settle(asking, request, Standing.ANSWERED, {"report": {}})


STEPS = st.lists(st.sampled_from(["ask", "ask", "fetch", "answer", "wait", "end"]), max_size=24)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_only_open_requests_count(desk: Desk, asking: WalletDesk, steps: list[str]) -> None:
    empty(asking)
    there: list[Request] = []
    begun = desk.moment[0]
    for step in steps:
        if step == "ask":
            if len(there) >= MOST:
                with pytest.raises(TooManyOpenError):
                    requests.make(asking, ASK)
            else:
                there.append(requests.make(asking, ASK))
        elif step in {"wait", "end"}:
            desk.moment[0] += timedelta(minutes=4) if step == "wait" else requests.LIFETIME
            there = [one for one in there if one.ends_at > desk.now]
        elif there:
            requests.mark_fetched(asking, there[0]) if step == "fetch" else answered(asking, there.pop(0))
    desk.moment[0] = begun


def test_a_desk_answers_all_day(asking: WalletDesk) -> None:
    made = []
    for _ in range(4 * MOST):
        made.append(requests.make(asking, ASK))
        answered(asking, made[-1])
    assert {requests.answer_of(asking, str(one.id)).standing for one in made} == {Standing.ANSWERED}
