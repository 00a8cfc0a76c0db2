"""Pages without an account: a person asks others to confirm work, and who was asked answers on a phone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, get_args

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from issuer_api.delivery import claim_url
from issuer_api.errors import UnknownThingError
from issuer_api.issuing import find_issued
from issuer_api.organisations import organisation, slugs
from issuer_api.programmes import programmes
from issuer_api.records import Relation
from issuer_api.service import Issuer
from issuer_api.visiting import said
from issuer_api.work_asking import (
    ASKED,
    ENDED,
    MOST_WITNESSES,
    SIGNED,
    Experience,
    Witness,
    answer,
    ask_another,
    begin,
    decline,
    followed,
    opened,
)
from issuer_api.work_typed import AnswerTyped, AskTyped, ContactTyped, code_of, offered
from web.codes import PlainCode
from web.people import check_own_site
from web.qr import svg_path

BASES: Final = ("saw-daily", "saw-sometimes", "documents-only")
RELATIONS: Final[tuple[str, ...]] = get_args(Relation)
_SEE_OTHER: Final = 303
_WRONG: Final = 422
_MOST_VERSION: Final = 8
_PRIVATE: Final = {"Cache-Control": "no-store"}


def router(issuer: Issuer) -> APIRouter:
    """Return the pages."""
    api = APIRouter(include_in_schema=False)
    _add_asking(api, issuer)
    _add_following(api, issuer)
    _add_answering(api, issuer)
    return api


def _forms(issuer: Issuer, slug: str) -> list[dict[str, object]]:
    return [record for record in programmes(issuer, slug) if record["kind"] == "work"]


def _add_asking(api: APIRouter, issuer: Issuer) -> None:
    @api.get("/work-requests")
    def choose(request: Request) -> Response:
        houses = [(slug, organisation(issuer, slug)[1]) for slug in slugs(issuer) if _forms(issuer, slug)]
        return issuer.pages.render(request, "issuer/ask-where.html", houses=houses)

    @api.get("/work-requests/ask/{slug}")
    def ask(request: Request, slug: str) -> Response:
        return _ask_page(issuer, request, slug, AskTyped(country=str(organisation(issuer, slug)[1].get("code", ""))))

    @api.post("/work-requests/ask/{slug}")
    def send(request: Request, slug: str, typed: Annotated[AskTyped, Form()]) -> Response:
        check_own_site(request)
        wrong = typed.problems()
        if wrong:
            return _ask_page(issuer, request, slug, typed, wrong)
        follow, _ = begin(issuer, slug, typed.form_id, typed.work(), typed.witness())
        return RedirectResponse(f"/work-requests/mine/{follow}", _SEE_OTHER)


def _ask_page(issuer: Issuer, request: Request, slug: str, typed: AskTyped, wrong: Mapping[str, str] | None = None) -> Response:
    _, record = organisation(issuer, slug)
    forms = _forms(issuer, slug)
    if not forms:
        raise UnknownThingError("nobody confirms work here")
    return issuer.pages.render(
        request,
        "issuer/ask.html",
        status=_WRONG if wrong else 200,
        slug=slug,
        centre=record["name"],
        forms=forms,
        typed=typed,
        wrong=wrong or {},
    )


def _add_following(api: APIRouter, issuer: Issuer) -> None:
    @api.get("/work-requests/mine/{follow}")
    def show(request: Request, follow: str) -> Response:
        return _mine(issuer, request, follow, ContactTyped())

    @api.post("/work-requests/mine/{follow}")
    def more(request: Request, follow: str, typed: Annotated[ContactTyped, Form()]) -> Response:
        check_own_site(request)
        wrong = typed.problems()
        if wrong:
            return _mine(issuer, request, follow, typed, wrong)
        ask_another(issuer, follow, typed.witness())
        return RedirectResponse(f"/work-requests/mine/{follow}", _SEE_OTHER)


def _mine(issuer: Issuer, request: Request, follow: str, typed: ContactTyped, wrong: Mapping[str, str] | None = None) -> Response:
    experience = followed(issuer, follow)
    page = issuer.pages.render(
        request,
        "issuer/asked-mine.html",
        status=_WRONG if wrong else 200,
        centre=organisation(issuer, experience.organisation)[1]["name"],
        experience=experience,
        address=f"{issuer.base_url}/work-requests/mine/{follow}",
        rows=[(one, *_for_the_person(issuer, experience, one)) for one in experience.witnesses],
        room=len(experience.witnesses) < MOST_WITNESSES,
        typed=typed,
        wrong=wrong or {},
        said=said,
    )
    page.headers.update(_PRIVATE)
    return page


def _for_the_person(issuer: Issuer, experience: Experience, witness: Witness) -> tuple[str, tuple[int, str], str]:
    """Return the address to send while it is open, its code, and the claim link once it is signed."""
    if witness.state == SIGNED and witness.credential:
        _, subject = find_issued(issuer, experience.organisation, witness.credential)
        return "", (0, ""), claim_url(issuer, witness.credential, subject)
    if witness.state != ASKED:
        return "", (0, ""), ""
    address = f"{issuer.base_url}/work-requests/say/{witness.link}"
    return address, svg_path(PlainCode(address), most=_MOST_VERSION), ""


def _add_answering(api: APIRouter, issuer: Issuer) -> None:
    @api.get("/work-requests/say/{link}")
    def show(request: Request, link: str) -> Response:
        experience, witness = opened(issuer, link)
        asked = experience.asked
        typed = AnswerTyped(
            name=witness.asked.contact,
            organisation=witness.asked.organisation,
            role=asked.role_name,
            country=asked.country,
        )
        return _say(issuer, request, link, typed)

    @api.post("/work-requests/say/{link}")
    def send(request: Request, link: str, typed: Annotated[AnswerTyped, Form()]) -> Response:
        check_own_site(request)
        language, today = issuer.pages.language(request), issuer.clock().date()
        if typed.step == "decline":
            decline(issuer, link)
            return RedirectResponse(f"/work-requests/say/{link}", _SEE_OTHER)
        wrong = typed.problems(issuer, language, today) if typed.step in ("check", "send") else {}
        if typed.step == "send" and not wrong:
            answer(issuer, link, typed.answer(issuer, language))
            return RedirectResponse(f"/work-requests/say/{link}", _SEE_OTHER)
        return _say(issuer, request, link, typed, wrong)


def _say(issuer: Issuer, request: Request, link: str, typed: AnswerTyped, wrong: Mapping[str, str] | None = None) -> Response:
    experience, witness = opened(issuer, link)
    language = issuer.pages.language(request)
    chosen = typed.entries(issuer, language)
    codes = {code_of(entry) for entry in chosen}
    page = issuer.pages.render(
        request,
        "issuer/say.html" if witness.state == ASKED else "issuer/said.html",
        status=_WRONG if wrong else 200,
        centre=organisation(issuer, experience.organisation)[1]["name"],
        experience=experience,
        witness=witness,
        has_ended=witness.state == ENDED,
        typed=typed,
        wrong=wrong or {},
        looked_at=typed.step == "check" and not wrong,
        chosen=[(code_of(entry), entry.label) for entry in chosen],
        others=[(code_of(entry), entry.label) for entry in offered(issuer, typed.text, language) if code_of(entry) not in codes],
        relations=RELATIONS,
        bases=BASES,
        said=said,
    )
    page.headers.update(_PRIVATE)
    return page
