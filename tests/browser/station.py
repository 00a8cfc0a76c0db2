"""A deployment whose every request is counted, a browser with a camera that looks at a paper, and codes that others might print."""

from __future__ import annotations

import io
import shutil
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import uvicorn
import zxingcpp
from PIL import Image, ImageFilter
from playwright.sync_api import Browser, BrowserContext, Locator, expect
from playwright.sync_api import Page as Tab
from starlette.types import ASGIApp, Receive, Scope, Send

from credentials.data_integrity import add_proof_set
from credentials.qr import Codec, from_digits, to_digits
from tests.browser.conftest import FLAGS
from tests.conftest import Served
from verifier.assessing import assess
from verifier.links import unpack
from verifier.words import words

FRAMES: Final = 4
RATE: Final = 4


@dataclass
class Counted:
    """An application in front of which every request is noted."""

    app: ASGIApp
    asked: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = (
                f"/{scope['path'].split('/', 3)[3]}" if scope["path"].startswith("http://") else scope["path"]
            )  # asked as a proxy
            self.asked.append(path)
            scope = {**scope, "path": path, "raw_path": path.encode()}
        await self.app(scope, receive, send)


@contextmanager
def counted(served: Served) -> Iterator[tuple[Counted, int]]:
    """Serve the deployment at another port, and note what is asked of it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    door = Counted(served.demonstrated.composition.app)
    server = uvicorn.Server(uvicorn.Config(door, host="127.0.0.1", port=port, log_level="warning", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield door, port
    server.should_exit = True
    thread.join(timeout=10)


@contextmanager
def phone(browser: Browser, served: Served, port: int, film: Path) -> Iterator[BrowserContext]:
    """Start a browser whose camera shows a film, and which finds the deployment's address at another port."""
    address = served.base_url.removeprefix("http://")
    flags = [
        *FLAGS,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
        f"--host-resolver-rules=MAP {address} 127.0.0.1:{port}",
    ]
    started = browser.browser_type.launch(executable_path=shutil.which("chromium"), args=flags)
    yield started.new_context(locale="en-GB", permissions=["camera"])
    started.close()


def photo(symbol: Image.Image, size: tuple[int, int] = (1280, 720), side: int = 460) -> Image.Image:
    """Return a symbol as a cheap camera sees it on a desk: turned, out of focus, in uneven light, with noise."""
    paper = Image.new("L", (size[1], size[1]), 232)
    printed = symbol.convert("L").point([45 + value * 187 // 255 for value in range(256)])
    paper.paste(printed.resize((side, side), Image.Resampling.LANCZOS), ((size[1] - side) // 2,) * 2)
    turned = paper.rotate(7, Image.Resampling.BICUBIC, fillcolor=120).filter(ImageFilter.GaussianBlur(1.1))
    scene = Image.new("L", size, 120)
    scene.paste(turned, ((size[0] - size[1]) // 2, 0))
    light = Image.linear_gradient("L").resize(size).point([96 + value // 2 for value in range(256)])
    lit = Image.composite(scene, Image.new("L", size, 40), light)
    return Image.blend(lit, Image.effect_noise(size, 40), 0.08)


def film_of(path: Path, *pictures: Image.Image) -> Path:
    """Write a film of pictures of one size, as Chromium's fake camera plays it (YUV4MPEG2)."""
    width, height = pictures[0].size
    chroma = bytes([128]) * (width // 2 * (height // 2) * 2)
    frames = b"".join(b"FRAME\n" + picture.convert("L").tobytes() + chroma for picture in pictures)
    head = f"YUV4MPEG2 W{width} H{height} F{RATE}:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(head + frames * (FRAMES // len(pictures) or 1))
    return path


def jpeg(picture: Image.Image) -> bytes:
    """Return a photo as phones send it."""
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=70)
    return written.getvalue()


def digits_of(symbol: Path) -> str:
    """Return the digits that a printed symbol holds."""
    return str(zxingcpp.read_barcodes(Image.open(symbol))[0].text).partition("#")[2]


def codec_of(served: Served) -> Codec:
    """Return the codec of the lists."""
    codec = served.demonstrated.composition.verifier.bundle().codec
    assert codec is not None
    return codec


def document_of(served: Served, digits: str) -> dict[str, Any]:
    """Return the credential that a code holds."""
    return dict(codec_of(served).decode(from_digits(digits)))


def sentences(served: Served, digits: str, state: str | None) -> list[str]:
    """Return what the served page says of a code: the banner's sentence, and those under the five questions."""
    verifier = served.demonstrated.composition.verifier
    found = assess(verifier, unpack(verifier, digits), state)
    said = [(f"verdict.{found.sentence}", found.params), *((f"say.{one.message}", one.params) for one in found.questions)]
    return [verifier.pages.text("en", f"verifier.{key}", **words(verifier.pages, "en", params)) for key, params in said]


def with_profile(digits: str, number: int) -> str:
    """Return a code that says it is written by another profile (below 128)."""
    payload = from_digits(digits)
    return str(to_digits(payload[:1] + bytes([number]) + payload[2:]))


def code_of(served: Served, document: Mapping[str, Any]) -> str:
    """Return the code that holds a document, whether its signature fits or not."""
    return str(to_digits(codec_of(served).encode(document)))


def renamed(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a credential about somebody else, with the signature that it had."""
    subject = document["credentialSubject"]
    changed = {**subject, "name": [{**subject["name"][0], "@value": name}, *subject["name"][1:]]}
    return {**document, "credentialSubject": changed}


def signed_by_the_centre(served: Served, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a credential signed by the centre that it names."""
    issuer = served.demonstrated.composition.issuer
    proof = document["proof"]
    method, created = proof["verificationMethod"], datetime.fromisoformat(proof["created"])
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    return add_proof_set(unsigned, issuer.keys.signer(method), created=created)


def told(tab: Tab) -> Locator:
    """Return what the page says when it has no answer."""
    return tab.locator("[data-status]")


def verdict(tab: Tab) -> Locator:
    """Return the banner's headline."""
    return tab.locator("[data-verdict]")


def answers(tab: Tab) -> list[str]:
    """Return the five answers."""
    return tab.locator(".ask > [data-answer-genuine], .ask > span").all_inner_texts()


def installed(context: BrowserContext, served: Served, state: str = "XB") -> Tab:
    """Open the page until it works without a network, then cut the network."""
    tab = context.new_page()
    tab.goto(f"{served.base_url}/verify/offline")
    expect(tab.locator("html")).to_have_attribute("data-ready", "yes")
    tab.select_option("#state", state)
    context.set_offline(offline=True)
    return tab


def paste(tab: Tab, text: str) -> None:
    """Type a code's text, and ask for the answer."""
    tab.fill("#text", text)
    tab.click("[data-form] button")
