"""Programmes: all of them, one with a specimen of its certificate, and the form that makes one or its next version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse

from issuer_api.classifications import FIELD, GROUP, OCCUPATION, SKILL, Entry, find
from issuer_api.designs import check_design
from issuer_api.errors import InvalidRecordError, UnknownThingError
from issuer_api.looking import specimen
from issuer_api.overview import class_counts
from issuer_api.paper import picture
from issuer_api.programme_form import TITLES, ProgrammeTyped, entry_text, wrong_fields
from issuer_api.programmes import define_programme, programme, programme_version, programmes
from issuer_api.service import Issuer
from issuer_api.visiting import Visit, acting, visit
from web.roles import SIGN

KINDS: Final = (OCCUPATION, SKILL, GROUP, FIELD)


def router(issuer: Issuer) -> APIRouter:
    """Return the pages of programmes."""
    api = APIRouter(include_in_schema=False)
    _add_form(api, issuer)
    _add_pages(api, issuer)
    return api


def _add_pages(api: APIRouter, issuer: Issuer) -> None:
    @api.get("/issuer/{slug}/programmes")
    def list_programmes(request: Request, slug: str) -> Response:
        here = visit(issuer, request, slug)
        return here.show("programmes", programmes=programmes(issuer, slug))

    @api.get("/issuer/{slug}/programmes/{programme_id}")
    def show_programme(request: Request, slug: str, programme_id: str, done: str = "") -> Response:
        here = visit(issuer, request, slug)
        version, record = programme_version(issuer, slug, programme_id)
        skills = [entry for entry in record.get("alignment", ()) if entry["targetType"] == "ext:ESCOSkill"]
        codes = [entry for entry in record.get("alignment", ()) if entry["targetType"] != "ext:ESCOSkill"]
        classes = [one for one in class_counts(issuer, slug) if one.programme == programme_id]
        return here.show("programme", course=record, version=version, skills=skills, codes=codes, classes=classes, done=done)

    @api.get("/issuer/{slug}/programmes/{programme_id}/specimen.png")
    def show_specimen(request: Request, slug: str, programme_id: str) -> Response:
        here = visit(issuer, request, slug)
        page = picture(specimen(issuer, slug, programme_id, here.language), issuer.fonts)
        return Response(page, media_type="image/png", headers={"Cache-Control": "private, max-age=300"})


def _add_form(api: APIRouter, issuer: Issuer) -> None:
    @api.get("/issuer/{slug}/programmes/new")
    def ask(request: Request, slug: str) -> Response:
        return _form(_preparing(issuer, request, slug), "", ProgrammeTyped())

    @api.get("/issuer/{slug}/programmes/{programme_id}/change")
    def ask_again(request: Request, slug: str, programme_id: str) -> Response:
        here = _preparing(issuer, request, slug)
        return _form(here, programme_id, ProgrammeTyped.of(_training(here, programme_id)))

    @api.post("/issuer/{slug}/programmes/new")
    def make(request: Request, slug: str, typed: Annotated[ProgrammeTyped, Form()]) -> Response:
        return _pressed(acting(issuer, request, slug, typed.form), {}, typed)

    @api.post("/issuer/{slug}/programmes/{programme_id}/change")
    def change(request: Request, slug: str, programme_id: str, typed: Annotated[ProgrammeTyped, Form()]) -> Response:
        here = acting(issuer, request, slug, typed.form)
        return _pressed(here, _training(here, programme_id), typed)

    @api.get("/issuer/{slug}/concepts")
    def concepts(request: Request, slug: str, kind: str = "", text: str = "") -> Response:
        here = visit(issuer, request, slug)
        return JSONResponse([entry.alignment() for entry in _found(here, kind, text)], headers={"Cache-Control": "no-store"})


def _preparing(issuer: Issuer, request: Request, slug: str) -> Visit:
    here = visit(issuer, request, slug)
    here.person.require(slug, SIGN)
    return here


def _training(here: Visit, programme_id: str) -> dict[str, Any]:
    record = programme(here.issuer, here.slug, programme_id)
    if record["kind"] != "training":
        raise UnknownThingError("this is a form for work, not a training programme")
    return record


def _found(here: Visit, kind: str, text: str) -> tuple[Entry, ...]:
    return find(here.issuer, kind, text[:200], here.language) if kind in KINDS else ()


def _pressed(here: Visit, before: Mapping[str, Any], typed: ProgrammeTyped) -> Response:
    after, programme_id = typed.pressed(here.issuer, here.language), str(before.get("id", ""))
    if typed.step != "save":
        return _form(here, programme_id, after)
    record = after.record(before)
    wrong = wrong_fields(record)
    if not wrong and not programme_id and record["id"] in {one["id"] for one in programmes(here.issuer, here.slug)}:
        return _form(here, programme_id, after, wrong=("title_en",), reason="there")
    if wrong:
        return _form(here, programme_id, after, wrong=wrong)
    try:
        define_programme(here.issuer, here.slug, record, by=here.by, check=check_design)
    except InvalidRecordError as error:
        return _form(here, programme_id, after, reason="none", detail=error.detail)
    return here.go("programmes", record["id"], then="?done=saved#said")


def _form(
    here: Visit, programme_id: str, typed: ProgrammeTyped, *, wrong: tuple[str, ...] = (), reason: str = "", detail: str = ""
) -> Response:
    return here.show(
        "programme-form",
        status=422 if wrong or reason else 200,
        programme_id=programme_id,
        typed=typed,
        entries=typed.entries(),
        wrong=wrong,
        reason=reason,
        detail=detail,
        kinds=KINDS,
        entry_text=entry_text,
        found=[entry.alignment() for entry in _found(here, typed.kind, typed.text)],
        titles={name: name.removeprefix("title_") for name in TITLES},
    )
