"""Two training centres and an employer in one house: real keys, proofs and tables; nothing outside answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from sqlmodel import SQLModel, func, select
from starlette.testclient import TestClient

import issuer_api as issuer_package
from credentials import rdf
from credentials.errors import FetchError
from credentials.fetching import Fetched
from credentials.keys import InMemorySigner, PublicKey, generate_private_key
from issuer_api.cohorts import CohortReport, import_cohort
from issuer_api.errors import STATUS
from issuer_api.issuing import issue_cohort
from issuer_api.organisations import create_issuer
from issuer_api.programmes import define_programme
from issuer_api.routes import router
from issuer_api.service import Issuer
from issuer_api.tokens import ACTIONS, create_token
from web.db import Database, open_engine
from web.joining import join
from web.pages import Pages
from web.people import People
from web.problems import Problems
from web.sealing import Sealer

BASE: Final = "http://localhost:8000"
NOW: Final = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
CENTRE: Final = "sunder-bay-care"
OTHER: Final = "tarimba-welding"
EMPLOYER: Final = "harborline-shipyard"
COURSE: Final = "caregiving-nc2"
FORM: Final = "work-experience"
EXAMPLES: Final = Path(__file__).parents[2] / "examples"
FOLDER: Final = Path(str(issuer_package.__file__)).parent
PAGES: Final = Pages((FOLDER,))
HEADER: Final = "name,awarded_on,name_native,number\n"
THREE: Final = "Najma Akter,2026-11-13,নাজমা আক্তার,\nSari,2026-11-13,,\nYusuf Haddad,2026-11-13,يوسف حداد,\n"


class Keys:
    """Signing keys in memory."""

    def __init__(self) -> None:
        self._signers: dict[str, InMemorySigner] = {}

    def create(self, verification_method: str, algorithm: str = "Ed25519") -> PublicKey:
        made = InMemorySigner(verification_method, generate_private_key(algorithm), algorithm)
        return self._signers.setdefault(verification_method, made).public_key

    def signer(self, verification_method: str) -> InMemorySigner:
        return self._signers[verification_method]

    def verification_methods(self) -> tuple[str, ...]:
        return tuple(sorted(self._signers))


def _differs() -> None:
    raise AssertionError("a shape gave other canonical N-Quads than the reference")


SHAPES: Final = rdf.Shapes(rdf.canonicalize, audit=16, differs=_differs)
"""As the product has it, known to all houses of a process, and compared with the reference more often."""


class Nowhere:
    """Nothing answers: issuing needs nobody outside."""

    def fetch(self, url: str) -> Fetched:
        raise FetchError(f"{url} was asked for")


@dataclass
class House:
    """The training centre's house and its application."""

    issuer: Issuer
    now: list[datetime]

    @cached_property
    def app(self) -> FastAPI:
        app = FastAPI()
        Problems(PAGES, STATUS).install(app)
        join(app, router(self.issuer))
        return app

    def program(self, slug: str = CENTRE, *actions: str) -> TestClient:
        """Return a program with a token of an issuer, for all actions or some."""
        token = create_token(self.issuer, slug, "tests", actions or ACTIONS)
        headers = {"Authorization": f"Bearer {token}"}
        return TestClient(self.app, base_url=BASE, headers=headers, raise_server_exceptions=False)

    def bring(self, rows: str = THREE, *, slug: str = CENTRE) -> CohortReport:
        """Bring a list of rows."""
        return import_cohort(self.issuer, slug, COURSE, (HEADER + rows).encode(), "list.csv")

    def issue(self, rows: str = THREE, *, slug: str = CENTRE) -> tuple[str, ...]:
        """Bring a list and issue it."""
        return issue_cohort(self.issuer, slug, self.bring(rows, slug=slug).id)

    def again(self) -> House:
        """Return another process's view of the same deployment: the same keys and tables, an engine of its own."""
        engine = open_engine(self.issuer.database.engine.url.render_as_string(hide_password=False))
        return replace(self, issuer=replace(self.issuer, database=Database(engine)))

    def counts(self) -> dict[str, int]:
        """Return how many rows each table has."""
        with self.issuer.database.session() as session:
            return {
                name: session.connection().execute(select(func.count()).select_from(table)).scalar_one()
                for name, table in SQLModel.metadata.tables.items()
            }

    def contents(self) -> dict[str, list[str]]:
        """Return every row of each table: equal before and after means that nothing was changed at all."""
        with self.issuer.database.session() as session:
            return {
                name: sorted(repr(row) for row in session.connection().execute(table.select()).all())
                for name, table in SQLModel.metadata.tables.items()
            }

    def close(self) -> None:
        self.issuer.background.shutdown()
        self.issuer.database.engine.dispose()


def read_example(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((EXAMPLES / name).read_bytes())
    return document


def build(
    database_url: str,
    centres: Sequence[str] = (CENTRE, OTHER),
    **wiring: Any,  # noqa: ANN401  # fields of Issuer
) -> House:
    """Return a house over a database that has its tables."""
    now = [NOW]
    engine = open_engine(database_url)
    database = Database(engine)
    fields: Mapping[str, Any] = {
        "base_url": BASE,
        "database": database,
        "clock": lambda: now[0],
        "pages": PAGES,
        "people": People(database, lambda: now[0], PAGES, secure=False),
        "fetcher": Nowhere(),
        "keys": Keys(),
        "sealer": Sealer(bytes(range(32))),
        "fonts": FOLDER / "fonts",
        "background": ThreadPoolExecutor(max_workers=1),
        "canonicalize": SHAPES,
    }
    issuer = Issuer(**{**fields, **wiring})
    for slug in (*centres, EMPLOYER):
        create_issuer(issuer, slug, read_example(f"issuers/{slug}.json"))
    for slug in centres:
        define_programme(issuer, slug, read_example(f"programmes/{COURSE}.json"))
    define_programme(issuer, EMPLOYER, read_example("forms/work-experience.json"))
    return House(issuer, now)
