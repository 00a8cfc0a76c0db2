"""The links with which the people of a class keep their certificates on a phone: a list to be printed and cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request, Response

from issuer_api.class_pages import class_context
from issuer_api.cohorts import CohortRow, cohort_report, names_of
from issuer_api.delivery import DELIVERED, claim_url
from issuer_api.issuing import find_issued
from issuer_api.service import Issuer
from issuer_api.signing_pages import Sizes
from issuer_api.standing import standings
from issuer_api.visiting import Said, said, visit
from web.printed_codes import modules
from web.qr import CodeTooLargeError
from web.roles import SIGN

_MAX_VERSION: Final = 8
"""As a phone reads it from a slip of paper that is held in the hand."""


@dataclass(frozen=True, slots=True)
class ClaimCode:
    """A claim link as a code: letters of both cases, so all of it in byte mode.

    It is an interaction URL (W3C VC-API), which any wallet can ask for the ways in which it goes on.
    """

    url: str

    @property
    def segments(self) -> tuple[str, str, str]:
        """The text in three parts for the QR's three modes: alphanumeric, byte, numeric."""
        return "", f"{self.url}?iuv=1", ""


@dataclass(frozen=True, slots=True)
class Slip:
    """What one person is given: the names, the link, and its code, with the side in modules; 0 where no code holds it."""

    names: tuple[Said, ...]
    url: str
    side: int
    drawing: str


def router(issuer: Issuer, sizes: Sizes) -> APIRouter:
    """Return the page of the links."""
    api = APIRouter(include_in_schema=False)

    @api.get("/issuer/{slug}/classes/{cohort}/hand-out")
    def hand_out(request: Request, slug: str, cohort: str, part: int = 1) -> Response:
        here = visit(issuer, request, slug)
        here.person.require(slug, SIGN)
        report = cohort_report(issuer, slug, cohort)
        signed = {row.credential: row for row in report.rows if row.credential and row.state == DELIVERED}
        standing = standings(issuer, slug, tuple(signed))
        good = [(credential, row) for credential, row in signed.items() if standing[credential] == "valid"]
        parts, at = max(1, -(-len(good) // sizes.part)), max(part, 1)
        slips = [_slip(issuer, slug, *one) for one in good[(at - 1) * sizes.part : at * sizes.part]]
        return here.show("hand-out", **class_context(here, report), slips=slips, part=at, parts_count=parts)

    return api


def _slip(issuer: Issuer, slug: str, credential: str, row: CohortRow) -> Slip:
    _, subject = find_issued(issuer, slug, credential)
    url = claim_url(issuer, credential, subject)
    try:
        lines = modules(ClaimCode(url), most=_MAX_VERSION)
    except CodeTooLargeError:
        lines = ()
    return Slip(tuple(map(said, names_of(row.cells))), url, len(lines), draw(lines))


def draw(lines: tuple[str, ...]) -> str:
    """Return the SVG path of the dark modules."""
    return "".join(f"M{x} {y}h1v1h-1z" for y, line in enumerate(lines) for x, dark in enumerate(line) if dark == "1")
