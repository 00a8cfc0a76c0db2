"""The scan page and the result page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, File, Form, Request, Response, UploadFile

from credentials.errors import FetchError, VCError
from credentials.qr import UpdateNeededError
from verifier.assessing import assess
from verifier.errors import STATUS, CodeUnreadableError, FileTooLargeError, TooManyPapersError, UnknownStateError
from verifier.links import credential_in, papers_in
from verifier.results import result_context
from verifier.service import Verifier
from verifier.words import days
from web.links import ForeignCodeError
from web.problems import STATUS as COMMON_STATUS
from web.problems import status_of
from web.sealing import SealBrokenError

_WORDS: Final[Mapping[type, str]] = {
    CodeUnreadableError: "verifier.code-unreadable",
    FileTooLargeError: "verifier.file-too-large",
    TooManyPapersError: "verifier.too-many-papers",
    UnknownStateError: "verifier.unknown-state",
    ForeignCodeError: "verifier.code-foreign",
    SealBrokenError: "verifier.link-damaged",
    FetchError: "verifier.link-missing",
    UpdateNeededError: "verifier.update-needed",
}
"""What was handed over could not be read: what happened, why, what to do."""


def router(verifier: Verifier) -> APIRouter:
    """Return the pages."""
    api = APIRouter(include_in_schema=False)

    @api.get("/verify")
    def scan(request: Request, state: str = "", link: str = "") -> Response:
        return _scan_page(verifier, request, state, opened=bool(link))

    @api.post("/verify")
    def result(
        request: Request,
        state: Annotated[str, Form(max_length=8)] = "",
        text: Annotated[str, Form(max_length=2_000_000)] = "",
        opened: Annotated[str, Form(max_length=8)] = "",
        file: Annotated[UploadFile | None, File()] = None,
        beside: Annotated[tuple[UploadFile, ...], File()] = (),
        paper: Annotated[tuple[str, ...], Form(max_length=2_000_000)] = (),
        compared: Annotated[str, Form(max_length=3)] = "",
    ) -> Response:
        content = file.file.read() if file is not None and file.size else text.encode()
        try:
            _, credential = credential_in(verifier, content)
            papers = papers_in(verifier, (*(one.encode() for one in paper), *(one.file.read() for one in beside)))
            assessment = assess(verifier, credential, state or None, papers, compared=compared == "yes")
        except VCError as error:
            return _scan_page(verifier, request, state, error)
        context = result_context(verifier, request, assessment, (credential, *papers), opened=opened == "code")
        return verifier.pages.render(request, "verifier/result.html", **context)

    return api


def _scan_page(verifier: Verifier, request: Request, state: str, error: VCError | None = None, *, opened: bool = False) -> Response:
    bundle, language = verifier.bundle(), verifier.pages.language(request)
    age = bundle.age(verifier.clock()).days
    return verifier.pages.render(
        request,
        "verifier/scan.html",
        status=200 if error is None else int(status_of(error, {**COMMON_STATUS, **STATUS})),
        bundle=bundle,
        state=state,
        problem=_problem(error) if error else None,
        opened=opened,
        address=verifier.base_url,
        age=days(language, age) if age else "",
    )


def _problem(error: VCError) -> str:
    return next((_WORDS[kind] for kind in type(error).__mro__ if kind in _WORDS), "verifier.code-unreadable")
