"""The page without internet in a real browser: how soon it is ready, and how long an answer takes, with the network cut."""

from __future__ import annotations

import contextlib
import io
import shutil
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

import uvicorn
import zxingcpp
from PIL import Image
from playwright.sync_api import Error, Page, Playwright, sync_playwright

from bench.rows import Goal, Row, at_most
from comity.compose import Composition
from comity.demo import run_demo
from comity.settings import Settings
from verifier.offline import PAGE

_READY_TIMES: Final = 7
_ANSWERS: Final = 30
_READY: Final = "html[data-ready=yes]"
_SPENT: Final = "() => performance.getEntriesByName('verdict').map(({ duration }) => duration)"
_SINCE: Final = "() => performance.now()"


def page_rows() -> Iterator[Row]:
    """Yield the rows; none, and a word about it, where no browser can be started."""
    with TemporaryDirectory() as name, sync_playwright() as playwright, _served(Path(name)) as (address, digits):
        try:
            ready, answers = _measured(playwright, address, digits)
        except Error as error:
            sys.stderr.write(f"left out, no browser: {str(error).splitlines()[0]}\n")
            return
    yield _row("page ready from this device, network cut, Chromium", ready / 1000, "s", at_most(2, "s"))
    yield _row("code to verdict, recognition too, Chromium", median(answers), "ms", at_most(10, "ms"))


def _row(name: str, value: float, unit: str, goal: Goal) -> Row:
    return Row("qr", name, value, unit, goal)


@contextlib.contextmanager
def _served(folder: Path) -> Iterator[tuple[str, str]]:
    """Serve the demonstration; yield its address and the digits of a printed code."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        composition = run_demo(Settings(data=folder / "var", port=port, public_url=""))
    server = uvicorn.Server(uvicorn.Config(composition.app, host="127.0.0.1", port=port, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield composition.deployment.public_url, _digits(composition)
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        composition.close()


def _digits(composition: Composition) -> str:
    symbol = min(composition.deployment.demo.glob("*-offline.png"))
    return str(zxingcpp.read_barcodes(Image.open(symbol))[0].text).partition("#")[2]


def _measured(playwright: Playwright, address: str, digits: str) -> tuple[float, list[float]]:
    """Return the median milliseconds until the page is ready, and those of each answer."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(address + PAGE)
    page.wait_for_selector(_READY)
    context.set_offline(offline=True)
    ready = []
    for _ in range(_READY_TIMES):
        page.goto(address + PAGE)
        page.wait_for_selector(_READY)
        ready.append(float(page.evaluate(_SINCE)))
    answers = [_answer(page, digits, number) for number in range(1, _ANSWERS + 1)]
    browser.close()
    return median(ready), answers


def _answer(page: Page, digits: str, number: int) -> float:
    page.fill("#text", digits)
    page.click("[data-form] button")
    page.wait_for_function(f"() => performance.getEntriesByName('verdict').length === {number}")
    return float(page.evaluate(_SPENT)[-1])
