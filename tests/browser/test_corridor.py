"""A phone keeps the lists of some states alone: it says so, fetches no others, and never calls what it does not hold a refusal."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.browser import station
from tests.browser.station import paste, told, verdict
from tests.browser.test_checking import first_file
from tests.browser.test_pages import unreachable, violations
from tests.conftest import Served
from verifier.offline import PAGE

pytestmark = pytest.mark.browser


def test_a_phone_keeps_the_lists_of_a_corridor_and_says_what_they_do_not_hold(
    browser: Browser, served: Served, tmp_path: Path
) -> None:
    digits = station.digits_of(first_file(served, "-offline.png"))
    film = station.film_of(tmp_path / "nothing.y4m", station.photo(Image.new("L", (64, 64), 255)))
    with station.counted(served) as (door, port), station.phone(browser, served, port, film) as phone:
        tab = phone.new_page()
        tab.goto(f"{served.base_url}{PAGE}?states=XA,XB")
        expect(tab.locator("html")).to_have_attribute("data-ready", "yes")
        assert not [path for path in door.asked if "/states/XC/" in path or "state-XC" in path]
        assert [path for path in door.asked if "/states/XA/" in path]
        assert tab.locator("#state option").evaluate_all("all => all.map(one => one.value)") == ["", "XA", "XB"]
        expect(tab.locator("[data-corridor-kept]")).to_have_text("Kept here: the lists of Aravel and Belmora.")
        tab.select_option("#state", "XB")
        paste(tab, digits)
        expect(verdict(tab)).to_have_text("Recognised in Belmora")
        tab.click("summary:has-text('Keep only some states')")
        tab.uncheck("[data-corridor-states] input[value=XA]")
        tab.focus("[data-corridor-keep]")
        tab.keyboard.press("Enter")
        expect(tab.locator("[data-corridor-kept]")).to_have_text("Kept here: the lists of Belmora.")
        assert violations(tab) == []
        assert unreachable(tab) == []
        phone.set_offline(offline=True)
        tab.reload()
        expect(tab.locator("html")).to_have_attribute("data-ready", "yes")
        paste(tab, digits)
        expect(verdict(tab)).to_have_text("We could not check this certificate")
        expect(tab.locator("[data-sentence]")).to_contain_text("The lists kept here are those of some states alone")
        expect(tab.locator("[data-sentence]")).to_contain_text("This is not a no.")
        tab.click("summary:has-text('Keep only some states')")
        tab.click("[data-corridor-all]")
        expect(told(tab)).to_contain_text("could not be had")
        expect(tab.locator("[data-corridor-kept]")).to_have_text("Kept here: the lists of Belmora.")
        phone.set_offline(offline=False)
        tab.click("[data-corridor-all]")
        expect(tab.locator("[data-corridor-kept]")).to_be_empty()
        paste(tab, digits)
        expect(verdict(tab)).to_have_text("Recognised in Belmora")
