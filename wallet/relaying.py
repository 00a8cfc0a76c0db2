"""Carry a vault's messages to foreign addresses: `POST /wallet/api/v1/relay`.

A browser may ask this address alone. What a foreign verifier or issuer is sent, and what it answers, passes here as bytes: bounded,
for the owner of a vault only, through the guarded fetcher, and neither read nor kept.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from credentials.encoding import b64url_encode
from wallet.vault_errors import RelayBusyError
from wallet.vault_routes import ROOT, Authorization, VaultRoute
from wallet.vaults import check_access
from web.fetcher import Message, Reply

if TYPE_CHECKING:
    from wallet.service import Wallet

AT_ONCE: Final = 16
"""Messages on their way, of all vaults."""
MOST: Final = 60
"""Messages of one vault within `WINDOW`."""
MOST_OF_ALL: Final = 3000
"""Messages of all vaults within `WINDOW`: whoever makes many vaults sends no more."""
WINDOW: Final = timedelta(minutes=5)
_LONGEST: Final = 512 * 1024
_FORM, _JSON, _JWT = "application/x-www-form-urlencoded", "application/json", "application/jwt"
_ACCEPTED: Final = "application/oauth-authz-req\\+jwt|application/json|application/statuslist\\+jwt|\\*/\\*"
_OPAQUE: Final = "[A-Za-z0-9._~+/=-]{1,8000}"
_Signed = Annotated[str, Field(pattern="^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$", max_length=16_000)]
"""A signed token."""


class _Relayed(BaseModel):
    """What is to be sent: `content` makes it a POST."""

    model_config = ConfigDict(extra="forbid", strict=True)
    url: Annotated[str, Field(max_length=2048)]
    accept: Annotated[str, Field(pattern=f"^({_ACCEPTED})$")] = "*/*"
    type: Annotated[str, Field(pattern=f"^({_FORM}|{_JSON}|{_JWT})$")] = _FORM
    content: Annotated[str, Field(max_length=_LONGEST)] | None = None
    authorization: Annotated[str, Field(pattern=f"^(Bearer|DPoP) {_OPAQUE}$")] | None = None
    dpop: _Signed | None = None
    idempotency_key: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{22,64}$")] | None = None

    def message(self) -> Message:
        headers = {"Accept": self.accept}
        if self.content is not None:
            headers["Content-Type"] = self.type
        named = {"Authorization": self.authorization, "DPoP": self.dpop, "Idempotency-Key": self.idempotency_key}
        headers |= {name: value for name, value in named.items() if value is not None}
        return Message(self.url, headers, None if self.content is None else self.content.encode())


@dataclass(slots=True)
class Turns:
    """How many messages each vault had carried since a moment."""

    since: datetime
    counted: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)
    places: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))

    def take(self, vault: str, now: datetime) -> None:
        """Count one.

        Raises:
            RelayBusyError: the vault had its share.
        """
        with self.lock:
            if now - self.since >= WINDOW:
                self.since = now
                self.counted.clear()
            if self.counted[vault] >= MOST or self.counted.total() >= MOST_OF_ALL:
                raise RelayBusyError("too many messages are sent; wait some minutes")
            self.counted[vault] += 1


def router(wallet: Wallet) -> APIRouter:
    """Return the address."""
    api = APIRouter(prefix=ROOT, route_class=VaultRoute, include_in_schema=False)
    turns = Turns(wallet.clock())

    @api.post("/relay")
    def relay(asked: _Relayed, authorization: Authorization = "") -> dict[str, Any]:
        turns.take(check_access(wallet, authorization), wallet.clock())
        reply = _carried(wallet, turns, asked.message())
        content = b64url_encode(reply.content)
        beside = {"dpop_nonce": reply.dpop_nonce, "location": reply.location}
        return {"status": reply.status, "type": reply.media_type, "content": content, **beside}

    return api


def _carried(wallet: Wallet, turns: Turns, message: Message) -> Reply:
    if not turns.places.acquire(blocking=False):
        raise RelayBusyError("too many messages are on their way; try again")
    try:
        return wallet.relay(message)
    finally:
        turns.places.release()
