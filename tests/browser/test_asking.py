"""The page that asks a wallet: the code, what the wallet does with it, and the answer, which appears by itself."""

from __future__ import annotations

import httpx2
import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.test_pages import violations
from tests.conftest import Served
from tests.verifier.openid.wallet import read

pytestmark = pytest.mark.browser


def test_what_the_wallet_says_appears_by_itself(context: BrowserContext, served: Served) -> None:
    tab = context.new_page()
    tab.goto(f"{served.base_url}/verify")
    tab.get_by_role("link", name="Ask for a certificate on a phone").click()
    tab.get_by_label("What do you ask for?").select_option("work")
    tab.keyboard.press("Tab")
    tab.get_by_role("button", name="Show a code to scan").focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("img", name="Code for the wallet")).to_be_visible()
    assert violations(tab) == []
    reference = tab.url.rpartition("/")[2]
    fetched = httpx2.get(f"{served.base_url}/verifier/wallet/requests/{reference}")
    request = read(fetched.text).claims()
    assert request["dcql_query"]["credentials"][0]["meta"] == {"vct_values": ["urn:comity:work-experience"]}
    expect(tab.get_by_role("status")).to_have_text("The wallet has the question; the person decides.")
    said = httpx2.post(request["response_uri"], data={"error": "access_denied", "state": request["state"]})
    assert said.status_code == 200
    expect(tab.get_by_role("heading", name="The wallet showed nothing")).to_be_visible()
    assert violations(tab) == []


WALLET_IN_THE_BROWSER = """
window.DigitalCredential = class {};
navigator.credentials.get = async ({ digital }) => {
  window.asked = digital.requests;
  return { protocol: digital.requests[0].protocol, data: { error: "access_denied" } };
};
"""
"""Stands for a wallet behind the browser's own interface, which would open a window of its own."""


def test_a_browser_that_brings_wallets_is_offered_beside_the_code(context: BrowserContext, served: Served) -> None:
    tab = context.new_page()
    tab.goto(f"{served.base_url}/verify/ask")
    tab.get_by_role("button", name="Show a code to scan").click()
    expect(tab.get_by_role("img", name="Code for the wallet")).to_be_visible()
    tab.add_init_script(WALLET_IN_THE_BROWSER)
    tab.reload()
    tab.set_viewport_size({"width": 320, "height": 800})
    button = tab.get_by_role("button", name="Ask a wallet through this browser")
    expect(button).to_be_visible()
    assert violations(tab) == []
    asked_by_code = tab.url
    button.focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", name="The wallet showed nothing")).to_be_visible()
    assert tab.url != asked_by_code
    tab.go_back()
    expect(tab.get_by_role("img", name="Code for the wallet")).to_be_visible()
