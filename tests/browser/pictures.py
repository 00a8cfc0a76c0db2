"""Pictures for the README, made of the demonstration: `python -m tests.browser.pictures`.

Runs the demonstration in a folder of its own, serves it, and writes `docs/pictures/`: the answer an employer gets on a desk and on
a phone in Arabic, the printed certificate, a phone without internet, and the desk of a state's officer.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # ships no types
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from comity.compose import ROOT
from tests.browser.conftest import FLAGS
from tests.browser.showing import hand_over
from tests.browser.station import verdict
from tests.conftest import free_port
from verifier.offline import PAGE as OFFLINE

PICTURES: Final = ROOT / "docs" / "pictures"
MOST: Final = 200_000  # bytes
_PHONE: Final = 800  # what a phone shows at once
_COLOURS: Final = 128
_FONTS: Final = '<?xml version="1.0"?><fontconfig><dir>{}</dir><dir>/usr/share/fonts</dir><cachedir>{}</cachedir></fontconfig>'


@contextmanager
def demonstration(folder: Path) -> Iterator[tuple[str, str]]:
    """Run the demonstration and serve it; gives its address, and what it printed."""
    port = free_port()
    environment = {**os.environ, "COMITY_DATA": str(folder / "var"), "PORT": str(port)}
    command = [sys.executable, "-c", "import sys; from comity.cli import main; sys.exit(main(sys.argv[1:]))", "demo", "--serve"]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        printed = ""
        for line in running.stdout:
            printed += line
            if line.startswith("Serving"):
                break
        yield f"http://localhost:{port}", printed
        running.send_signal(signal.SIGINT)


@contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """Start a browser that has the fonts of the certificates, whatever the machine has."""
    fonts = folder / "fonts.conf"
    fonts.write_text(_FONTS.format(ROOT / "issuer_api" / "fonts", folder / "cache"), encoding="utf-8")
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=found, args=FLAGS, env={**os.environ, "FONTCONFIG_FILE": str(fonts)})


def keep(name: str, picture: Image.Image) -> None:
    """Write a picture with few colours, as small as it gets."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / f"{name}.png"
    few = picture.convert("RGB").quantize(_COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    size = path.stat().st_size
    sys.stdout.write(f"{path.relative_to(ROOT)}: {picture.width} by {picture.height}, {size // 1000} KB\n")
    if size > MOST:
        raise SystemExit(f"{path.name} has more than {MOST // 1000} KB")


def answer(browser: Browser, address: str, content: bytes, *, state: str, language: str, width: int) -> Image.Image:
    """Return a picture of the answer about a certificate."""
    with tab_of(browser, width) as tab:
        hand_over(tab, address, content, state, language)
        return taken(tab)


def without_internet(browser: Browser, address: str, symbol: Path) -> Image.Image:
    """Return a picture of the answer that a phone gives while the network is cut."""
    with tab_of(browser, 390) as tab:
        tab.goto(address + OFFLINE)
        expect(tab.locator("html")).to_have_attribute("data-ready", "yes")
        tab.context.set_offline(offline=True)
        tab.select_option("#state", "XB")
        tab.set_input_files("#file", symbol)
        expect(verdict(tab)).to_be_visible()
        return taken(tab)


def desk(browser: Browser, sign_in: str) -> Image.Image:
    """Return a picture of a centre's application, as an officer reads it."""
    with tab_of(browser, 1280) as tab:
        tab.goto(sign_in)
        tab.click("form button")
        tab.click("a[href*='/applications/']")
        return taken(tab)


@contextmanager
def tab_of(browser: Browser, width: int) -> Iterator[Page]:
    """Open a tab of its own."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme="light", reduced_motion="reduce")
    yield context.new_page()
    context.close()


def taken(tab: Page) -> Image.Image:
    """Return a picture of a whole page."""
    return Image.open(io.BytesIO(tab.screenshot(full_page=True)))


def page_of(path: Path) -> Image.Image:
    """Return a picture of a certificate's page at 100 dots an inch."""
    with pypdfium2.PdfDocument(path) as document:
        picture: Image.Image = document[0].render(scale=100 / 72).to_pil()
        return picture


def main() -> None:
    """Write the pictures."""
    with TemporaryDirectory() as name, demonstration(Path(name)) as (address, printed), chromium(Path(name)) as browser:
        files = sorted((Path(name) / "var" / "demo").glob("*.json"))
        path = next(path for path in files if "Omar Haddad" in path.read_text(encoding="utf-8"))
        content = path.read_bytes()
        keep("verdict", answer(browser, address, content, state="XB", language="en", width=1280))
        phone = answer(browser, address, content, state="XC", language="ar", width=360)
        keep("verdict-partly-ar", phone.crop((0, 0, phone.width, 2 * _PHONE)))
        keep("certificate", page_of(path.with_suffix(".pdf")))
        offline = without_internet(browser, address, path.with_name(f"{path.stem}-offline.png"))
        keep("without-internet", offline.crop((0, 0, offline.width, 2 * _PHONE)))
        keep("desk", desk(browser, re.findall(r"sign in for Aravel: +(\S+)", printed)[0]))


if __name__ == "__main__":
    main()
