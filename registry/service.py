"""What the registry needs: its pages, its lists, its database, its clock, and who is signed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from credentials.fetching import Fetcher
from credentials.keys import KeyStore
from registry.publishing import Publisher
from trust.bundle import Bundle, BundleSource
from web.approvals import Approvals
from web.db import Database
from web.pages import Pages
from web.people import People
from web.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Registry:
    """The dependencies of the registry.

    Attributes:
        clock: tells the time.
        pages: renders.
        bundle: the lists that this deployment relies on.
        source: the published files, as other verifiers fetch them.
        database: keeps the working copy and the applications.
        people: says who is signed in.
        publisher: writes the lists, with the keys that lie here.
        waiting: the file of the draft that waits for signatures.
        keys: of the authorities, which sign decisions.
        sealer: seals what people hand over.
        fetcher: brings DID documents of centres elsewhere.
        issued: DID to how many certificates of that issuer this deployment knows.
    """

    clock: Callable[[], datetime]
    pages: Pages
    bundle: Callable[[], Bundle]
    source: BundleSource
    database: Database
    people: People
    publisher: Publisher
    waiting: Path
    keys: KeyStore
    sealer: Sealer
    fetcher: Fetcher
    issued: Callable[[str], int]

    @property
    def approvals(self) -> Approvals:
        """The second person."""
        return Approvals(self.database, self.clock, "registry")
