"""Showing from the vault by OpenID4VP: a question of our own verifier is answered, refused, and forged."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx2
import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab

from issuer_api.openid.configurations import configuration_of
from issuer_api.openid.offers import make_offer
from issuer_api.openid.service import OpenID
from tests.browser.pages import first_credential
from tests.browser.test_pages import unreachable, violations
from tests.browser.test_vault import LOCAL, PAGE, device, exchanged, home, make, shown
from tests.conftest import Served

pytestmark = pytest.mark.browser
PICTURES: Final = os.environ.get("COMITY_PICTURES", "")
QUERY: Final = {
    "credentials": [
        {"id": "course", "format": "dc+sd-jwt", "meta": {"vct_values": ["urn:course:1"]}, "claims": [{"path": ["name"]}]}
    ]
}


def picture(tab: Tab, name: str) -> None:
    if PICTURES:
        tab.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)


@pytest.fixture(scope="module")
def holder(browser: Browser, served: Served) -> Iterator[Tab]:
    """A phone with an open vault that holds a certificate in parts."""
    made = make_offer(
        OpenID(served.demonstrated.composition.issuer),
        "sunder-bay-care",
        configuration_of("caregiving-nc2"),
        first_credential(served),
        grant="pre-authorized_code",
        tx_code=False,
        by="test",
    )
    context, tab = device(browser, viewport={"width": 320, "height": 800})
    make(tab, served)
    shown(tab, "home")
    tab.fill("#link", made.by_reference)
    tab.click("[data-add-link] button")
    shown(tab, "offer")
    tab.click("[data-keep]")
    shown(tab, "certificate")
    exchanged(tab)
    yield tab
    context.close()


def address(served: Served) -> str:
    return served.base_url.replace("127.0.0.1", LOCAL)


def ask(served: Served, **message: object) -> dict[str, str]:
    answer = httpx2.post(f"{served.base_url}/verifier/api/v1/requests", json={"response_mode": "direct_post", **message})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def bring(tab: Tab, link: str) -> None:
    tab.evaluate("location.hash = 'question'")
    shown(tab, "question")
    tab.fill("#question", link)
    tab.click("[data-question-form] button")


def test_a_question_on_the_same_device_is_answered_with_what_was_agreed_to(holder: Tab, served: Served) -> None:
    expect(holder.locator("[data-card] .cred__title")).to_have_text("Caregiving NC II")
    expect(holder.locator("[data-card] [data-tag]")).to_have_text("Valid")
    expect(holder.locator("[data-names]")).to_contain_text("Najma Akter")
    holder.goto(f"{address(served)}/verify/ask")
    holder.click("button[name=here]")
    holder.click("a[href^='/wallet/vault']")
    shown(holder, "question-asked")
    expect(holder.locator("[data-who]")).to_have_text(address(served).removeprefix("http://"))
    expect(holder.locator("[data-tag]")).to_have_text("The checking page of this site")
    expect(holder.locator("[data-claims]")).to_contain_text("Najma Akter")
    expect(holder.locator("[data-kept]")).to_contain_text("Course began")
    seen = json.loads(holder.locator("[data-letters]").text_content() or "")
    assert {"name", "achievement", "licenseNumber"} <= seen.keys()
    assert "activityStartDate" not in seen
    question = holder.url
    for language in ("ar", "en"):
        holder.goto(f"{address(served)}{PAGE}?lang={language}#{question.partition('#')[2]}")
        shown(holder, "question-asked")
        picture(holder, f"asked-{language}")
        assert holder.evaluate("document.documentElement.scrollWidth <= innerWidth"), language
        assert violations(holder) == [], language
        assert unreachable(holder) == [], language
    with holder.expect_navigation(url="**/verify/ask/*/done*"):
        holder.click("[data-show-form] button[type=submit]")
    expect(holder.locator("main")).to_contain_text("Najma Akter")
    holder.goto(f"{address(served)}{PAGE}#shown")
    expect(holder.locator("[data-consent-list] li")).to_contain_text(["Caregiving NC II shown to"])
    expect(holder.locator("[data-consent-list] li")).to_contain_text(["Your name"])
    expect(holder.locator("[data-broken]")).to_be_hidden()


def test_a_no_is_sent_as_a_no_and_a_forged_question_is_not_answered(holder: Tab, served: Served) -> None:
    asked = ask(served, client_id_prefix="redirect_uri", dcql_query=QUERY)
    home(holder)
    holder.fill("#link", asked["request"])
    holder.click("[data-add-link] button")
    shown(holder, "question-asked")
    expect(holder.locator("[data-nothing]")).to_be_visible()
    assert violations(holder) == []
    picture(holder, "nothing")
    holder.click("[data-leave]")
    shown(holder, "home")
    expect(holder.locator("[data-status]")).to_contain_text("You showed nothing")
    answer = httpx2.get(f"{served.base_url}/verifier/api/v1/requests/{asked['id']}").json()
    assert answer["state"] == "declined"
    signed = ask(served, client_id_prefix="decentralized_identifier", dcql_query=QUERY)["request"]
    assert "did%3Aweb" in signed
    for wrong, said in (
        (signed.replace("did%3Aweb", "did%3Aweb%3Athief.example"), "could not show"),
        (signed.replace("requests%2F", "requests%2Fx"), "did not take it"),
        (asked["request"], "nothing"),
        ("https://employer.example/?x=1", "no question"),
    ):
        bring(holder, wrong)
        if said == "nothing":
            shown(holder, "question-asked")
        elif said == "no question":
            expect(holder.locator("[data-status]")).to_contain_text(said)
        else:
            shown(holder, "question-refused")
            expect(holder.locator("[data-why]")).to_contain_text(said)
    picture(holder, "bring")
    assert violations(holder) == []


def test_a_link_shows_what_was_chosen_and_the_viewer_says_that_something_was_left_out(
    holder: Tab, browser: Browser, served: Served
) -> None:
    home(holder)
    expect(holder.locator("[data-papers] a .cred__title")).to_have_text("Caregiving NC II")
    holder.click("[data-papers] a")
    expect(holder.locator("a[data-share]")).to_have_attribute("href", re.compile("^#share="))
    holder.click("a[data-share]")
    shown(holder, "share")
    expect(holder.locator("[data-parts] input:checked")).to_have_count(2)
    left = holder.locator("[data-parts] input:not(:checked)").count()
    expect(holder.locator("[data-always]")).not_to_be_empty()
    expect(holder.locator("[data-one-piece]")).to_be_hidden()
    place = holder.evaluate("location.hash")
    for language in ("ar", "en"):
        holder.goto(f"{address(served)}{PAGE}?lang={language}{place}")
        shown(holder, "share")
        expect(holder.locator("[data-parts]")).to_be_visible()
        picture(holder, f"parts-{language}")
        assert holder.evaluate("document.documentElement.scrollWidth <= innerWidth"), language
        assert violations(holder) == [], language
        assert unreachable(holder) == [], language
    holder.click("[data-share-form] button")
    shown(holder, "link")
    expect(holder.locator("[data-left]")).to_contain_text("Course began")
    picture(holder, "link-in-parts")
    context = browser.new_context(locale="en-GB", viewport={"width": 320, "height": 800})
    employer = context.new_page()
    employer.goto(holder.input_value("[data-address]"))
    employer.wait_for_selector("[data-withheld]")
    picture(employer, "seen-in-parts")
    expect(employer.locator("[data-withheld]")).to_contain_text(f"Entries that are not shown: {left}")
    expect(employer.locator(".who__name")).to_have_text("Najma Akter")
    expect(employer.locator(".facts dd").first).to_have_text("Caregiving NC II")
    sent = employer.locator("input[name=text]").first.input_value()
    assert sent.count("~") == 3
    assert violations(employer) == []
    context.close()
    holder.goto(f"{address(served)}{PAGE}#shown")
    expect(holder.locator("[data-consent-list] li").first).to_contain_text("Caregiving NC II")
