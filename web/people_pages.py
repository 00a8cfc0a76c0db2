"""The pages about people: one's own account, an invitation, and an organisation's people and acts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from web.acts import acts
from web.invitations import accept, invitation, invitations, invite, withdraw
from web.members import change_role, end_role, members
from web.pages import Pages
from web.passkeys import MAX_LABEL, Passkeys
from web.people import FormTokenError, NotFoundError, People, SignedIn, check_own_site
from web.roles import INVITE, READ_ACTS, roles_of
from web.sessions import end_all_sessions, end_session, sessions
from web.strict_json import StrictJSONRoute

ACTS: Final = 50
_SEE_OTHER: Final = 303
_CREATED: Final = 201
Token = Annotated[str, Form(max_length=64)]
LARGEST: Final = 2**31 - 1
Number = Annotated[int, Form(ge=0, le=LARGEST)]
Word = Annotated[str, Form(max_length=64)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Asking(_Strict):
    form: str = Field(default="", max_length=64)


class _Answer(_Asking):
    credential: dict[str, Any]
    label: str = Field(default="", max_length=MAX_LABEL)


@dataclass(frozen=True, slots=True)
class PeoplePages:
    """The pages, wired.

    Attributes:
        passkeys: and the people that they sign in.
        name_of: an organisation's name in a language, as (organisation, language).
    """

    passkeys: Passkeys
    name_of: Callable[[str, str], str]

    @property
    def people(self) -> People:
        """Who signs in here."""
        return self.passkeys.people

    @property
    def pages(self) -> Pages:
        """What renders."""
        return self.people.pages

    def show(self, request: Request, template: str, **context: Any) -> Response:  # noqa: ANN401
        """Return a page that can name organisations."""
        language = self.pages.language(request)
        return self.pages.render(request, template, house_name=lambda slug: self.name_of(slug, language), **context)


def router(house: PeoplePages) -> APIRouter:
    """Return the pages and what their scripts ask."""
    api = APIRouter(include_in_schema=False, route_class=StrictJSONRoute)
    _add_account(api, house)
    _add_passkeys(api, house)
    _add_invitations(api, house)
    _add_people(api, house)
    _add_changes(api, house)
    return api


def _add_account(api: APIRouter, house: PeoplePages) -> None:
    people = house.people

    @api.get("/account")
    def account(request: Request) -> Response:
        person = people.signed_in(request)
        kept, mine = house.passkeys.kept(person), sessions(people, request, person)
        return house.show(request, "account.html", kept=kept, sessions=mine, longest=MAX_LABEL, invites=INVITE, reads=READ_ACTS)

    @api.post("/account/sessions/end")
    def end(request: Request, form: Token = "", reference: Word = "") -> Response:
        end_session(people, people.acting(request, form), reference)
        return RedirectResponse("/account", _SEE_OTHER)

    @api.post("/account/sessions/end-all")
    def end_all(request: Request, form: Token = "") -> Response:
        end_all_sessions(people, people.acting(request, form))
        response = RedirectResponse("/sign-in", _SEE_OTHER)
        response.delete_cookie(people.cookie, httponly=True, samesite="lax", secure=people.secure)
        return response

    @api.post("/account/passkeys/remove")
    def remove(request: Request, form: Token = "", passkey: Annotated[str, Form(max_length=1400)] = "") -> Response:
        house.passkeys.remove(people.acting(request, form), passkey)
        return RedirectResponse("/account", _SEE_OTHER)


def _add_passkeys(api: APIRouter, house: PeoplePages) -> None:
    passkeys, people = house.passkeys, house.people

    @api.post("/account/passkeys/options")
    def begin(request: Request, asking: _Asking) -> Response:
        options, challenge = passkeys.begin_registration(people.acting(request, asking.form))
        return passkeys.keep_challenge(JSONResponse(options), challenge)

    @api.post("/account/passkeys")
    def register(request: Request, answer: _Answer) -> Response:
        person = people.acting(request, answer.form)
        cookie = passkeys.register(person, request, answer.label, answer.credential)
        return people.keep(JSONResponse({"next": "/account"}, _CREATED), cookie)

    @api.post("/passkeys/sign-in/options")
    def ask(request: Request) -> Response:
        check_own_site(request)
        options, challenge = passkeys.begin_sign_in()
        return passkeys.keep_challenge(JSONResponse(options), challenge)

    @api.post("/passkeys/sign-in")
    def sign_in(request: Request, answer: _Answer) -> Response:
        check_own_site(request)
        cookie = passkeys.sign_in(request, answer.credential)
        return people.keep(JSONResponse({"next": people.holder(cookie).begins}), cookie)


def _add_invitations(api: APIRouter, house: PeoplePages) -> None:
    people = house.people

    @api.get("/invitations/{token}")
    def show(request: Request, token: str) -> Response:
        found = invitation(people, token)
        return house.show(request, "account-invitation.html", found=found, token=token, me=people.anyone(request))

    @api.post("/invitations/{token}")
    def take(request: Request, token: str, form: Token = "") -> Response:
        check_own_site(request)
        person = people.anyone(request)
        if person is None and form:
            raise FormTokenError("you were signed out meanwhile; load the page again")
        if person is not None:
            person.check_form(form)
        return people.keep(RedirectResponse("/account", _SEE_OTHER), accept(people, request, token, person))


def _add_people(api: APIRouter, house: PeoplePages) -> None:
    people = house.people

    @api.get("/organisations/{slug}/people")
    def show(request: Request, slug: str) -> Response:
        return _people_page(house, request, _here(people.signed_in(request), slug), slug, link="")

    @api.post("/organisations/{slug}/invitations")
    def make(
        request: Request, slug: str, form: Token = "", role: Word = "", name: Annotated[str, Form(max_length=1000)] = ""
    ) -> Response:
        person = _here(people.acting(request, form), slug)
        token = invite(people, person, slug, role, name)
        return _people_page(house, request, person, slug, link=f"{house.passkeys.origin}/invitations/{token}")

    @api.get("/organisations/{slug}/acts")
    def history(request: Request, slug: str, before: Annotated[int | None, Query(ge=0, le=LARGEST)] = None) -> Response:
        person = _here(people.signed_in(request), slug)
        person.require(slug, READ_ACTS)
        found = acts(people.database, slug, before=before, most=ACTS + 1)
        older = found[ACTS - 1].number if len(found) > ACTS else 0
        return house.show(request, "account-acts.html", slug=slug, acts=found[:ACTS], older=older, known=house.pages.has)


def _add_changes(api: APIRouter, house: PeoplePages) -> None:
    people = house.people

    @api.post("/organisations/{slug}/roles")
    def change(request: Request, slug: str, person: Number, form: Token = "", role: Word = "") -> Response:
        change_role(people, _here(people.acting(request, form), slug), slug, person, role)
        return _back(slug)

    @api.post("/organisations/{slug}/roles/end")
    def end(request: Request, slug: str, person: Number, form: Token = "") -> Response:
        by = _here(people.acting(request, form), slug)
        end_role(people, by, slug, person)
        return RedirectResponse("/account", _SEE_OTHER) if by.id == person else _back(slug)

    @api.post("/organisations/{slug}/invitations/withdraw")
    def take_back(request: Request, slug: str, form: Token = "", reference: Word = "") -> Response:
        withdraw(people, _here(people.acting(request, form), slug), slug, reference)
        return _back(slug)


def _here(person: SignedIn, slug: str) -> SignedIn:
    if slug not in person.roles:
        raise NotFoundError("there is nothing here for you")
    return person


def _back(slug: str) -> Response:
    return RedirectResponse(f"/organisations/{slug}/people", _SEE_OTHER)


def _people_page(house: PeoplePages, request: Request, person: SignedIn, slug: str, *, link: str) -> Response:
    return house.show(
        request,
        "account-people.html",
        slug=slug,
        link=link,
        members=members(house.people, slug),
        waiting=invitations(house.people, slug),
        roles=tuple(roles_of(slug)),
        manages=person.may(slug, INVITE),
        reads=person.may(slug, READ_ACTS),
    )
