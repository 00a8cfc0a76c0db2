"""The addresses of the training centre's house: public documents, W3C VC-API, the product's own API, pages."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from issuer_api import (
    afterwards_api,
    asked_api,
    batch_api,
    class_mail_api,
    classroom_api,
    classroom_learners,
    delivery,
    design_api,
    exchanges,
    log_routes,
    pages,
    prior_api,
    product_api,
    vc_api,
    webhook_api,
    work_api,
)
from issuer_api.handovers import CLAIMED, hand_over
from issuer_api.issuing import credential_json
from issuer_api.messages import VC
from issuer_api.openid import routes as openid_routes
from issuer_api.openid.service import OpenID
from issuer_api.published import Published
from issuer_api.service import Issuer
from web.joining import join
from web.oauth_errors import CORS
from web.openapi import Answers, problems

_CREDENTIAL: Final[Answers] = {200: {"content": {VC: {}}, "description": "the secured credential, byte for byte"}}
_UNCHANGED: Final[Answers] = {304: {"description": "nothing newer than the tag that was sent"}}


def router(issuer: Issuer, published: Published | None = None) -> APIRouter:
    """Return every address of the house; `published` is what others may ask for the same documents without a request."""
    api = APIRouter()
    join(
        api,
        openid_routes.router(OpenID(issuer)),
        _public(issuer, published or Published(issuer)),
        log_routes.router(issuer),
        vc_api.router(issuer),
        batch_api.router(issuer),
        exchanges.router(issuer),
        product_api.router(issuer),
        design_api.router(issuer),
        classroom_api.router(issuer),
        classroom_learners.router(issuer),
        webhook_api.router(issuer),
        work_api.router(issuer),
        prior_api.router(issuer),
        class_mail_api.router(issuer),
        afterwards_api.router(issuer),
        asked_api.router(issuer),
        pages.router(issuer),
    )
    return api


def _public(issuer: Issuer, published: Published) -> APIRouter:
    api = APIRouter(tags=["public"], responses=problems(422))

    @api.get("/issuers/{slug}/did.json", summary="An issuer's DID document (did:web)", responses=problems(404))
    def did_document(slug: str) -> Response:
        headers = {"Cache-Control": "public, max-age=300", **CORS}
        return Response(published.did_document(slug), media_type="application/json", headers=headers)

    @api.get(
        "/status/{name}",
        summary="A signed status list: a Bitstring Status List credential, or a Token Status List",
        responses=_CREDENTIAL | _UNCHANGED | problems(404),
    )
    def status_list(request: Request, name: str) -> Response:
        paper = published.status_list(name)
        found = paper.found
        headers = {"ETag": found.etag, "Cache-Control": "public, max-age=60", **CORS}
        if request.headers.get("if-none-match") == found.etag:
            return Response(status_code=304, headers=headers)
        return Response(found.content, media_type=paper.media_type, headers=headers)

    @api.get("/L/{link_id}", include_in_schema=False)
    @api.get("/l/{link_id}", include_in_schema=False)
    def printed_code(request: Request, link_id: str) -> Response:
        if "text/html" in request.headers.get("accept", ""):
            return RedirectResponse(f"/verify?link={link_id.upper()[:13]}", 303)
        return Response(delivery.ciphertext_of(issuer, link_id), media_type="application/octet-stream")

    @api.get(
        "/issuer/api/v1/claims/{code}",
        summary="The secured credential behind a worker's claim code",
        responses=_CREDENTIAL | problems(404, 410),
    )
    def claimed(
        code: str, *, look: Annotated[bool, Query(description="only to show what is offered: it does not count as claimed")] = False
    ) -> Response:
        slug, credential = delivery.claimed_credential(issuer, code)
        content = credential_json(issuer, slug, credential)
        if not look:
            hand_over(issuer, slug, [credential], CLAIMED)
        return Response(content, media_type=VC)

    return api
