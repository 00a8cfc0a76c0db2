"""The addresses of the worker's house."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from wallet import (
    anchors,
    claims,
    correction_pages,
    custody_routes,
    decision_pages,
    dossier_pages,
    holding,
    key_pages,
    pages,
    relaying,
    sharing,
    vault_pages,
    vault_papers,
    vault_routes,
    worth_pages,
)
from wallet.errors import DurationError
from wallet.problems import route_class
from wallet.visits import check_form, hand_out, own_vault, secret_of, visitor
from web.joining import join

if TYPE_CHECKING:
    from wallet.service import Wallet

Token = Annotated[str, Form(max_length=64)]
Duration = Annotated[str, Form(max_length=16)]
SEE_OTHER = 303


def router(wallet: Wallet) -> APIRouter:
    """Return every address of the worker's house."""
    api = APIRouter(route_class=route_class(wallet), include_in_schema=False)
    _add_claims(api, wallet)
    _add_certificates(api, wallet)
    _add_links(api, wallet)
    _add_open_link(api, wallet)
    join(
        api,
        decision_pages.router(wallet),
        correction_pages.router(wallet),
        worth_pages.router(wallet),
        dossier_pages.router(wallet),
        vault_routes.router(wallet),
        custody_routes.router(wallet),
        vault_papers.router(wallet),
        relaying.router(wallet),
        vault_pages.router(wallet),
        key_pages.router(wallet),
    )
    return api


def _add_claims(api: APIRouter, wallet: Wallet) -> None:
    @api.get("/claim/{code}")
    def show_claim(request: Request, code: str) -> Response:
        accepted = request.headers.get("accept", "")
        if "application/json" in accepted and "text/html" not in accepted:
            return RedirectResponse(f"/workflows/claim/exchanges/{quote(code, safe='')}/protocols", SEE_OTHER)  # VC-API
        secret = secret_of(wallet, request) or holding.new_secret(wallet)
        vault = holding.open_vault(wallet, secret)
        had = holding.claimed(wallet, vault, code)
        if vault is not None and had is not None:
            return pages.certificate(wallet, request, vault, had, notice="already")
        response = pages.offer(wallet, request, claims.offered(wallet, code, look=True), secret)
        hand_out(wallet, response, secret)
        return response

    @api.post("/claim/{code}")
    def keep(request: Request, code: str, form: Token = "") -> Response:
        secret = check_form(secret_of(wallet, request), form)
        held, had = claims.accept(wallet, secret, claims.offered(wallet, code))
        kept = "already" if had else "kept"
        response = RedirectResponse(f"/wallet/certificates/{held.id}?notice={kept}", SEE_OTHER)
        hand_out(wallet, response, secret)
        return response


def _add_certificates(api: APIRouter, wallet: Wallet) -> None:
    @api.get("/wallet")
    def home(request: Request, notice: str = "") -> Response:
        secret = secret_of(wallet, request)
        vault = holding.open_vault(wallet, secret)
        response = pages.home(wallet, request, vault, notice=notice)
        if secret is not None and vault is not None:
            holding.note_visit(wallet, vault)
            hand_out(wallet, response, secret)
        return response

    @api.get("/wallet/certificates/{record_id}")
    def certificate(request: Request, record_id: str, notice: str = "") -> Response:
        vault, _ = visitor(wallet, request)
        held = anchors.anchored(wallet, vault, holding.certificate(wallet, vault, record_id))
        return pages.certificate(wallet, request, vault, held, notice=notice)

    @api.get("/wallet/certificates/{record_id}/archive.json")
    def archive(request: Request, record_id: str) -> Response:
        vault, _ = visitor(wallet, request)
        held = anchors.anchored(wallet, vault, holding.certificate(wallet, vault, record_id))
        headers = {"Content-Disposition": 'attachment; filename="archive.json"'}
        return Response(anchors.archive(held), media_type="application/json", headers=headers)

    @api.get("/wallet/certificates/{record_id}/certificate.json")
    def download(request: Request, record_id: str) -> Response:
        vault, _ = visitor(wallet, request)
        held = holding.certificate(wallet, vault, record_id)
        headers = {"Content-Disposition": 'attachment; filename="certificate.json"'}
        return Response(held.content, media_type="application/vc", headers=headers)

    @api.get("/wallet/certificates/{record_id}/remove")
    def ask_to_remove(request: Request, record_id: str) -> Response:
        vault, form = visitor(wallet, request)
        return pages.removal(wallet, request, vault, holding.certificate(wallet, vault, record_id), form)

    @api.post("/wallet/certificates/{record_id}/remove")
    def remove(request: Request, record_id: str, form: Token = "") -> Response:
        holding.remove(wallet, own_vault(wallet, request, form), record_id)
        return RedirectResponse("/wallet?notice=removed", SEE_OTHER)


def _add_links(api: APIRouter, wallet: Wallet) -> None:
    @api.get("/wallet/certificates/{record_id}/share")
    def choose(request: Request, record_id: str) -> Response:
        vault, form = visitor(wallet, request)
        return pages.choice(wallet, request, holding.certificate(wallet, vault, record_id), form)

    @api.post("/wallet/certificates/{record_id}/share")
    def make(request: Request, record_id: str, form: Token = "", duration: Duration = "") -> Response:
        vault = own_vault(wallet, request, form)
        chosen = sharing.DURATIONS.get(duration)
        if chosen is None:
            raise DurationError("choose for how long the link works", pointer="/duration")
        made = sharing.share(wallet, vault, record_id, chosen)
        return RedirectResponse(f"/wallet/links/{made.id}", SEE_OTHER)

    @api.get("/wallet/links/{link_id}")
    def show_link(request: Request, link_id: str) -> Response:
        vault, form = visitor(wallet, request)
        made = sharing.link(wallet, vault, link_id)
        return pages.link(wallet, request, holding.find(wallet, vault, made.record_id), made, form)

    @api.post("/wallet/links/{link_id}/stop")
    def stop(request: Request, link_id: str, form: Token = "") -> Response:
        sharing.stop(wallet, own_vault(wallet, request, form), link_id)
        return RedirectResponse(f"/wallet/links/{link_id}", SEE_OTHER)


def _add_open_link(api: APIRouter, wallet: Wallet) -> None:
    @api.get("/s/{link_id}")
    @api.get("/S/{link_id}")
    def open_link(request: Request, link_id: str) -> Response:
        name = link_id.upper()
        if "text/html" in request.headers.get("accept", "text/html"):
            return pages.opened(wallet, request, name, *sharing.check_open(wallet, name))
        content = sharing.collect(wallet, name, request.headers.get("comity-passcode", "")[:64])
        return Response(content, media_type="application/octet-stream")
