"""Mail is handed over once, over TLS that is verified, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from tests.web.mail_host import PASSWORD, SENDER, USER, MailHost, mail_host, text_of
from web.mailing import Mail, Outcome, posting

MAIL: Final = Mail(
    id="0a1b",
    to="najma@home.example",
    sender="École “du Sud”, Sundér\u2019s",
    subject="Your certificate, نجمة",
    plain="Dear نجمة,\n.\nGood-bye\n",
    html="<p>Dear نجمة</p>\n",
    language="en",
    at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MailHost:
    return mail_host(tmp_path_factory.mktemp("mail"))


@pytest.fixture
def host(made: MailHost) -> MailHost:
    """Return the server with nothing that came before."""
    return replace(made, answers={}, came=[], asked=[])


def test_a_mail_says_who_it_is_from_and_comes_through_whole(host: MailHost) -> None:
    with host.up(signs_in=True), posting(host.reached(user=USER, password=PASSWORD)) as post:
        assert [post(MAIL), post(replace(MAIL, id="2c"))] == [Outcome.SENT, Outcome.SENT]
    first, second = host.came
    [sender] = first["From"].addresses
    assert (sender.display_name, sender.addr_spec, first["To"]) == (MAIL.sender, SENDER, MAIL.to)
    assert (first["Subject"], first["Message-ID"]) == (MAIL.subject, "<0a1b@school.example>")
    assert first["Date"].datetime == MAIL.at
    assert text_of(first).replace("\r\n", "\n") == MAIL.plain
    assert text_of(first, "html").replace("\r\n", "\n") == MAIL.html
    assert second["Message-ID"] == "<2c@school.example>"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("550 5.1.1 no such person", Outcome.REFUSED),
        ("556 no mail here", Outcome.REFUSED),
        ("451 later, please", Outcome.LATER),
        ("530 sign in first", Outcome.LATER),
    ],
)
def test_an_address_that_is_refused_stops_no_other(host: MailHost, answer: str, outcome: Outcome) -> None:
    host.answers[MAIL.to] = answer
    with host.up(tls="smtps"), posting(host.reached(starts_tls=False)) as post:
        assert post(MAIL) is outcome
        assert post(replace(MAIL, to="sari@home.example")) is Outcome.SENT
    assert [message["To"] for message in host.came] == ["sari@home.example"]


@pytest.mark.parametrize(
    ("speaks", "reached"),
    [
        pytest.param({"tls": "starttls"}, {"trusted": False}, id="whose certificate nobody vouches for"),
        pytest.param({"tls": "smtps"}, {"trusted": False, "starts_tls": False}, id="the same from the start"),
        pytest.param({"tls": "none"}, {}, id="that has no TLS"),
        pytest.param({"signs_in": True}, {"user": USER, "password": "wrong"}, id="that does not know us"),
        pytest.param({"signs_in": True}, {}, id="that wants to know us"),
    ],
)
def test_nothing_is_said_to_a_server(host: MailHost, speaks: dict[str, Any], reached: dict[str, Any]) -> None:
    with host.up(**speaks), posting(host.reached(**reached)) as post:
        assert post(MAIL) is Outcome.LATER
        assert post(MAIL) is Outcome.LATER
    assert host.asked == []
    assert host.came == []


def test_a_server_of_another_name_is_not_the_one(host: MailHost) -> None:
    with host.up(), posting(replace(host.reached(), host="127.0.0.1")) as post:
        assert post(MAIL) is Outcome.LATER
    assert host.asked == []


def test_a_server_that_is_down_is_asked_once_in_a_round(tmp_path: Path) -> None:
    with posting(mail_host(tmp_path).reached()) as post:
        assert [post(MAIL), post(MAIL)] == [Outcome.LATER, Outcome.LATER]


def test_a_mail_tells_neither_its_address_nor_its_text_nor_a_server_its_password(host: MailHost) -> None:
    assert "najma" not in repr(MAIL)
    assert "Dear" not in repr(MAIL)
    assert PASSWORD not in repr(host.reached(user=USER, password=PASSWORD))
