"""An employer at work in a real browser: file, camera, printed code, wallet link."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from issuer_api.delivery import link_of
from issuer_api.issuing import find_issued
from tests.browser.pages import claim_path, first_credential
from tests.browser.test_pages import unreachable, violations
from tests.conftest import Served

pytestmark = pytest.mark.browser
CENTRE = "sunder-bay-care"


def printed_code(served: Served) -> str:
    issuer = served.demonstrated.composition.issuer
    credential = first_credential(served)
    _, subject = find_issued(issuer, CENTRE, credential)
    return str(link_of(issuer, credential, subject))


def first_file(served: Served, ending: str) -> Path:
    return served.demonstrated.files / f"{first_credential(served).removeprefix('urn:uuid:')}{ending}"


def test_the_accessibility_check_can_fail(context: BrowserContext) -> None:
    tab = context.new_page()
    tab.set_content("<html><body><img src='data:,'><button></button></body></html>")
    assert violations(tab)


@pytest.mark.parametrize(("state", "verdict"), [("XB", "Recognised in Belmora"), ("XC", "Recognised in part in Calentia")])
def test_a_pdf_gets_one_clear_answer_for_each_state(context: BrowserContext, served: Served, state: str, verdict: str) -> None:
    tab = context.new_page()
    tab.goto(f"{served.base_url}/verify")
    tab.select_option("#state", state)
    tab.set_input_files("#file", first_file(served, ".pdf"))
    tab.click("form button:not([type=button])")
    expect(tab.locator("h1")).to_have_text(verdict)
    expect(tab.locator(".who__name")).to_have_text("Najma Akter")
    assert violations(tab) == []
    assert unreachable(tab) == []
    tab.click("[data-answer=yes]")
    expect(tab.locator(".ask--you [role=status]")).to_contain_text("said yes")


def test_a_tampered_copy_shows_nothing_of_its_content(context: BrowserContext, served: Served) -> None:
    tampered = next(served.demonstrated.files.glob("*.tampered"))
    tab = context.new_page()
    tab.goto(f"{served.base_url}/verify")
    tab.set_input_files("#file", {"name": "copy.json", "mimeType": "application/json", "buffer": tampered.read_bytes()})
    tab.click("form button:not([type=button])")
    expect(tab.locator("h1")).to_have_text("Do not rely on this certificate")
    assert "Somebody Else" not in tab.content()
    assert violations(tab) == []


def test_a_printed_code_opened_by_the_phones_own_camera_is_checked_without_sending_its_key(
    context: BrowserContext, served: Served
) -> None:
    code = printed_code(served)
    asked: list[str] = []
    tab = context.new_page()
    tab.on("request", lambda request: asked.append(f"{request.url} {request.post_data or ''}"))
    tab.goto(code)
    expect(tab.locator("h1")).to_have_text("Genuine and valid")
    expect(tab.locator(".opened")).to_contain_text(f"begins with {served.base_url}")
    key = code.partition("#")[2]
    assert not any(key in one.partition("#")[0] + one.partition(" ")[2] for one in asked)


def test_a_file_that_holds_no_code_is_explained_and_the_state_is_kept(context: BrowserContext, served: Served) -> None:
    tab = context.new_page()
    tab.goto(f"{served.base_url}/verify")
    tab.select_option("#state", "XC")
    tab.set_input_files("#file", {"name": "x.png", "mimeType": "image/png", "buffer": b"no picture"})
    tab.click("form button:not([type=button])")
    expect(tab.locator("[role=alert]").first).to_contain_text("could not read the code")
    expect(tab.locator("#state")).to_have_value("XC")


def test_a_worker_keeps_shares_and_stops(context: BrowserContext, browser: Browser, served: Served) -> None:
    tab = context.new_page()
    tab.goto(served.base_url + claim_path(served))
    tab.click("form button")
    expect(tab.locator("body")).to_contain_text("নাজমা আক্তার")
    tab.goto(f"{served.base_url}/wallet")
    assert violations(tab) == []
    tab.click("a[href*='/wallet/certificates/']")
    tab.click("a[href$='/share']")
    tab.check("input[value='7-days']")
    tab.click("form button >> nth=0")
    address = tab.input_value("#address")
    employer = browser.new_context(locale="en-GB")
    seen = employer.new_page()
    seen.goto(address)
    expect(seen.locator("h1")).to_have_text("Genuine and valid")
    tab.click("form[action$='/stop'] button")
    seen.goto(address)
    expect(seen.locator("h1")).to_contain_text("stopped")
    employer.close()
