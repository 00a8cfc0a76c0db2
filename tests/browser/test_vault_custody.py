"""A vault that a guardian holds and hands over, and one at a counter, where a caseworker starts and the person alone approves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as Tab
from sqlmodel import col, update

from tests.browser.pages import claim_path
from tests.browser.test_vault import begin, claim, confirm, device, exchanged, home, open_by_card, shown
from tests.browser.test_vault_states import go, sound
from tests.conftest import Served
from tests.databases import stored_bytes
from wallet.tables import Custody

pytestmark = pytest.mark.browser

CHILD = "CANARY-child-Amira"
OFFICE = "CANARY-office-at-the-port"
PHONE = {"width": 320, "height": 800}


def choose(tab: Tab, served: Served, button: str) -> None:
    begin(tab, served)
    tab.click("details summary")
    tab.click(button)


def test_a_guardian_holds_a_vault_until_it_is_handed_over(browser: Browser, served: Served) -> None:
    context, tab = device(browser, viewport=PHONE)
    choose(tab, served, "[data-for-minor]")
    shown(tab, "guardian")
    sound(tab)
    today = datetime.now(UTC).date()
    for field, text in (("person", CHILD), ("by", "Salma"), ("as", "mother"), ("born", "2000-01-01")):
        tab.fill(f"#h-{field}", text)
    tab.check("[data-guardian-form] input[type=checkbox]")
    tab.click("[data-guardian-form] button")
    expect(tab.locator("[data-status]")).to_contain_text("of age already")
    tab.fill("#h-born", today.replace(year=today.year - 18, day=1).isoformat())
    tab.click("[data-guardian-form] button")
    guardian = confirm(tab)
    expect(tab.locator("[data-held-by]")).to_contain_text(f"Salma (mother) holds this vault for {CHILD}")
    sound(tab)
    claim(tab, served)
    expect(tab.locator("[data-share]")).to_be_hidden()
    go(tab, "custody", "custody")
    expect(tab.locator("[data-not-due]")).to_be_visible()
    sound(tab)
    assert CHILD.encode() not in stored_bytes(served.demonstrated.composition.wallet.database.engine)
    with served.demonstrated.composition.wallet.database.write() as session:
        session.exec(update(Custody).where(col(Custody.custody) == "guardian").values(hand_over_on=today))
    tab.clock.set_system_time(datetime.now(UTC) + timedelta(days=40))
    go(tab, "shown", "shown")
    expect(tab.locator("[data-consent-list]")).to_contain_text(f"Salma began to hold this vault for {CHILD}")
    go(tab, "custody", "custody")
    sound(tab)
    tab.click("[data-hand-over]")
    shown(tab, "card")
    words = " ".join(tab.locator("[data-words] li").all_inner_texts())
    number = int("".join(filter(str.isdigit, tab.locator("[data-asked]").inner_text())))
    tab.fill("#third", words.split()[number - 1])
    tab.click("[data-confirm] button")
    shown(tab, "open")
    tab.fill("#typed", guardian)
    tab.click("[data-card-form] button")
    expect(tab.locator("[data-status]")).to_contain_text("The card was replaced")
    context.close()
    context, tab = device(browser, viewport=PHONE)
    open_by_card(tab, served, words)
    expect(tab.locator("[data-held]")).to_be_hidden()
    tab.click("[data-papers] a")
    expect(tab.locator("[data-share]")).to_be_visible()
    go(tab, "shown", "shown")
    expect(tab.locator("[data-consent-list]")).to_contain_text("handed over to its person")
    expect(tab.locator("[data-broken]")).to_be_hidden()
    context.close()


def test_a_caseworker_starts_and_the_person_approves(browser: Browser, served: Served) -> None:
    context, tab = device(browser, viewport=PHONE)
    choose(tab, served, "[data-at-counter]")
    shown(tab, "counter")
    sound(tab)
    tab.fill("#h-by", "Joy")
    tab.fill("#h-as", OFFICE)
    tab.check("[data-counter-form] input[type=checkbox]")
    tab.click("[data-counter-form] button")
    card = confirm(tab)
    shown(tab, "slip")
    sound(tab)
    slip = tab.input_value("#slip")
    tab.click("[data-next]")
    shown(tab, "home")
    exchanged(tab)
    desk = context.new_page()
    desk.goto(slip)
    shown(desk, "start")
    sound(desk)
    for text in ("nothing", f"{served.base_url}{claim_path(served)}"):
        for field, value in (("by", "Joy"), ("office", OFFICE), ("link", text)):
            desk.fill(f"#h-{field}", value)
        desk.click("[data-start-form] button")
        expect(desk.locator("[data-status]")).to_have_text(
            "This is no link of a certificate, an offer or a question."
            if text == "nothing"
            else "Started. The person sees it when the vault is next opened."
        )
    desk.close()
    assert OFFICE.encode() not in stored_bytes(served.demonstrated.composition.wallet.database.engine)
    tab.reload()  # nothing stays on the device: the person opens it with the card
    open_by_card(tab, served, card, shared=True)
    expect(tab.locator("[data-held-by]")).to_contain_text("opened at a counter")
    expect(tab.locator("[data-started-list]")).to_contain_text(f"Joy, {OFFICE} started this")
    sound(tab)
    tab.click("[data-approve]")
    shown(tab, "offer")
    tab.click("[data-keep]")
    shown(tab, "certificate")
    home(tab)
    expect(tab.locator("[data-started]")).to_be_hidden()
    go(tab, "shown", "shown")
    expect(tab.locator("[data-consent-list]")).to_contain_text(f"approved what Joy, {OFFICE} started")
    expect(tab.locator("[data-broken]")).to_be_hidden()
    go(tab, "custody", "custody")
    expect(tab.locator("[data-hand-over]")).to_be_visible()
    sound(tab)
    context.close()
