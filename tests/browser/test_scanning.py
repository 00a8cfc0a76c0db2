"""The scan page: what the camera sees, what it says when there is none, and links that are pasted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, expect
from playwright.sync_api import Page as Tab

from tests.browser.conftest import FLAGS
from tests.browser.test_checking import first_file, printed_code
from tests.browser.test_pages import violations
from tests.conftest import Served
from tests.verifier.files import qr_picture

pytestmark = pytest.mark.browser
FAKE = "--use-fake-device-for-media-stream"
TORCH = """
  MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true });
  window.lit = [];
  MediaStreamTrack.prototype.applyConstraints = async (wanted) => { window.lit.push(wanted.advanced[0].torch); };
"""
"""A phone's light, which no computer has."""


def film(path: Path, picture: Image.Image) -> Path:
    """Write a film of one picture, as Chromium's fake camera plays it (YUV4MPEG2)."""
    scene = Image.new("L", (640, 480), 200)
    scene.paste(picture.convert("L").resize((360, 360)), (140, 60))
    frame = b"FRAME\n" + scene.tobytes() + bytes([128]) * (320 * 240 * 2)
    path.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n" + frame * 10)
    return path


@contextmanager
def with_camera(browser: Browser, shown: Path | None = None, *more: str, allowed: bool = True) -> Iterator[BrowserContext]:
    flags = [*FLAGS, FAKE, *more]
    if allowed:
        flags.append("--use-fake-ui-for-media-stream")
    if shown:
        flags.append(f"--use-file-for-fake-video-capture={shown}")
    assert browser.is_connected()
    started = browser.browser_type.launch(executable_path=shutil.which("chromium"), args=flags)
    yield started.new_context(locale="en-GB", permissions=["camera"] if allowed else [])
    started.close()


def scanning(context: BrowserContext, address: str) -> Tab:
    tab = context.new_page()
    tab.goto(f"{address}/verify?state=XB")
    tab.click("[data-start]")
    return tab


def status(tab: Tab) -> str:
    return tab.locator("[data-status]").inner_text()


def test_the_camera_reads_a_printed_code_with_a_reader_of_our_own(served: Served, tmp_path: Path, browser: Browser) -> None:
    shown = film(tmp_path / "code.y4m", Image.open(first_file(served, "-link.png")))
    with with_camera(browser, shown) as context:
        asked: list[str] = []
        context.on("request", lambda request: asked.append(request.url))
        tab = scanning(context, served.base_url)
        expect(tab.locator("h1")).to_have_text("Recognised in Belmora", timeout=30_000)
        assert any(url.endswith(".wasm") for url in asked)
        assert all(url.startswith(served.base_url + "/") for url in asked)


def test_a_code_of_somebody_else_is_named_and_not_opened(served: Served, tmp_path: Path, browser: Browser) -> None:
    shown = film(tmp_path / "code.y4m", qr_picture("javascript:document.title='hacked'"))
    with with_camera(browser, shown) as context:
        tab = scanning(context, served.base_url)
        expect(tab.locator("[data-status]")).to_contain_text("not a Comity certificate", timeout=30_000)
        assert tab.title() == "Check a certificate · Comity"
        tab.click("[data-stop]")
        expect(tab.locator("[data-status]")).to_have_text("The camera is off.")
        expect(tab.locator("[data-start]")).to_be_focused()
        expect(tab.locator("video")).to_be_hidden()


def test_the_light_is_offered_where_there_is_one(served: Served, browser: Browser) -> None:
    with with_camera(browser) as context:
        tab = context.new_page()
        tab.add_init_script(TORCH)
        tab.goto(f"{served.base_url}/verify")
        expect(tab.locator("[data-torch]")).to_be_hidden()
        tab.click("[data-start]")
        tab.click("[data-torch]")
        expect(tab.locator("[data-torch]")).to_have_attribute("aria-pressed", "true")
        tab.click("[data-torch]")
        expect(tab.locator("[data-torch]")).to_have_attribute("aria-pressed", "false")
        assert tab.evaluate("window.lit") == [True, False]
        assert violations(tab) == []


