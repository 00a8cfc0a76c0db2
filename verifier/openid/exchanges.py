"""The workflow `present` of W3C VC-API (§ Workflows and Exchanges), for wallets that speak no OpenID4VP.

An exchange is a request to a wallet, named as wallets know it. It asks for the same and is answered once, by either protocol, with
a presentation that is checked like any other. Only a request for one credential with Data Integrity proofs, answered in the open,
can be put in its words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

import schemas
from credentials.dcql import CredentialQuery
from credentials.dcql.query import LDP_VC
from verifier.openid import request_objects, requests
from verifier.openid.answering import answer
from verifier.openid.asking import ResponseMode
from verifier.openid.requests import Request
from verifier.openid.responses import Posted
from verifier.openid.service import WalletDesk
from web.openapi import Answers, problems
from web.people import NotFoundError
from web.strict_json import StrictJSONRoute

_HEADERS: Final = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}
_TURN: Final[Answers] = {200: {"description": "what is asked for; or nothing, or where to go on, when the exchange is complete"}}
_WAYS: Final[Answers] = {200: {"description": "where a wallet goes on, by the protocol that it speaks"}}
_EXAMPLE: Final = {"@context": [schemas.CREDENTIALS_V2], "type": ["VerifiablePresentation"], "verifiableCredential": [{}]}


class Turn(BaseModel):
    """What a wallet begins with, which is nothing, or what it presents."""

    model_config = ConfigDict(extra="ignore")

    verifiable_presentation: dict[str, Any] | None = Field(default=None, alias="verifiablePresentation", examples=[_EXAMPLE])


def router(desk: WalletDesk) -> APIRouter:
    """Return the addresses of the workflow."""
    api = APIRouter(
        prefix="/workflows/present/exchanges/{reference}",
        tags=["VC-API"],
        route_class=StrictJSONRoute,
        responses=problems(404, 410, 422),
    )

    @api.post("", summary="Present what is asked for", responses=_TURN | problems(400, 409, 413))
    def turn(reference: str, message: Turn) -> JSONResponse:
        """Ask a wallet that begins; take the one answer of a wallet that presents, and refuse what is none."""
        found = requests.find(desk, reference)
        query = _asked(found)
        if message.verifiable_presentation is None:
            return JSONResponse({"verifiablePresentationRequest": _request(desk, found, query)}, headers=_HEADERS)
        posted = Posted({query.id: [message.verifiable_presentation]}, state=found.reference)
        code, problem = answer(desk, found, posted, desk.base_url)
        if problem is not None:
            raise problem
        there = f"{desk.base_url}/verify/ask/{reference}/done?response_code={code}"
        return JSONResponse({"redirectUrl": there} if code else {}, headers=_HEADERS)

    @api.get("/protocols", summary="In which ways a request can be answered", responses=_WAYS)
    def protocols(reference: str) -> JSONResponse:
        """Answer a wallet that has an interaction URL."""
        found = requests.find(desk, reference)
        ways = {"OID4VP": request_objects.link(found, desk.identity())}
        try:
            _asked(found)
        except NotFoundError:
            return JSONResponse({"protocols": ways}, headers=_HEADERS)
        return JSONResponse({"protocols": {"vcapi": _address(desk, found), **ways}}, headers=_HEADERS)

    return api


def _asked(request: Request) -> CredentialQuery:
    """Return the one credential that is asked for.

    Raises:
        NotFoundError: the request cannot be answered in this way.
    """
    credentials, ask = request.ask.query.credentials, request.ask
    in_the_open = ask.response_mode is ResponseMode.DIRECT_POST and not ask.haip and not ask.transaction_data
    if len(credentials) != 1 or credentials[0].format != LDP_VC or not in_the_open:
        raise NotFoundError("this request cannot be answered by VC-API")
    return credentials[0]


def _address(desk: WalletDesk, request: Request) -> str:
    return f"{desk.base_url}/workflows/present/exchanges/{request.reference}"


def _request(desk: WalletDesk, request: Request, query: CredentialQuery) -> dict[str, Any]:
    """Return the verifiable presentation request: an example for each alternative."""
    examples = [{"example": _example(types)} for types in query.types or (frozenset(),)]
    return {
        "query": [{"type": "QueryByExample", "credentialQuery": examples}],
        "challenge": request.nonce,
        "domain": desk.base_url,
        "interact": {"service": [{"type": "UnmediatedHttpPresentationService2021", "serviceEndpoint": _address(desk, request)}]},
    }


def _example(types: frozenset[str]) -> dict[str, Any]:
    """Return what a wallet compares its credentials with: types by the terms of the contexts that define them."""
    terms = [_terms().get(name, ("", name)) for name in sorted(types - {"VerifiableCredential"})]
    contexts = dict.fromkeys([schemas.CREDENTIALS_V2, *(url for url, _ in terms if url)])
    names = dict.fromkeys(["VerifiableCredential", *(name for _, name in terms)])
    return {"@context": list(contexts), "type": list(names)}


@cache
def _terms() -> Mapping[str, tuple[str, str]]:
    """Return IRI to (URL of a context, term) of what the contexts of certificates define."""
    return {iri: (url, term) for url in (schemas.OPEN_BADGES_CONTEXT, schemas.CREDENTIALS_V2) for iri, term in _defined(url)}


def _defined(url: str) -> Iterator[tuple[str, str]]:
    for term, definition in schemas.context(url)["@context"].items():
        if isinstance(definition, dict) and isinstance(definition.get("@id"), str):
            yield definition["@id"], term
