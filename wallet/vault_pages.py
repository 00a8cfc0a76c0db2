"""The page of a vault: one page with every word in it, so that it works without internet; the browser puts in what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request, Response

from wallet import holding
from wallet.errors import NotInWalletError
from wallet.problems import route_class
from wallet.sharing import DURATIONS
from wallet.visits import visitor
from web.kept_pages import LOOK, KeptPage, packed

if TYPE_CHECKING:
    from wallet.service import Wallet

PAGE: Final = "/wallet/vault"
KEPT: Final = KeptPage(PAGE, "/wallet", (PAGE,), LOOK, ("holder.js", "offline.js", "reading.js"))
STATES: Final = ("valid", "ended", "not-yet", "on-hold", "withdrawn", "unknown", "not-genuine")
SAID: Final = (
    *("synced", "waiting", "both-kept", "moved", "removed", "claim.none", "file.none"),
    *("offer.had", "offer.kept", "note.kept", "note.none", "export.short", "export.done"),
    *("way.card", "way.device", "way.passkey", "way.pin"),
    *("way.device.named", "way.pin.named", "way.here", "way.used", "way.taken-away"),
    *("link.of", "link.ends", "link.most", "link.was-stopped", "link.locked", "link.has-ended", "link.used-up", "link.viewed"),
    *("link.copied", "passcode.short", "consent.link-made", "consent.link-stopped"),
    *("card.title", "card.lead", "card.use", "helper.title", "helper.lead", "helper.use"),
    *("way.helper", "helper.asks", "helper.cancelled", "trouble.HELPER_WAITS"),
    *("passkey.none", "passkey.name", "passkey.without", "card.which", "card.differs", "words.wrong", "pin.short", "pin.simple"),
    *(f"trouble.{code}" for code in ("PIN_WRONG", "PIN_LOCKED", "WAY_UNKNOWN", "VAULT_FULL", "VAULT_CHANGED", "VAULT_CLOSED")),
    *(f"trouble.{name}" for name in ("LAST_CARD", "offline", "malformed", "foreign-offer", "unexpected")),
    *(f"standing.{state}" for state in STATES),
)
"""What the browser may say: keys below `wallet.vault`."""
PLACES: Final = {name: f"{{{name}}}" for name in ("created", "date", "device", "n", "system", "title")}


def router(wallet: Wallet) -> APIRouter:
    """Return the page, the worker that keeps it, and what this browser has in the simple wallet."""
    api = APIRouter(route_class=route_class(wallet), include_in_schema=False)

    def written(request: Request) -> Response:
        return wallet.pages.render(
            request, "wallet/vault.html", states=STATES, said=SAID, places=PLACES, durations=tuple(DURATIONS)
        )

    @api.get(PAGE)
    def page(request: Request) -> Response:
        return packed(written(request), request.headers.get("accept-encoding", ""))

    @api.get("/wallet/worker.js")
    def worker(request: Request) -> Response:
        return KEPT.worker(bytes(written(request).body))

    @api.get("/wallet/certificates.json")
    def in_simple_wallet(request: Request) -> dict[str, Any]:
        try:
            vault, form = visitor(wallet, request)
        except NotInWalletError:
            return {"form": "", "certificates": []}
        return {"form": form, "certificates": [held.id for held in holding.certificates(wallet, vault)]}

    return api
