"""What the worker's house needs from outside."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from credentials import rdf
from credentials.verify import VerificationOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from credentials.fetching import Fetched, Fetcher
    from credentials.rdf import Canonicalizer
    from trust.bundle import Bundle
    from web.db import Database
    from web.fetcher import Message, Reply
    from web.pages import Pages
    from web.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Wallet:
    """The worker's house, wired.

    Attributes:
        base_url: the public URL of this deployment, without a trailing slash.
        database: where sealed records and links are kept.
        clock: gives the present moment, aware, in UTC.
        pages: renders pages in the reader's language.
        fetcher: gets claims, status lists and issuers' documents.
        sealer: hashes what names a wallet's row; its master key opens nothing of a wallet.
        bundle: the signed lists that this deployment relies on.
        send: hands JSON to a path of this deployment, and returns what it answers.
        relay: carries a message to a foreign address, under the fetcher's limits.
        paper: sets the record of `wallet.dossier`, as data, and returns its PDF.
        of_age: years after which a vault that a guardian holds is handed over.
        canonicalize: the RDF canonicalizer for verifying.
        randomness: gives that many random bytes.
    """

    base_url: str
    database: Database
    clock: Callable[[], datetime]
    pages: Pages
    fetcher: Fetcher
    sealer: Sealer
    bundle: Callable[[], Bundle]
    send: Callable[[str, bytes], Fetched]
    relay: Callable[[Message], Reply]
    paper: Callable[[Sequence[Mapping[str, Any]]], bytes]
    of_age: int = 18
    canonicalize: Canonicalizer = rdf.canonicalize
    randomness: Callable[[int], bytes] = secrets.token_bytes

    def options(self) -> VerificationOptions:
        """Return how a certificate is checked now."""
        return VerificationOptions(now=self.clock(), fetcher=self.fetcher, canonicalize=self.canonicalize)
