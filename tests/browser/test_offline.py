"""The page that works without a network: installed, cut off, and asked about papers, good and bad."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, ViewportSize, expect
from playwright.sync_api import Page as Tab

from credentials.passports import Passport, identity_of
from issuer_api.cohorts import import_cohort
from issuer_api.issuing import credential_json, issue_cohort
from issuer_api.printed_codes import offline_code
from issuer_api.replacing import correct, said_by
from tests.browser import station
from tests.browser.station import answers, installed, paste, told, verdict
from tests.browser.test_checking import first_file, printed_code
from tests.browser.test_pages import unreachable, violations
from tests.client.ocr_b import photographed
from tests.client.test_passports import TD3
from tests.conftest import Served
from tests.verifier.files import FOLDED, folded_paper, qr_picture, saved
from verifier.assessing import assess
from verifier.offline import PAGE

pytestmark = pytest.mark.browser
MOST = 400_000  # bytes, without the lists
MOST_OF_A_LANGUAGE = 10_000  # bytes
FIVE = ["Yes", "Yes", "Yes", "Yes", "You check this"]
BIDI = "Najma\u202e\u2066 retkA\u200f"
HTML = "<img src=x onerror=document.title='hacked'>"


@pytest.fixture(scope="module")
def symbol(served: Served) -> Path:
    return first_file(served, "-offline.png")


@pytest.fixture(scope="module")
def digits(symbol: Path) -> str:
    return station.digits_of(symbol)


@pytest.fixture(scope="module")
def document(served: Served, digits: str) -> dict[str, Any]:
    return station.document_of(served, digits)


@pytest.fixture
def tab(context: BrowserContext, served: Served) -> Iterator[Tab]:
    yield installed(context, served)
    context.set_offline(offline=False)


def test_a_paper_before_the_camera_gets_its_answer_and_no_request_leaves(
    browser: Browser, served: Served, symbol: Path, tmp_path: Path
) -> None:
    film = station.film_of(tmp_path / "paper.y4m", station.photo(Image.open(symbol)))
    with station.counted(served) as (door, port), station.phone(browser, served, port, film) as context:
        tab = installed(context, served)
        assert PAGE in door.asked
        assert door.asked.count("/static/app/offline.js") == 2  # once for the page, once for the device: not what the browser had
        asked = len(door.asked)
        tab.reload()
        expect(tab.locator("html")).to_have_attribute("data-ready", "yes")
        expect(tab.locator("#state")).to_have_value("XB")
        tab.click("[data-start]")
        expect(verdict(tab)).to_have_text("Recognised in Belmora", timeout=40_000)
        expect(verdict(tab)).to_be_focused()
        expect(tab.locator(".who__name")).to_have_text("Najma Akter")
        expect(tab.locator("[data-as-of]")).to_contain_text("Withdrawals as known on")
        expect(tab.locator("[data-lists]")).to_contain_text("partnership lists of")
        assert answers(tab) == FIVE
        expect(tab.locator("video")).to_be_hidden()
        assert door.asked[asked:] == []


def test_the_page_is_an_app_that_can_be_installed(context: BrowserContext, served: Served) -> None:
    tab = context.new_page()
    tab.goto(served.base_url + PAGE)
    expect(tab.locator("html")).to_have_attribute("data-ready", "yes")
    devtools = context.new_cdp_session(tab)
    problems = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [one["errorId"] for one in problems if one["errorId"] != "in-incognito"] == []
    manifest = json.loads(devtools.send("Page.getAppManifest")["data"])
    assert (manifest["start_url"], manifest["display"]) == (PAGE, "standalone")
    assert violations(tab) == []
    assert unreachable(tab) == []


def test_all_that_offline_use_needs_travels_in_400_kilobytes(context: BrowserContext, served: Served) -> None:
    tab = context.new_page()
    tab.goto(f"{served.base_url}/healthz")
    worker = tab.request.get(f"{served.base_url}/verify/worker.js").text()
    kept = json.loads(worker.partition("FILES = ")[2].partition(";\n")[0])
    pages = json.loads(worker.partition("PAGES = ")[2].partition(", FALLS_BACK")[0])
    sizes: dict[str, int] = {}
    for path in (*kept, *pages, PAGE, "/verify/worker.js", "/verify/manifest.webmanifest"):
        with tab.expect_request_finished() as finished:
            tab.evaluate("async path => { await (await fetch(path, { cache: 'no-store' })).arrayBuffer() }", path)
        answer = finished.value.response()
        assert answer is not None
        packed = answer.headers.get("content-encoding") == "br"
        assert path not in kept or packed, f"{path} was changed after it was packed: make setup"
        sizes[path] = finished.value.sizes()["responseBodySize"]
    languages = {path: sizes.pop(path) for path in pages}
    assert 300_000 < sum(sizes.values()) <= MOST, sizes  # in one language; every other one is a page more
    assert max(languages.values()) <= MOST_OF_A_LANGUAGE, languages


def test_the_page_comes_from_the_device_also_at_the_addresses_that_people_know(tab: Tab, served: Served, digits: str) -> None:
    for path in ("/", "/verify", f"/#{digits}"):
        tab.goto(served.base_url + path)
        expect(tab.locator("html")).to_have_attribute("data-ready", "yes")
    expect(verdict(tab)).to_have_text("Recognised in Belmora")
    expect(tab.locator("[data-opened]")).to_contain_text(f"Check that its address in your browser begins with {served.base_url}.")
    paste(tab, digits)
    expect(tab.locator("[data-opened]")).to_be_hidden()


def test_the_page_is_kept_in_every_language_and_chosen_without_a_network(tab: Tab, served: Served, digits: str) -> None:
    for code, word, turn in (("fr", "Reconnu en Belmora", "ltr"), ("ar", "معترف", "rtl")):
        tab.click(f".masthead__tools a[hreflang={code}]")
        expect(tab.locator(f"html[lang={code}][dir={turn}]")).to_have_attribute("data-ready", "yes")
        for path in ("", PAGE, "/verify"):
            if path:
                tab.goto(served.base_url + path)
            expect(tab.locator(f"html[lang={code}]")).to_have_attribute("data-ready", "yes")
        paste(tab, digits)
        expect(verdict(tab)).to_contain_text(word)


def test_a_photo_and_a_pasted_picture_are_read_here(tab: Tab, symbol: Path) -> None:
    photo = station.jpeg(station.photo(Image.open(symbol), (1600, 1200), 700))
    tab.set_input_files("#file", {"name": "paper.jpg", "mimeType": "image/jpeg", "buffer": photo})
    expect(verdict(tab)).to_have_text("Recognised in Belmora")
    tab.set_input_files("#file", {"name": "x.png", "mimeType": "image/png", "buffer": b"no picture"})
    expect(told(tab)).to_contain_text("could not read the code")
    expect(verdict(tab)).to_be_hidden()
    tab.evaluate(
        """bytes => {
          const held = new DataTransfer();
          held.items.add(new File([new Uint8Array(bytes)], "p.jpg", { type: "image/jpeg" }));
          document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: held }));
        }""",
        list(photo),
    )
    expect(verdict(tab)).to_have_text("Recognised in Belmora")


def test_a_folded_and_stained_paper_is_looked_at_again(tab: Tab) -> None:
    for folds in FOLDED:
        photo = saved(folded_paper("x" * 150, folds))
        tab.set_input_files("#file", {"name": "paper.png", "mimeType": "image/png", "buffer": photo})
        expect(told(tab)).to_contain_text("This code is not a Comity certificate.")
        tab.set_input_files("#file", [])
        tab.set_input_files("#file", {"name": "x.png", "mimeType": "image/png", "buffer": b"no picture"})
        expect(told(tab)).to_contain_text("could not read the code")


@pytest.mark.parametrize(
    ("state", "headline", "counts"),
    [
        ("XB", "Recognised in Belmora", "Yes"),
        ("XC", "Recognised in part in Calentia", "In part"),
        ("", "Genuine and valid", "Not asked"),
    ],
)
def test_each_state_has_its_own_answer_in_the_words_of_the_served_page(
    tab: Tab, served: Served, digits: str, state: str, headline: str, counts: str
) -> None:
    tab.select_option("#state", state)
    paste(tab, f"HTTPS://EVIL.EXAMPLE/#{digits}")
    expect(verdict(tab)).to_have_text(headline)
    assert answers(tab)[3] == counts
    served_says = station.sentences(served, digits, state or None)
    assert tab.locator("[data-sentence]").inner_text() == served_says[0]
    assert tab.locator(".ask > p.ask__say").all_inner_texts() == served_says[1:]
    assert violations(tab) == []
    assert unreachable(tab) == []


@pytest.mark.parametrize(("language", "width", "scheme"), [("ar", 320, "dark"), ("fr", 768, "light"), ("en", 320, "light")])
def test_an_answer_is_whole_and_accessible_on_every_screen(
    browser: Browser, served: Served, digits: str, language: str, width: int, scheme: Literal["dark", "light"]
) -> None:
    size: ViewportSize = {"width": width, "height": 800}
    context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")
    tab = context.new_page()
    tab.goto(f"{served.base_url}{PAGE}?lang={language}")
    expect(tab.locator("html")).to_have_attribute("data-ready", "yes")
    for state in ("XB", "XC"):
        tab.select_option("#state", state)
        paste(tab, digits)
        expect(verdict(tab)).to_be_focused()
        assert tab.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")
        assert tab.locator("h1:visible").count() == 1
        assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert "{" not in tab.locator("main").inner_text()
        assert violations(tab) == []
    context.close()


def test_a_forged_code_is_called_so_and_shows_nothing_of_its_content(tab: Tab, served: Served, document: dict[str, Any]) -> None:
    paste(tab, station.code_of(served, station.renamed(document, "Somebody Else")))
    expect(verdict(tab)).to_have_text("Do not rely on this certificate")
    assert answers(tab) == ["No", *["Not asked"] * 4]
    assert "Somebody Else" not in tab.content()
    expect(tab.locator("[data-card]")).to_be_hidden()
    expect(tab.locator("[data-not-shown]")).to_be_visible()
    assert violations(tab) == []


def test_one_changed_digit_is_never_a_yes(tab: Tab, digits: str) -> None:
    for place in (0, 3, len(digits) // 2, len(digits) - 3):
        other = str(int(digits[place]) % 9 + 1)
        paste(tab, digits[:place] + other + digits[place + 1 :])
        expect(told(tab)).to_contain_text(re.compile("do not rely on it|This code is damaged|needs newer lists"))
        expect(verdict(tab)).to_be_hidden()
        paste(tab, digits)
        expect(verdict(tab)).to_have_text("Recognised in Belmora")


def test_a_profile_that_is_not_known_asks_for_newer_lists_and_is_no_refusal(tab: Tab, digits: str) -> None:
    paste(tab, station.with_profile(digits, 99))
    expect(told(tab)).to_contain_text("needs newer lists than this device has")
    expect(told(tab)).to_contain_text("This is not a no.")
    expect(verdict(tab)).to_be_hidden()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("javascript:alert(1)", "not a Comity certificate"),
        ("data:text/html,<script>alert(1)</script>", "not a Comity certificate"),
        ("intent://scan/#Intent;scheme=zxing;end", "not a Comity certificate"),
        ("https://evil.example/?next=/#1", "not a Comity certificate"),
        ("1" * 199, "not a Comity certificate"),
        ("9" * 3001, "not a Comity certificate"),
        ("9" * 3000, "This code is damaged"),
        (f"https://evil.example/x/#{'9' * 300}", "not a Comity certificate"),
    ],
)
def test_i1_and_qr_rule_2_a_hostile_text_is_neither_opened_nor_believed(tab: Tab, text: str, words: str) -> None:
    before = tab.url
    paste(tab, text)
    expect(told(tab)).to_contain_text(words)
    expect(verdict(tab)).to_be_hidden()
    assert tab.url == before


def test_qr_rule_1_of_a_false_address_the_digits_alone_are_taken(tab: Tab, digits: str) -> None:
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    before = tab.url
    paste(tab, f"HTTPS://VER1FY.EXAMPLE/#{digits}")
    expect(verdict(tab)).to_have_text("Recognised in Belmora")
    assert tab.url == before
    assert [url for url in asked if "example" in url.lower()] == []
    assert tab.locator("a[href*='ER1FY' i]").count() == 0


def test_a_picture_of_a_hostile_code_and_the_small_code_are_told_apart(tab: Tab, served: Served, tmp_path: Path) -> None:
    hostile = tmp_path / "hostile.png"
    qr_picture("javascript:document.title='hacked'").save(hostile)
    tab.set_input_files("#file", hostile)
    expect(told(tab)).to_contain_text("not a Comity certificate")
    paste(tab, printed_code(served))
    expect(told(tab)).to_contain_text("the small code of a paper")
    assert "hacked" not in tab.title()


@pytest.mark.parametrize(("name", "shown"), [(HTML, HTML), (BIDI, "Najma retkA")])
def test_i7_names_that_would_be_markup_or_turn_the_text_are_shown_as_they_are(
    tab: Tab, served: Served, document: dict[str, Any], name: str, shown: str
) -> None:
    signed = station.signed_by_the_centre(served, station.renamed(document, name))
    paste(tab, station.code_of(served, signed))
    expect(verdict(tab)).to_have_text("Recognised in Belmora")
    assert tab.locator(".who__name").inner_text() == shown
    assert shown in tab.locator("[data-compare]").inner_text()
    assert tab.locator("main img").count() == 0
    assert "hacked" not in tab.title()


def test_the_passport_is_compared_with_the_one_that_the_centre_saw(tab: Tab, served: Served, document: dict[str, Any]) -> None:
    seen = identity_of(Passport("L898902C3", date(1974, 8, 12), date(2012, 4, 15)), document["id"])
    subject = {**document["credentialSubject"], "identifier": [seen]}
    signed = station.signed_by_the_centre(served, {**document, "credentialSubject": subject})
    paste(tab, station.code_of(served, signed))
    expect(verdict(tab)).to_have_text("Recognised in Belmora")
    tab.click("summary:has-text('Compare with the passport')")
    tab.fill("#passport", TD3)
    expect(tab.locator("[data-passport-said]")).to_contain_text("It is the passport that the centre saw")
    tab.fill("#passport", TD3.replace("L898902C36", "M898902C33"))
    expect(tab.locator("[data-passport-said]")).to_contain_text("A renewed passport has another number")
    tab.fill("#passport", TD3.replace("L898902C36", "M898902C36"))
    expect(tab.locator("[data-passport-said]")).to_have_text(re.compile("check digits do not fit.*"))


def test_the_passports_lines_are_photographed_or_held_before_the_camera_and_no_request_leaves(
    browser: Browser, served: Served, digits: str, tmp_path: Path
) -> None:
    lines = TD3.split("\n")
    photo = photographed(lines, 18, random.Random(3))  # noqa: S311  # the same each time
    scene = Image.new("L", (1280, 720), 120)
    scene.paste(photo, ((1280 - photo.width) // 2, 200))
    film = station.film_of(tmp_path / "passport.y4m", scene)
    with station.counted(served) as (door, port), station.phone(browser, served, port, film) as context:
        tab = installed(context, served)
        paste(tab, digits)
        expect(verdict(tab)).to_have_text("Recognised in Belmora")
        asked = len(door.asked)
        tab.click("summary:has-text('Compare with the passport')")
        typed, read = tab.locator("#passport"), tab.locator("[data-passport-read]")
        blank = station.jpeg(Image.new("L", (300, 200), 200))
        tab.set_input_files("#passport-photo", {"name": "blank.jpg", "mimeType": "image/jpeg", "buffer": blank})
        expect(read).to_contain_text("could not be read")
        expect(typed).to_have_value("")
        tab.set_input_files("#passport-photo", {"name": "lines.jpg", "mimeType": "image/jpeg", "buffer": station.jpeg(photo)})
        expect(typed).to_have_value(TD3, timeout=20_000)
        expect(read).to_contain_text("See that every letter is as on the passport")
        expect(tab.locator("[data-passport-said]")).to_contain_text("The passport says ANNA MARIA ERIKSSON")
        expect(typed).to_be_focused()
        tab.fill("#passport", "")
        tab.click("[data-passport-camera]")
        expect(typed).to_have_value(TD3, timeout=40_000)
        expect(tab.locator("video")).to_be_hidden()
        assert violations(tab) == []
        assert unreachable(tab) == []
        assert door.asked[asked:] == []


def test_a_withdrawn_certificate_is_withdrawn_without_a_network_too(tab: Tab, served: Served) -> None:
    withdrawn = next(path for path in served.demonstrated.files.glob("*-offline.png") if _is_withdrawn(served, path))
    paste(tab, station.digits_of(withdrawn))
    expect(verdict(tab)).to_have_text("Withdrawn")
    assert answers(tab)[1] == "No"


def test_a_replaced_certificate_is_told_so_and_nobody_is_blamed(context: BrowserContext, served: Served) -> None:
    issuer, slug = served.demonstrated.composition.issuer, "tarimba-welding"
    before = import_cohort(issuer, slug, "smaw-nc2", b"name,awarded_on\nRana Deli,2026-11-02\n", "before.csv")
    issue_cohort(issuer, slug, before.id)
    tab = installed(context, served)  # keeps the list as it is now, and so does the browser for a minute
    report = import_cohort(issuer, slug, "smaw-nc2", b"name,awarded_on\nYara Deli,2026-11-02\n", "replaced.csv")
    [old] = issue_cohort(issuer, slug, report.id)
    code = offline_code(issuer, credential_json(issuer, slug, old))
    correct(issuer, slug, old, replace(said_by(issuer, slug, old), names=("Yara Dell",)))
    tab.context.set_offline(offline=False)
    told(tab).evaluate("element => { element.textContent = ''; }")
    tab.click("[data-refresh]")
    expect(told(tab)).to_contain_text("are the newest")
    tab.context.set_offline(offline=True)
    paste(tab, str(code).rpartition("#")[2])
    expect(verdict(tab)).to_have_text("Replaced by a newer one")
    expect(tab.locator(".asks")).to_contain_text("because a corrected copy took its place")
    assert answers(tab)[1] == "No"
    context.set_offline(offline=False)


def _is_withdrawn(served: Served, symbol: Path) -> bool:
    content = symbol.with_name(symbol.name.replace("-offline.png", ".json")).read_bytes()
    return assess(served.demonstrated.composition.verifier, content, None).verdict == "withdrawn"


@pytest.mark.parametrize(
    ("shift", "headline", "fresh", "said"),
    [
        (timedelta(days=3), "Recognised in Belmora", "3 days old", "counts in Belmora"),
        (timedelta(days=30), "Recognised in Belmora", "Good enough today", "counts in Belmora"),
        (timedelta(days=60), "We could not check everything", "After 45 days we no longer say yes", "The lists are 60 days old"),
        (timedelta(days=-400), "We could not check everything", "which is before our lists", "Set the clock, then check again"),
    ],
)
def test_qr_rule_5_old_lists_and_a_wrong_clock_are_said_and_never_a_yes(
    tab: Tab, digits: str, shift: timedelta, headline: str, fresh: str, said: str
) -> None:
    tab.clock.set_fixed_time(datetime.now(UTC) + shift)
    paste(tab, digits)
    expect(verdict(tab)).to_have_text(headline)
    expect(tab.locator("[data-lists]")).to_contain_text(fresh)
    expect(tab.locator(".asks")).to_contain_text(said)


def test_without_lists_nothing_is_said_of_a_code(context: BrowserContext, served: Served, digits: str) -> None:
    context.route("**/trust/bundle/**", lambda route: route.abort())
    tab = context.new_page()
    tab.goto(served.base_url + PAGE)
    expect(tab.locator("[data-lists]")).to_contain_text("no lists yet")
    paste(tab, digits)
    expect(told(tab)).to_contain_text("no lists yet")
    tab.click("[data-refresh]")
    expect(told(tab)).to_contain_text("could not be had")
    context.unroute_all()
    tab.click("[data-refresh]")
    expect(told(tab)).to_contain_text("are the newest")
    paste(tab, digits)
    expect(verdict(tab)).to_have_text("Genuine and valid")
