"""What the registry needs: its pages, its lists, its database, its clock, and who is signed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from credentials.fetching import Fetcher
from credentials.keys import KeyStore
from registry.publishing import Publisher
from registry.witnessing import WatchedLog
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
        base_url: the public URL of this deployment, without a trailing slash.
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
        issued_by_day: DID and a first day to how many of them stand in the issuance log, by day.
        logs: the issuance logs whose heads the states record.
    """

    base_url: str
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
    issued_by_day: Callable[[str, date], Mapping[date, int]] = lambda _did, _since: {}
    logs: Callable[[], Sequence[WatchedLog]] = tuple

    @property
    def approvals(self) -> Approvals:
        """The second person."""
        return Approvals(self.database, self.clock, "registry")
