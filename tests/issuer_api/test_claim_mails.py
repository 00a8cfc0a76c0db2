"""Claim links by mail, from the class's page to a real server: once each, refused ones shown, later when it is down."""

from __future__ import annotations

import logging
import re
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, timedelta

import pytest

from issuer_api.claim_mails import class_mails, queue_mails, send_due
from issuer_api.cohort_file import read_list
from issuer_api.cohorts import CohortReport, cohort_report, import_cohort
from issuer_api.delivery import claim_url
from issuer_api.errors import ConflictError, InvalidRecordError
from issuer_api.issuing import find_issued, issue_cohort
from issuer_api.mail_rounds import FIRST_WAIT, GIVEN_UP_AFTER, LONGEST_WAIT
from issuer_api.status import set_status
from issuer_api.subjects import erase_person
from tests.databases import stored_bytes
from tests.issuer_api import mailing
from tests.issuer_api.house import CENTRE, COURSE, House
from tests.issuer_api.mailing import LIST, NAJMA, SARI
from tests.issuer_api.registrar import registrar, words
from tests.web.mail_host import MailHost, text_of

made, host, house = mailing.made, mailing.host, mailing.house


def signed(house: House) -> CohortReport:
    report = import_cohort(house.issuer, CENTRE, COURSE, LIST, "list.csv")
    issue_cohort(house.issuer, CENTRE, report.id)
    return cohort_report(house.issuer, CENTRE, report.id)


def link(house: House, report: CohortReport, row: int) -> str:
    credential = report.rows[row].credential or ""
    return claim_url(house.issuer, credential, find_issued(house.issuer, CENTRE, credential)[1])


def states(house: House, report: CohortReport) -> list[str]:
    found = class_mails(house.issuer, report).states
    return [found.get(row.credential or "", "") for row in report.rows]


@pytest.mark.parametrize(
    ("cell", "good"),
    [
        ("", True),
        ("najma.akter+work@mail.home.example", True),
        (f"{'a' * 64}@xn--bcher-kva.example", True),
        (f"{'a' * 65}@home.example", False),
        (f"a@{'b' * 63}.{'c' * 63}.{'d' * 63}.{'e' * 57}.example", False),
        ("a@b.example;c@d.example", False),
        ("Najma <a@b.example>", False),
        ("a@bücher.example", False),
        ("ä@b.example", False),
        ("a@b", False),
        ("a@127.0.0.1", False),
        ("a..b@c.example", False),
        ("a@-b.example", False),
        ("a@b.example\u202e", False),
        ('"a@b.example\r\nBcc: c@d.example"', False),
        ("a b@c.example", False),
    ],
)
def test_a_row_has_one_address_or_none(cell: str, good: bool) -> None:  # noqa: FBT001
    [row] = read_list(f"name,awarded_on,email\nSari,2026-11-13,{cell}\n".encode(), started=None, today=date(2026, 11, 23))
    assert [(problem.code, problem.column) for problem in row.problems] == ([] if good else [("email-unreadable", "email")])


def test_a_class_is_sent_its_links_once_from_its_page(house: House, host: MailHost, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    report, salma = signed(house), registrar(house)
    page = salma.get(f"classes/{report.id}/sign")
    assert "2 of 3 have an e-mail address. Language of the e-mails English Français العربية" in words(page)
    assert "Send the claim links by e-mail: 2" in words(page)
    with host.up():
        page = salma.post(f"classes/{report.id}/mails", {"language": "fr"})
        assert "Waits to be sent 2" in words(page)
        assert "Send the claim links" not in words(page)
        assert salma.post(f"classes/{report.id}/mails", {"language": "en"}).status_code == 200
        assert [send_due(house.issuer), send_due(house.issuer)] == [2, 0]
        assert "Sent 2" in words(salma.get(f"classes/{report.id}/sign"))
        salma.post(f"classes/{report.id}/mails", {"language": "en"})
        assert send_due(house.issuer) == 0
    assert states(house, report) == ["sent", "sent", ""]
    assert [message["To"] for message in host.came] == [NAJMA, SARI]
    assert "Claim links sent by e-mail" in words(salma.get("history"))
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name != "mail.log")  # the other side's own
    kept = stored_bytes(house.issuer.database.engine) + logged.encode()
    for secret in (NAJMA, "sari@", link(house, report, 0), link(house, report, 0).rpartition("/")[2]):
        assert secret.encode() not in kept


@pytest.mark.parametrize(
    ("language", "hello", "check"),
    [
        ("en", "Dear Najma Akter,", "How to tell that this is no fraud: the link begins with http://localhost:8000/, "),
        ("fr", "Bonjour Najma Akter,", "Comment savoir que ce n\u2019est pas une fraude"),
        ("ar", "مرحبًا Najma Akter،", "كيف تعرف أن هذا ليس احتيالًا"),
    ],
)
def test_a_mail_has_the_link_whom_it_is_from_and_how_to_check_that(
    house: House, host: MailHost, language: str, hello: str, check: str
) -> None:
    report = signed(house)
    queue_mails(house.issuer, report, language)
    with host.up():
        send_due(house.issuer)
    message, url = host.came[0], link(house, report, 0)
    plain, html = text_of(message).splitlines(), text_of(message, "html")
    assert plain[0] == hello
    assert url in plain
    assert check in text_of(message)
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in html
    assert re.findall(r'(?:href|src)="([^"]*)"', html) == [url]
    assert message["From"].addresses[0].display_name in message["Subject"]
    assert (message["Content-Language"], message["Auto-Submitted"]) == (language, "auto-generated")
    assert NAJMA not in text_of(message)


