"""The pages on which a worker asks the centre for a correction, and has its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.responses import RedirectResponse

from credentials.errors import FetchError
from wallet import correcting, holding
from wallet.pages import shown_of
from wallet.problems import route_class
from wallet.visits import own_vault, visitor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wallet.holding import Held
    from wallet.service import Wallet

Token = Annotated[str, Form(max_length=64)]
Line = Annotated[str, Form(max_length=300)]
Words = Annotated[str, Form(max_length=4000)]
SEE_OTHER: Final = 303
_MOST_EVIDENCE: Final = 256 * 1024


def router(wallet: Wallet) -> APIRouter:
    """Return the addresses."""
    api = APIRouter(route_class=route_class(wallet), include_in_schema=False)
    _add_asking(api, wallet)
    _add_following(api, wallet)
    return api


def _add_asking(api: APIRouter, wallet: Wallet) -> None:
    @api.get("/wallet/certificates/{record_id}/correction")
    def form(request: Request, record_id: str) -> Response:
        vault, token = visitor(wallet, request)
        held = holding.certificate(wallet, vault, record_id)
        return _ask_page(wallet, request, held, correcting.said_by(held), token)

    @api.post("/wallet/certificates/{record_id}/correction")
    def send(
        request: Request,
        record_id: str,
        form: Token = "",
        name: Line = "",
        native: Line = "",
        awarded: Line = "",
        number: Line = "",
        words: Words = "",
        file: Annotated[UploadFile | None, File()] = None,
    ) -> Response:
        vault = own_vault(wallet, request, form)
        held = holding.certificate(wallet, vault, record_id)
        typed = {"name": name, "native": native, "awarded": awarded, "number": number, "words": words}
        wanted = correcting.wanted_of(held, typed, file.file.read(_MOST_EVIDENCE + 1) if file else b"")
        if not wanted:
            return _ask_page(wallet, request, held, typed, form, wrong="nothing")
        try:
            kept = correcting.ask(wallet, vault, held, wanted)
        except FetchError as error:
            status = correcting.refusal(error)
            if not status:
                raise
            return _ask_page(wallet, request, held, typed, form, wrong=f"refused.{status}")
        return RedirectResponse(f"/wallet/corrections/{kept.id}?notice=sent", SEE_OTHER)


def _add_following(api: APIRouter, wallet: Wallet) -> None:
    @api.get("/wallet/corrections/{name}")
    def standing(request: Request, name: str, notice: str = "") -> Response:
        vault, token = visitor(wallet, request)
        asked = correcting.request(wallet, vault, name)
        shown = shown_of(wallet, request, holding.certificate(wallet, vault, asked.thing.of))
        return wallet.pages.render(request, "wallet/correction.html", asked=asked, shown=shown, notice=notice, form=token)

    @api.post("/wallet/corrections/{name}")
    def reply(request: Request, name: str, form: Token = "", words: Words = "") -> Response:
        vault = own_vault(wallet, request, form)
        correcting.reply(wallet, vault, name, words)
        return RedirectResponse(f"/wallet/corrections/{name}?notice=replied", SEE_OTHER)


def _ask_page(wallet: Wallet, request: Request, held: Held, typed: Mapping[str, str], token: str, *, wrong: str = "") -> Response:
    return wallet.pages.render(
        request,
        "wallet/correct.html",
        status=422 if wrong else 200,
        shown=shown_of(wallet, request, held),
        typed=dict.fromkeys(("name", "native", "awarded", "number", "words"), "") | dict(typed),
        has_fields=bool(correcting.said_by(held)),
        wrong=wrong,
        form=token,
    )
