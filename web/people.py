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
from web.tables import Membership, Person, SignInLink, WebSession

LINK_LASTS: Final = timedelta(days=7)
SESSION_LASTS: Final = timedelta(hours=12)
_SEE_OTHER: Final = 303
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
        token = request.cookies.get(self.cookie, "")
        with self.database.session() as session:
            row = session.get(WebSession, _hash(token))
            if row is None or row.expires_at <= self.clock():
                raise SignInNeededError("sign in first")
            person = session.get_one(Person, row.person_id)
            memberships = session.exec(select(Membership).where(Membership.person_id == row.person_id)).all()
        found = SignedIn(
            row.person_id,
            person.name,
            {entry.organisation: entry.role for entry in memberships},
            _hash(f"form {token}")[:32],
        )
        request.state.person = found
        return found


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def create_person(session: Session, name: str, now: datetime) -> Person:
    """Add a person and return it with its id."""
    person = Person(name=name, created_at=now)
    session.add(person)
    session.flush()
    return person


def add_member(session: Session, person_id: int, organisation: str, role: str) -> None:
    """Give a person a role; giving it again changes it."""
    session.merge(Membership(person_id=person_id, organisation=organisation, role=role))


def create_sign_in_link(session: Session, person_id: int, now: datetime) -> str:
    """Return the token of a fresh one-time link."""
    token = secrets.token_urlsafe(24)
    session.add(SignInLink(token_hash=_hash(token), person_id=person_id, expires_at=now + LINK_LASTS))
    return token


def _open_session(people: People, token: str, earlier: str) -> str:
    now, cookie = people.clock(), secrets.token_urlsafe(32)
    ends = now + SESSION_LASTS
    unused = (col(SignInLink.used_at).is_(None), col(SignInLink.expires_at) > now)
    with people.database.write() as session:
        used = session.exec(update(SignInLink).where(col(SignInLink.token_hash) == _hash(token), *unused).values(used_at=now))
        if used.rowcount != 1:
            raise LinkUsedError("this link works once, and for seven days")
        link = session.get_one(SignInLink, _hash(token))
        session.add(WebSession(token_hash=_hash(cookie), person_id=link.person_id, expires_at=ends))
        over = (col(WebSession.expires_at) <= now) | (col(WebSession.token_hash) == _hash(earlier))
        session.exec(delete(WebSession).where(over))
    return cookie


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
        if request.headers.get("sec-fetch-site", "none") not in _OWN_SITE:
            raise FormTokenError("another site sent this form; open the link yourself")
        cookie = _open_session(people, token, request.cookies.get(people.cookie, ""))
        response = RedirectResponse("/issuer", _SEE_OTHER)
        lasts = int(SESSION_LASTS.total_seconds())
        response.set_cookie(people.cookie, cookie, max_age=lasts, httponly=True, samesite="lax", secure=people.secure)
        return response

    @api.post("/sign-out")
    def leave(request: Request, form: Annotated[str, Form(max_length=64)] = "") -> Response:
        people.signed_in(request).check_form(form)
        with people.database.write() as session:
            ended = col(WebSession.token_hash) == _hash(request.cookies.get(people.cookie, ""))
            session.exec(delete(WebSession).where(ended))
        response = RedirectResponse("/", _SEE_OTHER)
        response.delete_cookie(people.cookie, httponly=True, samesite="lax", secure=people.secure)
        return response

    return api
