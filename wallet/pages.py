"""The pages of the worker's house: what each of them shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from trust.bundle import BundleError
from wallet import asking, correcting, decisions, sharing
from wallet.cards import Card, card_of
from wallet.holding import certificates
from wallet.standing import standing
from wallet.visits import DAYS_KEPT
from web.links import LinkCode, key_digits
from web.qr import svg_path

if TYPE_CHECKING:
    from datetime import datetime

    from fastapi import Request
    from fastapi.responses import HTMLResponse

    from wallet.claims import Offered
    from wallet.holding import Held
    from wallet.service import Wallet
    from wallet.sharing import Link
    from wallet.standing import Standing
    from wallet.texts import Text
    from wallet.unlocking import BrowserSecret, Vault


@dataclass(frozen=True, slots=True)
class Shown:
    """A certificate as a page shows it; without a card when it may not be shown."""

    held: Held | None
    card: Card | None
    state: str
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link in a list."""

    link: Link
    title: Text | None
    open: bool


def _shown(found: Standing, language: str, held: Held | None = None) -> Shown:
    card = None if found.credential is None else card_of(found.credential, language)
    return Shown(held, card, found.state.value, found.as_of)


def shown_of(wallet: Wallet, request: Request, held: Held) -> Shown:
    """Return a certificate of the wallet as its pages show it, checked now."""
    return _shown(standing(wallet, held.content), wallet.pages.language(request), held)


def _rows(wallet: Wallet, shown: tuple[Shown, ...], links: tuple[Link, ...]) -> tuple[LinkRow, ...]:
    titles = {one.held.id: one.card.title for one in shown if one.held is not None and one.card is not None}
    now = wallet.clock()
    return tuple(LinkRow(link, titles.get(link.record_id), link.is_open(now)) for link in links)


def offer(wallet: Wallet, request: Request, offered: Offered, secret: BrowserSecret) -> HTMLResponse:
    """Show what a claim link gave, and the one button that keeps it."""
    shown = _shown(offered.standing, wallet.pages.language(request))
    return wallet.pages.render(
        request,
        "wallet/offer.html",
        shown=shown,
        code=offered.code,
        form=secret.form_token,
        days=str(DAYS_KEPT),
    )


def home(wallet: Wallet, request: Request, vault: Vault | None, *, notice: str) -> HTMLResponse:
    """Show the whole wallet; an empty one says what will come."""
    held = () if vault is None else certificates(wallet, vault)
    shown = tuple(shown_of(wallet, request, one) for one in held)
    links = () if vault is None else _rows(wallet, shown, sharing.links(wallet, vault))
    return wallet.pages.render(
        request,
        "wallet/home.html",
        shown=shown,
        links=links,
        notice=notice,
        kept_until=_kept_until(wallet),
    )


def _kept_until(wallet: Wallet) -> datetime:
    return wallet.clock() + timedelta(days=DAYS_KEPT)


def certificate(wallet: Wallet, request: Request, vault: Vault, held: Held, *, notice: str) -> HTMLResponse:
    """Show one certificate of the wallet, and what states said of it or are asked to say."""
    shown = shown_of(wallet, request, held)
    links = _rows(wallet, (shown,), sharing.links(wallet, vault, held.id))
    beside = _beside(wallet, vault, held)
    return wallet.pages.render(
        request,
        "wallet/certificate.html",
        shown=shown,
        links=links,
        notice=notice,
        kept_until=_kept_until(wallet),
        text=held.content.decode(),
        corrections=correcting.requests(wallet, vault, held.id),
        **beside,
    )


def _beside(wallet: Wallet, vault: Vault, held: Held) -> dict[str, Any]:
    """Return the cases, the decisions and the names of states; nothing where there are no lists that say who decides."""
    try:
        states = wallet.bundle().states
    except BundleError:
        return {"cases": (), "words": (), "states": {}, "now": wallet.clock()}
    cases = asking.cases(wallet, vault, held.id)
    return {
        "cases": tuple(one for one in cases if not one.decided),
        "words": decisions.words(wallet, vault, held.id),
        "states": states,
        "now": wallet.clock(),
    }


def removal(wallet: Wallet, request: Request, vault: Vault, held: Held, form: str) -> HTMLResponse:
    """Ask whether a certificate is to leave the wallet, and say what stops with it."""
    shown = shown_of(wallet, request, held)
    now = wallet.clock()
    open_links = sum(link.is_open(now) for link in sharing.links(wallet, vault, held.id))
    return wallet.pages.render(request, "wallet/remove.html", shown=shown, open_links=open_links, form=form)


def choice(wallet: Wallet, request: Request, held: Held, form: str) -> HTMLResponse:
    """Show what the employer will see, and ask for how long."""
    shown = shown_of(wallet, request, held)
    return wallet.pages.render(request, "wallet/choice.html", shown=shown, durations=tuple(sharing.DURATIONS), form=form)


def link(wallet: Wallet, request: Request, held: Held | None, made: Link, form: str) -> HTMLResponse:
    """Show a link to its maker: code, address, end, times opened, and the stop button."""
    card = None if held is None else shown_of(wallet, request, held).card
    address, symbol = "", None
    if made.key is not None and made.is_open(wallet.clock()):
        address = f"{wallet.base_url}/s/{made.id}#{key_digits(made.key)}"
        symbol = svg_path(LinkCode(wallet.base_url, "S", made.id, made.key))
    return wallet.pages.render(
        request,
        "wallet/link.html",
        link=made,
        card=card,
        address=address,
        symbol=symbol,
        form=form,
    )


def opened(wallet: Wallet, request: Request, link_id: str, ends_at: datetime, has_passcode: bool) -> HTMLResponse:  # noqa: FBT001
    """Show whoever has a link the page that unlocks it in the browser."""
    return wallet.pages.render(request, "wallet/opened.html", link_id=link_id, ends_at=ends_at, has_passcode=has_passcode)
