"""People: one-time sign-in links, sessions, roles in organisations, form tokens.

A link is shown by GET and used by POST, so that a mail program's preview does not use it up. Cookies and links are random and
kept only as hashes. Signing in gives a fresh cookie and ends the session that the browser had.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session, col, delete, select, update

from credentials.errors import COMITY, VCError
from web.db import Database
from web.pages import Pages
from web.roles import RoleError, allows, check_role, desk_of, state_code
from web.tables import Membership, Person, SignInLink, WebSession

LINK_LASTS: Final = timedelta(days=7)
SESSION_LASTS: Final = timedelta(hours=12)
_SEE_OTHER: Final = 303
_BROWSERS: Final = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrom", "Chromium"), ("Safari/", "Safari"))
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_OWN_SITE: Final = frozenset({"same-origin", "none"})


class SignInNeededError(VCError):
    """The page is for people who are signed in."""

    type = COMITY + "SIGN_IN_NEEDED"
    title = "problem.sign-in-needed"


class LinkUsedError(VCError):
    """The sign-in link was used, has run out, or never was."""

    type = COMITY + "SIGN_IN_LINK_USED"
    title = "problem.link-used"


class FormTokenError(VCError):
    """The form did not come from this session."""

    type = COMITY + "FORM_TOKEN"
    title = "problem.form-token"


class NotFoundError(VCError):
    """There is no such thing here, or it belongs to somebody else: the same answer for both."""

    type = COMITY + "NOT_FOUND"
    title = "problem.not-found"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who asks.

    Attributes:
        id: the person's id.
        name: as shown in the masthead.
        roles: organisation slug to role.
        form_token: what every form of this session carries.
    """

    id: int
    name: str
    roles: dict[str, str]
    form_token: str = field(repr=False)

    @property
    def desk(self) -> str:
        """The address of the state's desk at which the person works; empty for whoever works for no state."""
        return desk_of(self.roles)

    @property
    def begins(self) -> str:
        """The address at which the person's work begins: the state's desk for those who work for states alone."""
        return self.desk if self.roles and all(map(state_code, self.roles)) else "/issuer"

    def may(self, organisation: str, act: str) -> bool:
        """Return whether the person's role in an organisation allows an act of `web.roles`."""
        return allows(organisation, self.roles.get(organisation, ""), act)

    def require(self, organisation: str, act: str) -> None:
        """Raise unless the person's role in an organisation allows an act.

        Raises:
            NotFoundError: the person has no part in it.
            RoleError: the role does not allow it.
        """
        if organisation not in self.roles:
            raise NotFoundError("there is nothing here for you")
        if not self.may(organisation, act):
            raise RoleError("your role there does not allow this; a manager can change it")

    def check_form(self, token: str) -> None:
        """Raise unless a form carries this session's token.

        Raises:
            FormTokenError: it does not.
        """
        if not hmac.compare_digest(self.form_token.encode(), token.encode()):
            raise FormTokenError("this form does not belong to your session; load the page again")


@dataclass(frozen=True, slots=True)
class People:
    """Sign-in, wired."""

    database: Database
    clock: Callable[[], datetime]
    pages: Pages
    secure: bool

    @property
    def cookie(self) -> str:
        """The name of the session's cookie; with https no other host and no plain page can set it (`__Host-`)."""
        return "__Host-session" if self.secure else "session"

    def signed_in(self, request: Request) -> SignedIn:
        """Return who asks.

        Raises:
            SignInNeededError: nobody is signed in.
        """
        request.state.person = found = self.holder(self.token(request))
        return found

    def holder(self, token: str) -> SignedIn:
        """Return whose session a cookie's value opens.

        Raises:
            SignInNeededError: nobody's.
        """
        with self.database.session() as session:
            row = session.get(WebSession, hash_of(token))
            if row is None or row.expires_at <= self.clock():
                raise SignInNeededError("sign in first")
            person = session.get_one(Person, row.person_id)
            memberships = session.exec(select(Membership).where(Membership.person_id == row.person_id)).all()
        roles = {entry.organisation: entry.role for entry in memberships}
        return SignedIn(row.person_id, person.name, roles, hash_of(f"form {token}")[:32])

    def anyone(self, request: Request) -> SignedIn | None:
        """Return who asks, or None when nobody is signed in."""
        try:
            return self.signed_in(request)
        except SignInNeededError:
            return None

    def acting(self, request: Request, form: str) -> SignedIn:
        """Return who sends a form.

        Raises:
            SignInNeededError: nobody is signed in.
            FormTokenError: the form does not belong to the session.
        """
        person = self.signed_in(request)
        person.check_form(form)
        return person

    def token(self, request: Request) -> str:
        """Return what the session's cookie holds, or an empty string."""
        return request.cookies.get(self.cookie, "")

    def open_session(self, session: Session, request: Request, person_id: int, way: str) -> str:
        """Begin a session, end the one that the browser had and those that have run out; return the new cookie's value.

        Args:
            session: writes.
            request: of the browser.
            person_id: who signs in.
            way: `link`, `passkey` or `invitation`.
        """
        now, cookie = self.clock(), secrets.token_urlsafe(32)
        over = (col(WebSession.expires_at) <= now) | (col(WebSession.token_hash) == hash_of(self.token(request)))
        session.exec(delete(WebSession).where(over))
        browser = name_of_browser(request.headers.get("user-agent", ""))
        session.add(
            WebSession(
                token_hash=hash_of(cookie),
                person_id=person_id,
                began_at=now,
                expires_at=now + SESSION_LASTS,
                way=way,
                browser=browser,
            )
        )
        return cookie

    def keep(self, response: Response, cookie: str) -> Response:
        """Give a session's cookie to the browser with a response."""
        lasts = int(SESSION_LASTS.total_seconds())
        response.set_cookie(self.cookie, cookie, max_age=lasts, httponly=True, samesite="lax", secure=self.secure)
        return response


