"""Pages that are reached by doing something first: a certificate handed over, kept, shared."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

import uvicorn
from playwright.sync_api import Page as Tab
from starlette.types import ASGIApp, Receive, Scope, Send

from registry import rule_form
from tests.browser import desk
from tests.conftest import Served
from tests.verifier.cases import CASES
from tests.verifier.desk import browser as desk_of
from web import site
from web.security import SecurityHeaders

KEEP: Final = "main form:not([action^='/verify']) button"


@dataclass(frozen=True)
class Visit:
    """One visit: the tab, the deployment, where the employers' desks are, the reader's language."""

    tab: Tab
    served: Served
    desks: str
    language: str

    def go(self, path: str) -> None:
        self.tab.goto(f"{self.served.base_url}{path}{'&' if '?' in path else '?'}lang={self.language}")

    def go_on(self, button: str) -> None:
        """Press a button that leads to another page."""
        with self.tab.expect_navigation():
            self.tab.locator(button).first.click()


Show = Callable[[Visit], None]


class Desks:
    """Every case of `tests.verifier.cases` at a host name of its own, such as `case-3.localhost`."""

    def __init__(self) -> None:
        self._apps: dict[str, ASGIApp] = {}

    def _app(self, host: str) -> ASGIApp:
        if host not in self._apps:
            case = list(CASES.values())[int(host.partition(".")[0].removeprefix("case-"))]
            app = desk_of(replace(case.verifier(), base_url=f"http://{host}")).app
            site.mount_static(app)  # type: ignore[arg-type]  # a FastAPI application
            self._apps[host] = SecurityHeaders(app)
        return self._apps[host]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._app(dict(scope["headers"])[b"host"].decode())(scope, receive, send)


@contextmanager
def desks() -> Iterator[str]:
    """Serve the desks; gives the pattern of their addresses, with `{}` for the number of a case."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(Desks(), host="127.0.0.1", port=port, log_level="warning", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://case-{{}}.localhost:{port}"
    server.should_exit = True
    thread.join(timeout=10)


def hand_over(tab: Tab, address: str, content: bytes, state: str | None, language: str) -> None:
    """Hand a certificate over as a file on the scan page, and wait for the answer."""
    tab.goto(f"{address}/verify?lang={language}")
    tab.select_option("#state", state or "")
    tab.set_input_files("#file", {"name": "certificate.json", "mimeType": "application/json", "buffer": content})
    tab.click("[data-check]")
    tab.wait_for_selector("#v")


def answer(name: str) -> Show:
    """Show the answer of a case."""
    case = CASES[name]

    def show(visit: Visit) -> None:
        address = visit.desks.format(list(CASES).index(name))
        hand_over(visit.tab, address, case.content(), case.state, visit.language)

    return show


def kept(claim: Callable[[Served], str], act: str = "") -> Show:
    """Keep a certificate by its claim link, then show it or an act of it."""

    def show(visit: Visit) -> None:
        _keep(visit, claim(visit.served))
        visit.go(_certificate(visit) + act)

    return show


def wallet_with(claim: Callable[[Served], str]) -> Show:
    """Show a wallet that holds a certificate and an open link."""

    def show(visit: Visit) -> None:
        _share(visit, claim(visit.served))
        visit.go("/wallet")

    return show


def shared(claim: Callable[[Served], str], *, stopped: bool = False) -> Show:
    """Show a link to the worker who made it."""

    def show(visit: Visit) -> None:
        _share(visit, claim(visit.served))
        if stopped:
            visit.tab.click("form[action$='/stop'] button")
        visit.go(visit.tab.url.partition("?")[0].removeprefix(visit.served.base_url))

    return show


def opened(claim: Callable[[Served], str]) -> Show:
    """Show a share link whose key was cut off."""

    def show(visit: Visit) -> None:
        _share(visit, claim(visit.served))
        visit.go("/s/" + visit.tab.input_value("#address").partition("#")[0].rpartition("/")[2])

    return show


def rule_with_conditions(visit: Visit) -> None:
    """Show the form of a rule with a condition of every kind, tried."""
    visit.go(f"{desk.DESK}/rules/write?rule=urn:comity:XA:rule:1@1")
    for kind in rule_form.KINDS:
        visit.tab.select_option("#kind", kind)
        visit.go_on("button[value=add]")
    visit.go_on("button[value=try]:visible")


def rule_tried(visit: Visit) -> None:
    """Show what example dossiers are worth with another rule."""
    visit.go(f"{desk.DESK}/rules/write?rule=urn:comity:XA:rule:1@1")
    visit.tab.select_option("#mode", "caseByCase")
    visit.tab.fill("#start", "2099-01-01")
    visit.go_on("button[value=try]:visible")


def reached(visit: Visit) -> None:
    """Show whom a suspension reaches, before anybody is asked to sign it."""
    visit.go(f"{desk.CENTRE}/suspend")
    visit.tab.fill("#day", "2099-12-31")
    visit.tab.fill("#reason", "The workshop is being inspected.")
    visit.go_on("button[value=look]")


def _keep(visit: Visit, claim: str) -> None:
    visit.tab.goto(visit.served.base_url + claim)
    visit.tab.click(KEEP)
    visit.tab.wait_for_url("**/wallet/certificates/**")


def _certificate(visit: Visit) -> str:
    return visit.tab.url.partition("?")[0].removeprefix(visit.served.base_url)


def _share(visit: Visit, claim: str) -> None:
    _keep(visit, claim)
    visit.tab.goto(f"{visit.served.base_url}{_certificate(visit)}/share")
    visit.tab.click(KEEP)
    visit.tab.wait_for_url("**/wallet/links/**")
