"""States in the vault: what certificates are worth, one asked and answering, the record on paper; the server keeps none of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect
from playwright.sync_api import Page as Tab

from issuer_api.delivery import claim_url
from issuer_api.issuing import find_issued
from tests.browser import desk
from tests.browser.pages import first_credential
from tests.browser.test_pages import unreachable, violations
from tests.browser.test_vault import LOCAL, PAGE, device, exchanged, make, shown
from tests.conftest import Served
from tests.databases import stored_bytes

pytestmark = pytest.mark.browser

CENTRE: Final = "sunder-bay-care"
CASES: Final = re.compile("/registry/api/v1/cases$")
CANARY: Final = "CANARY-words-to-the-state-51c2"


@pytest.fixture(scope="module")
def holder(browser: Browser, served: Served) -> Iterator[tuple[BrowserContext, Tab]]:
    """A vault with one certificate, open on a narrow phone."""
    context, tab = device(browser, viewport={"width": 320, "height": 800})
    make(tab, served)
    tab.goto(f"{served.base_url.replace('127.0.0.1', LOCAL)}{PAGE}#claim={another_claim(served).rpartition('/')[2]}")
    shown(tab, "offer")
    tab.click("[data-keep]")
    shown(tab, "certificate")
    exchanged(tab)
    yield context, tab
    context.close()


def another_claim(served: Served) -> str:
    """Return the claim link of a certificate in good standing, about which nobody else asks a state."""
    issuer = served.demonstrated.composition.issuer
    found = first_credential(served, CENTRE, 4)
    return claim_url(issuer, found, find_issued(issuer, CENTRE, found)[1])


def go(tab: Tab, place: str, view: str) -> None:
    tab.evaluate("place => { location.hash = place }", place)
    shown(tab, view)


def sound(tab: Tab) -> None:
    """Check that a view is whole at 320 px, and that everybody can use it."""
    assert tab.locator("h1").count() == 1
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(tab) == []
    assert unreachable(tab) == []


def decide(served: Served, case: str) -> None:
    """Two officers decide a case."""
    writer, approver = desk.officer(served, "assessor"), desk.officer(served, "approver")
    ruling = {"outcome": "partly", "title-en": "Care helper", "more-en": "a language test", "basis": "Article 9(2)", "nqf": "2"}
    address = desk.send(writer, f"{desk.DESK}/cases/{case}", **ruling)
    digest = re.search(r'name="digest" value="([^"]+)"', approver.get(address).text)
    assert digest is not None
    desk.send(approver, address, act="approve", digest=digest.group(1))


def test_a_state_is_asked_and_its_decision_comes_into_the_vault(holder: tuple[BrowserContext, Tab], served: Served) -> None:
    _, tab = holder
    sent: list[str] = []
    tab.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    tab.locator("[data-ask]").click()
    shown(tab, "ask")
    sound(tab)
    tab.check(f"input[value={desk.STATE}]")
    tab.fill("#words", CANARY)
    tab.click("[data-ask-form] button")
    shown(tab, "ask-look")
    expect(tab.locator("[data-sheets]")).to_contain_text("XA-SBC-2026-0005")
    expect(tab.locator("[data-note]")).to_have_text(CANARY)
    sound(tab)
    assert not any("/cases" in url for url in sent)
    lost: list[str] = []

    def lose(route: Route) -> None:
        lost.append(route.fetch().json()["id"])
        route.abort()

    tab.route(CASES, lose)
    tab.click("[data-send]")
    shown(tab, "case")
    expect(tab.locator("[data-unsure]")).to_be_visible()
    sound(tab)
    tab.unroute(CASES)
    with tab.expect_response(CASES) as answered:
        tab.click("[data-again]")
    expect(tab.locator("[data-unsure]")).to_be_hidden()
    assert lost == [answered.value.json()["id"]]
    expect(tab.locator("[data-due]")).to_contain_text("Not decided yet")
    sound(tab)
    decide(served, answered.value.json()["id"])
    tab.reload()
    shown(tab, "case")
    tab.locator("[data-decision] a").click()
    shown(tab, "word")
    expect(tab.locator("[data-facts]")).to_contain_text("a language test")
    expect(tab.locator("[data-tag]")).to_have_text("More is needed")
    sound(tab)
    tab.click("[data-certificate]")
    shown(tab, "certificate")
    expect(tab.locator("[data-said-list] li")).to_have_count(1)
    go(tab, "shown", "shown")
    expect(tab.locator("[data-consent-list]")).to_contain_text("you asked a state to decide")
    expect(tab.locator("[data-broken]")).to_be_hidden()
    exchanged(tab)


def test_worth_is_worked_out_on_the_device_and_counts_the_decision(holder: tuple[BrowserContext, Tab], served: Served) -> None:
    context, tab = holder
    go(tab, "worth", "worth")
    expect(tab.locator("[data-rows] li")).to_have_count(len(served.demonstrated.composition.wallet.bundle().states))
    sound(tab)
    go(tab, f"worth={desk.STATE}", "worth")
    expect(tab.locator("[data-rows] [data-tag]")).to_have_text("More is needed")
    expect(tab.locator("[data-reason]")).to_contain_text("Article 9(2)")
    sound(tab)
    context.set_offline(True)
    try:
        go(tab, "worth=XB", "worth")
        expect(tab.locator("[data-next]")).not_to_be_empty()
    finally:
        context.set_offline(False)


def test_the_record_is_set_on_paper_and_nothing_of_it_is_kept(
    holder: tuple[BrowserContext, Tab], served: Served, tmp_path: Path
) -> None:
    _, tab = holder
    go(tab, "record", "record")
    expect(tab.locator("[data-record-form] input:checked")).to_have_count(1)
    sound(tab)
    composition = served.demonstrated.composition
    before = len(stored_bytes(composition.wallet.database.engine))
    with tab.expect_download() as waited:
        tab.click("[data-record-form] button")
    waited.value.save_as(tmp_path / "record.pdf")
    with pypdfium2.PdfDocument(tmp_path / "record.pdf") as paper:
        text = paper[0].get_textpage().get_text_range()
        assert paper.count_attachments() == 1
    assert "Caregiving NC II" in text
    assert "recognises it once more is shown: Care helper" in text
    stored = stored_bytes(composition.wallet.database.engine)
    assert abs(len(stored) - before) < 2000
    for canary in (CANARY, "certificate-1.json"):
        assert canary.encode() not in stored
    for file in served.demonstrated.settings.data.rglob("*"):
        if file.is_file() and "demo" not in file.parts:
            assert CANARY.encode() not in file.read_bytes(), file


def test_the_views_are_whole_from_right_to_left(holder: tuple[BrowserContext, Tab], served: Served) -> None:
    context, tab = holder
    tab.goto(f"{served.base_url.replace('127.0.0.1', LOCAL)}{PAGE}?lang=ar#worth")
    for place in ("worth", f"worth={desk.STATE}", "record"):
        go(tab, place, place.partition("=")[0])
        sound(tab)
    context.clear_cookies()
