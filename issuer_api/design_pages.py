"""The page on which a certificate is designed, with the real page beside the form."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse
from PIL import Image

from issuer_api.design_form import LINES, PARTS, TEXTS, DesignTyped
from issuer_api.designs import put_design, tried
from issuer_api.errors import InvalidRecordError, PictureError, UnknownThingError
from issuer_api.logos import logo_png, store_logo
from issuer_api.programmes import programme
from issuer_api.service import Issuer
from issuer_api.visiting import Visit, acting, visit
from web.roles import SIGN

Sent = Annotated[DesignTyped, Form(media_type="multipart/form-data")]
_COLOURS: Final = 48
_OF_FAULT: Final = {"heading": "heading_en"}


def router(issuer: Issuer) -> APIRouter:
    """Return the pages of designs."""
    api = APIRouter(include_in_schema=False)
    base = "/issuer/{slug}/programmes/{programme_id}/design"

    @api.get(base)
    def ask(request: Request, slug: str, programme_id: str) -> Response:
        here = visit(issuer, request, slug)
        here.person.require(slug, SIGN)
        course = _training(here, programme_id)
        typed = DesignTyped.of(course.get("design", {}), course.get("secondLanguage", ""))
        return _page(here, course, typed, {})

    @api.post(base)
    def answer(request: Request, slug: str, programme_id: str, typed: Sent) -> Response:
        here = acting(issuer, request, slug, typed.form)
        course = _training(here, programme_id)
        if typed.step == "usual":
            put_design(issuer, slug, programme_id, None, by=here.by)
            return here.go("programmes", programme_id, then="?done=saved#said")
        typed, wrong = _with_logo(here, typed)
        if typed.step == "save" and not wrong:
            return _kept(here, course, typed)
        return _page(here, course, typed, wrong)

    @api.post(f"{base}/preview")
    def preview(request: Request, slug: str, programme_id: str, typed: Sent) -> Response:
        here = acting(issuer, request, slug, typed.form)
        typed, wrong = _with_logo(here, typed)
        png, wrong = _tried(here, _training(here, programme_id), typed, wrong)
        told = {field: issuer.pages.text(here.language, f"issuer.design.wrong.{code}") for field, code in wrong.items()}
        return JSONResponse(
            {"picture": _inline(_light(png)), "logo": typed.logo, "wrong": told}, headers={"Cache-Control": "no-store"}
        )

    return api


def _training(here: Visit, programme_id: str) -> dict[str, Any]:
    record = programme(here.issuer, here.slug, programme_id)
    if record["kind"] != "training":
        raise UnknownThingError("this is a form for work; it has no certificate of its own")
    return record


def _with_logo(here: Visit, typed: DesignTyped) -> tuple[DesignTyped, dict[str, str]]:
    """Return the form with the picture that came with it kept and named, and what is wrong with the picture."""
    if typed.step == "logo-away":
        return typed.model_copy(update={"logo": ""}), {}
    if content := typed.sent:
        try:
            return typed.model_copy(update={"logo": store_logo(here.issuer, here.slug, content, by=here.by)}), {}
        except PictureError as error:
            return typed, {"file": f"logo.{error.code}"}
    if typed.logo:
        try:
            logo_png(here.issuer, here.slug, typed.logo)
        except InvalidRecordError:
            return typed.model_copy(update={"logo": ""}), {"file": "logo.gone"}
    return typed, {}


def _tried(here: Visit, course: Mapping[str, Any], typed: DesignTyped, wrong: Mapping[str, str]) -> tuple[bytes, dict[str, str]]:
    """Return the page as far as the form is a design, and everything that is wrong."""
    design, found = typed.design(course.get("secondLanguage", ""))
    png, faults = tried(here.issuer, here.slug, {**course, "design": design}, here.language)
    too_long = {_OF_FAULT.get(name, name): "page" if name == "page" else "too-long" for name in faults}
    return png, {**too_long, **found, **wrong}


def _kept(here: Visit, course: Mapping[str, Any], typed: DesignTyped) -> Response:
    _, wrong = _tried(here, course, typed, {})
    if wrong:
        return _page(here, course, typed, {})
    design, _ = typed.design(course.get("secondLanguage", ""))
    put_design(here.issuer, here.slug, course["id"], design, by=here.by)
    return here.go("programmes", course["id"], then="?done=saved#said")


def _page(here: Visit, course: Mapping[str, Any], typed: DesignTyped, wrong: Mapping[str, str]) -> Response:
    png, found = _tried(here, course, typed, wrong)
    logo = _inline(logo_png(here.issuer, here.slug, typed.logo)) if typed.logo else ""
    return here.show(
        "design",
        status=422 if found else 200,
        course=course,
        typed=typed,
        wrong=found,
        picture=_inline(_light(png)),
        logo=logo,
        second=course.get("secondLanguage", ""),
        texts=TEXTS,
        lines=LINES,
        line_parts=PARTS,
    )


def _light(png: bytes) -> bytes:
    """Return a page in few colours, so that it travels with every change that is typed."""
    with Image.open(io.BytesIO(png)) as page:
        few = page.convert("RGB").quantize(_COLOURS, Image.Quantize.FASTOCTREE)
    written = io.BytesIO()
    few.save(written, "PNG")
    return written.getvalue()


def _inline(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"