def test_an_address_that_is_refused_is_shown_with_its_row_and_can_be_tried_again(house: House, host: MailHost) -> None:
    report, salma = signed(house), registrar(house)
    host.answers[NAJMA] = "550 5.1.1 no such person"
    with host.up():
        salma.post(f"classes/{report.id}/mails", {"language": "en"})
        assert send_due(house.issuer) == 1
        house.now[0] += timedelta(minutes=20)
        assert send_due(house.issuer) == 0
        assert host.asked == [NAJMA, SARI]
        said = words(salma.get(f"classes/{report.id}/sign"))
        assert "Row 2, Najma Akter : Address refused" in said or "Row 2, Najma Akter: Address refused" in said
        assert "Send the claim links by e-mail: 1" in said or "Send the claim link by e-mail: 1" in said
        host.answers.clear()
        salma.post(f"classes/{report.id}/mails", {"language": "en"})
        assert send_due(house.issuer) == 1
    assert states(house, report) == ["sent", "sent", ""]
    assert len({message["Message-ID"] for message in host.came}) == 2


def test_a_server_that_was_down_is_asked_later_and_by_the_next_process(house: House, host: MailHost) -> None:
    report = signed(house)
    queue_mails(house.issuer, report, "en")
    assert send_due(house.issuer) == 0
    assert states(house, report) == ["waiting", "waiting", ""]
    with ExitStack() as stack:
        stack.enter_context(host.up())
        assert send_due(house.issuer) == 0  # it is not time yet
        house.now[0] += FIRST_WAIT
        started_anew = house.again()
        assert send_due(started_anew.issuer) == 2
        assert send_due(started_anew.issuer) == send_due(house.issuer) == 0
        started_anew.issuer.database.engine.dispose()
    assert [message["To"] for message in host.came] == [NAJMA, SARI]


def test_one_that_never_answers_is_given_up_and_said(house: House) -> None:
    report = signed(house)
    queue_mails(house.issuer, report, "en")
    for _ in range(GIVEN_UP_AFTER):
        assert states(house, report)[0] == "waiting"
        send_due(house.issuer)
        house.now[0] += LONGEST_WAIT
    assert states(house, report) == ["given-up", "given-up", ""]
    assert len(class_mails(house.issuer, report).open) == 2


def test_nothing_is_sent_of_what_was_withdrawn_or_erased_meanwhile(house: House, host: MailHost) -> None:
    report = signed(house)
    queue_mails(house.issuer, report, "en")
    set_status(house.issuer, CENTRE, report.rows[0].credential or "", "revocation", value=True, reason="a mistake", by="Salma")
    erase_person(house.issuer, CENTRE, report.rows[1].person)
    with host.up():
        assert send_due(house.issuer) == 0
    assert states(house, report) == ["dropped", "", ""]
    assert class_mails(house.issuer, cohort_report(house.issuer, CENTRE, report.id)).open == ()
    assert host.asked == []


def test_who_only_looks_sends_nothing_and_nobody_for_another_centre(house: House) -> None:
    report = signed(house)
    auditor = registrar(house, name="Ana", role="auditor")
    assert "Send the claim link" not in words(auditor.get(f"classes/{report.id}/sign"))
    assert auditor.post(f"classes/{report.id}/mails", {"language": "en"}).status_code == 403
    assert registrar(house, "tarimba-welding").post(f"classes/{report.id}/mails", {"language": "en"}).status_code == 404
    with pytest.raises(InvalidRecordError):
        queue_mails(house.issuer, report, "xx")
    assert states(house, report) == ["", "", ""]


def test_without_a_mail_server_the_page_says_so_and_nothing_is_queued(house: House) -> None:
    silent = replace(house, issuer=replace(house.issuer, post=None))
    report = signed(silent)
    page = registrar(silent).get(f"classes/{report.id}/sign")
    assert "This server sends no e-mail." in words(page)
    assert "Send the claim links" not in words(page)
    with pytest.raises(ConflictError):
        queue_mails(silent.issuer, report, "en")
    assert send_due(silent.issuer) == 0


def test_programs_send_the_mails_of_a_class_and_read_the_figures(house: House) -> None:
    report, program = signed(house), house.program()
    path = f"/issuer/api/v1/cohorts/{report.id}/mails"
    assert program.get(path).json() == {"addressed": 2, "open": 2, "states": {}, "queued": 0}
    assert program.post(path, json={"language": "xx"}).status_code == 422
    assert program.post(path, json={"language": "fr"}).json()["queued"] == 2
    assert program.post(path, json={"language": "fr"}).json()["queued"] == 0
    assert set(program.get(path).json()["states"].values()) == {"waiting"}
    assert house.program(CENTRE, "read").post(path, json={"language": "fr"}).status_code == 403
    counted = program.get("/issuer/api/v1/figures").json()
    assert (counted["all"]["issued"], counted["programmes"][COURSE]["issued"]) == (3, 3)
    assert sum(month["issued"] for month in counted["months"]) == 3
