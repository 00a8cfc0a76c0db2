"""The page of a vault: one page with every word in it, so that it works without internet; the browser puts in what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request, Response

from wallet import holding
from wallet.asking import CASE
from wallet.beside import things
from wallet.decisions import DECISION
from wallet.errors import NotInWalletError
from wallet.problems import route_class
from wallet.sharing import DURATIONS
from wallet.visits import visitor
from wallet.worth import NEXT
from web.kept_pages import LOOK, KeptPage, packed

if TYPE_CHECKING:
    from wallet.beside import Thing
    from wallet.service import Wallet

PAGE: Final = "/wallet/vault"
KEPT: Final = KeptPage(PAGE, "/wallet", (PAGE, "/wallet/key"), LOOK, ("holder.", "offline.", "reading."))
STATES: Final = ("valid", "ended", "not-yet", "on-hold", "withdrawn", "replaced", "unknown", "not-genuine")
_DATES: Final = ("activityStartDate", "activityEndDate")
CLAIMS: Final = ("name", "native_name", "achievement", "licenseNumber", *_DATES, "volumeOfLearning", "workExperience", "jti")
"""Claims of certificates in parts that have a label of ours; others are shown by their own names."""
SAID: Final = (
    *("synced", "waiting", "both-kept", "moved", "removed", "claim.none", "file.none"),
    *("offer.keys", "offer.maker", "offer.left", "later.told", "later.waits", "later.ready", "later.over", "later.dropped"),
    *("offer.had", "offer.kept", "note.kept", "note.none", "export.short", "export.done"),
    *("way.card", "way.device", "way.passkey", "way.pin"),
    *("way.device.named", "way.pin.named", "way.here", "way.used", "way.taken-away"),
    *("link.of", "link.ends", "link.most", "link.was-stopped", "link.locked", "link.has-ended", "link.used-up", "link.viewed"),
    *("link.copied", "passcode.short", "consent.link-made", "consent.link-stopped"),
    *("share.always", "link.left"),
    *("card.title", "card.lead", "card.use", "helper.title", "helper.lead", "helper.use"),
    *("way.helper", "helper.asks", "helper.cancelled", "trouble.HELPER_WAITS"),
    *("passkey.none", "passkey.name", "passkey.without", "card.which", "card.differs", "words.wrong", "pin.short", "pin.simple"),
    *(f"trouble.{code}" for code in ("PIN_WRONG", "PIN_LOCKED", "WAY_UNKNOWN", "VAULT_FULL", "VAULT_CHANGED", "VAULT_CLOSED")),
    *(f"trouble.{name}" for name in ("LAST_CARD", "offline", "malformed", "foreign-offer", "unexpected")),
    *(f"standing.{state}" for state in STATES),
    *(f"question.{name}" for name in ("none", "unknown", "goes", "called", "no-reason", "declined", "shown", "choose")),
    *(f"question.{why}" for why in ("form", "identity", "ended", "unsupported", "gone")),
    *(f"claim.{name}" for name in CLAIMS),
    *("offer.from", "offer.from-named", "offer.number-from", "offer.sign-in", "trouble.unanswered"),
    *("consent.presented", "consent.declined", "trouble.RELAY_BUSY", "looking", "off", "key.no-question"),
    *(f"camera.{why}" for why in ("absent", "broken", "busy", "denied", "insecure")),
)
"""What the browser may say: keys below `wallet.vault`."""
_PLACES: Final = ("created", "date", "device", "n", "system", "title", "contact", "level", "name", "state", "to", "claims", "host")
_PLACES_OF_LETTERS: Final = ("after", "before")
_PLACES_OF_REASONS: Final = ("appeal", "authority", "basis", "days", "issuer", "lists", "needed", "origin", "proven", "reason")
PLACES: Final = {name: f"{{{name}}}" for name in (*_PLACES, *_PLACES_OF_LETTERS, *_PLACES_OF_REASONS)}
REASONS: Final = (
    *("bundle-red", "bundle-clock", "not-kept", "state-unknown", "issuer-unknown", "state-not-party", "issue-day-missing"),
    *("format-bad", "format-unknown", "signature-bad", "signature-unknown", "signature-key-bad", "signature-key-unknown"),
    *("key-not-listed", "key-compromised", "key-not-in-use", "acc-not-in-force", "acc-none", "acc-no-mandate", "scope-outside"),
    *("acc-chain-too-long", "acc-chain-circular", "lists-ran-out"),
    *("validity-bad", "validity-unknown", "status-bad", "status-unknown", "revoked", "suspended", "expired", "not-yet-valid"),
    *("schema-bad", "schema-unknown", "suspended-home", "suspended-here", "issue-time-unproven", "home", "joint", "no-rule"),
    *("case-by-case", "rule-refuses", "rule-conditional", "rule-grants"),
    *("decision-grants", "decision-conditional", "decision-refuses"),
)
"""Why a certificate is worth what it is: keys below `trust`, of every step that can decide."""


def router(wallet: Wallet) -> APIRouter:
    """Return the page, the worker that keeps it, and what this browser has in the simple wallet."""
    api = APIRouter(route_class=route_class(wallet), include_in_schema=False)

    def written(request: Request) -> Response:
        return wallet.pages.render(
            request,
            "wallet/vault.html",
            states=STATES,
            said=SAID,
            places=PLACES,
            durations=tuple(DURATIONS),
            worths=tuple(NEXT),
            reasons=REASONS,
            of_age=wallet.of_age,
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
            return {"form": "", "certificates": [], "decisions": [], "cases": []}
        return {
            "form": form,
            "certificates": [held.id for held in holding.certificates(wallet, vault)],
            "decisions": [said.id for said in things(wallet, vault, DECISION)],
            "cases": [_waiting(case) for case in things(wallet, vault, CASE) if not case.members["decided"]],
        }

    return api


def _waiting(case: Thing) -> dict[str, str]:
    """Return a case as the vault keeps it, with the certificate that it is about."""
    return {"of": case.of, **{name: case.members[name] for name in ("case", "state", "asked", "due")}}
