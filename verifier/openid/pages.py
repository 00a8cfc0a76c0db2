"""The employer's page: choose what to ask, show the code to a phone, and the answer appears by itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from trust.bundle import BundleError
from verifier.assessing import assess
from verifier.openid import request_objects, requests
from verifier.openid.answering import answer, audience_of
from verifier.openid.asking import Ask, ResponseMode
from verifier.openid.choices import ANY_COURSE, query_for
from verifier.openid.identity import Identity, Prefix
from verifier.openid.messages import BrowserAnswer
from verifier.openid.requests import KEPT_FOR, Answer, Standing
from verifier.openid.service import WalletDesk
from verifier.results import result_context
from web.people import NotFoundError
from web.qr import svg_path
from web.strict_json import StrictJSONRoute

_PATH: Final = "/verify/ask"
_MOST: Final = 20
"""The version of a symbol that is shown on a screen."""
_OPEN: Final = frozenset({Standing.WAITING, Standing.FETCHED, Standing.CHECKING})


@dataclass(frozen=True, slots=True)
class _Link:
    """A link as a code shows it: all of it in bytes."""

    text: str

    @property
    def segments(self) -> tuple[str, str, str]:
        """The text in three parts: letters, bytes, digits."""
        return "", self.text, ""


def router(desk: WalletDesk) -> APIRouter:
    """Return the pages."""
    api = APIRouter(route_class=StrictJSONRoute, include_in_schema=False)
    pages = desk.verifier.pages

    @api.get(_PATH)
    def choose(request: Request, state: str = "") -> Response:
        bundle = desk.verifier.bundle()
        choices = sorted(bundle.qualifications.values(), key=lambda one: one.id)
        return pages.render(request, "verifier/ask.html", bundle=bundle, state=state, choices=choices, chosen=ANY_COURSE)

    @api.post(_PATH)
    def ask(
        choice: Annotated[str, Form(max_length=300)] = ANY_COURSE,
        state: Annotated[str, Form(max_length=8)] = "",
        here: Annotated[str, Form(max_length=8)] = "",
    ) -> Response:
        made = requests.make(desk, _ask(desk, choice, state, here=bool(here)))
        there = RedirectResponse(f"{_PATH}/{made.reference}", 303)
        _remember(desk, there, made)
        return there

    @api.get(_PATH + "/{reference}")
    def wait(request: Request, reference: str) -> Response:
        return _page(desk, request, reference, requests.answer_of(desk, _id(desk, request, reference)))

    @api.get(_PATH + "/{reference}/standing")
    def standing(request: Request, reference: str) -> Response:
        found = requests.answer_of(desk, _id(desk, request, reference))
        return JSONResponse({"state": found.standing.value, "waits": found.standing in _OPEN})

    @api.post(_PATH + "/{reference}/browser")
    def by_browser(request: Request, reference: str) -> Response:
        """Give the page what `navigator.credentials.get` takes: the same question once more, answered through the browser."""
        _id(desk, request, reference)
        ask = requests.find(desk, reference).ask
        made = requests.make(desk, replace(ask, response_mode=ResponseMode.DC_API_JWT, same_device=False, origins=(desk.base_url,)))
        there = f"{_PATH}/{made.reference}"
        spelled = request_objects.for_browser(made, desk.identity())
        answer = JSONResponse({"request": spelled, "answer": f"{there}/answer", "page": there})
        _remember(desk, answer, made)
        return answer

    @api.post(_PATH + "/{reference}/answer")
    def answered(request: Request, reference: str, message: BrowserAnswer) -> Response:
        """Take what the browser gave to this page; the page that is then opened says what came of it."""
        found = requests.find_by_id(desk, _id(desk, request, reference))
        answer(desk, found, message.posted(), audience_of(found, request.headers.get("origin", "")))
        return Response(status_code=HTTPStatus.NO_CONTENT)

    @api.get(_PATH + "/{reference}/done")
    def done(request: Request, reference: str, response_code: str = "") -> Response:
        """The wallet opened this browser: only the one that asked has the cookie, and only the wallet's code opens the answer."""
        return _page(desk, request, reference, requests.answer_of(desk, _id(desk, request, reference), response_code))

    return api


def _ask(desk: WalletDesk, choice: str, state: str, *, here: bool) -> Ask:
    bundle = desk.verifier.bundle()
    prefix = Prefix.X509_HASH if desk.identity().x5c else Prefix.DECENTRALIZED_IDENTIFIER
    known = state if state in bundle.states else None
    ask = Ask(ResponseMode.DIRECT_POST_JWT, prefix, query_for(choice, bundle), state=known, same_device=here)
    ask.check()
    return ask


def _remember(desk: WalletDesk, response: Response, made: requests.Request) -> None:
    """Have the browser that asks keep the secret of its question."""
    name, lasts = _cookie(made.reference), int(KEPT_FOR.total_seconds())
    response.set_cookie(name, made.id or "", max_age=lasts, path=_PATH, httponly=True, samesite="lax", secure=desk.secure)


def _cookie(reference: str) -> str:
    return f"comity-ask-{sha256(reference.encode()).hexdigest()[:16]}"


def _id(desk: WalletDesk, request: Request, reference: str) -> str:
    """Return the secret of the browser that asked.

    Raises:
        NotFoundError: another browser asks.
    """
    identifier = request.cookies.get(_cookie(reference), "")
    if requests.reference_of(desk, identifier) != reference:
        raise NotFoundError("this browser has asked no such question")
    return identifier


def _page(desk: WalletDesk, request: Request, reference: str, found: Answer) -> Response:
    pages = desk.verifier.pages
    if found.standing in _OPEN:
        return pages.render(request, "verifier/asking.html", **_waiting(desk, reference, found))
    if found.standing is Standing.ANSWERED:
        try:
            return _result(desk, request, reference, [paper.encode() for paper in found.content["papers"]])
        except BundleError:
            return pages.render(request, "verifier/asked.html", standing="no-lists")
    return pages.render(request, "verifier/asked.html", standing=found.standing.value)


def _waiting(desk: WalletDesk, reference: str, found: Answer) -> dict[str, Any]:
    asked = None if found.standing is Standing.CHECKING else requests.find(desk, reference)
    if asked is None or asked.ask.response_mode.is_by_browser:
        return {"link": "", "symbol": (0, ""), "here": False, "checking": True, "reference": reference, "address": desk.base_url}
    identity = desk.identity()
    link = request_objects.link(asked, identity)
    symbol = (0, "") if asked.ask.same_device else svg_path(_Link(link), most=_MOST)
    return {
        "link": link,
        "symbol": symbol,
        "here": asked.ask.same_device,
        "checking": False,
        "reference": reference,
        "address": _named(identity),
    }


def _named(identity: Identity) -> str:
    return identity.base_url.partition("://")[2]


def _result(desk: WalletDesk, request: Request, reference: str, contents: list[bytes]) -> Response:
    verifier = desk.verifier
    state = requests.state_of(desk, reference)
    assessment = assess(verifier, contents[0], state, contents[1:])
    context = result_context(verifier, request, assessment, contents, opened=False)
    return verifier.pages.render(request, "verifier/result.html", **context)
