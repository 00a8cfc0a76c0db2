"""What OpenID4VCI needs besides the training centre's house."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from credentials.encoding import b64url_encode
from issuer_api.openid.sweeping import Sweeping
from issuer_api.service import Issuer
from web.statements import Writing

ACCESS_LASTS: Final = timedelta(hours=1)
REFRESH_LASTS: Final = timedelta(days=90)
_SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in where wallets are tried out.

    Attributes:
        password: in plain; it protects nothing.
        names: that certificates are made out to.
    """

    password: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What the conformance profile has beyond the product, for wallets to be tried out.

    Attributes:
        slug: the issuer that `POST /issuer/api/v1/offers` speaks for without a token.
        accounts: user to account: the authorization page signs them in, and their certificates are made on the spot.
        deferred: configurations that are handed out a moment later.
        compat: configurations that are also handed to wallets of older drafts.
    """

    slug: str
    accounts: Mapping[str, Account] = field(default_factory=lambda: MappingProxyType({}))
    deferred: frozenset[str] = frozenset()
    compat: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OpenID:
    """OpenID4VCI, wired.

    Attributes:
        issuer: the house.
        batch_size: copies that a wallet may fetch at once.
        trial: None in the product.
        sweeping: removes what has ended.
    """

    issuer: Issuer
    batch_size: int = 10
    trial: Trial | None = None
    sweeping: Sweeping = field(default_factory=Sweeping)

    @property
    def checks_attestations(self) -> bool:
        """Whether attestations of wallets and keys are looked at: where makers are pinned, or wallets are tried out."""
        return self.trial is not None or self.issuer.wallet_makers is not None

    def is_compat(self, configuration_id: str) -> bool:
        """Return whether a configuration is also handed to wallets of older drafts."""
        return self.trial is not None and configuration_id in self.trial.compat

    def is_deferred(self, configuration_id: str) -> bool:
        """Return whether a configuration is handed out a moment later."""
        return self.trial is not None and configuration_id in self.trial.deferred

    def sweep(self, writing: Writing) -> None:
        """Remove what has ended, where this process is the one that does and did not a moment ago."""
        if self.issuer.sweeps:
            self.sweeping.sweep(writing, self.issuer.clock())

    def url(self, slug: str) -> str:
        """Return the identifier of a credential issuer, which is its authorization server too."""
        return f"{self.issuer.base_url}/issuers/{slug}"

    def new_secret(self) -> str:
        """Return a fresh code or token, of 256 bits."""
        return b64url_encode(self.issuer.randomness(_SECRET_BYTES))


def turn_of(slug: str) -> str:
    """Return the turn in which an issuer's rows for wallets are written."""
    return f"openid {slug}"


def hash_of(secret: str) -> str:
    """Return what is stored of a secret of many bits."""
    return hashlib.sha256(secret.encode()).hexdigest()
