"""The pages on which a worker asks a state, sees how far it is, and has its decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.responses import RedirectResponse

from wallet import asking, decisions, holding
from wallet.asking import Question
from wallet.beside import drop
from wallet.pages import Shown, shown_of
from wallet.problems import route_class
from wallet.visits import own_vault, visitor

if TYPE_CHECKING:
    from fastapi.responses import HTMLResponse

    from wallet.holding import Held
    from wallet.service import Wallet
    from wallet.unlocking import Vault

Token = Annotated[str, Form(max_length=64)]
Line = Annotated[str, Form(max_length=300)]
Note = Annotated[str, Form(max_length=2000)]
Papers = Annotated[tuple[str, ...], Form(max_length=asking.MOST_PAPERS)]
SEE_OTHER: Final = 303


def router(wallet: Wallet) -> APIRouter:
    """Return the addresses of cases and decisions."""
    api = APIRouter(route_class=route_class(wallet), include_in_schema=False)
    _add_asking(api, wallet)
    _add_decisions(api, wallet)
    return api


def _add_asking(api: APIRouter, wallet: Wallet) -> None:
    @api.get("/wallet/certificates/{record_id}/ask")
    def form(request: Request, record_id: str, state: str = "") -> Response:
        vault, token = visitor(wallet, request)
        return _ask_page(wallet, request, vault, holding.certificate(wallet, vault, record_id), state, token)

    @api.post("/wallet/certificates/{record_id}/ask")
    def send(
        request: Request,
        record_id: str,
        form: Token = "",
        state: Line = "",
        papers: Papers = (),
        contact: Line = "",
        note: Note = "",
    ) -> Response:
        vault = own_vault(wallet, request, form)
        held = holding.certificate(wallet, vault, record_id)
        case = asking.ask(wallet, vault, held, Question(state, papers, contact, note))
        return RedirectResponse(f"/wallet/cases/{case.id}?notice=sent", SEE_OTHER)

    @api.get("/wallet/cases/{name}")
    def standing(request: Request, name: str, notice: str = "") -> Response:
        vault, _ = visitor(wallet, request)
        return _case_page(wallet, request, vault, name, notice)


def _add_decisions(api: APIRouter, wallet: Wallet) -> None:
    @api.get("/wallet/decisions/add")
    def bring(request: Request) -> Response:
        _, token = visitor(wallet, request)
        return wallet.pages.render(request, "wallet/bring.html", form=token)

    @api.post("/wallet/decisions/add")
    def add(request: Request, form: Token = "", file: Annotated[UploadFile | None, File()] = None) -> Response:
        vault = own_vault(wallet, request, form)
        kept = decisions.add(wallet, vault, file.file.read(decisions.LONGEST + 1) if file else b"")
        return RedirectResponse(f"/wallet/decisions/{kept.id}?notice=kept", SEE_OTHER)

    @api.get("/wallet/decisions/{name}")
    def look(request: Request, name: str, notice: str = "") -> Response:
        vault, token = visitor(wallet, request)
        word = decisions.word(wallet, vault, name)
        shown = shown_of(wallet, request, holding.certificate(wallet, vault, word.thing.of))
        return wallet.pages.render(request, "wallet/decision.html", word=word, shown=shown, notice=notice, form=token)

    @api.get("/wallet/decisions/{name}/decision.json")
    def download(request: Request, name: str) -> Response:
        vault, _ = visitor(wallet, request)
        headers = {"Content-Disposition": 'attachment; filename="decision.json"'}
        return Response(decisions.word(wallet, vault, name).content, media_type="application/vc", headers=headers)

    @api.post("/wallet/decisions/{name}/remove")
    def remove(request: Request, name: str, form: Token = "") -> Response:
        vault = own_vault(wallet, request, form)
        of = decisions.word(wallet, vault, name).thing.of
        drop(wallet, vault, decisions.DECISION, name)
        return RedirectResponse(f"/wallet/certificates/{of}", SEE_OTHER)


def _ask_page(wallet: Wallet, request: Request, vault: Vault, held: Held, state: str, token: str) -> HTMLResponse:
    bundle = wallet.bundle()
    others: list[Shown] = [shown_of(wallet, request, one) for one in holding.certificates(wallet, vault) if one.id != held.id]
    return wallet.pages.render(
        request,
        "wallet/ask.html",
        shown=shown_of(wallet, request, held),
        others=[one for one in others if one.card is not None],
        deciding=asking.deciding(bundle),
        states=bundle.states,
        state=state,
        form=token,
    )


def _case_page(wallet: Wallet, request: Request, vault: Vault, name: str, notice: str) -> HTMLResponse:
    case, bundle = asking.case(wallet, vault, name), wallet.bundle()
    return wallet.pages.render(
        request,
        "wallet/case.html",
        case=case,
        word=decisions.word(wallet, vault, case.decided) if case.decided else None,
        shown=shown_of(wallet, request, holding.certificate(wallet, vault, case.thing.of)),
        authority=asking.deciding(bundle).get(case.state),
        state=bundle.states.get(case.state),
        late=case.is_late(wallet.clock()),
        notice=notice,
    )
