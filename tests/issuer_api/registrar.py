"""A registrar at her browser: the whole house behind its security headers, and a session that was signed in by link."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from typing import Final

from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from issuer_api import pages
from issuer_api.errors import STATUS
from issuer_api.routes import router
from issuer_api.signing_pages import Sizes
from tests.issuer_api.house import BASE, CENTRE, PAGES, House
from web import people
from web.joining import join
from web.people import add_member, create_person, create_sign_in_link
from web.problems import Problems
from web.security import SecurityHeaders
from web.site import mount_static

Form = Mapping[str, str | list[str]]
"""What a form sends: field to value, or to several."""
SALMA: Final = "Salma Nasser"
_TOKEN: Final = re.compile(r'name="form" value="([^"]+)"')
_SET_APART: Final = re.compile(r"</?bdi>")
_TAG: Final = re.compile(r"<(?:style|script|svg).*?</(?:style|script|svg)>|<[^>]+>", re.DOTALL)


def application(house: House, sizes: Sizes | None = None) -> FastAPI:
    """Return the house's application with signing in, static files and the headers of every answer; with other sizes, if given."""
    app = FastAPI()
    problems = Problems(PAGES, STATUS)
    problems.install(app)
    app.add_middleware(SecurityHeaders, limits={"/": 12 * 1024 * 1024}, refuse=problems.answer)
    join(app, people.router(house.issuer.people))
    if sizes is not None:
        join(app, pages.router(house.issuer, sizes))
    join(app, router(house.issuer))
    mount_static(app)
    return app


def sign_in_link(house: House, *slugs: str, name: str = SALMA, role: str = "registrar") -> str:
    """Return a one-time link for a new person who works at these issuers."""
    now = house.issuer.clock()
    with house.issuer.database.write() as session:
        person = create_person(session, name, now)
        assert person.id is not None
        for slug in slugs:
            add_member(session, person.id, slug, role)
        return f"/sign-in/{create_sign_in_link(session, person.id, now)}"


@dataclass
class Registrar:
    """A person who is signed in."""

    client: TestClient
    slug: str

    def get(self, path: str = "") -> Response:
        """Open a page below her issuer's address."""
        return self.client.get(self.address(path))

    def post(self, path: str, data: Form | None = None, **more: object) -> Response:
        """Send a form with the session's token, and follow where it leads."""
        return self.client.post(self.address(path), data={"form": self.token(), **(data or {})}, **more)  # type: ignore[arg-type]

    def address(self, path: str) -> str:
        """Return an address below her issuer's."""
        return f"/issuer/{self.slug}/{path}".rstrip("/")

    def token(self) -> str:
        """Return the session's form token, as every page has it."""
        found = _TOKEN.search(self.get("programmes").text)
        assert found is not None
        return found.group(1)


@contextmanager
def held_back(house: House) -> Iterator[None]:
    """Keep what runs in the background waiting, so that a page can be looked at meanwhile; then let it finish."""
    gate = threading.Event()
    house.issuer.background.submit(gate.wait, 60)
    try:
        yield
    finally:
        gate.set()
        finish(house)


def finish(house: House) -> None:
    """Wait until nothing runs in the background."""
    house.issuer.background.submit(bool).result(timeout=60)


def registrar(house: House, *slugs: str, name: str = SALMA, role: str = "registrar", app: FastAPI | None = None) -> Registrar:
    """Return somebody who works at these issuers, signed in by link; at the first training centre, if none is named."""
    mine = slugs or (CENTRE,)
    client = TestClient(app or application(house), base_url=BASE, headers={"Accept": "text/html"}, raise_server_exceptions=False)
    assert client.post(sign_in_link(house, *mine, name=name, role=role), follow_redirects=False).status_code == 303
    return Registrar(client, mine[0])


def words(answer: Response) -> str:
    """Return what a reader reads on a page."""
    return re.sub(r"\s+", " ", unescape(_TAG.sub(" ", _SET_APART.sub("", answer.text)))).strip()
