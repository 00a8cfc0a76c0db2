"""Who is at work for which issuer: asked anew by every page, answered with 404 for whoever has no part in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from issuer_api.documents import RIGHT_TO_LEFT
from issuer_api.errors import UnknownThingError
from issuer_api.names import language_of
from issuer_api.organisations import organisation
from issuer_api.programmes import programmes
from issuer_api.service import Issuer
from web.people import SignedIn
from web.roles import SIGN

_SEE_OTHER: Final = 303


@dataclass(frozen=True, slots=True)
class Said:
    """A text from data, with its language (empty for Latin letters of an unknown one) and direction."""

    text: str
    language: str
    direction: str


def said(text: str) -> Said:
    """Return a name with the language of its script."""
    language = language_of(text, "")
    return Said(text, language, "rtl" if language in RIGHT_TO_LEFT else "ltr")


@dataclass(frozen=True, slots=True)
class Visit:
    """A person at work for an issuer.

    Attributes:
        issuer: the house.
        request: what is asked.
        person: who asks.
        slug: for which issuer.
        record: that issuer's record.
    """

    issuer: Issuer
    request: Request
    person: SignedIn
    slug: str
    record: Mapping[str, Any]

    @property
    def by(self) -> str:
        """How the history names the person."""
        return self.person.name

    @property
    def acts(self) -> bool:
        """Whether the person may do more than look."""
        return self.person.may(self.slug, SIGN)

    @property
    def language(self) -> str:
        """The page's language."""
        return self.issuer.pages.language(self.request)

    def path(self, *steps: object) -> str:
        """Return an address below the issuer's own."""
        return "/".join(("/issuer", self.slug, *map(str, steps)))

    def show(self, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:  # noqa: ANN401
        """Return a page of the issuer's house."""
        kinds = {record["kind"] for record in programmes(self.issuer, self.slug)}
        return self.issuer.pages.render(
            self.request, f"issuer/{template}.html", status=status, visit=self, said=said, attests="work" in kinds, **context
        )

    def go(self, *steps: object, then: str = "") -> Response:
        """Return the answer that sends the browser to an address below the issuer's own."""
        return RedirectResponse(self.path(*steps) + then, _SEE_OTHER)


def visit(issuer: Issuer, request: Request, slug: str) -> Visit:
    """Return who asks and for which issuer.

    Raises:
        SignInNeededError: nobody is signed in.
        UnknownThingError: there is no such issuer, or this person has no part in it.
    """
    person = issuer.people.signed_in(request)
    if slug not in person.roles:
        raise UnknownThingError("there is nothing here for you")
    _, record = organisation(issuer, slug)
    return Visit(issuer, request, person, slug, record)


def acting(issuer: Issuer, request: Request, slug: str, form: str) -> Visit:
    """Return who sends a form, and for which issuer.

    Raises:
        FormTokenError: the form does not belong to the session.
        RoleError: this person only looks.
        VCError: as `visit`.
    """
    here = visit(issuer, request, slug)
    here.person.check_form(form)
    here.person.require(slug, SIGN)
    return here
