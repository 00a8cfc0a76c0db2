"""Classes: all of them, and one class with its rows, each put right where it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Query, Request, Response
from pydantic import BaseModel, Field

from issuer_api.class_clashes import Clash, clash_at
from issuer_api.class_rows import View, show_rows, view
from issuer_api.class_status_pages import add_status, is_so
from issuer_api.cohorts import CohortReport, cohort_report, find_cohort
from issuer_api.column_choices import forget_columns
from issuer_api.decisions import keep_row, kept_rows
from issuer_api.errors import ConflictError, RowChangedError
from issuer_api.latin_names import with_latin
from issuer_api.overview import MOST_CLASSES, class_counts
from issuer_api.programmes import course_start, programme
from issuer_api.row_repair import leave_out, repair_row
from issuer_api.service import Issuer
from issuer_api.signing import Signing
from issuer_api.stages import stages_of
from issuer_api.visiting import Visit, acting, visit

Token = Annotated[str, Form(max_length=64)]
_MOST_LISTED: Final = 20
_COUNTED: Final = frozenset({"ready", "approved", "wrong", "look", "signed"})
_DONE: Final = frozenset({"brought", "known", "saved", "kept", "left-out", "taken-in", "has-certificate", "columns-forgotten"})


class Cells(BaseModel):
    """What a row's form sends: the fields that it has, and what was offered, if it was chosen: a day, a name in Latin letters."""

    form: str = ""
    seen: str = Field(default="", max_length=16)
    use: str | None = None
    use_name: str | None = None
    name: str | None = None
    name_native: str | None = None
    awarded_on: str | None = None
    number: str | None = None
    note: str | None = None
    passport: str | None = None
    born_on: str | None = None
    passport_until: str | None = None
    holder_key: str | None = None
    email: str | None = None

    def changes(self) -> dict[str, str]:
        """Return column to new cell, for the fields that were sent."""
        sent = self.model_dump(exclude_none=True, exclude={"form", "seen", "use", "use_name"})
        latin = with_latin(sent, self.use_name) if self.use_name else {}
        return sent | latin | ({"awarded_on": self.use} if self.use else {})


class Asked(BaseModel):
    """Which rows of a class are to be shown, and what was done before.

    Attributes:
        show: which rows, as `issuer_api.class_rows.view` has it.
        page: of them.
        done: what was done: to a row, or to several certificates together.
        row: of which row; or how many certificates were changed together.
        left: how many of those that were chosen stayed as they were.
        edit: the row whose cells are to be changed, or 0.
        marked: whether all that are shown are chosen.
    """

    show: str = ""
    page: int = 1
    done: str = ""
    row: int = 0
    left: int = 0
    edit: int = 0
    marked: int = 0


def router(issuer: Issuer, signing: Signing) -> APIRouter:
    """Return the pages of classes."""
    api = APIRouter(include_in_schema=False)
    _add_list(api, issuer)
    _add_class(api, issuer, signing)
    _add_rows(api, issuer, signing)
    add_status(api, issuer, class_context)
    return api


def _add_list(api: APIRouter, issuer: Issuer) -> None:
    @api.get("/issuer/{slug}/classes")
    def list_classes(request: Request, slug: str, start: int = 0) -> Response:
        here, first = visit(issuer, request, slug), max(0, start)
        found = class_counts(issuer, slug, start=first, most=MOST_CLASSES + 1)
        after = first + MOST_CLASSES if len(found) > MOST_CLASSES else 0
        return here.show("classes", classes=found[:MOST_CLASSES], start=first, after=after)


def _add_class(api: APIRouter, issuer: Issuer, signing: Signing) -> None:
    @api.get("/issuer/{slug}/classes/{cohort}")
    def show_class(request: Request, slug: str, cohort: str, asked: Annotated[Asked, Query()]) -> Response:
        here = visit(issuer, request, slug)
        report = cohort_report(issuer, slug, cohort)
        shown = _shown(here, report, asked.show, asked.page, asked.edit)
        holds = is_so(shown.figures, asked.done, asked.row, asked.left) or (
            asked.done in _DONE and _is_so(report, asked.done, asked.row)
        )
        return _class_page(here, signing, report, shown, notice=asked if holds else None, marked=bool(asked.marked))

    @api.post("/issuer/{slug}/classes/{cohort}/columns-forgotten")
    def ask_again(request: Request, slug: str, cohort: str, form: Token = "") -> Response:
        here = acting(issuer, request, slug, form)
        if (choice := cohort_report(issuer, slug, cohort).choice) is not None:
            forget_columns(issuer, slug, choice.id, by=here.by)
        return here.go("classes", cohort, then="?done=columns-forgotten#said")


