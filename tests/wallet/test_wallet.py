from __future__ import annotations

import json
import re

import pytest
from sqlmodel import select

from tests.databases import stored_bytes
from tests.wallet.house import BASE, CODE, NOW, OTHER_CODE, House, form_of, tampered
from wallet import holding
from wallet.tables import Holder, Record
from wallet.unlocking import BrowserSecret, Vault
from web.sealing import SealBrokenError


def test_an_empty_wallet_says_what_will_come(house: House) -> None:
    page = house.browser().get("/wallet")
    assert page.status_code == 200
    assert "When a training centre sends you one, it appears here." in page.text
    assert "set-cookie" not in page.headers


def test_both_kinds_lie_in_the_wallet_the_newest_first(house: House) -> None:
    browser = house.browser()
    house.keep(browser)
    house.pass_time(minutes=1)
    house.keep(browser, OTHER_CODE)
    page = browser.get("/wallet").text
    assert page.index("Welder, hull assembly") < page.index("Caregiving NC II")
    assert page.count("Valid</span>") == 2
    assert "28 December 2027" in page  # 400 days from now


@pytest.mark.parametrize(
    ("purpose", "word", "told"),
    [("revocation", "Withdrawn", "withdrew this certificate"), ("suspension", "On hold", "paused this certificate")],
)
def test_what_the_centre_says_later_is_shown(house: House, purpose: str, word: str, told: str) -> None:
    browser = house.browser()
    record = house.keep(browser)
    secured = json.loads(browser.get(f"/wallet/certificates/{record}/certificate.json").content)
    house.centre.mark(secured, purpose)
    assert word in browser.get("/wallet").text
    assert told in browser.get(f"/wallet/certificates/{record}").text


def test_one_that_a_newer_took_the_place_of_is_replaced_and_nobody_is_blamed(house: House) -> None:
    browser = house.browser()
    record = house.keep(browser)
    secured = json.loads(browser.get(f"/wallet/certificates/{record}/certificate.json").content)
    house.centre.mark(secured, "revocation")
    beside = [
        {**entry, "statusListCredential": entry["statusListCredential"].replace("-revocation", "-refresh")}
        for entry in secured["credentialStatus"]
    ]
    house.centre.mark({**secured, "credentialStatus": beside}, "revocation")
    assert "Replaced</span>" in browser.get("/wallet").text
    page = browser.get(f"/wallet/certificates/{record}").text
    assert "The link that the centre gave you gives you the newer one." in page
    assert "Withdrawn" not in page


def test_an_ended_certificate_is_worded_as_ended(house: House) -> None:
    browser = house.browser()
    record = house.keep(browser)
    house.now[0] = NOW.replace(year=2037)
    for address in [address for address in house.centre.answers if "/status/" in address]:
        house.centre.answers[address] = None
    page = browser.get(f"/wallet/certificates/{record}").text
    assert "Ended" in page
    assert "It was valid until 20 November 2036." in re.sub("</?bdi>", "", page)


def test_a_certificate_before_its_first_day_says_so(house: House) -> None:
    house.centre.issue("training-credential", "FUTURE-CODE-0001", validFrom="2026-12-24T00:00:00Z")
    page = house.browser().get("/claim/FUTURE-CODE-0001").text
    assert "Not valid yet" in page
    assert "24 December 2026" in page


def test_what_cannot_be_checked_today_is_not_shown_and_not_called_false(house: House) -> None:
    browser = house.browser()
    record = house.keep(browser)
    for address in house.centre.answers:
        house.centre.answers[address] = None
    for page in (browser.get("/wallet"), browser.get(f"/wallet/certificates/{record}")):
        assert page.status_code == 200
        assert "Could not check" in page.text
        assert "This is not a no" in page.text
    for way in ("share", "remove"):
        assert browser.get(f"/wallet/certificates/{record}/{way}").status_code == 200


def test_the_download_is_the_certificate_byte_for_byte(house: House) -> None:
    browser = house.browser()
    record = house.keep(browser)
    answer = browser.get(f"/wallet/certificates/{record}/certificate.json")
    assert answer.content == house.centre.answers[f"{BASE}/issuer/api/v1/claims/{CODE}"]
    assert answer.headers["content-type"] == "application/vc"
    assert answer.headers["content-disposition"] == 'attachment; filename="certificate.json"'
    assert answer.headers["cache-control"] == "no-store"


