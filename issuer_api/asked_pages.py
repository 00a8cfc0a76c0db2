"""What holders asked to have corrected, for the registrar: the list, one request beside the certificate, and her answer."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response

from credentials.parsing import parse_json
from issuer_api.answering_corrections import ask_back, refuse
from issuer_api.asked_corrections import MOST_WORDS, Asked, evidence_of, listed, standing
from issuer_api.correcting import asked_for
from issuer_api.correction_pages import Typed
from issuer_api.errors import ErasedError, InvalidRecordError
from issuer_api.issuing import credential_json, find_issued
from issuer_api.programmes import programme_version
from issuer_api.replacing import Said, said_by
from issuer_api.service import Issuer
from issuer_api.visiting import Visit, visit

Token = Annotated[str, Form(max_length=64)]
Words = Annotated[str, Form(max_length=10 * MOST_WORDS)]
Act = Annotated[str, Form(max_length=10)]


def router(issuer: Issuer) -> APIRouter:
    """Return the pages."""
    api = APIRouter(include_in_schema=False)

    @api.get("/issuer/{slug}/corrections")
    def all_asked(request: Request, slug: str) -> Response:
        here = visit(issuer, request, slug)
        rows = [(one, _names(issuer, one), _course(issuer, one)) for one in listed(issuer, slug)]
        return here.show("corrections", rows=rows)

    @api.get("/issuer/{slug}/corrections/{name}")
    def one_asked(request: Request, slug: str, name: str, done: str = "") -> Response:
        here = visit(issuer, request, slug)
        asked = standing(issuer, name, slug)
        return _page(here, asked, done=done if done == asked.state else "")

    @api.get("/issuer/{slug}/corrections/{name}/evidence")
    def file(request: Request, slug: str, name: str) -> Response:
        visit(issuer, request, slug)
        content, media_type, ending = evidence_of(issuer, slug, name)
        headers = {"Content-Disposition": f'attachment; filename="evidence.{ending}"'}
        return Response(content, media_type=media_type, headers=headers)

    @api.post("/issuer/{slug}/corrections/{name}")
    def answer(request: Request, slug: str, name: str, act: Act = "", words: Words = "", form: Token = "") -> Response:
        here = visit(issuer, request, slug)
        here.person.check_form(form)
        act_on = refuse if act == "refuse" else ask_back
        try:
            act_on(issuer, slug, here.person, name, words)
        except InvalidRecordError:
            return _page(here, standing(issuer, name, slug), wrong=act, typed=words)
        return here.go("corrections", name, then=f"?done={standing(issuer, name, slug).state}#said")

    return api


def _page(here: Visit, asked: Asked, *, done: str = "", wrong: str = "", typed: str = "") -> Response:
    issuer, slug = here.issuer, here.slug
    before, wanted = _said(issuer, asked), asked.wanted
    after = wanted.said(before) if before else None
    return here.show(
        "correction-asked",
        status=422 if wrong else 200,
        asked=asked,
        course=_course(issuer, asked),
        names=_names(issuer, asked),
        before=_typed(before),
        after=_typed(after),
        changed=[name for name in ("names", "awarded", "number") if getattr(before, name, "") != getattr(after, name, "")],
        proposed=asked_for(issuer, slug, asked.credential) if before else None,
        done=done,
        wrong=wrong,
        typed=typed,
        most=MOST_WORDS,
    )


def _typed(said: Said | None) -> Typed | None:
    return None if said is None else Typed(said.names, said.awarded.isoformat(), said.number, anew=False)


def _said(issuer: Issuer, asked: Asked) -> Said | None:
    """Return what the certificate says; None for work, which is withdrawn and attested anew."""
    try:
        return said_by(issuer, asked.slug, asked.credential)
    except InvalidRecordError:
        return None


def _names(issuer: Issuer, asked: Asked) -> tuple[str, ...]:
    try:
        document: dict[str, Any] = parse_json(credential_json(issuer, asked.slug, asked.credential))
    except ErasedError:
        return ()
    return tuple(entry["@value"] for entry in document["credentialSubject"]["name"])


def _course(issuer: Issuer, asked: Asked) -> dict[str, Any]:
    row, _ = find_issued(issuer, asked.slug, asked.credential)
    return dict(programme_version(issuer, asked.slug, row.programme, row.programme_version)[1])
