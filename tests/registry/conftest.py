"""The states' house with everything real: lists on disk, a database, people with roles."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx2 import Response
from sqlmodel import SQLModel
from starlette.testclient import TestClient

import registry
import trust
from credentials.errors import NotThereError
from credentials.fetching import Fetched
from registry.errors import STATUS
from registry.publishing import TOP_ROLES, Publisher
from registry.routes import router
from registry.service import Registry
from tests.trust.world import NOW, Keys, publish, shipped
from trust.bundle import Bundle, open_bundle
from web import people
from web.bundle_folder import BundleFolder
from web.db import Database, open_engine
from web.joining import join
from web.pages import Pages
from web.people import People, add_member, create_person, create_sign_in_link
from web.problems import Problems
from web.sealing import Sealer


@dataclass
class Addresses:
    """What answers outside, and what happens while it does; where `own` is set, this house answers at its own addresses."""

    documents: dict[str, bytes] = field(default_factory=dict)
    meanwhile: Callable[[], None] = lambda: None
    own: TestClient | None = None

    def fetch(self, url: str) -> Fetched:
        self.meanwhile()
        if url not in self.documents and self.own is not None and url.startswith(str(self.own.base_url)):
            answer = self.own.get(url)
            if answer.status_code != HTTPStatus.OK:
                raise NotThereError(f"nothing at {url}")
            return Fetched(url, answer.content, answer.headers["content-type"])
        if url not in self.documents:
            raise NotThereError(f"nothing at {url}")
        return Fetched(url, self.documents[url], "application/did+json")


class HouseKeys(Keys):
    """The keys of every role lie in this house."""

    def verification_methods(self) -> tuple[str, ...]:
        return tuple(f"bundle:{role}" for role in (*TOP_ROLES, "state-XA", "state-XB", "state-XC"))


@dataclass
class Desk:
    """A signed-in person's browser."""

    client: TestClient

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return answer.text

    def post(self, page: str, path: str, **form: object) -> Response:
        """Send a form with the token of the page that it stands on."""
        found = re.search(r'name="form" value="([0-9a-f]+)"', self.client.get(page).text)
        return self.client.post(path, data={**form, "form": found.group(1) if found else ""}, follow_redirects=False)


@dataclass
class House:
    """The house of the states."""

    registry: Registry
    app: FastAPI
    outside: Addresses
    now: datetime

    @property
    def anybody(self) -> TestClient:
        return TestClient(self.app, base_url="http://localhost:8000")

    def desk(self, name: str, role: str, state: str = "XA") -> Desk:
        with self.registry.database.write() as session:
            person = create_person(session, name, NOW)
            assert person.id is not None
            add_member(session, person.id, f"state.{state}", role)
            token = create_sign_in_link(session, person.id, self.now)
        client = self.anybody
        assert client.post(f"/sign-in/{token}", follow_redirects=False).status_code == 303
        return Desk(client)


@pytest.fixture
def house(tmp_path: Path) -> House:
    publisher = publish(tmp_path, shipped())
    source, outside = BundleFolder(tmp_path), Addresses()

    def lists() -> Bundle:
        return open_bundle(source, root=publisher.root(), now=opened.now)

    def clock() -> datetime:
        return opened.now

    engine = open_engine(f"sqlite:///{tmp_path / 'house.db'}")
    SQLModel.metadata.create_all(engine)
    pages = Pages([Path(package.__file__ or "").parent for package in (trust, registry)])
    database = Database(engine)
    signed_in = People(database, clock, pages, secure=False)
    keys, sealer = HouseKeys(), Sealer(bytes(32))
    publisher = Publisher(publisher.folder, keys)
    made = Registry(
        "http://localhost:8000",
        clock,
        pages,
        lists,
        source,
        database,
        signed_in,
        publisher,
        tmp_path / "waiting.json",
        keys,
        sealer,
        outside,
        lambda _: 27,
    )
    app = FastAPI()
    join(app, people.router(signed_in), router(made))
    Problems(pages, dict(STATUS), https=False).install(app)
    opened = House(made, app, outside, NOW)
    return opened
