"""A small house on the shared edge: every part of it real, its addresses made for tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, File, Request, Response, UploadFile
from pydantic import BaseModel
from sqlmodel import SQLModel
from starlette.testclient import TestClient

from credentials.errors import FetchError, MalformedValueError
from trust.bundle import Bundle, BundleError
from web import people, people_pages, site
from web.db import Database, open_engine
from web.joining import join
from web.pages import Pages
from web.passkeys import Passkeys
from web.people import People, create_person, create_sign_in_link
from web.people_pages import PeoplePages
from web.problems import Problems
from web.security import SecurityHeaders
from web.strict_json import StrictJSONRoute

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Message(BaseModel):
    """What the strict address reads."""

    name: str
    more: dict[str, Any] = {}


@dataclass
class House:
    """The house.

    Attributes:
        now: what its clock says.
        token: of a sign-in link that nobody has used.
        bundle: the lists, or nothing while there are none.
    """

    app: FastAPI
    database: Database
    people: People
    browser: TestClient
    now: datetime = NOW
    token: str = ""
    bundle: Bundle | None = None

    def lists(self) -> Bundle:
        if self.bundle is None:
            raise BundleError("there are none")
        return self.bundle

    def another_link(self) -> str:
        with self.database.write() as session:
            return create_sign_in_link(session, 1, self.now)

    def another_browser(self) -> TestClient:
        return TestClient(self.app, base_url=str(self.browser.base_url), raise_server_exceptions=False, follow_redirects=False)


def open_house(folder: Path, *, https: bool, port: int = 8000) -> Iterator[House]:
    engine = open_engine(f"sqlite:///{folder / 'house.db'}")
    SQLModel.metadata.create_all(engine)
    database, pages, app = Database(engine), Pages([]), FastAPI(redirect_slashes=False)
    base_url = "https://house.example" if https else f"http://localhost:{port}"
    browser = TestClient(app, base_url=base_url, raise_server_exceptions=False, follow_redirects=False)
    house = House(app, database, People(database, lambda: house.now, pages, secure=https), browser)
    with database.write() as session:
        create_person(session, "Registrar", NOW)
    house.token = house.another_link()
    problems = Problems(pages, {OddError: 418}, https=https)  # type: ignore[dict-item]
    problems.install(app)
    limits = {"/": 1000, "/up": 5000, "/uplands": 2000, "/account": 5000, "/passkeys": 5000, "/organisations": 5000}
    app.add_middleware(SecurityHeaders, https=https, limits=limits, refuse=problems.answer)
    join(app, people.router(house.people))
    passkeys = Passkeys(house.people, base_url)
    join(
        app,
        people_pages.router(PeoplePages(passkeys, lambda slug, language: f"{slug} ({language})")),
        site.router(pages, database, house.lists, house.people.anyone),
        _addresses(house),
    )
    site.mount_static(app)
    yield house
    engine.dispose()


class OddError(MalformedValueError):
    """A problem that only this house knows."""

    title = "house.odd"


def _addresses(house: House) -> APIRouter:
    api = APIRouter(route_class=StrictJSONRoute)

    @api.post("/read")
    def read(message: Message) -> dict[str, Any]:
        return message.model_dump()

    @api.get("/read")
    def look() -> dict[str, Any]:
        return {"asked": "nothing"}

    @api.post("/up")
    def upload(file: Annotated[UploadFile, File()]) -> dict[str, int]:
        return {"size": len(file.file.read())}

    @api.post("/uplands")
    @api.post("/raw")
    async def raw(request: Request) -> dict[str, int]:
        return {"size": len(await request.body())}

    @api.get("/me")
    def me(request: Request) -> dict[str, Any]:
        found = house.people.signed_in(request)
        return {"name": found.name, "form": found.form_token, "roles": found.roles}

    @api.get("/broken/{secret}")
    def broken(secret: str) -> Response:
        raise RuntimeError(f"a mistake of ours about {secret}")

    @api.get("/odd")
    def odd() -> Response:
        raise OddError("odd", pointer="/a")

    @api.get("/outside")
    def outside() -> Response:
        raise FetchError("nobody answered")

    @api.get("/numbers")
    def numbers(n: int) -> int:
        return n

    return api


LATER = timedelta(days=8)
