"""Bringing a class's list, and saying what its headings are where they are not ours."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, File, Form, Request, Response, UploadFile

from issuer_api.cohort_file import COLUMNS, MAX_FILE, NEEDED, SAMPLE, headings_of, read_lines
from issuer_api.cohorts import import_cohort
from issuer_api.column_choices import remember_columns
from issuer_api.errors import FileUnreadableError, HeadingsUnknownError
from issuer_api.headings import LONGEST_HEADING, can_choose, choice_problem, first_values, suggest
from issuer_api.programmes import programme, programmes
from issuer_api.service import Issuer
from issuer_api.spreadsheet import MAX_COLUMNS, is_spreadsheet
from issuer_api.visiting import Visit, acting, visit

Token = Annotated[str, Form(max_length=64)]
ProgrammeId = Annotated[str, Form(max_length=64)]
Upload = Annotated[UploadFile | None, File()]
Heading = Annotated[str, Form(max_length=2 * LONGEST_HEADING)]
_MAX_KEPT: Final = 200_000
_MAX_CARRIED: Final = _MAX_KEPT * 4 // 3 + 4
_MAX_NAME: Final = 200
_NO_TEXT: Final = frozenset({"not-utf-8", "no-text"})


@dataclass(frozen=True, slots=True)
class Brought:
    """A list on its way: of which programme, its bytes, and the name of its file."""

    programme: str
    content: bytes
    name: str


def router(issuer: Issuer) -> APIRouter:
    """Return the pages on which a list is brought."""
    api = APIRouter(include_in_schema=False)
    _add_bringing(api, issuer)
    _add_choosing(api, issuer)
    return api


def _add_bringing(api: APIRouter, issuer: Issuer) -> None:
    @api.get("/issuer/{slug}/classes/new")
    def ask_for_list(request: Request, slug: str, programme: str = "") -> Response:
        return _bring_page(visit(issuer, request, slug), programme)

    @api.post("/issuer/{slug}/classes/new")
    def bring(
        request: Request,
        slug: str,
        programme: ProgrammeId = "",
        text: Annotated[str, Form(max_length=MAX_FILE)] = "",
        file: Upload = None,
        form: Token = "",
    ) -> Response:
        here = acting(issuer, request, slug, form)
        content, name = _sent(file) or (text.encode(), "list.csv")
        if not programme or not content.strip():
            missing = "programme" if not programme else "list"
            return _bring_page(here, programme, text=text, missing=missing)
        return _taken(here, Brought(programme, content, name))


def _add_choosing(api: APIRouter, issuer: Issuer) -> None:
    @api.get("/issuer/{slug}/classes/new/columns")
    def ask_anew(request: Request, slug: str) -> Response:
        return visit(issuer, request, slug).go("classes", "new")

    @api.post("/issuer/{slug}/classes/new/columns")
    def choose(
        request: Request,
        slug: str,
        heading: Annotated[list[Heading], Form(max_length=MAX_COLUMNS)],
        column: Annotated[list[Annotated[str, Form(max_length=20)]], Form(max_length=MAX_COLUMNS)],
        programme: ProgrammeId = "",
        carried: Annotated[str, Form(max_length=_MAX_CARRIED)] = "",
        name: Annotated[str, Form(max_length=_MAX_NAME)] = "",
        file: Upload = None,
        form: Token = "",
    ) -> Response:
        here = acting(issuer, request, slug, form)
        content, file_name = _sent(file) or (_uncarried(carried), name or "list.csv")
        brought = Brought(programme, content, file_name)
        if (problem := choice_problem(heading, column)) and problem != "unfit":
            return _columns_page(here, brought, _sample_of(content, heading), column, problem)
        remember_columns(issuer, slug, programme, heading, column, by=here.by)
        return _taken(here, brought) if content else _bring_page(here, programme, name=file_name, remembered=True)


def _sent(file: UploadFile | None) -> tuple[bytes, str] | None:
    """Return the bytes and the name of a file, if one was chosen."""
    return (file.file.read(), file.filename or "list.csv") if file is not None and file.size else None


def _uncarried(text: str) -> bytes:
    """Return the list that travelled in a form; none where the form was changed."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _taken(here: Visit, brought: Brought) -> Response:
    try:
        report = import_cohort(here.issuer, here.slug, brought.programme, brought.content, brought.name, by=here.by)
    except HeadingsUnknownError as error:
        if can_choose(error.sample):
            return _columns_page(here, brought, error.sample, suggest(error.sample[0]))
        return _unreadable(here, brought, error)
    except FileUnreadableError as error:
        return _unreadable(here, brought, error)
    return here.go("classes", report.id, then=f"?done={'known' if report.was_known else 'brought'}")


def _unreadable(here: Visit, brought: Brought, error: FileUnreadableError) -> Response:
    return _bring_page(here, brought.programme, text=_kept_text(brought.content, error), name=brought.name, error=error)


def _kept_text(content: bytes, error: FileUnreadableError) -> str:
    """Return what can be put right in the page itself: a list that is text, and not too long for it."""
    if error.code in _NO_TEXT or is_spreadsheet(content) or len(content) > _MAX_KEPT:
        return ""
    return content.decode("utf-8-sig")


def _bring_page(
    here: Visit,
    chosen: str,
    *,
    text: str = "",
    name: str = "",
    missing: str = "",
    error: FileUnreadableError | None = None,
    remembered: bool = False,
) -> Response:
    courses = [record for record in programmes(here.issuer, here.slug) if record["kind"] == "training"]
    if len(courses) == 1:
        chosen = courses[0]["id"]
    return here.show(
        "bring",
        status=422 if error or missing else 200,
        courses=courses,
        chosen=chosen,
        text=text,
        file_name=name,
        missing=missing,
        error=error,
        remembered=remembered,
        megabytes=MAX_FILE // 1024 // 1024,
    )


def _sample_of(content: bytes, headings: list[str]) -> tuple[tuple[str, ...], ...]:
    """Return headings with the lines below them, as far as the list is at hand and still has these headings."""
    lines = read_lines(content) if content else []
    below = lines[1 : SAMPLE + 1] if len(headings_of(lines)) == len(headings) else []
    return (tuple(headings), *map(tuple, below))


def _columns_page(
    here: Visit, brought: Brought, sample: tuple[tuple[str, ...], ...], chosen: tuple[str, ...] | list[str], problem: str = ""
) -> Response:
    headings = tuple(heading[:LONGEST_HEADING] for heading in sample[0])
    twice = {column for column in chosen if column and list(chosen).count(column) > 1}
    return here.show(
        "columns",
        status=422,
        brought=brought,
        file_name=brought.name[:_MAX_NAME],
        course=programme(here.issuer, here.slug, brought.programme),
        asked=list(zip(headings, first_values(sample), chosen, strict=True)),
        columns=COLUMNS,
        needed=NEEDED,
        problem=problem,
        twice=twice,
        carried=base64.b64encode(brought.content).decode() if len(brought.content) <= _MAX_KEPT else "",
    )
