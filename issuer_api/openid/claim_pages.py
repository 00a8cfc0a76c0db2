"""From the worker's claim link to a wallet of any maker: an offer as a link on this phone, and as a code for another one."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from issuer_api.delivery import claimed_credential
from issuer_api.handing_out import ClaimCode, draw
from issuer_api.issuing import find_issued
from issuer_api.openid.configurations import configuration_of
from issuer_api.openid.offers import GRANTS, make_offer
from issuer_api.openid.service import OpenID
from issuer_api.organisations import organisation
from issuer_api.programmes import programme
from web.printed_codes import modules

_MAX_VERSION = 12
"""As a phone reads it from a screen."""


def router(openid: OpenID) -> APIRouter:
    """Return the page's address."""
    api = APIRouter(include_in_schema=False)

    @api.get("/claim/{code}/other-wallet")
    def explain(code: str, request: Request) -> Response:
        return _page(openid, request, code)

    @api.post("/claim/{code}/other-wallet")
    def offer(code: str, request: Request) -> Response:
        slug, credential = claimed_credential(openid.issuer, code)
        row, _ = find_issued(openid.issuer, slug, credential)
        name = configuration_of(row.programme)
        made = make_offer(openid, slug, name, credential, grant=GRANTS[0], tx_code=False, by="claim link")
        return _page(openid, request, code, made.by_reference)

    return api


def _page(openid: OpenID, request: Request, code: str, link: str = "") -> Response:
    slug, credential = claimed_credential(openid.issuer, code)
    row, _ = find_issued(openid.issuer, slug, credential)
    lines = modules(ClaimCode(link), most=_MAX_VERSION) if link else ()
    return openid.issuer.pages.render(
        request,
        "issuer/other-wallet.html",
        code=code,
        centre=organisation(openid.issuer, slug)[1]["name"],
        course=programme(openid.issuer, slug, row.programme),
        link=link,
        side=len(lines),
        drawing=draw(lines),
    )
