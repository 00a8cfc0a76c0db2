from __future__ import annotations

import re

import pytest

from tests.wallet.house import BASE, CODE, House, form_of
from wallet import sharing
from wallet.tables import Share
from web.links import parse_link
from web.sealing import SealBrokenError, decrypt_link

CIPHERTEXT = {"Accept": "application/octet-stream"}


def plain(page: str) -> str:
    return re.sub("</?bdi>", "", page)


def test_the_link_holds_the_certificate_for_whoever_has_the_key(house: House) -> None:
    browser = house.browser()
    link, digits = house.share(browser, house.keep(browser))
    code = parse_link(f"{BASE}/s/{link}#{digits}")
    answer = house.browser().get(f"/s/{link}", headers=CIPHERTEXT)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["cache-control"] == "no-store"
    assert decrypt_link(answer.content, code.key, link) == house.centre.answers[f"{BASE}/issuer/api/v1/claims/{CODE}"]
    with pytest.raises(SealBrokenError):
        decrypt_link(answer.content, bytes(16), link)
    with pytest.raises(SealBrokenError):
        decrypt_link(answer.content, code.key, "AAAAAAAAAAAAA")


def test_the_printed_form_in_capitals_opens_the_same_link(house: House) -> None:
    browser = house.browser()
    link, _ = house.share(browser, house.keep(browser))
    assert house.browser().get(f"/S/{link}").status_code == 200
    assert house.browser().get(f"/s/{link.lower()}").status_code == 200


def test_before_it_is_made_the_worker_sees_what_the_employer_will_see(house: House) -> None:
    browser = house.browser()
    record = house.keep(browser)
    page = browser.get(f"/wallet/certificates/{record}/share").text
    for words in ("What the employer will see", "নাজমা আক্তার", "Caregiving NC II", "1 hour", "7 days", "30 days", "1 year"):
        assert words in page
    assert "Only the link ends then. Your certificate does not." in page


def test_a_duration_that_is_not_offered_makes_no_link(house: House) -> None:
    browser = house.browser()
    record = house.keep(browser)
    form = form_of(browser.get(f"/wallet/certificates/{record}/share").text)
    for duration in ("", "100-years"):
        answer = browser.post(f"/wallet/certificates/{record}/share", data={"form": form, "duration": duration})
        assert answer.status_code == 422
        assert "No link was made" in answer.text
    assert "My links" not in browser.get("/wallet").text


@pytest.mark.parametrize(("duration", "hours"), [("1-hour", 1), ("7-days", 7 * 24), ("30-days", 30 * 24), ("1-year", 365 * 24)])
def test_a_link_works_to_its_end_and_not_beyond(house: House, duration: str, hours: int) -> None:
    browser = house.browser()
    link, _ = house.share(browser, house.keep(browser), duration)
    house.pass_time(hours=hours, seconds=-1)
    assert house.browser().get(f"/s/{link}", headers=CIPHERTEXT).status_code == 200
    house.pass_time(seconds=1)
    assert house.browser().get(f"/s/{link}", headers=CIPHERTEXT).status_code == 410
    page = house.browser().get(f"/s/{link}")
    assert page.status_code == 410
    assert "This link ended on" in page.text
    assert "The certificate has not ended: ask the person for a new link." in page.text


def test_a_link_that_ended_leaves_no_ciphertext(house: House) -> None:
    browser = house.browser()
    link, _ = house.share(browser, house.keep(browser), "1-hour")
    house.pass_time(hours=2)
    assert house.browser().get(f"/s/{link}", headers=CIPHERTEXT).status_code == 410
    with house.wallet.database.session() as session:
        row = session.get(Share, link)
    assert row is not None
    assert (row.ciphertext, row.sealed) == (None, None)
    assert "This link ended on 23 November 2026" in plain(browser.get(f"/wallet/links/{link}").text)
    assert "The link ended on 23 November 2026" in plain(browser.get("/wallet").text)


def test_stopping_works_at_once_and_for_good(house: House) -> None:
    browser = house.browser()
    link, _ = house.share(browser, house.keep(browser))
    form = {"form": form_of(browser.get(f"/wallet/links/{link}").text)}
    for _ in range(2):
        stopped = browser.post(f"/wallet/links/{link}/stop", data=form)
        assert "You stopped this link on 23 November 2026." in plain(stopped.text)
    assert house.browser().get(f"/s/{link}", headers=CIPHERTEXT).status_code == 410
    page = house.browser().get(f"/s/{link}")
    assert page.status_code == 410
    assert "The person stopped this link. Ask them, if you still need it." in re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page.text))
    with house.wallet.database.session() as session:
        row = session.get(Share, link)
    assert row is not None
    assert (row.ciphertext, row.sealed) == (None, None)


def test_only_openings_are_counted_with_the_day(house: House) -> None:
    browser = house.browser()
    link, _ = house.share(browser, house.keep(browser))
    assert "Nobody has opened it yet." in browser.get(f"/wallet/links/{link}").text
    stranger = house.browser()
    stranger.get(f"/s/{link}")  # the page alone, as a preview would
    stranger.get(f"/s/{link}", headers=CIPHERTEXT)
    assert "Opened once, on 23 November 2026." in plain(browser.get(f"/wallet/links/{link}").text)
    house.pass_time(days=1)
    stranger.get(f"/s/{link}", headers=CIPHERTEXT)
    assert "Opened 2 times, last on 24 November 2026." in plain(browser.get("/wallet").text)


def test_a_link_that_never_was_says_nothing_of_certificates(house: House) -> None:
    page = house.browser().get("/s/AAAAAAAAAAAAA")
    assert page.status_code == 404
    assert "There is no such link" in page.text
    assert house.browser().get("/s/AAAAAAAAAAAAA", headers=CIPHERTEXT).status_code == 404


def test_the_opening_page_holds_neither_key_nor_name(house: House) -> None:
    browser = house.browser()
    link, digits = house.share(browser, house.keep(browser))
    page = house.browser().get(f"/s/{link}")
    assert f'data-share="{link}"' in page.text
    assert digits not in page.text
    assert "Najma" not in page.text
    assert "<noscript>" in page.text


def test_the_screen_shows_a_code_and_the_address(house: House) -> None:
    browser = house.browser()
    record = house.keep(browser)
    link, digits = house.share(browser, record)
    page = browser.get(f"/wallet/links/{link}").text
    assert f"{BASE}/s/{link}#{digits}" in page
    assert 'class="qr"' in page
    assert "The link ends on 30 November 2026 09:00 UTC." in plain(page)
    assert "Your certificate does not: it is valid until 20 November 2036." in plain(page)
    assert f"/wallet/links/{link}" in browser.get(f"/wallet/certificates/{record}").text


def test_a_forged_form_stops_nothing(house: House) -> None:
    browser = house.browser()
    link, _ = house.share(browser, house.keep(browser))
    assert browser.post(f"/wallet/links/{link}/stop", data={"form": "guess"}).status_code == 403
    assert browser.get(f"/s/{link}").status_code == 200


def test_closed_links_leave_the_list_after_a_month(house: House) -> None:
    browser = house.browser()
    house.share(browser, house.keep(browser), "1-hour")
    house.pass_time(days=29)
    assert "My links" in browser.get("/wallet").text
    house.pass_time(days=2)
    assert "My links" not in browser.get("/wallet").text
    assert sharing.KEPT_FOR.days == 30
