"""The addresses of the facades; each answers from the lists as they are published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from registry.facades.lote import lote
from registry.facades.recognized_entities import recognized_entities
from registry.facades.trqp import Query, answer, authorization, check_fresh, moment, recognition
from registry.publishing import VALIDITY
from trust.bundle import Bundle
from trust.outcomes import Step
from trust.wording import words
from web.openapi import problems
from web.pages import Pages
from web.people import NotFoundError
from web.strict_json import StrictJSONRoute

_SHORT: Final = {"Cache-Control": "public, max-age=60"}
_LASTS: Final = VALIDITY["timestamp"]


@dataclass(frozen=True, slots=True)
class Facades:
    """What the facades need.

    Attributes:
        bundle: the lists that this deployment relies on.
        clock: tells the time.
        pages: has the words.
        base_url: the public URL, without a trailing slash.
    """

    bundle: Callable[[], Bundle]
    clock: Callable[[], datetime]
    pages: Pages
    base_url: str


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
    @api.get(
        "/registry/recognized-entities/{state}/{authority}",
        summary="An authority's accreditations as a RecognizedEntityCredential, unsigned",
        responses=problems(404),
    )
    def entities(state: str, authority: str) -> JSONResponse:
        bundle = facades.bundle()
        found = bundle.authorities.get(f"urn:comity:{state}:authority:{authority}")
        if found is None:
            raise NotFoundError("the lists know no such authority")
        return JSONResponse(recognized_entities(found, bundle, facades.base_url, facades.clock(), _LASTS), headers=_SHORT)

    @api.get("/registry/lote/{state}", summary="A state's issuers as ETSI TS 119 602 JSON, unsigned", responses=problems(404))
    def trusted_entities(state: str) -> JSONResponse:
        bundle = facades.bundle()
        if state not in bundle.states:
            raise NotFoundError("the lists know no such state")
        return JSONResponse(lote(bundle.states[state], bundle, facades.base_url, facades.clock(), _LASTS), headers=_SHORT)
