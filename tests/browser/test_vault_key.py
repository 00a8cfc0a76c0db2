"""The vault's own key: given to a centre, on every device of its holder, and asked from screen to camera, without a network."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from playwright.sync_api import Page as Tab

from issuer_api.identity_cells import is_holder_key
from tests.browser import station
from tests.browser.station import installed, paste, verdict
from tests.browser.test_checking import first_file
from tests.browser.test_pages import unreachable, violations
from tests.browser.test_phone_key import ask, bound_to
from tests.browser.test_phone_key import shown as read
from tests.browser.test_vault import LOCAL, device, exchanged, make, open_by_card, shown
from tests.conftest import Served

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("COMITY_PICTURES", "")


def go(tab: Tab, place: str) -> None:
    tab.evaluate("place => { location.hash = place }", place)
    shown(tab, "key")


def make_key(tab: Tab) -> str:
    go(tab, "key")
    tab.click("[data-make-key]")
    expect(tab.locator("[data-did-code]")).to_be_visible()
    return tab.locator("[data-did]").input_value()


def kept(context: BrowserContext, tab: Tab) -> None:
    """Wait until the device keeps the page, then cut its network."""
    tab.evaluate(
        """() => Promise.all(["/wallet/vault", "/wallet/key"].map(async (path) => {
          while (!(await navigator.serviceWorker.getRegistration(path))?.active) await new Promise((done) => setTimeout(done, 50));
        }))"""
    )
    tab.reload()
    shown(tab, "key")
    context.set_offline(offline=True)


def hand_over(tab: Tab, credential: dict[str, Any]) -> None:
    """Add a certificate to the vault from a file."""
    tab.evaluate("location.hash = 'home'")
    shown(tab, "home")
    tab.set_input_files("#file", {"name": "c.json", "mimeType": "application/json", "buffer": json.dumps(credential).encode()})
    shown(tab, "offer")
    tab.click("[data-keep]")
    shown(tab, "certificate")


def answered(tab: Tab, employer: Tab) -> None:
    """Answer the question that the phone's page was given, in the vault, and show the answer to the employer's camera."""
    if tab.locator("[data-stage]").count() == 0:
        tab.click("[data-by-vault]")
    shown(tab, "key")
    expect(tab.locator("[data-asked]")).to_be_visible()
    whole(tab, "asked")
    tab.click("[data-answer]")
    whole(tab, "answered")
    paste(employer, read(tab.locator("[data-answer-code]")))
    expect(employer.locator("[data-phone-said]")).to_contain_text("The phone holds the key")


def whole(tab: Tab, name: str) -> None:
    if PICTURES:
        tab.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)
    assert violations(tab) == []
    assert unreachable(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_qr_rule_7_the_vault_that_holds_the_key_answers_without_a_network_on_each_of_its_devices(
    browser: Browser, served: Served
) -> None:
    context, tab = device(browser, viewport={"width": 320, "height": 800})
    words = make(tab, served)
    holder = make_key(tab)
    assert (is_holder_key(holder), read(tab.locator("[data-did-code]"))) == (True, holder)
    whole(tab, "key")
    exchanged(tab)
    tablet_context, tablet = device(browser, viewport={"width": 820, "height": 1000})
    open_by_card(tablet, served, words)
    exchanged(tablet)
    go(tablet, "key")
    expect(tablet.locator("[data-did]")).to_have_value(holder)
    document = station.document_of(served, station.digits_of(first_file(served, "-offline.png")))
    signed = station.signed_by_the_centre(
        served, {**document, "credentialSubject": {**document["credentialSubject"], "id": holder}}
    )
    hand_over(tab, signed)
    station_context = browser.new_context(locale="en-GB")
    employer = installed(station_context, served)
    paste(employer, station.code_of(served, signed))
    expect(verdict(employer)).to_have_text("Recognised in Belmora")
    employer.click('summary:has-text("Ask the person\'s phone")')

    tab.evaluate("location.hash = 'question'")
    shown(tab, "question")
    tab.fill("#question", ask(employer))
    tab.click("[data-question-form] button")
    shown(tab, "key")
    expect(tab.locator("[data-about]")).to_have_text("Caregiving NC II")

    address = served.base_url.replace("127.0.0.1", LOCAL) + "/wallet/key"
    context.set_offline(offline=True)
    tab.goto(f"{address}#{ask(employer).partition('#')[2]}")  # as the phone's own camera opens it
    answered(tab, employer)
    kept(tablet_context, tablet)
    tablet.click("[data-photograph]")
    expect(tablet.locator("[data-make]")).to_be_hidden()
    ask(employer)
    picture = employer.locator("[data-question]").screenshot()
    tablet.set_input_files("#question", {"name": "q.png", "mimeType": "image/png", "buffer": picture})
    answered(tablet, employer)

    paste(employer, bound_to(served, "did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169"))
    employer.click('summary:has-text("Ask the person\'s phone")')
    digits = ask(employer).partition("#")[2]
    tablet_context.set_offline(offline=False)
    tablet.set_viewport_size({"width": 320, "height": 800})
    tablet.goto(f"{address.replace('/key', '/vault')}?lang=ar#key={digits}")
    shown(tablet, "key")
    expect(tablet.locator("[data-other]")).to_be_visible()
    expect(tablet.locator("[data-asked]")).to_be_hidden()
    whole(tablet, "other-ar")
    go(tablet, "key=12")
    expect(tablet.locator("[data-status]")).to_contain_text("ليس هذا سؤالًا لمفتاحك")
    whole(tablet, "key-ar")
    for one in (context, tablet_context, station_context):
        one.close()
