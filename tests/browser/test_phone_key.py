"""A worker's phone and an employer's, both without a network: a key, a question on one screen, its answer on the other."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, expect
from playwright.sync_api import Page as Tab

from tests.browser import station
from tests.browser.station import installed, paste, told, verdict
from tests.browser.test_checking import first_file
from tests.browser.test_pages import unreachable, violations
from tests.conftest import Served

pytestmark = pytest.mark.browser


@pytest.fixture
def employer(context: BrowserContext, served: Served) -> Iterator[Tab]:
    yield installed(context, served)
    context.set_offline(offline=False)


def shown(code: Locator) -> str:
    """Return what another phone's camera reads of a code on the screen."""
    picture = Image.open(io.BytesIO(code.screenshot()))
    return str(zxingcpp.read_barcodes(picture)[0].text)


def phone(browser: Browser, served: Served, language: str = "en-GB") -> Tab:
    """Return a worker's phone, 320 pixels wide, whose key was made, and whose network is cut."""
    tab = browser.new_context(locale=language, viewport={"width": 320, "height": 700}).new_page()
    tab.goto(f"{served.base_url}/wallet/key")
    tab.click("[data-make-key]")
    expect(tab.locator("html")).to_have_attribute("data-ready", "yes")
    expect(tab.locator("[data-did]")).to_have_value(shown(tab.locator("[data-did-code]")))
    tab.context.set_offline(offline=True)
    return tab


def bound_to(served: Served, holder: str) -> str:
    """Return the code of a certificate that names a holder's key."""
    document: dict[str, Any] = station.document_of(served, station.digits_of(first_file(served, "-offline.png")))
    subject = {**document["credentialSubject"], "id": holder}
    return station.code_of(served, station.signed_by_the_centre(served, {**document, "credentialSubject": subject}))


def ask(employer: Tab) -> str:
    employer.click("[data-ask-phone]")
    return shown(employer.locator("[data-question]"))


def test_qr_rule_7_the_phone_that_holds_the_key_answers_and_no_other_does(browser: Browser, served: Served, employer: Tab) -> None:
    worker, other = phone(browser, served), phone(browser, served, "ar")
    paste(employer, bound_to(served, worker.locator("[data-did]").input_value()))
    expect(verdict(employer)).to_have_text("Recognised in Belmora")
    employer.click('summary:has-text("Ask the person\'s phone")')
    question = ask(employer)
    assert question.startswith(f"{served.base_url.upper()}/wallet/key#")
    assert violations(employer) == []

    worker.goto(served.base_url + "/wallet/key#" + question.partition("#")[2])
    expect(worker.locator("[data-asked]")).to_be_focused()
    assert violations(worker) == []
    assert unreachable(worker) == []
    worker.click("[data-answer]")
    answer = shown(worker.locator("[data-answer-code]"))

    paste(employer, answer)
    expect(employer.locator("[data-phone-said]")).to_contain_text("The phone holds the key")
    expect(verdict(employer)).to_be_visible()
    paste(employer, answer)
    expect(employer.locator("[data-phone-said]")).to_contain_text("no question is open")
    ask(employer)
    paste(employer, answer)
    expect(employer.locator("[data-phone-said]")).to_contain_text("This answer does not fit")

    picture = employer.locator("[data-question]").screenshot()
    other.set_input_files("#question", {"name": "q.png", "mimeType": "image/png", "buffer": picture})
    expect(told(other)).to_contain_text("مفتاح هاتف آخر")
    assert violations(other) == []
    worker.set_input_files("#question", {"name": "q.png", "mimeType": "image/png", "buffer": picture})
    expect(worker.locator("[data-asked]")).to_be_focused()
    worker.click("[data-answer]")
    paste(employer, shown(worker.locator("[data-answer-code]")))
    expect(employer.locator("[data-phone-said]")).to_contain_text("The phone holds the key")
    for tab in (worker, other):
        tab.context.close()


def test_a_certificate_without_a_key_asks_no_phone_and_a_phone_without_one_says_so(
    context: BrowserContext, served: Served, employer: Tab
) -> None:
    paste(employer, station.digits_of(first_file(served, "-offline.png")))
    expect(verdict(employer)).to_have_text("Recognised in Belmora")
    expect(employer.locator("[data-phone]")).to_be_hidden()
    context.set_offline(offline=False)
    tab = context.new_page()
    tab.goto(f"{served.base_url}/wallet/key#{'1' * 100}")
    expect(told(tab)).to_have_text("This is no question to your phone.")
