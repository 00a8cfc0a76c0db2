"""What the employer's house needs from outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from credentials import rdf
from credentials.fetching import Fetcher
from credentials.keys import Signer
from credentials.status import ListMemory, SeenLists
from credentials.x509 import Anchors
from trust.bundle import Bundle
from web.pages import Pages


@dataclass(frozen=True, slots=True)
class Verifier:
    """The employer's house, wired.

    Attributes:
        base_url: the public URL of this deployment, without a trailing slash.
        clock: gives the present moment in UTC.
        pages: renders pages.
        fetcher: brings status lists, DID documents and the ciphertext of links.
        bundle: gives the signed lists, checked.
        shapes: RDFC-1.0; what a listed issuer signed teaches it shapes.
        seen_lists: the status lists that were relied on.
        receipts: gives what signs receipts; None where nothing does, or nothing did yet.
        sign_receipts: gives the same, made when it is first asked for; None where no receipts are signed.
        anchors: of certificates that may say whose the key of an SD-JWT VC is; None where none is trusted for that.
    """

    base_url: str
    clock: Callable[[], datetime]
    pages: Pages
    fetcher: Fetcher
    bundle: Callable[[], Bundle]
    shapes: rdf.Shapes = field(default_factory=lambda: rdf.Shapes(rdf.canonicalize))
    seen_lists: ListMemory = field(default_factory=SeenLists)
    receipts: Callable[[], Signer | None] = lambda: None
    sign_receipts: Callable[[], Signer] | None = None
    anchors: Anchors | None = None
