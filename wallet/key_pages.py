"""The page of a phone's own key: made, kept and used in the browser; the server only hands out the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request, Response

from web.kept_pages import LOOK, READER, KeptPage

if TYPE_CHECKING:
    from wallet.service import Wallet

PAGE: Final = "/wallet/key"
KEPT: Final = KeptPage(PAGE, PAGE, (PAGE,), (*LOOK, *READER), ("offline.", "vault"))


def router(wallet: Wallet) -> APIRouter:
    """Return the page and the worker that keeps it on the phone. A question stands in the page's fragment, and is not sent."""
    api = APIRouter(include_in_schema=False)

    def written(request: Request) -> Response:
        return wallet.pages.render(request, "wallet/key.html")

    @api.get(PAGE)
    def page(request: Request) -> Response:
        return written(request)

    @api.get(f"{PAGE}/worker.js")
    def worker(request: Request) -> Response:
        return KEPT.worker(bytes(written(request).body))

    return api
