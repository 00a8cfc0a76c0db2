"""Case J20: one client asks ten times too often, a thousand behind one address do not; and what the buckets are."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from comity.compose import LIMITS
from credentials.errors import COMITY
from tests.conftest import Demonstrated
from web.problems import Problems
from web.rate_limits import Buckets, Limit, RateLimits, counted_address
from web.security import refuse_plainly

LIMIT = Limit(re.compile("/asked"), burst=4, per_second=2)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_j20_one_client_too_often_is_refused_and_a_thousand_behind_one_address_are_served() -> None:
    buckets, limit = Buckets(Clock()), LIMITS[0]
    alone = [buckets.wait((0, "203.0.113.1"), limit) for _ in range(10 * limit.burst)]
    assert [wait == 0 for wait in alone] == [True] * limit.burst + [False] * 9 * limit.burst
    centre = [buckets.wait((0, "203.0.113.2"), limit) for _ in range(1000) for _ in ("par", "nonce", "token")]
    assert not any(centre)


@given(st.lists(st.floats(0, 3), max_size=40))
def test_what_is_served_never_exceeds_burst_and_time(pauses: list[float]) -> None:
    clock = Clock()
    buckets = Buckets(clock)
    served = 0
    for pause in pauses:
        clock.now += pause
        wait = buckets.wait((0, "a"), LIMIT)
        served += wait == 0
        assert served <= LIMIT.burst + clock.now * LIMIT.per_second + 1e-6
        if wait:
            clock.now += wait + 1e-9
            assert buckets.wait((0, "a"), LIMIT) == 0
            served += 1


def test_so_many_buckets_are_kept() -> None:
    buckets = Buckets(Clock(), most=8)
    for number in range(100):
        assert buckets.wait((0, f"{number}"), LIMIT) == 0
        assert buckets.wait((0, "again"), LIMIT) == (0 if number < LIMIT.burst else 0.5)
    assert len(buckets) == 8


@pytest.mark.parametrize(
    ("client", "counted"),
    [
        (None, None),
        (("testclient", 1), None),
        (("127.0.0.9", 1), None),
        (("::1", 1), None),
        (("::ffff:127.0.0.1", 1), None),
        (("203.0.113.7", 1), "203.0.113.7"),
        (("::ffff:203.0.113.7", 1), "203.0.113.7"),
        (("2001:db8:1:2:3:4:5:6", 1), "2001:db8:1:2::/64"),
        (("fe80::1%eth0", 1), "fe80::/64"),
    ],
)
def test_for_whom_a_request_is_counted(client: tuple[str, int] | None, counted: str | None) -> None:
    assert counted_address({"client": client}) == counted


def test_only_what_costs_is_counted_and_each_limit_for_itself() -> None:
    asked = Route("/asked", lambda _: PlainTextResponse("yes"), methods=["GET", "POST"])
    app = Starlette(routes=[asked, Route("/other", lambda _: PlainTextResponse("yes"), methods=["POST"])])
    limited = RateLimits(app, limits=[LIMIT], refuse=refuse_plainly, buckets=Buckets(Clock()))
    browser = TestClient(limited, client=("203.0.113.1", 1))
    assert [browser.post("/asked").status_code for _ in range(5)][:4] == [200] * 4
    assert {browser.get("/asked").status_code, browser.post("/other").status_code} == {200}
    assert TestClient(limited, client=("203.0.113.2", 1)).post("/asked").status_code == 200


@pytest.mark.parametrize("path", ["par", "token", "nonce", "challenge"])
def test_wallets_are_told_when_to_come_again(demonstrated: Demonstrated, path: str) -> None:
    browser, address = limited(demonstrated), f"/issuers/sunder-bay-care/{path}"
    assert browser.post(address).status_code in {200, 400}
    answer = browser.post(address)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "100")
    assert answer.json()["error"] == "temporarily_unavailable"
    assert "try again in 100 s" in answer.json()["error_description"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_who_asks_wallets_is_told_when_to_come_again(demonstrated: Demonstrated) -> None:
    browser = limited(demonstrated)
    assert browser.post("/verifier/api/v1/requests", json={}).status_code == 422
    answer = browser.post("/verifier/api/v1/requests", json={})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "100")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == COMITY + "TOO_MANY_REQUESTS"
    assert answer.json()["title"] == "Too many requests: try again a little later"


def limited(demonstrated: Demonstrated) -> TestClient:
    """Return a client of the deployment's paths, of which each address may ask for one of a kind at once."""
    few = [Limit(limit.paths, 1, 0.01, oauth=limit.oauth) for limit in LIMITS]
    app, refuse = demonstrated.composition.app, Problems(demonstrated.composition.issuer.pages).answer
    assert LIMITS in [row.kwargs.get("limits") for row in app.user_middleware]
    return TestClient(RateLimits(app, limits=few, refuse=refuse, buckets=Buckets(Clock())), client=("203.0.113.1", 1))
