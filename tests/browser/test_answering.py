"""What an employer does with an answer: the fifth question, other states, other languages, paper, high contrast, a narrow line."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from playwright.sync_api import Page as Tab

from tests.browser.showing import Visit, answer
from tests.browser.test_checking import first_file, printed_code
from tests.browser.test_pages import violations
from tests.conftest import Served

pytestmark = pytest.mark.browser
FIRST_LOAD = 200_000  # bytes, without the code reader, which is fetched when the camera starts


def answered(context: BrowserContext, served: Served, answers: str, name: str, language: str = "en") -> Tab:
    tab = context.new_page()
    answer(name)(Visit(tab, served, answers, language))
    return tab


def test_the_answer_is_read_first(context: BrowserContext, served: Served, answers: str) -> None:
    tab = answered(context, served, answers, "recognised")
    expect(tab.locator("#v")).to_be_focused()
    assert tab.title() == "Recognised in Belmora · Comity"


def test_the_fifth_question_is_answered_by_whoever_stands_there_and_can_be_taken_back(
    context: BrowserContext, served: Served, answers: str
) -> None:
    tab = answered(context, served, answers, "recognised")
    row, another = tab.locator("[data-same-person]"), tab.locator("[data-another]")
    expect(row.locator(".tag")).to_have_text("You check this")
    expect(another).to_have_class("btn btn--quiet")
    tab.click("[data-answer=no]")
    expect(row.locator(".tag")).to_have_text("No")
    expect(row.get_by_role("status")).to_contain_text("not the same person, or that you are not sure")
    expect(row.get_by_role("status")).to_be_focused()
    expect(another).to_have_class("btn")
    assert violations(tab) == []
    tab.click("[data-undo]")
    expect(row.locator(".tag")).to_have_text("You check this")
    expect(tab.locator("[data-answer=no]")).to_be_focused()
    tab.click("[data-answer=yes]")
    expect(row.locator(".tag")).to_have_text("Yes")
    expect(row.get_by_role("status")).to_contain_text("You compared the name and said yes.")


def test_another_state_and_another_language_need_no_second_look_at_the_paper(
    context: BrowserContext, served: Served, answers: str
) -> None:
    tab = answered(context, served, answers, "no state")
    expect(tab.locator("h1")).to_have_text("Genuine and valid")
    tab.select_option("#state", "XC")
    tab.click("text=Ask for this state")
    expect(tab.locator("h1")).to_have_text("Recognised in part in Calentia")
    tab.click("button[lang=ar]")
    expect(tab.locator("html")).to_have_attribute("dir", "rtl")
    expect(tab.locator(".who__alt")).to_have_text("নাজমা আক্তার")
    tab.goto(tab.url.partition("?")[0])
    expect(tab.locator("#state")).to_have_value("XC")


@pytest.mark.parametrize("name", ["recognised", "partly, several things", "work elsewhere", "forged"])
def test_an_answer_is_printed_on_one_page_without_buttons(context: BrowserContext, served: Served, answers: str, name: str) -> None:
    tab = answered(context, served, answers, name)
    with pypdfium2.PdfDocument(tab.pdf(format="A4")) as document:
        text = document[0].get_textpage().get_text_bounded()
        assert len(document) == 1
    assert "Checked on 20 November 2026" in text
    assert tab.title().partition(" ·")[0].split()[0] in text
    for button in ("Check another", "Print", "Ask for this state", "It is the same person"):
        assert button not in text
    tab.emulate_media(media="print")
    assert tab.eval_on_selector(".verdict", "e => getComputedStyle(e).backgroundImage") == "none"


def test_without_colours_the_page_says_the_same(browser: Browser, served: Served, answers: str) -> None:
    context = browser.new_context(forced_colors="active", locale="en-GB")
    for name in ("recognised", "forged", "refused", "no status list"):
        tab = answered(context, served, answers, name)
        for selector in (".verdict", ".tag >> nth=0"):
            edge = tab.locator(selector).evaluate("e => [getComputedStyle(e).borderTopStyle, getComputedStyle(e).clipPath]")
            assert edge[0] != "none"
            assert edge[1] == "none"
        signs = tab.locator(".verdict > svg, .tag svg")
        assert signs.count() == 6
        assert all(signs.nth(number).is_visible() for number in range(6))
    context.close()


def test_the_questions_stand_one_under_the_other_in_their_order(context: BrowserContext, served: Served, answers: str) -> None:
    tab = answered(context, served, answers, "partly, several things", "ar")
    tops = tab.eval_on_selector_all(".ask", "rows => rows.map(row => row.getBoundingClientRect().top)")
    assert all(above < below for above, below in pairwise(tops))
    assert tab.locator("details[open]").count() == 0


def test_names_start_where_the_page_starts(context: BrowserContext, served: Served, answers: str) -> None:
    for language, side in (("en", "left"), ("ar", "right")):
        tab = answered(context, served, answers, "work elsewhere", language)
        panel = tab.locator(".who").bounding_box()
        lines = tab.eval_on_selector_all(
            ".who > p[dir]",
            "ps => ps.map(p => { const r = document.createRange(); r.selectNodeContents(p); const b = r.getBoundingClientRect();"
            " return [b.left, b.right] })",
        )
        assert panel is not None
        edges = [left - panel["x"] if side == "left" else panel["x"] + panel["width"] - right for left, right in lines]
        assert max(edges) < 2, language


def test_the_first_load_is_small_and_asks_nobody_else(context: BrowserContext, served: Served) -> None:
    tab = context.new_page()
    network = context.new_cdp_session(tab)
    network.send("Network.enable")
    sizes: list[float] = []
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(f"{served.base_url}/verify", wait_until="networkidle")
    assert sum(sizes) < FIRST_LOAD
    assert not any("zxing" in url for url in asked)
    tab.set_input_files("#file", first_file(served, ".pdf"))
    tab.click("[data-check]")
    tab.wait_for_selector("#v")
    assert {url for url in asked if not url.startswith(served.base_url + "/")} == set()


def test_without_javascript_a_file_and_a_pasted_link_are_answered(browser: Browser, served: Served) -> None:
    context = browser.new_context(locale="en-GB", java_script_enabled=False)
    tab = context.new_page()
    for fill in (
        partial(tab.set_input_files, "#file", first_file(served, ".pdf")),
        partial(tab.fill, "#text", printed_code(served)),
    ):
        tab.goto(f"{served.base_url}/verify")
        expect(tab.locator("[data-camera]")).to_be_hidden()
        tab.select_option("#state", "XB")
        fill()
        tab.click("[data-check]")
        expect(tab.locator("h1")).to_have_text("Recognised in Belmora")
        expect(tab.locator("[data-choose]")).to_be_hidden()
    context.close()