def test_nothing_readable_lies_in_the_database(house: House) -> None:
    browser = house.browser()
    record = house.keep(browser)
    house.share(browser, record)
    stored = stored_bytes(house.wallet.database.engine)
    assert len(stored) > 4096
    secret = next(iter(browser.cookies.values()))
    for word in ("Najma", "নাজমা", "Caregiving", "did:web", "XA-SBC-2026-0001", CODE, secret):
        assert word.encode() not in stored


def test_another_wallet_sees_nothing_of_mine(house: House) -> None:
    mine, theirs = house.browser(), house.browser()
    record = house.keep(mine)
    link, _ = house.share(mine, record)
    house.keep(theirs, OTHER_CODE)
    stranger = house.browser()
    ways = ("", "/share", "/remove", "/certificate.json")
    for browser in (theirs, stranger):
        for address in (*(f"/wallet/certificates/{record}{way}" for way in ways), f"/wallet/links/{link}"):
            answer = browser.get(address)
            assert answer.status_code == 404, address
            assert "This is not in your wallet" in answer.text
            assert "Najma" not in answer.text


def test_another_wallet_changes_nothing_of_mine(house: House) -> None:
    mine, theirs = house.browser(), house.browser()
    record = house.keep(mine)
    link, _ = house.share(mine, record)
    own = house.keep(theirs, OTHER_CODE)
    form = {"form": form_of(theirs.get(f"/wallet/certificates/{own}/share").text), "duration": "7-days"}
    for address in (f"/wallet/certificates/{record}/remove", f"/wallet/certificates/{record}/share", f"/wallet/links/{link}/stop"):
        assert theirs.post(address, data=form).status_code == 404
    assert mine.get(f"/wallet/certificates/{record}").status_code == 200
    assert mine.get(f"/s/{link}").status_code == 200


def test_a_browser_that_never_kept_anything_has_no_form_to_send(house: House) -> None:
    browser = house.browser()
    form = {"form": form_of(browser.get(f"/claim/{CODE}").text)}
    assert browser.post("/wallet/links/AAAAAAAAAAAAA/stop", data=form).status_code == 403


def test_taking_a_certificate_out_asks_first_and_stops_its_links(house: House) -> None:
    browser = house.browser()
    record = house.keep(browser)
    link, _ = house.share(browser, record)
    asked = browser.get(f"/wallet/certificates/{record}/remove").text
    assert "Its links stop." in asked
    done = browser.post(f"/wallet/certificates/{record}/remove", data={"form": form_of(asked)})
    assert "no longer in your wallet" in done.text
    assert browser.get(f"/wallet/certificates/{record}").status_code == 404
    assert browser.get(f"/s/{link}").status_code == 410
    assert browser.get(f"/wallet/links/{link}").status_code == 200
    assert house.keep(browser) != record


def test_the_day_of_the_last_visit_is_kept_and_no_more(house: House) -> None:
    browser = house.browser()
    house.keep(browser)
    for days in (0, 3, 0):
        house.pass_time(days=days, minutes=1)
        assert "Max-Age=34560000" in browser.get("/wallet").headers["set-cookie"]
    with house.wallet.database.session() as session:
        holder = session.exec(select(Holder)).one()
    assert (str(holder.created_on), str(holder.opened_on)) == ("2026-11-23", "2026-11-26")


def test_a_visit_to_a_wallet_that_is_gone_changes_nothing(house: House) -> None:
    holding.note_visit(house.wallet, Vault("gone", bytes(32)))


def test_a_sealed_record_cannot_stand_in_for_another(house: House) -> None:
    browser = house.browser()
    first, second = house.keep(browser), house.keep(browser, OTHER_CODE)
    with house.wallet.database.write() as session:
        rows = {row.id: row for row in session.exec(select(Record))}
        rows[first].sealed, rows[second].sealed = rows[second].sealed, rows[first].sealed
    with pytest.raises(SealBrokenError):
        browser.get(f"/wallet/certificates/{first}")


def test_a_stored_certificate_that_was_never_genuine_is_not_shown(house: House) -> None:
    browser = house.browser()
    content = house.centre.answers[f"{BASE}/issuer/api/v1/claims/{CODE}"]
    assert isinstance(content, bytes)
    house.keep(browser, OTHER_CODE)
    secret = BrowserSecret(holding.new_secret(house.wallet).value)
    held, _ = holding.keep(house.wallet, secret, tampered(content), name="urn:x", claim="none")
    browser.cookies.clear()
    browser.cookies.set("comity-wallet", secret.text)
    page = browser.get(f"/wallet/certificates/{held.id}").text
    assert "Do not rely on this certificate" in page
    assert "Somebody Else" not in page.partition("certificate.json")[0]
