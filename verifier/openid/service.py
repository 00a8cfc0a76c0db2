"""What asking wallets needs from outside."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from credentials.verify import VerificationOptions
from verifier.openid.identity import Identity
from verifier.service import Verifier
from web.db import Database
from web.sealing import Sealer

MAX_OPEN: Final = 20_000


@dataclass(frozen=True, slots=True)
class WalletDesk:
    """The part of the employer's house that asks wallets, wired.

    Attributes:
        verifier: the house.
        database: where requests are kept until they end.
        sealer: seals answers and the keys that open them, each request under a key of its own.
        identity: in whose name wallets are asked.
        short_forms: whether requests may be made in the short form of the conformance profile.
        secure: whether browsers reach this deployment over https.
        randomness: gives that many random bytes.
        most_open: questions that may wait for an answer at once.
    """

    verifier: Verifier
    database: Database
    sealer: Sealer
    identity: Callable[[], Identity]
    short_forms: bool = False
    secure: bool = False
    randomness: Callable[[int], bytes] = secrets.token_bytes
    most_open: int = MAX_OPEN

    @property
    def base_url(self) -> str:
        """The public URL of this deployment, without a trailing slash."""
        return self.verifier.base_url

    def clock(self) -> datetime:
        """Return the present moment in UTC."""
        return self.verifier.clock()

    def options(self, *, domain: str | None, challenge: str | None) -> VerificationOptions:
        """Return how a presentation is checked now: for whom it must be made, and what it must answer."""
        return VerificationOptions(
            now=self.clock(),
            fetcher=self.verifier.fetcher,
            anchors=self.verifier.anchors,
            accepts_1_1=True,
            domain=domain,
            challenge=challenge,
        )
