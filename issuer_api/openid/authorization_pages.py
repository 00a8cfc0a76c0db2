"""The authorization endpoint: the worker says who she is, and agrees that this wallet gets her certificate."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final, TypeAlias
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from issuer_api.openid.configurations import configurations
from issuer_api.openid.pushed import Pushed, open_request, push, waiting
from issuer_api.openid.reading import read_form
from issuer_api.openid.service import OpenID
from issuer_api.openid.signing_in import approve, back, deny
from issuer_api.organisations import organisation
from web.oauth_errors import OAuthError, OAuthRoute

_FOUND: Final = 302
Form: TypeAlias = Annotated[dict[str, str], Depends(read_form)]


def router(openid: OpenID) -> APIRouter:
    """Return the page's addresses."""
    api = APIRouter(route_class=OAuthRoute, include_in_schema=False)

    @api.get("/issuers/{slug}/authorize")
    def ask(slug: str, request: Request) -> Response:
        asked = dict(request.query_params)
        if "request_uri" not in asked:  # a wallet that does not push; it is treated as if it had
            asked = {"client_id": asked.get("client_id", ""), **push(openid, slug, asked)}
        name, pushed = open_request(openid, slug, asked.get("client_id", ""), str(asked["request_uri"]))
        return _page(openid, request, slug, name, pushed)

    @api.post("/issuers/{slug}/authorize")
    def decide(slug: str, request: Request, form: Form) -> Response:
        name = form.get("request", "")
        pushed = waiting(openid, slug, name)
        if form.get("decision") == "deny":
            return RedirectResponse(deny(openid, slug, name, pushed), _FOUND)
        try:
            return RedirectResponse(approve(openid, slug, name, pushed, form), _FOUND)
        except OAuthError as error:
            if error.code == "access_denied":
                return _page(openid, request, slug, name, pushed, wrong=True)
            deny(openid, slug, name, pushed)
            return RedirectResponse(back(openid, slug, pushed, {"error": "access_denied"}), _FOUND)

    return api


def _page(openid: OpenID, request: Request, slug: str, name: str, pushed: Pushed, *, wrong: bool = False) -> Response:
    known = configurations(openid, slug)
    address = urlsplit(pushed.redirect_uri)
    return openid.issuer.pages.render(
        request,
        "issuer/authorize.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        action=f"/issuers/{slug}/authorize",
        name=name,
        centre=organisation(openid.issuer, slug)[1]["name"],
        courses={known[one].programme: known[one].course for one in pushed.configurations if one in known},
        wallet=address.hostname if address.scheme in ("http", "https") else f"{address.scheme}:",
        trial=openid.trial is not None,
        wrong=wrong,
    )
