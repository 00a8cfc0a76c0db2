"""What people are told of their certificates by mail, over a real server: once, why, and only what is so when it is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from issuer_api.claim_mails import queue_mails
from issuer_api.cohorts import CohortReport, cohort_report, import_cohort
from issuer_api.delivery import claim_url
from issuer_api.issuing import find_issued, issue_cohort
from issuer_api.mail_rounds import FIRST_WAIT
from issuer_api.notices import notices_of, send_notices
from issuer_api.replacing import correct, said_by
from issuer_api.status import set_status, set_statuses
from issuer_api.subjects import erase_person
from tests.databases import stored_bytes
from tests.issuer_api import mailing
from tests.issuer_api.house import CENTRE, COURSE, House
from tests.issuer_api.mailing import LIST, NAJMA, SARI
from tests.issuer_api.registrar import registrar, words
from tests.web.mail_host import MailHost, text_of

WHY: Final = "checking: the hours of May"


made, host, house = mailing.made, mailing.host, mailing.house


def issued(house: House) -> tuple[str, ...]:
    return issue_cohort(house.issuer, CENTRE, import_cohort(house.issuer, CENTRE, COURSE, LIST, "list.csv").id)


def class_of(house: House, credential: str) -> CohortReport:
    return cohort_report(house.issuer, CENTRE, find_issued(house.issuer, CENTRE, credential)[0].cohort or "")


def change(house: House, credential: str, purpose: str = "suspension", *, value: bool = True, tell: bool = True) -> None:
    set_status(house.issuer, CENTRE, credential, purpose, value=value, reason=WHY, by="Salma", tell=tell)


def told(house: House, credential: str) -> list[tuple[str, str]]:
    return [(one.kind, one.state) for one in notices_of(house.issuer, CENTRE, credential)]


def test_a_person_is_told_once_what_happened_why_and_what_to_do(house: House, host: MailHost) -> None:
    najma, sari, yusuf = issued(house)
    change(house, najma)
    change(house, najma)
    change(house, yusuf)
    assert (told(house, najma), told(house, yusuf)) == ([("on-hold", "waiting")], [("on-hold", "no-address")])
    with host.up():
        assert [send_notices(house.issuer), send_notices(house.issuer)] == [1, 0]
        change(house, najma, value=False)
        change(house, sari, "revocation")
        assert send_notices(house.issuer) == 2
    assert [message["To"] for message in host.came] == [NAJMA, NAJMA, SARI]
    held, released, withdrawn = (text_of(message) for message in host.came)
    for said in (
        "Dear Najma Akter,",
        "on hold on 23 November 2026",
        "We have to check something first: the hours of May",
        "no link",
    ):
        assert said in held, said
    assert "It is valid again." in released
    assert "This cannot be taken back" in withdrawn
    assert all("Akter" not in str(message["Subject"]) and "hold" not in str(message["Subject"]) for message in host.came)
    assert "href" not in text_of(host.came[0], "html")
    answer = house.program().get(f"/issuer/api/v1/credentials/{najma}/notices").json()
    assert sorted((one["kind"], one["state"]) for one in answer) == [("on-hold", "sent"), ("released", "sent")]
    for secret in (NAJMA, SARI, "hours of May"):
        assert secret.encode() not in stored_bytes(house.issuer.database.engine)


def test_who_has_a_new_one_gets_its_link_and_nobody_is_told_of_what_is_past(house: House, host: MailHost) -> None:
    najma, sari, _ = issued(house)
    assert queue_mails(house.issuer, class_of(house, najma), "fr") == 2
    new = correct(house.issuer, CENTRE, najma, replace(said_by(house.issuer, CENTRE, najma), names=("Najma Aktar",)))
    change(house, sari)
    change(house, sari, value=False)
    erased = house.issue("Ida Lund,2026-11-13,,\n")[0]
    change(house, erased)
    erase_person(house.issuer, CENTRE, find_issued(house.issuer, CENTRE, erased)[0].subject)
    with host.up():
        assert send_notices(house.issuer) == 2
    url = claim_url(house.issuer, new, find_issued(house.issuer, CENTRE, new)[1])
    message = next(one for one in host.came if one["To"] == NAJMA)
    assert url in text_of(message).splitlines()
    assert "Bonjour Najma Akter," in text_of(message)
    assert f'href="{url}"' in text_of(message, "html")
    assert told(house, najma) == [("replaced", "sent")]
    assert sorted(told(house, sari)) == [("on-hold", "dropped"), ("released", "sent")]
    assert told(house, erased) == []


def test_the_registrar_sees_who_was_not_reached_tries_again_and_can_be_quiet(house: House, host: MailHost) -> None:
    najma, sari, yusuf = issued(house)
    salma, page = registrar(house), f"certificates/{najma.removeprefix('urn:uuid:')}"
    host.answers[NAJMA] = "550 5.1.1 no such person"
    assert "The person is told by e-mail" in words(salma.get(f"{page}/hold"))
    with host.up():
        salma.post(f"{page}/hold", {"reason": "checking"})
        assert send_notices(house.issuer) == 0
        change(house, yusuf)
        assert "2 notices reached nobody" in words(salma.get())
        said = words(salma.get("notices"))
        assert "Address refused" in said
        assert "No address: tell the person yourself" in said
        assert "Address refused" in words(salma.get(page))
        host.answers.clear()
        notice = notices_of(house.issuer, CENTRE, najma)[0].id
        assert registrar(house, "tarimba-welding", name="Ola").post(f"notices/{notice}/again").status_code == 404
        assert registrar(house, name="Ana", role="auditor").post(f"notices/{notice}/again").status_code == 403
        assert "Waits to be sent" in words(salma.post(f"notices/{notice}/again"))
        assert send_notices(house.issuer) == 1
    salma.post(f"{page}/release", {"reason": "checked", "quiet": "yes"})
    set_statuses(house.issuer, CENTRE, [sari], "suspension", value=True, reason="checked", by="Salma", tell=False)
    assert (told(house, najma), told(house, sari)) == ([("on-hold", "sent")], [])
    change(house, sari, value=False)
    assert send_notices(house.issuer) == 0  # the server is down
    house.now[0] += FIRST_WAIT
    with host.up():
        assert send_notices(house.issuer) == 1


def test_without_a_mail_server_nothing_is_queued_and_the_page_says_so(house: House) -> None:
    silent = replace(house, issuer=replace(house.issuer, post=None))
    najma = issued(silent)[0]
    assert "tell the person yourself" in words(registrar(silent).get(f"certificates/{najma.removeprefix('urn:uuid:')}/hold"))
    change(silent, najma)
    assert (told(silent, najma), send_notices(silent.issuer)) == ([], 0)
