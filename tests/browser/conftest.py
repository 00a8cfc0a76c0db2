from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, StorageState, expect, sync_playwright

from comity.officers import OFFICERS, STATE
from tests.browser.desk import officer_path
from tests.browser.showing import desks
from tests.conftest import Served

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"

expect.set_options(timeout=20_000)  # a machine that runs the whole suite is slow now and then


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=found, args=FLAGS)
        except Error as error:
            if os.environ.get("CI"):
                raise
            pytest.skip(f"no browser could be started: {str(error).splitlines()[0]}")
        yield started
        started.close()


@pytest.fixture(scope="session")
def signed_in_state(browser: Browser, served: Served) -> StorageState:
    return signed_in(browser, served, served.sign_in_path())


@pytest.fixture(scope="session")
def officers(browser: Browser, served: Served) -> dict[str, StorageState]:
    """The officers of a state, by role, who have signed in."""
    return {role: signed_in(browser, served, officer_path(served, role)) for _, role in OFFICERS[STATE]}


def signed_in(browser: Browser, served: Served, link: str) -> StorageState:
    context = browser.new_context()
    page = context.new_page()
    page.goto(served.base_url + link)
    page.click("form button")
    page.wait_for_load_state()
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope="session")
def answers() -> Iterator[str]:
    """The employer's house once for every verdict: the pattern of their addresses."""
    with desks() as pattern:
        yield pattern


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(locale="en-GB")
    yield made
    made.close()
