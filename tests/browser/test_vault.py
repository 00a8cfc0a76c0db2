"""The vault in a real browser: made, opened by card, passkey and PIN, on two devices, without internet, and by nobody else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from joserfc import jwe
from joserfc.jwk import OctKey
from playwright.sync_api import Browser, BrowserContext, expect
from playwright.sync_api import Page as Tab
from sqlmodel import col, update

from issuer_api.openid.configurations import LDP_VC, configuration_of
from issuer_api.openid.offers import make_offer
from issuer_api.openid.service import OpenID
from tests.browser.pages import claim_path, first_credential
from tests.browser.test_pages import unreachable, violations
from tests.conftest import Served
from tests.databases import stored_bytes
from wallet.tables import VaultWay

pytestmark = pytest.mark.browser

PAGE: Final = "/wallet/vault"
LOCAL: Final = "localhost"
FIRST_LOAD: Final = 200_000
CANARY: Final = "CANARY-note-7f3a"


def device(browser: Browser, *, prf: bool | None = None, **options: Any) -> tuple[BrowserContext, Tab]:  # noqa: ANN401  # of playwright
    """A device of somebody's own; `prf` gives it an authenticator, with or without that."""
    context = browser.new_context(locale="en-GB", reduced_motion="reduce", **options)
    tab = context.new_page()
    if prf is not None:
        devices = context.new_cdp_session(tab)
        devices.send("WebAuthn.enable")
        chosen = {"protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True, "hasPrf": prf}
        chosen |= {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": chosen})
    return context, tab


def begin(tab: Tab, served: Served, fragment: str = "") -> None:
    tab.goto(f"{served.base_url.replace('127.0.0.1', LOCAL)}{PAGE}{fragment}")
    expect(tab.locator("html")).to_have_attribute("data-ready", "yes")


def shown(tab: Tab, view: str) -> None:
    expect(tab.locator("[data-stage]")).to_have_attribute("data-shown", view)


def make(tab: Tab, served: Served) -> str:
    """Make a vault; return the words of its card."""
    begin(tab, served)
    tab.click("[data-make]")
    return confirm(tab)


def confirm(tab: Tab) -> str:
    """Read the card's words, and show that they are on paper."""
    shown(tab, "card")
    words = tab.locator("[data-words] li").all_inner_texts()
    number = re.search(r"\d", tab.locator("[data-asked]").inner_text())
    assert number is not None
    tab.fill("#third", words[int(number[0]) - 1])
    tab.click("[data-confirm] button")
    expect(tab.locator("[data-stage]")).not_to_have_attribute("data-shown", "card")
    return " ".join(words)


def claim(tab: Tab, served: Served) -> None:
    tab.goto(f"{served.base_url.replace('127.0.0.1', LOCAL)}{PAGE}#claim={claim_path(served).rpartition('/')[2]}")
    shown(tab, "offer")
    tab.click("[data-keep]")
    shown(tab, "certificate")


def home(tab: Tab) -> None:
    tab.evaluate("location.hash = 'home'")
    shown(tab, "home")


def exchanged(tab: Tab) -> None:
    """Wait for the next exchange with the server to end."""
    tab.evaluate("delete document.documentElement.dataset.exchanged; dispatchEvent(new Event('online'))")
    expect(tab.locator("html")).to_have_attribute("data-exchanged", re.compile("[0-9]"))


def open_by_card(tab: Tab, served: Served, words: str, *, shared: bool = False) -> None:
    begin(tab, served)
    if tab.locator("[data-have-card]").count():
        tab.click("[data-have-card]")
    tab.fill("#typed", words.upper())
    tab.set_checked("[data-shared]", shared)
    tab.click("[data-card-form] button")
    shown(tab, "home")


def write_note(tab: Tab, words: str) -> None:
    tab.click("[data-papers] a")
    shown(tab, "certificate")
    tab.fill("#note", words)
    tab.click("[data-note-form] button")
    expect(tab.locator("[data-status]")).to_have_text("Your note is kept.")


@pytest.fixture(scope="module")
def owner(browser: Browser, served: Served) -> Iterator[tuple[BrowserContext, Tab, str]]:
    """A vault with one certificate and a note, open on a phone; and the words of its card."""
    context, tab = device(browser, viewport={"width": 390, "height": 800})
    words = make(tab, served)
    claim(tab, served)
    tab.fill("#note", CANARY)
    tab.click("[data-note-form] button")
    exchanged(tab)
    yield context, tab, words
    context.close()


def test_what_is_kept_is_shown_and_the_server_reads_none_of_it(owner: tuple[BrowserContext, Tab, str], served: Served) -> None:
    _, tab, words = owner
    expect(tab.locator("[data-card] .cred__title")).to_have_text("Caregiving NC II")
    expect(tab.locator("[data-tag]").first).to_have_text("Valid")
    expect(tab.locator("[data-names]")).to_contain_text("Najma Akter")
    stored = stored_bytes(served.demonstrated.composition.wallet.database.engine)
    for canary in (CANARY, words, words.replace(" ", "-"), words.split()[0]):
        assert canary.encode() not in stored
    for file in served.demonstrated.settings.data.rglob("*"):
        if file.is_file() and "demo" not in file.parts:
            content = file.read_bytes()
            assert CANARY.encode() not in content, file
            assert words.encode() not in content, file


def test_the_phone_opens_by_itself_and_without_internet(owner: tuple[BrowserContext, Tab, str], served: Served) -> None:
    context, tab, _ = owner
    tab.evaluate("navigator.serviceWorker.ready.then(() => true)")
    begin(tab, served)
    tab.reload()
    context.set_offline(True)
    try:
        tab.goto(tab.url)
        expect(tab.locator("[data-papers] .cred__title")).to_have_text("Caregiving NC II")
        expect(tab.locator("[data-papers] [data-tag]")).to_have_text("Valid")
    finally:
        context.set_offline(False)


def test_pages_of_the_vault_are_whole_in_both_directions(owner: tuple[BrowserContext, Tab, str], served: Served) -> None:
    context, tab, _ = owner
    tab.set_viewport_size({"width": 320, "height": 800})
    for language in ("ar", "en"):
        tab.goto(f"{served.base_url.replace('127.0.0.1', LOCAL)}{PAGE}?lang={language}#home")
        for place in ("home", "ways", "leave"):
            tab.evaluate("place => { location.hash = place }", place)
            shown(tab, place)
            assert tab.locator("h1").count() == 1
            assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
            assert violations(tab) == [], place
            assert unreachable(tab) == [], place
    context.clear_cookies()


def test_the_first_load_is_small(browser: Browser, served: Served) -> None:
    context, tab = device(browser)
    sizes: dict[str, int] = {}
    tab.on("requestfinished", lambda request: sizes.update({request.url: request.sizes()["responseBodySize"]}))
    begin(tab, served)
    tab.wait_for_load_state("networkidle")
    assert len(sizes) > 4
    assert sum(size for url, size in sizes.items() if "wasm" not in url) <= FIRST_LOAD, sizes
    assert not any(url.endswith(".wasm") for url in sizes)
    context.close()


def test_a_lost_phone_is_replaced_by_the_card_and_stays_outside(browser: Browser, served: Served) -> None:
    lost_context, lost = device(browser)
    words = make(lost, served)
    claim(lost, served)
    exchanged(lost)
    context, tab = device(browser)
    begin(tab, served)
    tab.click("[data-have-card]")
    tab.fill("#typed", words.replace(words[0], "z" if words[0] != "z" else "b", 1))
    tab.click("[data-card-form] button")
    expect(tab.locator("[data-status]")).to_contain_text("not as on the card")
    open_by_card(tab, served, words)
    expect(tab.locator("[data-papers] .cred__title")).to_have_text("Caregiving NC II")
    tab.evaluate("location.hash = 'ways'")
    shown(tab, "ways")
    tab.click("[data-take-away]:not([hidden])")
    expect(tab.locator("[data-status]")).to_contain_text("new key")
    expect(tab.locator("[data-list] li")).to_have_count(2)
    lost.reload()
    expect(lost.locator("[data-status]")).to_contain_text("was taken away from the vault")
    assert lost.evaluate(_NAMES) == []
    again, other = device(browser)
    open_by_card(other, served, words, shared=True)
    expect(other.locator("[data-papers] .cred__title")).to_have_text("Caregiving NC II")
    assert other.evaluate(_NAMES) == []
    for one in (lost_context, context, again):
        one.close()


_NAMES: Final = """new Promise(done => { const asked = indexedDB.open('comity', 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore('kept');
  asked.onsuccess = () => { const keys = asked.result.transaction('kept').objectStore('kept').getAllKeys();
    keys.onsuccess = () => { asked.result.close(); done(keys.result.filter(name => name.startsWith('vault '))) } } })"""


def test_two_devices_that_changed_the_same_keep_both(browser: Browser, served: Served) -> None:
    one_context, one = device(browser)
    words = make(one, served)
    claim(one, served)
    exchanged(one)
    two_context, two = device(browser)
    open_by_card(two, served, words)
    home(one)
    for context, tab, note in ((one_context, one, "from the phone"), (two_context, two, "from the tablet")):
        context.set_offline(True)
        write_note(tab, note)
        home(tab)
        expect(tab.locator("[data-waits]")).to_contain_text("1 changes wait")
    one_context.set_offline(False)
    exchanged(one)
    two_context.set_offline(False)
    exchanged(two)
    expect(two.locator("[data-papers] a")).to_have_count(2)
    exchanged(one)
    expect(one.locator("[data-papers] a")).to_have_count(2)
    one.locator("[data-papers] a").first.click()
    expect(one.locator("[data-doubled]")).to_be_visible()
    notes = {one.input_value("#note"), one.locator("[data-other-note]").inner_text()}
    assert notes == {"from the phone", "from the tablet"}
    assert violations(one) == []
    one.click("[data-keep-this]")
    expect(one.locator("[data-doubled]")).to_be_hidden()
    home(one)
    expect(one.locator("[data-papers] a")).to_have_count(1)
    one_context.close()
    two_context.close()


def test_a_passkey_opens_where_it_can_keep_a_key_and_a_pin_elsewhere(browser: Browser, served: Served) -> None:
    context, tab = device(browser, prf=True)
    make(tab, served)
    tab.evaluate("location.hash = 'ways'")
    shown(tab, "ways")
    tab.click("[data-add-passkey]")
    expect(tab.locator("[data-list]")).to_contain_text("Passkey")
    exchanged(tab)
    tab.reload()
    shown(tab, "open")
    tab.click("[data-passkey]")
    shown(tab, "ways")
    context.close()
    context, tab = device(browser, prf=False)
    words = make(tab, served)
    tab.evaluate("location.hash = 'ways'")
    shown(tab, "ways")
    tab.click("[data-add-passkey]")
    expect(tab.locator("[data-status]")).to_contain_text("Set a PIN instead")
    for pin, trouble in (("123456", "Too easy"), ("77777777", "Too easy")):
        tab.fill("#new-pin", pin)
        tab.click("[data-pin-form] button")
        expect(tab.locator("[data-status]")).to_contain_text(trouble)
    tab.fill("#new-pin", "804163")
    tab.click("[data-pin-form] button")
    expect(tab.locator("[data-list]")).to_contain_text("PIN on")
    exchanged(tab)
    tab.reload()
    shown(tab, "open")
    assert violations(tab) == []
    tab.fill("#pin", "804163")
    tab.click("[data-pin-form] button")
    shown(tab, "ways")
    tab.reload()
    shown(tab, "open")
    for left in range(9, -1, -1):
        tab.fill("#pin", "999990")
        tab.click("[data-pin-form] button")
        expect(tab.locator("[data-status]")).to_contain_text(f"{left} tries are left" if left else "locked after ten")
    tab.fill("#pin", "804163")
    tab.click("[data-pin-form] button")
    expect(tab.locator("[data-status]")).to_contain_text("locked after ten")
    tab.fill("#typed", words)
    tab.click("[data-card-form] button")
    expect(tab.locator("[data-stage]")).not_to_have_attribute("data-shown", "open")
    context.close()


def test_a_new_card_ends_the_old_one(browser: Browser, served: Served) -> None:
    context, tab = device(browser)
    old = make(tab, served)
    tab.evaluate("location.hash = 'ways'")
    shown(tab, "ways")
    tab.click("[data-add-card]")
    new = confirm(tab)
    shown(tab, "ways")
    expect(tab.locator("[data-list] li")).to_have_count(2)
    other_context, other = device(browser)
    begin(other, served, f"#card={old.replace(' ', '-')}")
    assert old.split()[0] not in other.url
    other.click("[data-card-form] button")
    expect(other.locator("[data-status]")).to_contain_text("opens no vault here")
    other.fill("#typed", new)
    other.click("[data-card-form] button")
    shown(other, "home")
    context.close()
    other_context.close()


def test_everything_leaves_in_one_file_and_a_deleted_vault_is_gone(browser: Browser, served: Served, tmp_path: Path) -> None:
    context, tab = device(browser)
    words = make(tab, served)
    claim(tab, served)
    tab.evaluate("location.hash = 'leave'")
    shown(tab, "leave")
    tab.fill("#passphrase", "correct horse battery")
    with tab.expect_download() as waited:
        tab.click("[data-export] button")
    waited.value.save_as(tmp_path / "vault.jwe")
    registry = jwe.JWERegistry(algorithms=["PBES2-HS512+A256KW", "A256GCM"])
    token = (tmp_path / "vault.jwe").read_text(encoding="ascii")
    opened = jwe.decrypt_compact(token, OctKey.import_key(b"correct horse battery"), registry=registry)
    records = json.loads(opened.plaintext or b"")["records"]
    assert "Caregiving NC II" in records[0]["credential"]
    tab.check("[data-delete] input")
    tab.click("[data-delete] button")
    shown(tab, "begin")
    assert tab.evaluate(_NAMES) == []
    tab.click("[data-have-card]")
    tab.fill("#typed", words)
    tab.click("[data-card-form] button")
    expect(tab.locator("[data-status]")).to_contain_text("opens no vault here")
    context.close()


def test_the_simple_wallet_moves_in(browser: Browser, served: Served) -> None:
    context, tab = device(browser)
    base = served.base_url.replace("127.0.0.1", LOCAL)
    tab.goto(base + claim_path(served))
    tab.click("main form:not([action^='/verify']) button")
    tab.goto(f"{tab.url.partition('?')[0]}/ask?state=XC")
    tab.click("main form button")
    expect(tab.locator("h1")).to_have_text("You asked Calentia")
    make(tab, served)
    shown(tab, "home")
    tab.click("[data-move-in]")
    expect(tab.locator("[data-papers] .cred__title")).to_have_text("Caregiving NC II")
    expect(tab.locator("[data-status]")).to_contain_text("nowhere else")
    tab.click("[data-papers] a")
    tab.click("[data-said-list] a")
    shown(tab, "case")
    expect(tab.locator("h1")).to_have_text("You asked Calentia")
    tab.goto(f"{base}/wallet")
    expect(tab.locator("main")).to_contain_text("When a training centre sends you one")
    context.close()


def test_a_link_with_a_passcode_is_made_opened_counted_and_stopped(browser: Browser, served: Served) -> None:
    context, tab = device(browser, viewport={"width": 320, "height": 800})
    make(tab, served)
    claim(tab, served)
    exchanged(tab)
    tab.click("[data-share]")
    shown(tab, "share")
    assert violations(tab) == []
    tab.fill("#views", "2")
    tab.fill("#passcode", "blue-lamp")
    tab.click("[data-share-form] button")
    shown(tab, "link")
    assert violations(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    address = tab.input_value("#address")
    reader_context = browser.new_context(locale="en-GB")
    reader = reader_context.new_page()
    reader.goto(address)
    assert violations(reader) == []
    reader.fill("#passcode", "red-lamp")
    reader.click("[data-passcode] button")
    expect(reader.locator("[data-wrong]")).to_be_visible()
    reader.fill("#passcode", "blue-lamp")
    with reader.expect_navigation(url="**/verify"):
        reader.click("[data-passcode] button")
    expect(reader.locator(".verdict h1")).to_be_visible()
    expect(reader.locator("main")).to_contain_text("Najma Akter")
    reader_context.close()
    tab.evaluate("location.hash = 'shown'")
    shown(tab, "shown")
    expect(tab.locator("[data-broken]")).to_be_hidden()
    expect(tab.locator("[data-consent-list] li")).to_have_count(1)
    assert violations(tab) == []
    tab.click("[data-to]")
    shown(tab, "link")
    expect(tab.locator("[data-views]")).to_contain_text("opened 1 times")
    tab.click("[data-stop]")
    expect(tab.locator("[data-ends]")).to_contain_text("You stopped this link")
    tab.evaluate("location.hash = 'shown'")
    expect(tab.locator("[data-consent-list] li")).to_have_count(2)
    expect(tab.locator("[data-broken]")).to_be_hidden()
    context.close()


def test_an_offer_for_wallets_is_taken_with_keys_that_lie_in_the_vault(browser: Browser, served: Served) -> None:
    openid = OpenID(served.demonstrated.composition.issuer)
    made = make_offer(
        openid,
        "sunder-bay-care",
        configuration_of("caregiving-nc2", LDP_VC),
        first_credential(served),
        grant="pre-authorized_code",
        tx_code=True,
        by="test",
    )
    context, tab = device(browser)
    make(tab, served)
    shown(tab, "home")
    tab.fill("#link", made.by_reference)
    tab.click("[data-add-link] button")
    shown(tab, "number")
    assert violations(tab) == []
    tab.fill("#number", made.tx_code)
    tab.click("[data-number-form] button")
    shown(tab, "offer")
    expect(tab.locator("[data-names]")).to_contain_text("Najma Akter")
    tab.click("[data-keep]")
    shown(tab, "certificate")
    expect(tab.locator("[data-card] [data-tag]")).to_have_text("Valid")
    exchanged(tab)
    with tab.expect_download() as waited:
        tab.click("[data-download]")
    kept = json.loads(Path(waited.value.path()).read_text(encoding="utf-8"))
    assert kept["credentialSubject"]["id"].startswith("did:key:zDn")
    home(tab)
    for foreign in ("openid-credential-offer://?credential_offer_uri=https%3A%2F%2Felsewhere.example%2Foffer", made.by_reference):
        tab.fill("#link", foreign)
        tab.click("[data-add-link] button")
        expect(tab.locator("[data-status]")).to_contain_text("did not answer" if "elsewhere" in foreign else "was used")
        home(tab)
    context.close()


def test_a_helper_asks_and_the_owner_says_no_or_lets_them_in(browser: Browser, served: Served) -> None:
    context, tab = device(browser)
    make(tab, served)
    claim(tab, served)
    tab.evaluate("location.hash = 'ways'")
    shown(tab, "ways")
    tab.click("[data-add-helper]")
    shown(tab, "card")
    assert violations(tab) == []
    words = confirm(tab)
    exchanged(tab)
    helper_context, helper = device(browser)
    begin(helper, served)
    helper.click("[data-have-card]")
    helper.fill("#typed", words)
    helper.click("[data-card-form] button")
    expect(helper.locator("[data-status]")).to_contain_text("card is good. The vault opens")
    home(tab)
    expect(tab.locator("[data-helper-asks]")).to_be_visible()
    assert violations(tab) == []
    tab.click("[data-helper-cancel]")
    expect(tab.locator("[data-status]")).to_contain_text("It stays closed")
    helper.click("[data-card-form] button")
    expect(helper.locator("[data-status]")).to_contain_text("card is good. The vault opens")
    wallet = served.demonstrated.composition.wallet
    with wallet.database.write() as session:  # the days go by
        asked = update(VaultWay).where(col(VaultWay.asked_at).is_not(None))
        session.exec(asked.values(asked_at=wallet.clock() - timedelta(hours=73)))
    helper.click("[data-card-form] button")
    shown(helper, "home")
    expect(helper.locator("[data-papers] .cred__title")).to_have_text("Caregiving NC II")
    context.close()
    helper_context.close()
