"""The scan page and the result page."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, File, Form, Request, Response, UploadFile

from credentials.errors import VCError
from verifier.assessing import Answer, Assessment, assess
from verifier.cards import card_of
from verifier.errors import STATUS
from verifier.links import credential_in
from verifier.service import Verifier
from web.pages import Pages
from web.problems import STATUS as COMMON_STATUS
from web.problems import status_of

SIGNS: Final = {
    "recognized": "yes",
    "genuine": "yes",
    "partly": "partly",
    "undecided": "undecided",
    "refused": "no",
    "not-in-register": "partly",
    "not-entitled": "no",
    "ended": "partly",
    "not-yet": "partly",
    "held": "paused",
    "withdrawn": "no",
    "forged": "no",
    "partly-unknown": "unknown",
    "unknown": "unknown",
}
STYLES: Final = {
    "recognized": "yes",
    "genuine": "yes",
    "partly": "partly",
    "undecided": "undecided",
    "refused": "refused",
    "not-in-register": "partly",
    "not-entitled": "no",
    "ended": "partly",
    "not-yet": "partly",
    "held": "partly",
    "withdrawn": "no",
    "forged": "no",
    "partly-unknown": "unknown",
    "unknown": "unknown",
}
TAGS: Final = {
    Answer.YES: ("yes", "yes"),
    Answer.PARTLY: ("partly", "partly"),
    Answer.HELD: ("partly", "paused"),
    Answer.UNDECIDED: ("undecided", "undecided"),
    Answer.NO: ("no", "no"),
    Answer.UNKNOWN: ("unknown", "unknown"),
    Answer.NOT_ASKED: ("plain", "skipped"),
    Answer.YOU_CHECK: ("you", "you"),
}
_DATES: Final = frozenset({"date", "until", "as_of", "lists", "today"})


def words(pages: Pages, language: str, params: dict[str, Any]) -> dict[str, str]:
    """Return the values of a sentence in a language: dates spelled out, names by language chosen, lists joined."""
    return {name: _word(pages, language, name, value) for name, value in params.items()}


def _word(pages: Pages, language: str, name: str, value: Any) -> str:  # noqa: ANN401  # text, date, texts by language or a list
    if isinstance(value, (list, tuple)):
        return " + ".join(_word(pages, language, name, item) for item in value)
    if isinstance(value, dict):
        return str(value.get(language) or value.get("en") or next(iter(value.values()), ""))
    return pages.day(value, language) if name in _DATES and value else str(value)


def router(verifier: Verifier) -> APIRouter:
    """Return the pages."""
    api = APIRouter(include_in_schema=False)
    pages = verifier.pages

    @api.get("/verify")
    def scan(request: Request, state: str = "") -> Response:
        return _scan_page(verifier, request, state)

    @api.post("/verify")
    def result(
        request: Request,
        state: Annotated[str, Form(max_length=8)] = "",
        text: Annotated[str, Form(max_length=2_000_000)] = "",
        file: Annotated[UploadFile | None, File()] = None,
    ) -> Response:
        content = file.file.read() if file is not None and file.size else text.encode()
        try:
            assessment = assess(verifier, credential_in(verifier, content)[1], state or None)
        except VCError as error:
            return _scan_page(verifier, request, state, error)
        return pages.render(request, "verifier/result.html", **_context(verifier, request, assessment))

    return api


def _scan_page(verifier: Verifier, request: Request, state: str, error: VCError | None = None) -> Response:
    bundle = verifier.bundle()
    status = 200 if error is None else int(status_of(error, {**COMMON_STATUS, **STATUS}))
    key = error.title if error is not None and verifier.pages.has(error.title) else "verifier.code-unreadable"
    return verifier.pages.render(
        request,
        "verifier/scan.html",
        status=status,
        bundle=bundle,
        state=state,
        problem=key if error else None,
        age=bundle.age(verifier.clock()).days,
    )


def _context(verifier: Verifier, request: Request, assessment: Assessment) -> dict[str, Any]:
    language = verifier.pages.language(request)

    def say(message: str, params: dict[str, Any]) -> Any:  # noqa: ANN401  # Markup
        return verifier.pages.markup(language, message, **words(verifier.pages, language, params))

    params = dict(assessment.params)
    age = assessment.bundle.age(verifier.clock()).days
    return {
        "assessment": assessment,
        "card": card_of(assessment.credential) if assessment.credential else None,
        "headline": say(f"verifier.verdict.{assessment.verdict}", params),
        "plain_headline": verifier.pages.text(
            language, f"verifier.verdict.{assessment.verdict}", **words(verifier.pages, language, params)
        ),
        "sentence": say(f"verifier.verdict.{assessment.verdict}.text", params),
        "sign": SIGNS[assessment.verdict],
        "style": STYLES[assessment.verdict],
        "questions": [
            (question, *TAGS[question.answer], say(f"verifier.say.{question.message}", dict(question.params)))
            for question in assessment.questions
        ],
        "conditions": params.get("conditions", []),
        "freshness": say(
            f"verifier.fresh.{assessment.bundle.freshness(verifier.clock()).value}",
            {"lists": assessment.bundle.published.date().isoformat(), "n": str(age)},
        ),
        "report": assessment.to_json(),
    }
