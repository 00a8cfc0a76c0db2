"""The page on which a worker chooses what stands on the printed record, and the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Request, Response

from wallet.dossier import MOST, dossier
from wallet.holding import certificates
from wallet.pages import shown_of
from wallet.problems import route_class
from wallet.visits import own_vault, visitor

if TYPE_CHECKING:
    from wallet.service import Wallet

Token = Annotated[str, Form(max_length=64)]
Chosen = Annotated[tuple[str, ...], Form(max_length=MOST)]


def router(wallet: Wallet) -> APIRouter:
    """Return the addresses of the record."""
    api = APIRouter(route_class=route_class(wallet), include_in_schema=False)

    @api.get("/wallet/dossier")
    def choose(request: Request) -> Response:
        vault, form = visitor(wallet, request)
        shown = [shown_of(wallet, request, one) for one in certificates(wallet, vault)[:MOST]]
        ready = [one for one in shown if one.card is not None]
        return wallet.pages.render(request, "wallet/dossier.html", shown=ready, left_out=len(shown) - len(ready), form=form)

    @api.post("/wallet/dossier")
    def record(request: Request, form: Token = "", chosen: Chosen = ()) -> Response:
        vault = own_vault(wallet, request, form)
        content = dossier(wallet, vault, wallet.pages.language(request), chosen)
        headers = {"Content-Disposition": 'attachment; filename="record.pdf"'}
        return Response(content, media_type="application/pdf", headers=headers)

    return api
