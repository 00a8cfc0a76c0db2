"""The addresses of the facades; each answers from the lists as they are published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Response
from fastapi import Query as QueryParameter
from fastapi.responses import JSONResponse

from registry.facades.signing import Exports
from registry.facades.trqp import Query, answer, authorization, check_fresh, moment, recognition
from trust.bundle import Bundle
from trust.outcomes import Step
from trust.wording import words
from web.openapi import problems
from web.pages import Pages
from web.people import NotFoundError
from web.strict_json import StrictJSONRoute

_SHORT: Final = {"Cache-Control": "public, max-age=60"}
Unsigned = Annotated[bool, QueryParameter(description="as plain JSON that nobody has signed")]


@dataclass(frozen=True, slots=True)
class Facades:
    """What the facades need.

    Attributes:
        bundle: the lists that this deployment relies on.
        clock: tells the time.
        pages: has the words.
        exports: signs what is exported.
    """

    bundle: Callable[[], Bundle]
    clock: Callable[[], datetime]
    pages: Pages
    exports: Exports


def router(facades: Facades) -> APIRouter:
    """Return the facades' addresses: TRQP below `/trqp`, exports below `/registry`."""
    api = APIRouter(tags=["facades"], route_class=StrictJSONRoute)
    _ask(api, facades)
    _export(api, facades)
    return api


def _ask(api: APIRouter, facades: Facades) -> None:
    def said(step: Step) -> str:
        told = words(step, facades.bundle(), "en")
        return f"{step.code}: {facades.pages.text('en', step.message, **told)}"

    wrong = problems(404, 422, 503)

    @api.post("/trqp/authorization", summary="TRQP: may this entity do this, by this authority's word?", responses=wrong)
    def authorize(query: Query) -> dict[str, Any]:
        bundle, now = facades.bundle(), facades.clock()
        check_fresh(bundle, now)
        at = moment(query, now)
        step = authorization(query, at, bundle)
        return answer(query, "authorized", step, said(step), at, now)

    @api.post("/trqp/recognition", summary="TRQP: does this authority recognize that one for this?", responses=wrong)
    def recognize(query: Query) -> dict[str, Any]:
        bundle, now = facades.bundle(), facades.clock()
        check_fresh(bundle, now)
        at = moment(query, now)
        step = recognition(query, at, bundle)
        return answer(query, "recognized", step, said(step), at, now)


def _export(api: APIRouter, facades: Facades) -> None:
    exports = facades.exports

    @api.get(
        "/registry/recognized-entities/{state}/{authority}",
        summary="An authority's accreditations as a RecognizedEntityCredential that it has signed",
        responses=problems(404),
    )
    def entities(state: str, authority: str, *, unsigned: Unsigned = False) -> Response:
        bundle, now = facades.bundle(), facades.clock()
        found = bundle.authorities.get(f"urn:comity:{state}:authority:{authority}")
        if found is None:
            raise NotFoundError("the lists know no such authority")
        if unsigned:
            return JSONResponse(exports.entities(found, bundle, now), headers=_SHORT)
        return Response(exports.secured_entities(found, bundle, now), media_type="application/vc", headers=_SHORT)

    @api.get(
        "/registry/lote/{state}",
        summary="A state's issuers as an ETSI TS 119 602 list of trusted entities, signed: a compact JWS",
        responses=problems(404),
    )
    def trusted_entities(state: str, *, unsigned: Unsigned = False) -> Response:
        bundle, now = facades.bundle(), facades.clock()
        if state not in bundle.states:
            raise NotFoundError("the lists know no such state")
        if unsigned:
            return JSONResponse(exports.trusted(state, bundle, now), headers=_SHORT)
        return Response(exports.signed_list(state, bundle, now), media_type="application/jose", headers=_SHORT)