def _class_page(
    here: Visit,
    signing: Signing,
    report: CohortReport,
    shown: View,
    *,
    notice: Asked | None = None,
    clash: Clash | None = None,
    marked: bool = False,
) -> Response:
    return here.show(
        "class",
        status=409 if clash else 200,
        **class_context(here, report),
        report=report,
        view=shown,
        wrong_rows=[entry for run in shown.runs for entry in run.rows if entry.state == "wrong"][:_MOST_LISTED],
        people=sum(n for state, n in shown.figures.items() if state in _COUNTED),
        notice=notice,
        clash=clash,
        marked=marked,
        progress=signing.progress_of(report),
    )


def _is_so(report: CohortReport, done: str, number: int) -> bool:
    """Return whether the page may say that something was done: it holds still."""
    row = next((row for row in report.rows if row.number == number), None)
    checks = {
        "saved": row is not None and row.is_ready,
        "kept": row is not None,
        "left-out": row is not None and row.left_out,
        "taken-in": row is not None and not row.left_out,
        "has-certificate": row is not None and row.credential is not None,
        "columns-forgotten": report.choice is not None and not report.choice.holds,
    }
    return checks.get(done, True)


def class_context(here: Visit, report: CohortReport) -> dict[str, Any]:
    """Return what every page of a class says in its head."""
    with here.issuer.database.session() as session:
        brought = find_cohort(session, here.slug, report.id).created_at
    return {
        "cohort": report.id,
        "course": programme(here.issuer, here.slug, report.programme),
        "brought": brought,
        "file_name": report.file_name,
    }


def _shown(here: Visit, report: CohortReport, show: str, page: int, edit: int = 0) -> View:
    course: Mapping[str, Any] = programme(here.issuer, here.slug, report.programme)
    kept = kept_rows(here.issuer, here.slug, report.id)
    stages = stages_of(here.issuer, report)
    rows = show_rows(report.rows, kept, stages, started=course_start(course), today=here.issuer.clock().date(), edit=edit)
    return view(rows, show, page, edit)


def _add_rows(api: APIRouter, issuer: Issuer, signing: Signing) -> None:
    base = "/issuer/{slug}/classes/{cohort}/rows/{line}"

    @api.post(base)
    def repair(
        request: Request,
        slug: str,
        cohort: str,
        line: int,
        cells: Annotated[Cells, Form()],
    ) -> Response:
        here = acting(issuer, request, slug, cells.form)
        changes = cells.changes()
        try:
            repair_row(issuer, slug, cohort, line, changes, by=here.by, seen=cells.seen)
        except RowChangedError:
            report = cohort_report(issuer, slug, cohort)
            return _class_page(here, signing, report, _shown(here, report, "", 1), clash=clash_at(issuer, report, line, changes))
        except ConflictError:
            return _row_went(here, cohort, line, "has-certificate")
        return _row_went(here, cohort, line, "saved")

    @api.post(f"{base}/left-out")
    def leave(request: Request, slug: str, cohort: str, line: int, form: Token = "") -> Response:
        here = acting(issuer, request, slug, form)
        return _row_done(here, cohort, line, "left-out", lambda: leave_out(issuer, slug, cohort, line, by=here.by))

    @api.post(f"{base}/taken-in")
    def take_in(request: Request, slug: str, cohort: str, line: int, form: Token = "") -> Response:
        here = acting(issuer, request, slug, form)
        return _row_done(here, cohort, line, "taken-in", lambda: leave_out(issuer, slug, cohort, line, left_out=False, by=here.by))

    @api.post(f"{base}/kept")
    def keep(request: Request, slug: str, cohort: str, line: int, form: Token = "") -> Response:
        here = acting(issuer, request, slug, form)
        return _row_done(here, cohort, line, "kept", lambda: keep_row(issuer, slug, cohort, line, by=here.by))


def _row_done(here: Visit, cohort: str, line: int, done: str, act: Callable[[], object]) -> Response:
    try:
        act()
    except ConflictError:
        done = "has-certificate"
    return _row_went(here, cohort, line, done)


def _row_went(here: Visit, cohort: str, line: int, done: str) -> Response:
    return here.go("classes", cohort, then=f"?done={done}&row={line}#said")
