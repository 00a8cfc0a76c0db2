"""Notices that reached nobody, as a page; and one that is sent again from the page of its certificate."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from issuer_api.notices import not_reached, send_again
from issuer_api.service import Issuer
from issuer_api.visiting import acting, visit

Token = Annotated[str, Form(max_length=64)]


def router(issuer: Issuer) -> APIRouter:
    """Return the page and the address of the form."""
    api = APIRouter(include_in_schema=False)

    @api.get("/issuer/{slug}/notices")
    def show(request: Request, slug: str) -> Response:
        return visit(issuer, request, slug).show("notices", notices=not_reached(issuer, slug))

    @api.post("/issuer/{slug}/notices/{notice}/again")
    def again(request: Request, slug: str, notice: str, form: Token = "") -> Response:
        here = acting(issuer, request, slug, form)
        credential = send_again(issuer, slug, notice)
        return here.go("certificates", credential.removeprefix("urn:uuid:"), then="#notices")

    return api