def hash_of(token: str) -> str:
    """Return what is kept of a random token."""
    return hashlib.sha256(token.encode()).hexdigest()


def create_person(session: Session, name: str, now: datetime) -> Person:
    """Add a person and return it with its id."""
    person = Person(name=name, created_at=now)
    session.add(person)
    session.flush()
    return person


def add_member(session: Session, person_id: int, organisation: str, role: str) -> None:
    """Give a person a role; giving it again changes it.

    Raises:
        UnknownRoleError: organisations of this kind have no such role.
    """
    check_role(organisation, role)
    session.merge(Membership(person_id=person_id, organisation=organisation, role=role))


def create_sign_in_link(session: Session, person_id: int, now: datetime) -> str:
    """Return the token of a fresh one-time link."""
    token = secrets.token_urlsafe(24)
    session.add(SignInLink(token_hash=hash_of(token), person_id=person_id, expires_at=now + LINK_LASTS))
    return token


def name_of_browser(agent: str) -> str:
    """Return what a session is recognised by in a list: the browser and the system, no versions."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return " · ".join(filter(None, (browser, system)))


def _use_link(people: People, request: Request, token: str) -> str:
    now = people.clock()
    unused = (col(SignInLink.used_at).is_(None), col(SignInLink.expires_at) > now)
    with people.database.write() as session:
        used = session.exec(update(SignInLink).where(col(SignInLink.token_hash) == hash_of(token), *unused).values(used_at=now))
        if used.rowcount != 1:
            raise LinkUsedError("this link works once, and for seven days")
        link = session.get_one(SignInLink, hash_of(token))
        return people.open_session(session, request, link.person_id, "link")


def check_own_site(request: Request) -> None:
    """Raise unless a page of this site sent the request, or the browser says nothing about it.

    Raises:
        FormTokenError: another site sent it.
    """
    if request.headers.get("sec-fetch-site", "none") not in _OWN_SITE:
        raise FormTokenError("another site sent this form; open the link yourself")


def router(people: People) -> APIRouter:
    """Return the addresses of signing in and out."""
    api = APIRouter(include_in_schema=False)

    @api.get("/sign-in")
    def explain(request: Request) -> Response:
        return people.pages.render(request, "sign-in.html", token="")

    @api.get("/sign-in/{token}")
    def show(request: Request, token: str) -> Response:
        return people.pages.render(request, "sign-in.html", token=token)

    @api.post("/sign-in/{token}")
    def use(request: Request, token: str) -> Response:
        check_own_site(request)
        cookie = _use_link(people, request, token)
        return people.keep(RedirectResponse(people.holder(cookie).begins, _SEE_OTHER), cookie)

    @api.post("/sign-out")
    def leave(request: Request, form: Annotated[str, Form(max_length=64)] = "") -> Response:
        people.acting(request, form)
        with people.database.write() as session:
            ended = col(WebSession.token_hash) == hash_of(people.token(request))
            session.exec(delete(WebSession).where(ended))
        response = RedirectResponse("/", _SEE_OTHER)
        response.delete_cookie(people.cookie, httponly=True, samesite="lax", secure=people.secure)
        return response

    return api
