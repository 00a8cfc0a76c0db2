"""A registrar at work in a real browser: from the list to the printed class, and what an employer reads after a withdrawal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import SCHOOL
from tests.browser.test_pages import violations
from tests.conftest import Served

pytestmark = pytest.mark.browser
LIST: Final = Path(__file__).parents[2] / "examples" / "cohorts" / "caregiving-2026.csv"
READY: Final = 28
"""Of the list's 30 rows 27 are good, and one is repaired."""


@pytest.fixture(params=[True, False], ids=["with-scripts", "without-scripts"])
def tab(browser: Browser, served: Served, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A browser in which the registrar has signed in by her link."""
    context = browser.new_context(locale="en-GB", java_script_enabled=request.param)
    page = context.new_page()
    page.goto(served.base_url + served.sign_in_path())
    page.click("form button")
    expect(page.locator("h1")).to_have_text("For which centre are you working?")
    yield page
    context.close()


def verdict(tab: Page, served: Served, content: bytes) -> str:
    """Return what an employer reads who checks a certificate's file."""
    tab.goto(f"{served.base_url}/verify")
    tab.set_input_files("#file", {"name": "certificate.json", "mimeType": "application/json", "buffer": content})
    tab.click("form[enctype] button:not([type=button])")
    return tab.locator("h1").inner_text()


def test_from_the_list_to_the_printed_class(tab: Page, served: Served, request: pytest.FixtureRequest) -> None:
    scripts = "with-scripts" in request.node.name
    tab.click("text=Tarimba Welding School")
    tab.click("text=Bring a list")
    name = "with.csv" if scripts else "without.csv"
    content = LIST.read_bytes().replace(b"XA-SBC-2026-0", b"XA-TWS-2026-1" if scripts else b"XA-TWS-2026-2")
    tab.set_input_files("#file", {"name": name, "mimeType": "text/csv", "buffer": content})
    tab.click("text=Check the list")
    expect(tab.locator("h2#sum")).to_have_text("27 of 30 are ready")
    expect(tab.locator("[role=alert] li")).to_have_count(3)

    tab.click("[role=alert] a[href='#r7']")
    tab.fill("#r7-name", "Rokeya Khatun")
    tab.press("#r7-name", "Enter")
    expect(tab.locator("[role=status]").first).to_contain_text("Row 7 is ready now.")
    expect(tab.locator("h2#sum")).to_have_text(f"{READY} of 30 are ready")

    tab.click(f"text=Go on with {READY}")
    expect(tab.locator("img.deed-picture")).to_have_js_property("complete", value=True)
    assert tab.locator("img.deed-picture").evaluate("picture => picture.naturalWidth") > 500
    tab.click(f"text=Sign {READY} certificates")
    expect(tab.locator("h2#job")).to_have_text(f"{READY} certificates are signed", timeout=60_000)

    with tab.expect_download() as download:
        tab.locator("a[href$='certificate.json']").first.click()
    certificate = download.value.path().read_bytes()
    printed = tab.request.get(served.base_url + str(tab.get_attribute("a[href*='print.pdf']", "href")))
    with pypdfium2.PdfDocument(printed.body()) as document:
        assert len(document) == READY
        assert "Najma Akter" in document[0].get_textpage().get_text_bounded()
    if scripts:
        assert violations(tab) == []

    tab.click("table a[href*='/certificates/']:has-text('Najma Akter')")
    address = tab.url
    assert verdict(tab, served, certificate) == "Genuine and valid"
    tab.goto(address)
    tab.click("text=Withdraw")
    tab.check("input[value='not-passed']")
    tab.click("button:has-text('Withdraw')")
    expect(tab.locator("[role=alert]")).to_contain_text("Nothing was changed yet")
    expect(tab.locator("input[value='not-passed']")).to_be_checked()
    tab.check("#sure")
    tab.click("button:has-text('Withdraw')")
    expect(tab.locator("[role=status]").first).to_contain_text("The certificate is withdrawn.")
    assert verdict(tab, served, certificate).startswith("Withdrawn")

    tab.goto(f"{served.base_url}/issuer/{SCHOOL}/certificates")
    tab.fill("#name", "najma")
    tab.press("#name", "Enter")
    expect(tab.locator("tbody tr", has_text="Withdrawn").first).to_be_visible()
    tab.click("button:has-text('Sign out')")
    tab.goto(address)
    expect(tab.locator("h1")).to_have_text("Sign in first")


def test_the_progress_grows_while_one_looks_and_survives_a_closed_page(browser: Browser, served: Served) -> None:
    context = browser.new_context(locale="en-GB")
    tab = context.new_page()
    tab.goto(served.base_url + served.sign_in_path())
    tab.click("form button")
    tab.goto(f"{served.base_url}/issuer/{SCHOOL}/classes/new")
    rows = "".join(f"Person {number:03},2026-10-30\n" for number in range(60))
    tab.click("summary")
    tab.fill("#text", "name,awarded_on\n" + rows)
    tab.click("text=Check the list")
    tab.click("text=Go on with 60")
    tab.click("text=Sign 60 certificates")
    address = tab.url
    assert address.endswith("/sign")
    tab.close()
    again = context.new_page()
    again.goto(address)
    expect(again.locator("h2#job")).to_have_text("60 certificates are signed", timeout=60_000)
    context.close()
