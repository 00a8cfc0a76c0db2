"""The employer's page: choose what to ask, show the code to a phone, and the answer appears by itself."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from trust.bundle import BundleError
from verifier.assessing import assess
from verifier.openid import request_objects, requests
from verifier.openid.asking import Ask, ResponseMode
from verifier.openid.choices import ANY_COURSE, query_for
from verifier.openid.identity import Identity, Prefix
from verifier.openid.requests import KEPT_FOR, Answer, Standing
from verifier.openid.service import WalletDesk
from verifier.results import result_context
from web.people import NotFoundError
from web.qr import svg_path

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
    api = APIRouter(include_in_schema=False)
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
        answer = RedirectResponse(f"{_PATH}/{made.reference}", 303)
        lasts = int(KEPT_FOR.total_seconds())
        answer.set_cookie(
            _cookie(made.reference), made.id or "", max_age=lasts, path=_PATH, httponly=True, samesite="lax", secure=desk.secure
        )
        return answer

    @api.get(_PATH + "/{reference}")
    def wait(request: Request, reference: str) -> Response:
        return _page(desk, request, reference, requests.answer_of(desk, _id(desk, request, reference)))

    @api.get(_PATH + "/{reference}/standing")
    def standing(request: Request, reference: str) -> Response:
        found = requests.answer_of(desk, _id(desk, request, reference))
        return JSONResponse({"state": found.standing.value, "waits": found.standing in _OPEN})

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
    if found.standing is Standing.CHECKING:
        return {"link": "", "symbol": (0, ""), "here": False, "checking": True, "reference": reference, "address": desk.base_url}
    asked, identity = requests.find(desk, reference), desk.identity()
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
