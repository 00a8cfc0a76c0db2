"""The addresses of questions to wallets: for programs that ask, and for wallets that answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse

from credentials.errors import VCError
from verifier.openid import exchanges, request_objects, requests
from verifier.openid.answering import answer, audience_of
from verifier.openid.errors import SessionEndedError
from verifier.openid.identity import Prefix
from verifier.openid.messages import BrowserMessage, RequestMessage, read_request
from verifier.openid.requests import Answer, Standing
from verifier.openid.responses import Posted
from verifier.openid.service import WalletDesk
from verifier.reports import in_words
from web import oauth_errors
from web.joining import join
from web.openapi import Answers, problems
from web.people import NotFoundError
from web.strict_json import StrictJSONRoute

REQUEST_OBJECT: Final = "application/oauth-authz-req+jwt"
_TOKEN: Final = 1_000_000
_ANYWHERE: Final = dict(oauth_errors.CORS)
_MADE: Final[Answers] = {200: {"description": "the link for a wallet, or what the browser is given; and the id to ask again by"}}
_STANDING: Final[Answers] = {200: {"description": "how far it is; report and recognition once it is answered"}}


def router(desk: WalletDesk) -> APIRouter:
    """Return the addresses."""
    api = APIRouter(route_class=StrictJSONRoute)
    _add_for_programs(api, desk)
    _add_for_wallets(api, desk)
    join(api, exchanges.router(desk))
    return api


def _add_for_programs(api: APIRouter, desk: WalletDesk) -> None:
    @api.post(
        "/verifier/api/v1/requests", tags=["verifier"], summary="Ask a wallet", responses=problems(413, 422, 429, 503) | _MADE
    )
    def ask(message: RequestMessage) -> dict[str, Any]:
        """Ask a wallet for certificates by OpenID4VP 1.0, with a DCQL query.

        `request` is the link that a code shows or a phone opens; for `dc_api` it is what `navigator.credentials.get` takes. Keep
        `id` to yourself: whoever has it reads the answer.
        """
        asked, identity = read_request(desk, message), desk.identity()
        for prefix in (asked.prefix, *asked.also):
            identity.client_id(prefix, "")
            identity.check_until(prefix, desk.clock() + requests.LIFETIME)
        made = requests.make(desk, asked)
        spell = request_objects.for_browser if asked.response_mode.is_by_browser else request_objects.link
        return {"request": spell(made, identity), "id": made.id}

    @api.get(
        "/verifier/api/v1/requests/{name}",
        tags=["verifier"],
        summary="What a wallet answered",
        responses=problems(404, 422) | _STANDING,
    )
    def standing(request: Request, name: str, response_code: str | None = None) -> Response:
        """Return `state`, and report and recognition once there is an answer.

        `state` is `waiting`, `fetched`, `checking`, `answered`, `refused`, `unchecked`, `declined` or `expired`. An answer on the
        same device is read with the `response_code` that the wallet opened the browser with.
        """
        return _answer(desk, request, requests.answer_of(desk, name, response_code))

    @api.post(
        "/verifier/api/v1/requests/{name}/response",
        tags=["verifier"],
        summary="Hand over what the browser's Digital Credentials API gave",
        responses=problems(400, 404, 409, 410, 413, 422) | _STANDING,
    )
    def by_browser(request: Request, name: str, message: BrowserMessage) -> Response:
        """Hand over what `navigator.credentials.get` gave to the page that asked."""
        found = requests.find_by_id(desk, name)
        answer(desk, found, message.posted(), audience_of(found, message.origin))
        return _answer(desk, request, requests.answer_of(desk, name))


def _answer(desk: WalletDesk, request: Request, found: Answer) -> Response:
    pages, language = desk.verifier.pages, desk.verifier.pages.language(request)
    report, recognition = found.content.get("report"), found.content.get("recognition")
    document = {
        "state": found.standing.value,
        "report": _worded(desk, language, report) if report else None,
        "recognition": [in_words(pages, language, one) for one in recognition] if recognition is not None else None,
    }
    return JSONResponse(document, headers={"Content-Language": language})


def _worded(desk: WalletDesk, language: str, report: Mapping[str, Any]) -> dict[str, Any]:
    pages = desk.verifier.pages
    shown = [in_words(pages, language, one) for one in report["presentations"]]
    return {**in_words(pages, language, {name: report[name] for name in ("verified", "problemDetails")}), "presentations": shown}


def _add_for_wallets(api: APIRouter, desk: WalletDesk) -> None:
    @api.get("/verifier/did.json", tags=["public"], summary="The DID document of who asks wallets", responses=problems(503))
    def document() -> JSONResponse:
        return JSONResponse(desk.identity().document(), media_type="application/did+ld+json", headers=_ANYWHERE)

    address = "/verifier/wallet/requests/{reference}"
    served: Answers = {200: {"description": "a signed request object", "content": {REQUEST_OBJECT: {}}}}

    @api.get(address, tags=["wallets"], summary="The request object", responses=problems(404, 410) | served)
    def fetch(reference: str) -> Response:
        return _request_object(desk, reference, None)

    @api.post(address, tags=["wallets"], summary="The request object, with a nonce", responses=problems(404, 410, 422) | served)
    def fetch_with_nonce(reference: str, wallet_nonce: Annotated[str | None, Form(max_length=1000)] = None) -> Response:
        return _request_object(desk, reference, wallet_nonce)

    @api.post(
        "/verifier/wallet/responses/{reference}",
        tags=["wallets"],
        summary="The answer of a wallet",
        responses={200: {"description": "`redirect_uri`, where the wallet shall open the browser"}, **problems(404, 413, 422)},
    )
    def respond(
        reference: str,
        vp_token: Annotated[str | None, Form(max_length=_TOKEN)] = None,
        response: Annotated[str | None, Form(max_length=_TOKEN)] = None,
        state: Annotated[str | None, Form(max_length=200)] = None,
        error: Annotated[str | None, Form(max_length=1000)] = None,
    ) -> Response:
        """Take the answer of a wallet (OpenID4VP 1.0 §8.2).

        200 says that it is one, whatever becomes of the credential; 400 that it is none; 503 that this could not be checked.
        """
        try:
            found = requests.find(desk, reference)
            identity = desk.identity()
            audience = identity.client_id(found.ask.prefix, found.response_uri(identity.base_url))
            code, problem = answer(desk, found, Posted(vp_token, response, state, error), audience)
        except NotFoundError:
            raise
        except VCError as refused:
            return _oauth_error(refused)
        if problem is not None:
            return _oauth_error(problem)
        there = f"{desk.base_url}/verify/ask/{reference}/done?response_code={code}"
        return JSONResponse({"redirect_uri": there} if code else {}, headers=_ANYWHERE)


def _oauth_error(error: VCError) -> JSONResponse:
    """Return a refusal as wallets read it (RFC 6749 §5.2); `type` names the kind as problem documents do."""
    told = oauth_errors.answer(error)
    document = json.loads(bytes(told.body)) | {"type": error.type}
    return JSONResponse(document, told.status_code, headers=_ANYWHERE)


def _request_object(desk: WalletDesk, reference: str, wallet_nonce: str | None) -> Response:
    found = requests.find(desk, reference)
    if found.ask.prefix is Prefix.REDIRECT_URI or found.ask.response_mode.is_by_browser:
        raise NotFoundError("this request is not fetched")
    if found.standing not in {Standing.WAITING, Standing.FETCHED}:
        raise SessionEndedError("this request was answered already")
    text = request_objects.signed(found, desk.identity(), wallet_nonce)
    requests.mark_fetched(desk, found)
    return Response(text, media_type=REQUEST_OBJECT, headers=_ANYWHERE)
