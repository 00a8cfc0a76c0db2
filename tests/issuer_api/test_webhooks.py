from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from credentials.errors import COMITY, FetchError
from issuer_api.errors import ConflictError, InvalidRecordError, UnknownThingError
from issuer_api.history import history
from issuer_api.webhooks import (
    FIRST_WAIT,
    GIVEN_UP_AFTER,
    LONGEST_WAIT,
    MOST,
    add_webhook,
    deliver_due,
    remove_webhook,
    webhooks,
)
from tests.issuer_api.house import CENTRE, OTHER, House
from web.fetcher import Message, Reply

URL = "https://school.example/comity"


@dataclass
class School:
    """Whoever is told: what came, and what it answers."""

    status: int | None = 204
    came: list[Message] = field(default_factory=list)

    def __call__(self, message: Message) -> Reply:
        self.came.append(message)
        if self.status is None:
            raise FetchError("school.example did not answer")
        return Reply(self.status, "", b"")

    def told(self) -> list[tuple[str, str]]:
        """Return (type, thing) of what came."""
        bodies = [json.loads(message.content or b"") for message in self.came]
        return [(body["type"], body["data"]["thing"]) for body in bodies]


def wait(house: House, time: timedelta) -> None:
    house.now[0] += time


def test_every_act_from_then_on_is_told_once_and_in_order(house: House) -> None:
    house.issue()
    add_webhook(house.issuer, CENTRE, URL)
    school = School()
    assert deliver_due(house.issuer, school) == 0
    issued = house.issue("Yusuf Haddad,2026-11-13,,9\n")[0]
    expected = [(act.action, act.thing) for act in reversed(history(house.issuer, CENTRE, most=2))]
    assert deliver_due(house.issuer, school) == 2
    assert deliver_due(house.issuer, school) == 0
    assert school.told() == expected
    assert expected[-1] == ("credential-issued", issued)
    assert b"Yusuf" not in b"".join(message.content or b"" for message in school.came)


def test_a_message_is_signed_as_standard_webhooks_has_it(house: House) -> None:
    _, secret = add_webhook(house.issuer, CENTRE, URL)
    house.bring()
    school = School()
    deliver_due(house.issuer, school)
    [message] = school.came
    signed = f"{message.headers['webhook-id']}.{message.headers['webhook-timestamp']}.".encode() + (message.content or b"")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert message.headers["webhook-signature"] == f"v1,{expected}"
    assert message.headers["webhook-timestamp"] == str(int(house.issuer.clock().timestamp()))
    assert message.url == URL


def test_one_that_fails_is_tried_again_later_and_later_and_misses_nothing(house: House) -> None:
    add_webhook(house.issuer, CENTRE, URL)
    house.bring()
    school = School(status=None)
    assert deliver_due(house.issuer, school) == 0
    wait(house, FIRST_WAIT / 2)
    deliver_due(house.issuer, school)
    assert len(school.came) == 1
    wait(house, FIRST_WAIT)
    school.status = 500
    deliver_due(house.issuer, school)
    wait(house, FIRST_WAIT)
    deliver_due(house.issuer, school)
    assert [one.failures for one in webhooks(house.issuer, CENTRE)] == [2]
    assert len(school.came) == 2
    wait(house, FIRST_WAIT)
    school.status = 200
    assert deliver_due(house.issuer, school) == 1
    assert len({message.headers["webhook-id"] for message in school.came}) == 1
    [one] = webhooks(house.issuer, CENTRE)
    assert (one.behind, one.failures, one.ended) == (0, 0, False)


def test_one_that_is_gone_or_fails_for_days_is_asked_no_more_and_the_others_are(house: House) -> None:
    gone, _ = add_webhook(house.issuer, CENTRE, URL)
    silent, _ = add_webhook(house.issuer, CENTRE, URL + "/silent")
    well, _ = add_webhook(house.issuer, CENTRE, URL + "/well")
    house.bring()
    answers: dict[str, Callable[[Message], Reply]] = {
        URL: School(status=410),
        URL + "/silent": School(status=None),
        URL + "/well": School(),
    }
    for _ in range(GIVEN_UP_AFTER + 3):
        deliver_due(house.issuer, lambda message: answers[message.url](message))
        wait(house, LONGEST_WAIT)
    found = {one.id: one for one in webhooks(house.issuer, CENTRE)}
    assert (found[gone].failures, found[gone].ended) == (1, True)
    assert (found[silent].failures, found[silent].ended) == (GIVEN_UP_AFTER, True)
    assert (found[well].behind, found[well].ended) == (0, False)


def test_an_address_is_one_issuer_s_own(house: House) -> None:
    webhook, _ = add_webhook(house.issuer, CENTRE, URL)
    school = School()
    house.bring(slug=OTHER)
    deliver_due(house.issuer, school)
    assert school.came == []
    assert webhooks(house.issuer, OTHER) == ()
    with pytest.raises(UnknownThingError):
        remove_webhook(house.issuer, OTHER, webhook)
    remove_webhook(house.issuer, CENTRE, webhook)
    house.bring()
    assert deliver_due(house.issuer, school) == 0


@pytest.mark.parametrize(
    "url", ["http://school.example/", "https:///x", "ftp://school.example", "https://sch\u00f6n.example", "x" * 600]
)
def test_what_is_no_address_is_refused(house: House, url: str) -> None:
    with pytest.raises(InvalidRecordError) as raised:
        add_webhook(house.issuer, CENTRE, url)
    assert raised.value.pointer == "/url"


def test_programs_add_list_and_remove(house: House) -> None:
    program = house.program()
    made = [program.post("/issuer/api/v1/webhooks", json={"url": f"{URL}/{number}"}) for number in range(MOST + 1)]
    assert [answer.status_code for answer in made] == [201] * MOST + [409]
    assert made[-1].json()["type"] == ConflictError.type == COMITY + "CONFLICT"
    first = made[0].json()["id"]
    listed = program.get("/issuer/api/v1/webhooks").json()
    assert {"id": first, "url": f"{URL}/0", "behind": MOST - 1, "failures": 0, "ended": False} in listed
    assert "secret" not in str(listed)
    assert program.delete(f"/issuer/api/v1/webhooks/{first}").status_code == 204
    assert program.delete(f"/issuer/api/v1/webhooks/{first}").status_code == 404
    assert house.program(CENTRE, "read").get("/issuer/api/v1/webhooks").status_code == 403
