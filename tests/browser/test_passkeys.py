"""Passkeys in a real browser, with the virtual authenticator that Chromium has for tests."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.test_pages import violations
from tests.conftest import free_port
from tests.web.house import House, open_house
from web.people import add_member

pytestmark = pytest.mark.browser


@dataclass
class Place:
    """A house on a real port."""

    house: House
    base_url: str

    def sign_in(self, tab: Page) -> None:
        tab.goto(f"{self.base_url}/sign-in/{self.house.another_link()}")
        tab.click("main form button")
        tab.goto(f"{self.base_url}/account")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    port = free_port()
    for house in open_house(tmp_path, https=False, port=port):
        with house.database.write() as session:
            add_member(session, 1, "cedar-school", "manager")
        server = uvicorn.Server(uvicorn.Config(house.app, host="127.0.0.1", port=port, log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield Place(house, f"http://localhost:{port}")
        server.should_exit = True
        thread.join(timeout=10)


def tab_with_authenticator(context: BrowserContext, *, verifies: bool = True) -> Page:
    tab = context.new_page()
    devices = context.new_cdp_session(tab)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verifies,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return tab


def test_a_passkey_is_added_and_signs_in(place: Place, context: BrowserContext) -> None:
    tab = tab_with_authenticator(context)
    place.sign_in(tab)
    tab.fill("#label", "office laptop")
    tab.click("form[data-passkey] button")
    expect(tab.get_by_text("office laptop", exact=True)).to_be_visible()
    assert violations(tab) == []
    tab.get_by_role("button", name="Sign out everywhere").click()
    expect(tab.get_by_role("heading", name="Sign in")).to_be_visible()
    assert violations(tab) == []
    tab.get_by_role("button", name="Sign in with a passkey").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/issuer")
    tab.goto(f"{place.base_url}/account")
    expect(tab.get_by_text("with a passkey", exact=False).first).to_be_visible()


def test_a_device_that_has_one_already_is_told(place: Place, context: BrowserContext) -> None:
    tab = tab_with_authenticator(context)
    place.sign_in(tab)
    tab.click("form[data-passkey] button")
    expect(tab.locator("[data-passkey-said]")).to_be_empty()
    expect(tab.get_by_role("button", name="Remove")).to_be_visible()
    tab.click("form[data-passkey] button")
    expect(tab.get_by_role("alert")).to_contain_text("has a passkey of yours already")


def test_another_address_of_the_same_server_is_refused(place: Place, context: BrowserContext) -> None:
    """127.0.0.1 is not localhost: the browser itself refuses, and says so on the page."""
    tab = tab_with_authenticator(context)
    tab.goto(place.base_url.replace("localhost", "127.0.0.1") + "/sign-in")
    tab.get_by_role("button", name="Sign in with a passkey").click()
    expect(tab.get_by_role("alert")).to_contain_text("was not accepted")


def test_a_device_without_any_passkey_or_pin_is_told(place: Place, context: BrowserContext) -> None:
    tab = tab_with_authenticator(context, verifies=False)
    place.sign_in(tab)
    tab.click("form[data-passkey] button")
    expect(tab.get_by_role("alert")).to_contain_text("Nothing was done", timeout=20_000)
    expect(tab.get_by_text("You have none yet.", exact=False)).to_be_visible()


def test_without_scripts_the_one_time_link_still_works(place: Place, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    place.sign_in(tab)
    expect(tab.get_by_role("heading", name="Your account")).to_be_visible()
    expect(tab.locator("form[data-passkey]")).to_be_hidden()
    context.close()


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("path", ["/account", "/organisations/cedar-school/people", "/organisations/cedar-school/acts"])
def test_pages_are_whole_on_a_phone(place: Place, browser: Browser, path: str, language: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 800}, reduced_motion="reduce")
    tab = context.new_page()
    place.sign_in(tab)
    tab.goto(f"{place.base_url}{path}?lang={language}")
    assert tab.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")
    assert tab.locator("h1").count() == 1
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert violations(tab) == []
    context.close()
