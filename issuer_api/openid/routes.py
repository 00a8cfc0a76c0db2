"""The addresses of OpenID4VCI: metadata, offers, and what wallets call."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from issuer_api.openid import authorization_pages, claim_offers, claim_pages, credential, offer_api
from issuer_api.openid.encryption import JWT, Sent, answer, open_body, wanted_of
from issuer_api.openid.metadata import issuer_metadata, server_metadata, signed_metadata
from issuer_api.openid.nonces import CHALLENGE, DPOP, PROOF, new_nonce
from issuer_api.openid.offers import offer_content
from issuer_api.openid.pushed import push
from issuer_api.openid.reading import asked_of, read_body, read_form
from issuer_api.openid.service import OpenID
from issuer_api.openid.tokens import exchange
from issuer_api.organisations import organisation
from web.joining import join
from web.oauth_errors import NO_STORE, OAuthRoute, OpenRoute, add_preflight

Form: TypeAlias = Annotated[dict[str, str], Depends(read_form)]
Body: TypeAlias = Annotated[Sent, Depends(read_body)]
_SHORT: Final = {"Cache-Control": "public, max-age=60"}
_ISSUER, _SERVER = "openid-credential-issuer", "oauth-authorization-server"


def router(openid: OpenID) -> APIRouter:
    """Return every address."""
    api = APIRouter(route_class=OAuthRoute, include_in_schema=False)
    _add_server(api, openid)
    _add_resources(api, openid)
    paths = ("par", "token", "nonce", "challenge", "credential", "deferred_credential", "notification")
    add_preflight(api, *(f"/issuers/{{slug}}/{path}" for path in paths))
    add_preflight(api, "/issuers/{slug}/credential-offer/{name}", "/issuers/{slug}/.well-known/{name}")
    add_preflight(api, "/.well-known/openid-credential-issuer/{rest:path}", "/.well-known/oauth-authorization-server/{rest:path}")
    whole = APIRouter()
    join(whole, offer_api.router(openid), api, _public(openid), authorization_pages.router(openid), claim_pages.router(openid))
    join(whole, claim_offers.router(openid))
    return whole


def _public(openid: OpenID) -> APIRouter:
    api = APIRouter(route_class=OpenRoute, include_in_schema=False)

    @api.get("/.well-known/openid-credential-issuer/issuers/{slug}")
    @api.get("/.well-known/openid-credential-issuer/issuers/{slug}/")
    @api.get("/issuers/{slug}/.well-known/openid-credential-issuer")
    def of_issuer(slug: str, request: Request) -> Response:
        headers = {**_SHORT, "Vary": "Accept"}
        if JWT in request.headers.get("accept", ""):
            return Response(signed_metadata(openid, slug), media_type=JWT, headers=headers)
        return JSONResponse(issuer_metadata(openid, slug), headers=headers)

    @api.get("/.well-known/oauth-authorization-server/issuers/{slug}")
    @api.get("/.well-known/oauth-authorization-server/issuers/{slug}/")
    @api.get("/issuers/{slug}/.well-known/oauth-authorization-server")
    def of_server(slug: str) -> Response:
        return JSONResponse(server_metadata(openid, slug), headers=_SHORT)

    @api.get("/issuers/{slug}/credential-offer/{name}")
    def offer(slug: str, name: str) -> Response:
        return JSONResponse(offer_content(openid, slug, name), headers=NO_STORE)

    return api


def _add_server(api: APIRouter, openid: OpenID) -> None:
    @api.post("/issuers/{slug}/par")
    def pushed(slug: str, request: Request, form: Form) -> Response:
        return JSONResponse(push(openid, slug, form, asked_of(openid, request)), 201)

    @api.post("/issuers/{slug}/token")
    def token(slug: str, request: Request, form: Form) -> Response:
        return JSONResponse(exchange(openid, slug, form, asked_of(openid, request)))

    @api.post("/issuers/{slug}/nonce")
    def nonce(slug: str) -> Response:
        organisation(openid.issuer, slug)
        headers = {**NO_STORE, "DPoP-Nonce": new_nonce(openid, slug, DPOP)}
        return JSONResponse({"c_nonce": new_nonce(openid, slug, PROOF)}, headers=headers)

    @api.post("/issuers/{slug}/challenge")
    def challenge(slug: str) -> Response:
        organisation(openid.issuer, slug)
        return JSONResponse({"attestation_challenge": new_nonce(openid, slug, CHALLENGE)})


def _add_resources(api: APIRouter, openid: OpenID) -> None:
    @api.post("/issuers/{slug}/credential")
    def issue(slug: str, request: Request, sent: Body) -> Response:
        body = open_body(openid, slug, sent)
        return answer(*credential.credential(openid, slug, body, asked_of(openid, request)), wanted_of(body))

    @api.post("/issuers/{slug}/deferred_credential")
    def deferred(slug: str, request: Request, sent: Body) -> Response:
        body = open_body(openid, slug, sent)
        return answer(*credential.deferred(openid, slug, body, asked_of(openid, request)), wanted_of(body))

    @api.post("/issuers/{slug}/notification")
    def notification(slug: str, request: Request, sent: Body) -> Response:
        credential.notify(openid, slug, open_body(openid, slug, sent), asked_of(openid, request))
        return Response(status_code=204)
