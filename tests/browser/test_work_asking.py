"""Work that others confirm, in real browsers: a worker and who is asked on phones, the house that signs, an employer who checks."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, StorageState, expect

from tests.browser.test_pages import violations
from tests.conftest import Served

pytestmark = pytest.mark.browser
HOUSE = "harborline-shipyard"


def test_work_is_asked_for_on_one_phone_and_confirmed_on_another(
    browser: Browser, served: Served, signed_in_state: StorageState
) -> None:
    phone = browser.new_context(locale="en-GB", viewport={"width": 320, "height": 640}, java_script_enabled=False)
    worker, witness = phone.new_page(), phone.new_page()
    worker.goto(f"{served.base_url}/work-requests/ask/{HOUSE}")
    for field, text in (
        ("name", "Rafiq Uddin"),
        ("role", "Welder, hulls"),
        ("contact", "Mira Costa"),
        ("organisation", "Costa Yard"),
    ):
        worker.fill(f"#{field}", text)
    worker.fill("#country", "XC")
    worker.click("text=Make the link")
    expect(worker.locator("h1")).to_have_text("Your work, confirmed by others")
    assert worker.locator("svg.qr").count() == 1

    desk = browser.new_context(locale="en-GB", storage_state=signed_in_state)
    tab = desk.new_page()
    for address in (worker.url, worker.input_value("#l1"), f"{served.base_url}/work-requests/ask/{HOUSE}?lang=ar"):
        tab.goto(address)
        assert violations(tab) == []
    tab.goto(f"{served.base_url}/work?lang=en")
    assert violations(tab) == []
    witness.goto(worker.input_value("#l1"))
    assert witness.evaluate("document.documentElement.scrollWidth") <= 320
    witness.fill("#function", "Owner")
    witness.check("text=I speak for the employer")
    witness.fill("#text", "arc")
    witness.click("text=Find")
    witness.check("text=apply arc welding techniques")
    witness.fill("#text", "welder")
    witness.click("text=Find")
    witness.locator("label", has_text=re.compile("^welder$")).check()
    witness.locator("label", has_text="Welders and flamecutters").check()
    witness.fill("#started", "2024-01-08")
    witness.fill("#ended", "2025-12-19")
    witness.check("text=I saw the work every day")
    witness.click("text=Look once more")
    witness.click("text=Send the answer")
    expect(witness.locator("h1")).to_have_text("Thank you")

    tab.goto(f"{served.base_url}/issuer/{HOUSE}/asked-work")
    tab.click("text=Rafiq Uddin")
    tab.check("text=I called the organisation")
    tab.check("text=Contract")
    tab.click("text=What is it worth?")
    expect(tab.locator("[role=status]")).to_contain_text("Employer's papers")
    assert violations(tab) == []
    tab.click("form .btn:has-text('Sign')")
    expect(tab.locator("h1")).to_have_text("Rafiq Uddin")

    worker.reload()
    claim = worker.get_attribute("a:has-text('Take the certificate')", "href") or ""
    content = phone.request.get(f"{served.base_url}/issuer/api/v1/claims/{claim.rpartition('/')[2]}").body()
    tab.goto(f"{served.base_url}/verify?state=XC")
    tab.set_input_files("#file", {"name": "certificate.json", "mimeType": "application/json", "buffer": content})
    tab.click("form[enctype] button:not([type=button])")
    expect(tab.locator("main")).to_contain_text("Employer's papers, or two witnesses with papers")
    phone.close()
    desk.close()
