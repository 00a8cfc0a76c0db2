"""Messages of a vault to foreign addresses: carried whole, for its owner alone, and never to where nobody may go."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.wallet.house import BASE, NOW, House
from tests.wallet.test_vaults import Device
from tests.web.strange_host import NAMES, PUBLIC, StrangeHost, send, strange_host
from wallet.relaying import MOST, MOST_OF_ALL, Turns
from wallet.routes import router
from wallet.vault_errors import RelayBusyError
from web.fetcher import FetchLimits, GuardedFetcher
from web.joining import join

ANSWER = "https://issuer.example/answer"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[StrangeHost]:
    with strange_host(tmp_path) as running:
        yield running


@pytest.fixture
def device(house: House, host: StrangeHost) -> Device:
    fetcher = GuardedFetcher(
        in_process={"https://other.example": house.centre.fetch},
        limits=FetchLimits(size=2000),
        resolve=lambda name: (PUBLIC,) if name in NAMES else ("10.0.0.1",),
        dial=host.dial,
        tls=host.trust,
    )
    app = FastAPI()
    join(app, router(replace(house.wallet, relay=fetcher.exchange)))
    made = Device(TestClient(app, base_url=BASE))
    assert made.make().status_code == 201
    return made


def carried(device: Device, url: str, **more: object) -> tuple[int, Any]:
    answer = device.ask("POST", "/relay", {"url": url} | more)
    return answer.status_code, answer.json()


def test_a_form_goes_out_and_whatever_comes_back_is_handed_over(device: Device, host: StrangeHost) -> None:
    host.answers["/answer"] = send(b'{"error": "x"}', status="400 Bad Request", headers={"Content-Type": "Application/JSON"})
    sent = {"content": "vp_token=1&state=2", "accept": "application/json", "idempotency_key": "k" * 22}
    status, reply = carried(device, ANSWER, authorization="Bearer abc", **sent)
    assert (status, reply["status"], reply["type"]) == (200, 400, "application/json")
    assert base64.urlsafe_b64decode(reply["content"] + "==") == b'{"error": "x"}'
    [asked] = host.asked
    head = asked.split(b"\r\n")
    assert head[0] == b"POST /answer HTTP/1.1"
    assert {b"Content-Type: application/x-www-form-urlencoded", b"Accept: application/json", b"Authorization: Bearer abc"} <= {
        *head
    }
    assert b"Idempotency-Key: " + b"k" * 22 in head
    assert asked.endswith(b"\r\n\r\nvp_token=1&state=2")
    assert not any(line.lower().startswith((b"cookie", b"origin", b"referer")) for line in head)


def test_a_proof_goes_out_and_the_next_nonce_comes_back(device: Device, host: StrangeHost) -> None:
    named = {"DPoP-Nonce": "n-2", "Content-Type": "application/jwt"}
    host.answers["/answer"] = send(b"a.b.c.d.e", status="401 Unauthorized", headers=named)
    sent = {"content": "a..b.c.d", "type": "application/jwt", "authorization": "DPoP abc", "dpop": "e30.e30.c2ln"}
    status, reply = carried(device, ANSWER, **sent)
    assert (status, reply["status"], reply["type"], reply["dpop_nonce"]) == (200, 401, "application/jwt", "n-2")
    head = host.asked[0].split(b"\r\n")
    assert {b"DPoP: e30.e30.c2ln", b"Authorization: DPoP abc", b"Content-Type: application/jwt"} <= {*head}


def test_an_object_is_fetched_and_no_redirect_is_followed(device: Device, host: StrangeHost) -> None:
    host.answers["/request"] = send(b"a.b.c", headers={"Content-Type": "application/oauth-authz-req+jwt"})
    assert carried(device, "https://issuer.example/request")[1]["type"] == "application/oauth-authz-req+jwt"
    host.answers["/moved"] = send(b"", status="302 Found", headers={"Location": "https://issuer.example/request"})
    moved = carried(device, "https://issuer.example/moved")[1]
    assert (moved["status"], moved["location"]) == (302, "https://issuer.example/request")
    assert host.paths() == ["/request", "/moved"]


def test_g9_nothing_is_carried_to_where_nobody_goes(device: Device, host: StrangeHost) -> None:
    for url in (
        "http://issuer.example/answer",
        "https://issuer.example:8443/answer",
        "https://user@issuer.example/answer",
        "https://inside.example/answer",
        "https://other.example/answer",
    ):
        status, problem = carried(device, url, content="x")
        assert (status, problem["type"].rpartition("#")[2]) == (422, "FETCH_BLOCKED"), url
    assert host.dialled == []


def test_a_long_answer_is_not_handed_over(device: Device, host: StrangeHost) -> None:
    host.answers["/answer"] = send(b"x" * 2001)
    assert carried(device, ANSWER)[0] == 424
    host.answers["/answer"] = send(b"x", headers={"Content-Encoding": "gzip"})
    assert carried(device, ANSWER)[0] == 424


def test_other_messages_are_none_that_a_vault_sends(device: Device, host: StrangeHost) -> None:
    wrong: list[dict[str, str]] = [{"accept": "text/html"}, {"type": "text/plain", "content": ""}, {"authorization": "Basic eA=="}]
    for more in (*wrong, {"method": "PUT"}, {"dpop": "no token"}, {"dpop": "a.b.c\r\nCookie: x"}):
        assert carried(device, ANSWER, **more)[0] == 422, more
    assert host.dialled == []


def test_it_carries_for_owners_alone_and_not_without_end(device: Device, host: StrangeHost, house: House) -> None:
    host.answers["/answer"] = send(b"")
    stranger = replace(device, access="x" * 43)
    assert carried(stranger, ANSWER)[0] == 401
    said = [carried(device, "http://issuer.example/")[0] for _ in range(MOST + 1)]
    assert said == [422] * MOST + [429]
    house.pass_time(minutes=5)
    assert carried(device, ANSWER)[0] == 200
    assert len(host.asked) == 1


def test_whoever_makes_many_vaults_sends_no_more_than_all_may() -> None:
    turns = Turns(NOW)
    for number in range(MOST_OF_ALL):
        turns.take(f"vault {number}", NOW)
    with pytest.raises(RelayBusyError):
        turns.take("another", NOW)
    turns.take("another", NOW + timedelta(minutes=5))
