"""Every page in a real browser: nothing for axe to find, whole at 320 px, right-to-left, dark, by keyboard."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Browser, StorageState
from playwright.sync_api import Page as Tab

from tests.browser.conftest import AXE
from tests.browser.pages import PAGES, Page
from tests.browser.showing import Visit
from tests.conftest import Served

pytestmark = pytest.mark.browser

WALKS = (
    ("en", 1280, "light"),
    ("fr", 320, "light"),
    ("ar", 320, "dark"),
)
SHORT_WALKS = (WALKS[0], WALKS[2])
"""For pages that are reached by doing something first: a desk and a phone, both directions, light and dark."""


@cache
def axe() -> str:
    return AXE.read_text(encoding="utf-8")


def violations(tab: Tab) -> list[str]:
    tab.evaluate(axe())
    found: dict[str, Any] = tab.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{item['id']}: {item['nodes'][0]['html'][:160]}" for item in found["violations"]]


def unreachable(tab: Tab) -> list[str]:
    """Walk by Tab once around; return what a keyboard does not reach, or shows no focus on."""
    selector = "a[href], button:not([disabled]), input:not([type=hidden]), select, textarea, summary"
    of_its_group = "[...document.querySelectorAll('input[type=radio]')].filter(r => r.name === e.name && r.form === e.form)"
    stops = f"e.type !== 'radio' || e === ({of_its_group}.find(r => r.checked) ?? {of_its_group}[0])"  # arrows lead to the others
    seen = "e.checkVisibility() && !e.closest('[aria-hidden=true]')"
    wanted = tab.evaluate(
        f"[...document.querySelectorAll('{selector}')].filter(e => {seen} && ({stops}))"
        ".map((e, i) => (e.dataset.walk = i, e.outerHTML.slice(0, 120)))"
    )
    tab.evaluate("window.walked = new Set(); addEventListener('focusin', e => walked.add(e.target.dataset.walk))")
    reached: set[str] = set()
    for _ in range(3):
        for _ in range(len(wanted) - len(reached) + 2):
            tab.keyboard.press("Tab")
        reached = set(tab.evaluate("[...walked].filter(Boolean)"))
        if len(reached) == len(wanted):
            break
    return [html for number, html in enumerate(wanted) if str(number) not in reached]


@pytest.mark.parametrize(
    ("page", "walk"),
    [
        pytest.param(page, walk, id="-".join(map(str, (page.name, *walk))))
        for page in PAGES
        for walk in (SHORT_WALKS if page.show else WALKS)
    ],
)
def test_a_page_is_whole_and_accessible(
    browser: Browser,
    served: Served,
    answers: str,
    signed_in_state: StorageState,
    officers: dict[str, StorageState],
    page: Page,
    walk: tuple[str, int, str],
) -> None:
    language, width, scheme = walk
    who = officers.get(page.officer, signed_in_state if page.signed_in else None)
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,  # type: ignore[arg-type]  # one of the two words that playwright names
        storage_state=who,
        reduced_motion="reduce",
    )
    tab = context.new_page()
    troubles: list[str] = []
    tab.on("pageerror", lambda error: troubles.append(str(error)))
    visit = Visit(tab, served, answers, language)
    page.show(visit) if page.show else visit.go(page.path(served))
    assert tab.get_attribute("html", "lang") == language
    assert tab.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")
    assert tab.locator("h1").count() == 1
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert violations(tab) == []
    assert unreachable(tab) == []
    assert troubles == []
    context.close()
