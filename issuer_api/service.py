"""What the training centre's house needs from outside."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from credentials import rdf
from credentials.fetching import Fetcher
from credentials.keys import KeyStore, Signer
from credentials.qr import Codec
from credentials.x509 import Anchors, parse_x5c
from trust.anchoring import LogHead
from web.db import Database
from web.mailing import Mail, Outcome
from web.pages import Pages
from web.people import People
from web.sealing import Sealer

Post = Callable[[], AbstractContextManager[Callable[[Mail], Outcome]]]


class Purpose(StrEnum):
    """What a certified key signs; how the fragment of its verification method begins, and the file of its certificates."""

    MOBILE_DOCUMENTS = "mdoc"
    TOKENS = "x5c"


@dataclass(frozen=True, slots=True)
class CertifiedSigner:
    """Who signs for an issuer where verifiers ask for certificates: mobile documents, or what HAIP 1.0 is kept for.

    Attributes:
        signer: of a key for ES256, named as one of the issuer's DID.
        x5c: its certificates, the signer's first, without the root.
        purpose: mobile documents (ISO/IEC 18013-5:2021 §B.1.4); or SD-JWT VCs and the lists of the statuses of copies.
    """

    signer: Signer
    x5c: tuple[str, ...]
    purpose: Purpose

    @property
    def fragment(self) -> str:
        """The fragment of the key's verification method."""
        return self.signer.verification_method.partition("#")[2]

    @property
    def ends(self) -> datetime:
        """The last moment at which its certificates are in force."""
        return parse_x5c(list(self.x5c)).in_force[1]

    def is_in_force(self, moment: datetime) -> bool:
        """Whether its certificates are in force at a moment."""
        starts, ends = parse_x5c(list(self.x5c)).in_force
        return starts <= moment <= ends


@dataclass(frozen=True, slots=True)
class Issuer:
    """The training centre's house, wired.

    Attributes:
        base_url: the public URL, without a trailing slash.
        database: where everything is kept.
        clock: gives the present moment in UTC.
        pages: renders pages.
        people: says who is signed in.
        fetcher: for checking what was signed before it is released.
        keys: signing keys by verification method.
        sealer: seals what identifies a person.
        fonts: folder of the fonts for paper.
        background: runs what takes long.
        canonicalize: RDFC-1.0.
        randomness: gives that many random bytes.
        codec: writes a whole credential into a code, by the lists; None while there are no lists.
        log_heads: what the home state of an issuer, by its DID, has recorded of logs; for an empty DID, what any state has.
        wallet_makers: certificates of makers of wallets whose attestations count; None while none are pinned.
        certified: gives the certified keys of an issuer, by its short name, the older ones of a purpose first.
        processes: how many serve the same deployment; what runs in the background may run in another.
        sweeps: whether this process is the one that removes what has ended.
        post: opens what hands mails over; None where no mail is sent.
    """

    base_url: str
    database: Database
    clock: Callable[[], datetime]
    pages: Pages
    people: People
    fetcher: Fetcher
    keys: KeyStore
    sealer: Sealer
    fonts: Path
    background: Executor
    canonicalize: rdf.Canonicalizer = rdf.canonicalize
    randomness: Callable[[int], bytes] = secrets.token_bytes
    codec: Callable[[], Codec | None] = lambda: None
    log_heads: Callable[[str], Sequence[LogHead]] = lambda _did: ()
    wallet_makers: Anchors | None = None
    certified: Callable[[str], tuple[CertifiedSigner, ...]] = lambda _slug: ()
    processes: int = 1
    sweeps: bool = True
    post: Post | None = None

    def new_id(self) -> str:
        """Return 26 random letters and digits."""
        return self.randomness(13).hex()
