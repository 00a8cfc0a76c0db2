"""A correction is asked for from the vault, answered by the registrar, and taken in; by letter where nobody can be asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, StorageState, expect
from playwright.sync_api import Page as Tab

from issuer_api.delivery import claim_url
from issuer_api.issuing import find_issued
from tests.browser.pages import first_credential
from tests.browser.test_vault import LOCAL, PAGE, device, exchanged, make, shown
from tests.browser.test_vault_states import CENTRE, go, sound
from tests.conftest import Served
from tests.databases import stored_bytes

pytestmark = pytest.mark.browser

CORRECTIONS: Final = re.compile("/issuer/api/v1/corrections$")
CANARY: Final = "CANARY-my-passport-writes-it-so"


@pytest.fixture(scope="module")
def holder(browser: Browser, served: Served) -> Iterator[Tab]:
    """A vault with a certificate that came by its claim link, open on a narrow phone."""
    context, tab = device(browser, viewport={"width": 320, "height": 800})
    make(tab, served)
    issuer = served.demonstrated.composition.issuer
    credential = first_credential(served, CENTRE, 6)
    claim = claim_url(issuer, credential, find_issued(issuer, CENTRE, credential)[1]).rpartition("/")[2]
    tab.goto(f"{served.base_url.replace('127.0.0.1', LOCAL)}{PAGE}#claim={claim}")
    shown(tab, "offer")
    tab.click("[data-keep]")
    shown(tab, "certificate")
    exchanged(tab)
    yield tab
    context.close()


@pytest.fixture
def registrar(browser: Browser, signed_in_state: StorageState) -> Iterator[Tab]:
    context: BrowserContext = browser.new_context(storage_state=signed_in_state, locale="en-GB")
    yield context.new_page()
    context.close()


def test_a_correction_is_asked_for_answered_and_taken_in(holder: Tab, registrar: Tab, served: Served) -> None:
    tab = holder
    tab.click("[data-correct]")
    shown(tab, "correct")
    expect(tab.locator("[data-goes]")).to_be_visible()
    sound(tab)
    tab.click("[data-goes] button")
    expect(tab.locator("[data-status]")).to_have_text("Change something, or say what is wrong.")
    was = tab.input_value("#c-name")
    assert (was, tab.input_value("#c-native")) == ("Maryam Odeh", "مريم عودة")
    tab.fill("#c-name", f"{was}a")
    tab.fill("#c-why", CANARY)
    tab.set_input_files("#c-file", {"name": "passport.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 a page"})

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    tab.route(CORRECTIONS, lose)
    tab.click("[data-goes] button")
    shown(tab, "correction")
    expect(tab.locator("[data-unsure]")).to_be_visible()
    sound(tab)
    tab.unroute(CORRECTIONS)
    tab.click("[data-again]")
    expect(tab.locator("[data-stands]")).to_have_text("The centre has not answered yet")
    at_desk(registrar, served)
    expect(registrar.locator("main")).to_contain_text(CANARY)
    registrar.fill("#w-back", "Which passport?")
    registrar.click("form:has(#w-back) button")
    tab.reload()
    shown(tab, "correction")
    expect(tab.locator("[data-turn-list]")).to_contain_text("Which passport?")
    sound(tab)
    tab.fill("#c-reply", "The new one.")
    tab.click("[data-reply-form] button")
    expect(tab.locator("[data-stands]")).to_have_text("The centre has not answered yet")
    correct(registrar, served)
    tab.reload()
    shown(tab, "correction")
    expect(tab.locator("[data-stands]")).to_have_text("It is corrected")
    sound(tab)
    tab.click("[data-take]")
    shown(tab, "offer")
    tab.click("[data-keep]")
    shown(tab, "certificate")
    expect(tab.locator("[data-names]")).to_contain_text(f"{was}a")
    go(tab, "shown", "shown")
    expect(tab.locator("[data-consent-list]")).to_contain_text("to correct Caregiving NC II (name, your words, a file)")
    expect(tab.locator("[data-broken]")).to_be_hidden()
    assert CANARY.encode() not in stored_bytes(served.demonstrated.composition.wallet.database.engine)


def correct(registrar: Tab, served: Served) -> None:
    at_desk(registrar, served)
    expect(registrar.locator("main")).to_contain_text("The new one.")
    registrar.click("form[action$='/correct'] button")
    registrar.click("form:has(input[value=do]) button")
    expect(registrar.locator("#said")).to_contain_text("The corrected certificate is signed")


def at_desk(registrar: Tab, served: Served) -> None:
    registrar.goto(f"{served.base_url}/issuer/{CENTRE}")
    registrar.click(f"a[href='/issuer/{CENTRE}/corrections']:has(strong)")
    registrar.locator(".acts a", has_text="Waits for you").first.click()


def test_where_the_centre_cannot_be_asked_there_is_a_letter(holder: Tab) -> None:
    tab = holder
    go(tab, "home", "home")
    tab.locator("[data-papers] a").last.click()
    shown(tab, "certificate")
    tab.route("**/did.json", lambda route: route.fulfill(status=404))
    tab.click("[data-correct]")
    shown(tab, "correct")
    expect(tab.locator("[data-by-letter]")).to_be_visible()
    tab.fill("#c-number", "XA-1")
    tab.click("[data-by-letter] button")
    shown(tab, "letter")
    expect(tab.locator("[data-lines]")).to_contain_text("it should say XA-1")
    expect(tab.locator("[data-to]")).to_contain_text("Sunder Bay Care Training Centre")
    sound(tab)
    tab.unroute("**/did.json")