def test_a_camera_that_is_not_allowed_is_explained(served: Served, browser: Browser) -> None:
    with with_camera(browser, allowed=False) as context:
        tab = scanning(context, served.base_url)
        expect(tab.locator("[data-status]")).to_contain_text("Touch the lock beside the address, allow the camera")
        assert violations(tab) == []


def test_a_device_without_a_camera_is_told_the_other_ways(context: BrowserContext, served: Served) -> None:
    tab = scanning(context, served.base_url)
    expect(tab.locator("[data-status]")).to_contain_text("We found no camera on this device. Use a photo")


def test_an_address_without_https_is_explained(served: Served, browser: Browser) -> None:
    port = served.base_url.rpartition(":")[2]
    with with_camera(browser, None, "--host-resolver-rules=MAP plain.example 127.0.0.1") as context:
        tab = context.new_page()
        tab.goto(f"http://plain.example:{port}/verify")
        expect(tab.locator("[data-start]")).to_be_hidden()
        assert "begins with https" in status(tab)
        tab.fill("#text", printed_code(served))
        tab.click("[data-check]")
        expect(tab.locator("[data-problem]")).to_be_focused()


@pytest.mark.parametrize("spelling", [str, str.lower])
def test_qr_rule_6_a_pasted_link_is_unlocked_here_and_its_key_is_not_sent(
    context: BrowserContext, served: Served, spelling: type[str]
) -> None:
    code = spelling(printed_code(served))
    tab = context.new_page()
    sent: list[str] = []
    tab.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
    tab.goto(f"{served.base_url}/verify")
    tab.fill("#text", f"  {code}\n")
    tab.click("[data-check]")
    expect(tab.locator("h1")).to_have_text("Genuine and valid")
    assert not any(code.partition("#")[2] in one for one in sent)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Choose a file or paste a link first."),
        ("https://evil.example/", "This code is not a Comity certificate."),
        ("javascript:alert(1)", "This code is not a Comity certificate."),
        (f"https://elsewhere.example/L/{'A' * 13}#{'1' * 39}", "This code is not a Comity certificate."),
        (f"/L/{'A' * 13}#{'1' * 39}", "We could not find what this code leads to."),
    ],
)
def test_a_pasted_text_that_leads_nowhere_is_explained_in_place(
    context: BrowserContext, served: Served, text: str, told: str
) -> None:
    tab = context.new_page()
    tab.goto(f"{served.base_url}/verify")
    tab.fill("#text", served.base_url + text if text.startswith("/") else text)
    tab.click("[data-check]")
    expect(tab.locator("[data-problem]")).to_contain_text(told)
    expect(tab.locator("[data-problem]")).to_be_focused()
    expect(tab.locator("#text")).to_have_value(served.base_url + text if text.startswith("/") else text)
    assert violations(tab) == []


def test_another_key_opens_nothing_and_that_is_no_refusal(context: BrowserContext, served: Served) -> None:
    tab = context.new_page()
    for damaged in (printed_code(served)[:-3] + "000", printed_code(served)[:-4]):
        tab.goto("about:blank")
        tab.goto(damaged)
        expect(tab.locator("[data-problem]")).to_contain_text("The code or link is damaged")
        expect(tab.locator("[data-problem]")).to_contain_text("This is not a no.")


def test_the_state_is_remembered_on_this_device(context: BrowserContext, served: Served) -> None:
    tab = context.new_page()
    tab.goto(f"{served.base_url}/verify")
    tab.select_option("#state", "XC")
    tab.goto(f"{served.base_url}/verify")
    expect(tab.locator("#state")).to_have_value("XC")
    tab.goto(printed_code(served))
    expect(tab.locator("h1")).to_have_text("Recognised in part in Calentia")
