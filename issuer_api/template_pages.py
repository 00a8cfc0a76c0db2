"""Empty lists to fill in: as CSV, and as a spreadsheet with a second sheet that says what belongs where."""

from __future__ import annotations

import codecs
from typing import Final

from fastapi import APIRouter, Request, Response

from issuer_api.cohort_file import COLUMNS
from issuer_api.programmes import programme
from issuer_api.service import Issuer
from issuer_api.spreadsheet import XLSX, write_template
from issuer_api.visiting import visit

_USUAL: Final = ("name", "name_native", "awarded_on", "number", "note")
_DAYS: Final = ("awarded_on", "born_on", "passport_until")


def router(issuer: Issuer) -> APIRouter:
    """Return the addresses of the templates."""
    api = APIRouter(include_in_schema=False)

    @api.get("/issuer/{slug}/classes/new/{programme_id}.csv")
    def as_csv(request: Request, slug: str, programme_id: str) -> Response:
        visit(issuer, request, slug)
        programme(issuer, slug, programme_id)
        content = codecs.BOM_UTF8 + ",".join(_USUAL).encode() + b"\r\n"
        return _file(content, "text/csv; charset=utf-8", f"{programme_id}.csv")

    @api.get("/issuer/{slug}/classes/new/{programme_id}.xlsx")
    def as_spreadsheet(request: Request, slug: str, programme_id: str) -> Response:
        here = visit(issuer, request, slug)
        programme(issuer, slug, programme_id)
        texts = issuer.pages
        words = [(name, texts.text(here.language, f"issuer.column.{name}.hint")) for name in COLUMNS]
        notes = texts.text(here.language, "issuer.bring.columns")
        return _file(write_template(programme_id, _USUAL, _DAYS, notes, words), XLSX, f"{programme_id}.xlsx")

    return api


def _file(content: bytes, media_type: str, name: str) -> Response:
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
