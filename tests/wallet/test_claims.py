from __future__ import annotations

import json

import pytest

from tests.wallet.house import BASE, CODE, OTHER_CODE, TEXT, House, form_of, tampered

CLAIM = f"{BASE}/issuer/api/v1/claims/{CODE}"


def test_a_claim_link_shows_the_certificate_with_every_name_in_its_script(house: House) -> None:
    page = house.browser().get(f"/claim/{CODE}")
    assert page.status_code == 200
    assert '<p class="who__name"><span lang="bn" dir="ltr">নাজমা আক্তার</span></p>' in page.text
    assert "Najma Akter" in page.text
    assert "Caregiving NC II" in page.text
    assert "Keep it" in page.text


@pytest.mark.parametrize(("language", "direction", "words"), [("fr", "ltr", "Le garder"), ("ar", "rtl", "احتفظ بها")])
def test_the_page_is_in_the_readers_language(house: House, language: str, direction: str, words: str) -> None:
    page = house.browser().get(f"/claim/{CODE}", headers={"Accept-Language": language})
    assert f'<html lang="{language}" dir="{direction}">' in page.text
    assert words in page.text


def test_kept_once_it_is_in_the_wallet_and_offered_again_it_is_only_shown(house: House) -> None:
    browser = house.browser()
    record = house.keep(browser)
    assert "Caregiving NC II" in browser.get("/wallet").text
    again = browser.get(f"/claim/{CODE}")
    assert "You already have this certificate." in again.text
    assert f"/wallet/certificates/{record}/share" in again.text
    assert "Keep it" not in again.text


def test_keeping_twice_keeps_one(house: House) -> None:
    browser = house.browser()
    form = {"form": form_of(browser.get(f"/claim/{CODE}").text)}
    first, second = (browser.post(f"/claim/{CODE}", data=form) for _ in range(2))
    assert "This certificate is now in your wallet." in first.text
    assert "You already have this certificate." in second.text
    assert browser.get("/wallet").text.count('class="cred"') == 1


def test_a_claim_link_that_was_used_up_still_shows_what_the_wallet_holds(house: House) -> None:
    browser = house.browser()
    house.keep(browser)
    house.centre.answers[CLAIM] = 410
    assert "You already have this certificate." in browser.get(f"/claim/{CODE}").text
    stranger = house.browser().get(f"/claim/{CODE}")
    assert stranger.status_code == 410
    assert "This link does not work any more" in stranger.text


@pytest.mark.parametrize("code", ["NO-SUCH-CODE-9999", "short", "x" * 200])
def test_an_unknown_claim_link_says_so(house: House, code: str) -> None:
    page = house.browser().get(f"/claim/{code}")
    assert page.status_code == 404
    assert "No certificate has this link" in page.text


def test_a_centre_that_does_not_answer_is_not_a_no(house: House) -> None:
    house.centre.answers[CLAIM] = None
    page = house.browser().get(f"/claim/{CODE}")
    assert page.status_code == 503
    assert "This is not a no" in page.text


def test_a_changed_certificate_is_neither_shown_nor_kept(house: House) -> None:
    browser = house.browser()
    form = {"form": form_of(browser.get(f"/claim/{CODE}").text)}
    content = house.centre.answers[CLAIM]
    assert isinstance(content, bytes)
    house.centre.answers[CLAIM] = tampered(content)
    for answer in (browser.get(f"/claim/{CODE}"), browser.post(f"/claim/{CODE}", data=form)):
        assert answer.status_code == 422
        assert "Do not rely on this certificate" in answer.text
        assert "Somebody Else" not in answer.text
        assert "Caregiving" not in answer.text
    assert "No certificate yet" in browser.get("/wallet").text


def test_without_the_centres_key_nothing_is_shown_and_nothing_refused(house: House) -> None:
    for address in [address for address in house.centre.answers if address.endswith("did.json")]:
        house.centre.answers[address] = None
    page = house.browser().get(f"/claim/{CODE}")
    assert page.status_code == 503
    assert "We could not check this certificate" in page.text
    assert "Najma" not in page.text


def test_without_the_status_list_the_certificate_is_shown_and_the_doubt_is_worded(house: House) -> None:
    for address in [address for address in house.centre.answers if "/status/" in address]:
        house.centre.answers[address] = None
    page = house.browser().get(f"/claim/{CODE}")
    assert page.status_code == 200
    assert "Najma Akter" in page.text
    assert "Could not check" in page.text
    assert "This is not a no" in page.text


def test_a_form_of_another_browser_keeps_nothing(house: House) -> None:
    theirs = form_of(house.browser().get(f"/claim/{CODE}").text)
    mine = house.browser()
    mine.get(f"/claim/{CODE}")
    for form in (theirs, "", "é"):
        answer = mine.post(f"/claim/{CODE}", data={"form": form})
        assert answer.status_code == 403
        assert "nothing was done" in answer.text
    assert house.browser().post(f"/claim/{CODE}", data={"form": theirs}).status_code == 403
    assert "No certificate yet" in mine.get("/wallet").text


def test_a_program_gets_a_problem_document(house: House) -> None:
    answer = house.browser().get("/claim/NO-SUCH-CODE-9999", headers={"Accept": "application/problem+json"})
    assert answer.headers["content-type"] == "application/problem+json"
    assert json.loads(answer.text)["type"].endswith("#CLAIM_UNKNOWN")


def test_pages_are_private_and_the_cookie_is_closed_to_scripts(house: House) -> None:
    answer = house.browser().get(f"/claim/{CODE}", headers=TEXT)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["referrer-policy"] == "no-referrer"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert f"Max-Age={400 * 24 * 3600}" in cookie


def test_work_experience_is_worded_as_such(house: House) -> None:
    page = house.browser().get(f"/claim/{OTHER_CODE}")
    assert "cred cred--work" in page.text
    assert "Welder, hull assembly" in page.text
    assert "Attested by" in page.text
    assert "1 June 2023" in page.text


def test_a_program_at_a_claim_link_is_told_in_which_ways_it_can_be_used(house: House) -> None:
    answer = house.browser().get(f"/claim/{CODE}?iuv=1", headers={"Accept": "application/json"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/workflows/claim/exchanges/{CODE}/protocols")
    assert "set-cookie" not in answer.headers
    page = house.browser().get(f"/claim/{CODE}?iuv=1", headers={"Accept": "text/html,application/json"})
    assert page.headers["content-type"].startswith("text/html")
