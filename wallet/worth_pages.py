"""The page "What my certificates are worth"."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request, Response

from trust.wording import words
from wallet.pages import shown_of
from wallet.problems import route_class
from wallet.visits import visitor
from wallet.worth import Worth, worths

if TYPE_CHECKING:
    from wallet.service import Wallet


def router(wallet: Wallet) -> APIRouter:
    """Return the address of the page."""
    api = APIRouter(route_class=route_class(wallet), include_in_schema=False)

    @api.get("/wallet/worth")
    def worth(request: Request, state: str = "") -> Response:
        vault, _ = visitor(wallet, request)
        bundle, now = wallet.bundle(), wallet.clock()
        chosen = state if state in bundle.states else ""
        found = worths(wallet, vault, (chosen,) if chosen else tuple(bundle.states))
        rows = [(shown_of(wallet, request, held), list(row)) for held, row in groupby(found, lambda one: one.held)]
        return wallet.pages.render(
            request,
            "wallet/worth.html",
            rows=rows,
            states=bundle.states,
            state=chosen,
            said={(one.held.id, one.state): _said(wallet, request, one) for one in found},
            lists=bundle.published,
            fresh=bundle.freshness(now).value,
        )

    return api


def _said(wallet: Wallet, request: Request, worth: Worth) -> Any:  # noqa: ANN401  # markup
    """Return the reason in the reader's language."""
    pages, step = wallet.pages, worth.reason
    language = pages.language(request)
    values = words(step, wallet.bundle(), language)
    spelled = {name: pages.day(value, language) if name == "date" and value else value for name, value in values.items()}
    return pages.markup(language, step.message, **spelled)
