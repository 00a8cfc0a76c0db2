"""Look at one, sign a class, print it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse

from issuer_api.class_pages import class_context
from issuer_api.cohorts import CohortReport, CohortRow, cohort_report
from issuer_api.decisions import kept_rows
from issuer_api.delivery import DELIVERED
from issuer_api.errors import UnknownThingError
from issuer_api.handovers import PRINTED, hand_over
from issuer_api.looking import row_preview
from issuer_api.mail_pages import mail_context
from issuer_api.paper import cohort_pdf, picture, render
from issuer_api.second_person_pages import approval_context
from issuer_api.service import Issuer
from issuer_api.signing import Progress, Signing
from issuer_api.standing import standings
from issuer_api.visiting import Visit, acting, visit

PDF: Final = "application/pdf"
Token = Annotated[str, Form(max_length=64)]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is shown and sent at once.

    Attributes:
        part: certificates in one file for printing, and slips on one page.
        listed: certificates that the page lists; all are in the class.
    """

    part: int = 100
    listed: int = 200


def router(issuer: Issuer, signing: Signing, sizes: Sizes) -> APIRouter:
    """Return the pages of looking, signing and printing."""
    api = APIRouter(include_in_schema=False)
    _add_looking(api, issuer)
    _add_signing(api, issuer, signing, sizes)
    _add_printing(api, issuer, sizes)
    return api


def _unsigned(report: CohortReport) -> tuple[CohortRow, ...]:
    return tuple(row for row in report.ready if row.credential is None)


def _add_looking(api: APIRouter, issuer: Issuer) -> None:
    base = "/issuer/{slug}/classes/{cohort}/look"

    @api.get(base)
    def look(request: Request, slug: str, cohort: str, row: int = 0, wrong: str = "") -> Response:
        here = visit(issuer, request, slug)
        report = cohort_report(issuer, slug, cohort)
        unsigned = _unsigned(report)
        numbers = [entry.number for entry in unsigned]
        if not numbers:
            return here.go("classes", cohort)
        at = numbers.index(row) if row in numbers else 0
        return here.show(
            "look",
            **class_context(here, report),
            row=unsigned[at],
            before=numbers[at - 1] if at else 0,
            after=numbers[at + 1] if at + 1 < len(numbers) else 0,
            position=at + 1,
            unsigned=len(numbers),
            doubtful=_doubtful(here, report, unsigned),
            **approval_context(here, report),
            wrong_reason=wrong == "reason",
        )

    @api.get(base + "/{line}.png")
    def show_picture(request: Request, slug: str, cohort: str, line: int) -> Response:
        here = visit(issuer, request, slug)
        return Response(picture(row_preview(issuer, slug, cohort, line, here.language), issuer.fonts), media_type="image/png")

    @api.get(base + "/{line}.pdf")
    def show_page(request: Request, slug: str, cohort: str, line: int) -> Response:
        here = visit(issuer, request, slug)
        return _pdf(render([row_preview(issuer, slug, cohort, line, here.language)], issuer.fonts), f"preview-{line}.pdf")


def _doubtful(here: Visit, report: CohortReport, rows: tuple[CohortRow, ...]) -> int:
    kept = kept_rows(here.issuer, here.slug, report.id)
    return sum(any(problem.is_warning for problem in row.problems) and row.number not in kept for row in rows)


def _pdf(content: bytes, name: str) -> Response:
    return Response(content, media_type=PDF, headers={"Content-Disposition": f'inline; filename="{name}"'})


def _add_signing(api: APIRouter, issuer: Issuer, signing: Signing, sizes: Sizes) -> None:
    base = "/issuer/{slug}/classes/{cohort}/sign"

    @api.post(base)
    def begin(request: Request, slug: str, cohort: str, form: Token = "") -> Response:
        here = acting(issuer, request, slug, form)
        signing.begin(slug, cohort, by=here.by)
        return here.go("classes", cohort, "sign")

    @api.get(base)
    def show(request: Request, slug: str, cohort: str) -> Response:
        here = visit(issuer, request, slug)
        report = cohort_report(issuer, slug, cohort)
        progress = signing.progress_of(report)
        if progress.state == "none":
            return here.go("classes", cohort)
        context = class_context(here, report) | _finished(here, report, sizes) | _running(here, signing, report, progress)
        return here.show("sign", **context, **mail_context(here, report))

    @api.get(base + "/progress")
    def how_far(request: Request, slug: str, cohort: str) -> Response:
        here = visit(issuer, request, slug)
        report = cohort_report(issuer, slug, cohort)
        progress = signing.progress_of(report)
        left = _running(here, signing, report, progress)["left"]
        pages, language = issuer.pages, here.language
        return JSONResponse(
            {
                "state": progress.state,
                "signed": progress.signed,
                "percent": progress.percent,
                "figures": pages.text(language, "issuer.sign.figures", n=progress.signed, total=progress.total),
                "left": pages.text(language, "issuer.sign.left", n=left) if left else "",
            }
        )


def _running(here: Visit, signing: Signing, report: CohortReport, progress: Progress) -> dict[str, Any]:
    return {"progress": progress, "left": signing.seconds_left(here.slug, report.id, progress)}


def _finished(here: Visit, report: CohortReport, sizes: Sizes) -> dict[str, Any]:
    """Return the finished certificates with what holds of each, and the files for printing those that are good."""
    signed = tuple(row for row in report.rows if row.state == DELIVERED)
    standing = standings(here.issuer, here.slug, tuple(row.credential or "" for row in signed))
    good = sum(standing[row.credential or ""] == "valid" for row in signed)
    files = {"parts_count": -(-good // sizes.part), "part_size": sizes.part}
    listed = {"signed": signed[: sizes.listed], "not_listed": len(signed[sizes.listed :])}
    return {"standing": standing, "good": good, **listed, **files}


def _add_printing(api: APIRouter, issuer: Issuer, sizes: Sizes) -> None:
    @api.get("/issuer/{slug}/classes/{cohort}/print.pdf")
    def print_all(request: Request, slug: str, cohort: str, part: int = 1) -> Response:
        visit(issuer, request, slug)
        report = cohort_report(issuer, slug, cohort)
        signed = tuple(row.credential or "" for row in report.rows if row.state == DELIVERED)
        standing = standings(issuer, slug, signed)
        good = [credential for credential in signed if standing[credential] == "valid"]
        chosen = good[max(part - 1, 0) * sizes.part : max(part, 1) * sizes.part]
        if not chosen:
            raise UnknownThingError("nothing of this class can be printed")
        paper = cohort_pdf(issuer, slug, chosen)
        hand_over(issuer, slug, chosen, PRINTED)
        return _pdf(paper, f"{report.programme}-{report.id[:8]}-{max(part, 1)}.pdf")
