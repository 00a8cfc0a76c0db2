"""Programmes: all of them, and one with a specimen of its certificate."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from issuer_api.looking import specimen
from issuer_api.overview import class_counts
from issuer_api.paper import picture
from issuer_api.programmes import programme_version, programmes
from issuer_api.service import Issuer
from issuer_api.visiting import visit


def router(issuer: Issuer) -> APIRouter:
    """Return the pages of programmes."""
    api = APIRouter(include_in_schema=False)

    @api.get("/issuer/{slug}/programmes")
    def list_programmes(request: Request, slug: str) -> Response:
        here = visit(issuer, request, slug)
        return here.show("programmes", programmes=programmes(issuer, slug))

    @api.get("/issuer/{slug}/programmes/{programme_id}")
    def show_programme(request: Request, slug: str, programme_id: str) -> Response:
        here = visit(issuer, request, slug)
        version, record = programme_version(issuer, slug, programme_id)
        skills = [entry for entry in record.get("alignment", ()) if entry["targetType"] == "ext:ESCOSkill"]
        codes = [entry for entry in record.get("alignment", ()) if entry["targetType"] != "ext:ESCOSkill"]
        classes = [one for one in class_counts(issuer, slug) if one.programme == programme_id]
        return here.show("programme", course=record, version=version, skills=skills, codes=codes, classes=classes)

    @api.get("/issuer/{slug}/programmes/{programme_id}/specimen.png")
    def show_specimen(request: Request, slug: str, programme_id: str) -> Response:
        here = visit(issuer, request, slug)
        page = picture(specimen(issuer, slug, programme_id, here.language), issuer.fonts)
        return Response(page, media_type="image/png", headers={"Cache-Control": "private, max-age=300"})

    return api
