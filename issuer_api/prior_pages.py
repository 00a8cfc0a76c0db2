"""Prior learning in the browser: add credentials of other systems, look at them, say what they show, sign."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile
from pydantic import BaseModel

from credentials.parsing import parse_json
from issuer_api.direct import MAX_NUMBER
from issuer_api.errors import FileUnreadableError, UnknownThingError
from issuer_api.foreign_badges import Foreign, Found
from issuer_api.names import name_problem, text_problem, tidy
from issuer_api.prior_learning import MOST_EVIDENCE, Mapped, PriorAward, award_prior_learning, outcomes_of, read_evidence
from issuer_api.programmes import programme
from issuer_api.second_person import is_needed
from issuer_api.service import Issuer
from issuer_api.visiting import Visit, acting, visit
from web.roles import SIGN

Token = Annotated[str, Form(max_length=64)]
Line = Annotated[str, Form(max_length=300)]
Several = Annotated[Sequence[str], Form()]
_KEY: Final = 12


class PriorTyped(BaseModel):
    """The form: `carried` are files in Base64, `shows` places of files and codes of what they show, apart by a space."""

    key: str = ""
    name: str = ""
    name_native: str = ""
    awarded: str = ""
    number: str = ""
    carried: list[str] = []
    shows: list[str] = []

    def files(self) -> list[bytes]:
        """Return the files; what is no Base64 is left out."""
        found = []
        for text in self.carried[:MOST_EVIDENCE]:
            try:
                found.append(base64.b64decode(text, validate=True))
            except (binascii.Error, ValueError):
                continue
        return found

    def outcomes(self, place: int) -> tuple[str, ...]:
        """Return the codes of what a file shows."""
        return tuple(code for number, _, code in (one.partition(" ") for one in self.shows) if number == str(place))

    def problems(self, today: date) -> dict[str, str]:
        """Return field to what is wrong with it."""
        found = {
            "name": "name" if name_problem(tidy(self.name)) else "",
            "name_native": "name" if self.name_native.strip() and name_problem(tidy(self.name_native)) else "",
            "awarded": _day_problem(self.awarded, today),
            "number": "text" if text_problem(self.number.strip(), MAX_NUMBER) else "",
        }
        return {name: code for name, code in found.items() if code}


def _day_problem(text: str, today: date) -> str:
    try:
        return "future" if date.fromisoformat(text) > today else ""
    except ValueError:
        return "day"


def router(issuer: Issuer) -> APIRouter:
    """Return the pages."""
    api = APIRouter(include_in_schema=False)
    path = "/issuer/{slug}/programmes/{programme_id}/prior-learning"

    @api.get(path)
    def ask(request: Request, slug: str, programme_id: str) -> Response:
        here = visit(issuer, request, slug)
        here.person.require(slug, SIGN)
        return _page(here, programme_id, PriorTyped(key=secrets.token_urlsafe(_KEY), awarded=issuer.clock().date().isoformat()))

    @api.post(path)
    def pressed(
        request: Request,
        slug: str,
        programme_id: str,
        typed: Annotated[PriorTyped, Depends(_typed)],
        step: Line = "",
        form: Token = "",
        file: Annotated[UploadFile | None, File()] = None,
    ) -> Response:
        here = acting(issuer, request, slug, form)
        if file is not None and file.size:
            content = file.file.read()
            try:
                read_evidence(issuer, content)
            except FileUnreadableError:
                return _page(here, programme_id, typed, {"file": "unread"})
            carried = list(dict.fromkeys((*typed.carried, base64.b64encode(content).decode())))[:MOST_EVIDENCE]
            typed = typed.model_copy(update={"carried": carried})
        if step != "sign":
            typed = typed.model_copy(update={"awarded": typed.awarded or issuer.clock().date().isoformat()})
            return _page(here, programme_id, typed)
        wrong = typed.problems(issuer.clock().date()) | _unshown(issuer, typed)
        if wrong:
            return _page(here, programme_id, typed, wrong)
        content = award_prior_learning(issuer, slug, programme_id, _award(typed), f"page {typed.key}", by=here.by)
        return here.go("certificates", parse_json(content)["id"].removeprefix("urn:uuid:"), then="?done=signed#said")

    return api


def _typed(  # one for each field of the form
    key: Line = "",
    name: Line = "",
    name_native: Line = "",
    awarded: Line = "",
    number: Line = "",
    carried: Several = (),
    shows: Several = (),
) -> PriorTyped:
    fields = {"key": key, "name": name, "name_native": name_native, "awarded": awarded, "number": number}
    return PriorTyped(**fields, carried=list(carried), shows=list(shows))


def _unshown(issuer: Issuer, typed: PriorTyped) -> dict[str, str]:
    """Return what is wrong with the files: none, one that is not genuine, or one that shows nothing."""
    files = typed.files()
    found = [read_evidence(issuer, content) for content in files]
    if any(Found.NO in (one.genuine, one.current) for one in found):
        return {"file": "false"}
    if not files or not all(typed.outcomes(place) for place in range(len(files))):
        return {"file": "shows"}
    return {}


def _award(typed: PriorTyped) -> PriorAward:
    names = tuple(name for name in (typed.name, typed.name_native) if name.strip())
    evidence = tuple(Mapped(content, typed.outcomes(place)) for place, content in enumerate(typed.files()))
    return PriorAward(names, date.fromisoformat(typed.awarded), typed.number.strip(), evidence)


def _page(here: Visit, programme_id: str, typed: PriorTyped, wrong: Mapping[str, str] | None = None) -> Response:
    course = programme(here.issuer, here.slug, programme_id)
    if course["kind"] != "training":
        raise UnknownThingError("this is a form for work, not a training programme")
    read: list[tuple[Foreign, str, Any]] = [
        (read_evidence(here.issuer, content), base64.b64encode(content).decode(), typed.outcomes(place))
        for place, content in enumerate(typed.files())
    ]
    return here.show(
        "prior-learning",
        status=422 if wrong else 200,
        course=course,
        typed=typed,
        wrong=wrong or {},
        read=read,
        outcomes=outcomes_of(course),
        room=len(read) < MOST_EVIDENCE,
        second=is_needed(here.record),
    )
