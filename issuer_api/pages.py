"""The registrar's pages: her issuers, what waits for her at one of them, and what was done there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from issuer_api import (
    asked_pages,
    bringing_pages,
    certificate_pages,
    class_pages,
    classroom_pages,
    correction_pages,
    design_pages,
    figures_pages,
    handing_out,
    history_pages,
    mail_pages,
    notice_pages,
    prior_pages,
    programme_pages,
    second_person_pages,
    signing_pages,
    template_pages,
    work_asking_pages,
    work_collecting_pages,
    work_pages,
)
from issuer_api.asked_corrections import count_waiting
from issuer_api.certified_keys import near_their_end
from issuer_api.correcting import open_corrections
from issuer_api.notices import count_not_reached
from issuer_api.organisations import organisation, slugs
from issuer_api.overview import ClassCount, certificate_count, class_counts
from issuer_api.programmes import programmes
from issuer_api.second_person import open_proposals
from issuer_api.service import Issuer
from issuer_api.signing import Progress, Signing
from issuer_api.signing_pages import Sizes
from issuer_api.visiting import visit
from issuer_api.work_collecting import waiting_answers
from web.approval_steps import SENT_BACK
from web.approvals import Proposed
from web.joining import join
from web.people import SignedIn
from web.roles import APPROVE

_SEE_OTHER: Final = 303
_RECENT: Final = 5
_CLASS_ACTS: Final = frozenset(
    {
        "list-brought",
        "row-changed",
        "row-left-out",
        "row-taken-in",
        "row-kept",
        "class-approved",
        "signing-begun",
        "signing-ended",
        "links-mailed",
        "class-opened",
        "classroom-opened",
        "classroom-closed",
        "request-taken",
        "request-refused",
    }
)
_KNOWN_ACTS: Final = _CLASS_ACTS | {
    "issuer-created",
    "key-made",
    "key-retired",
    "key-compromised",
    "programme-defined",
    "logo-brought",
    "columns-chosen",
    "columns-forgotten",
    "second-person-on",
    "second-person-off",
    "certificate-corrected",
    "certificate-fetched",
    "certificate-offered",
    "credential-issued",
    "correction-approved",
    "correction-requested",
    "correction-answered",
    "correction-asked-back",
    "correction-refused",
    "revocation-set",
    "suspension-set",
    "suspension-ended",
    "person-erased",
    "token-created",
    "token-revoked",
    "webhook-added",
    "webhook-removed",
    "work-asked",
    "work-answered",
    "work-declined",
    "work-refused",
}
"""Acts that the pages have words for; another one is shown by its name."""


@dataclass(frozen=True, slots=True)
class Task:
    """What waits: `running`, `stopped`, `approve`, `sent-back`, `wrong`, `ready` or `asked` (others are), and of which class."""

    kind: str
    of: ClassCount
    progress: Progress


def router(issuer: Issuer, sizes: Sizes = Sizes()) -> APIRouter:  # noqa: B008  # frozen
    """Return the pages."""
    signing = Signing(issuer)
    api = APIRouter()
    _add_front(api, issuer, signing)
    join(
        api,
        template_pages.router(issuer),
        bringing_pages.router(issuer),
        class_pages.router(issuer, signing),
        signing_pages.router(issuer, signing, sizes),
        second_person_pages.router(issuer),
        handing_out.router(issuer, sizes),
        history_pages.router(issuer, _KNOWN_ACTS, _CLASS_ACTS),
        mail_pages.router(issuer),
        notice_pages.router(issuer),
        correction_pages.router(issuer),
        asked_pages.router(issuer),
        certificate_pages.router(issuer),
        prior_pages.router(issuer),
        programme_pages.router(issuer),
        design_pages.router(issuer),
        classroom_pages.router(issuer),
        figures_pages.router(issuer),
        work_pages.router(issuer),
        work_collecting_pages.router(issuer),
        work_asking_pages.router(issuer),
    )
    return api


def _add_front(api: APIRouter, issuer: Issuer, signing: Signing) -> None:
    @api.get("/issuer", include_in_schema=False)
    def choose(request: Request) -> Response:
        person = issuer.people.signed_in(request)
        mine = [slug for slug in slugs(issuer) if slug in person.roles]
        if len(mine) == 1:
            return RedirectResponse(f"/issuer/{mine[0]}", _SEE_OTHER)
        houses = [(slug, organisation(issuer, slug)[1], _tasks(issuer, signing, slug, person)) for slug in mine]
        return issuer.pages.render(request, "issuer/choose.html", houses=houses)

    @api.get("/issuer/{slug}", include_in_schema=False)
    def home(request: Request, slug: str) -> Response:
        here = visit(issuer, request, slug)
        classes = class_counts(issuer, slug)
        return here.show(
            "home",
            tasks=_tasks(issuer, signing, slug, here.person, classes),
            lost_notices=count_not_reached(issuer, slug),
            corrections=[(_next_step(one.proposed, here.person, slug), one) for one in open_corrections(issuer, slug)],
            classes=classes[:_RECENT],
            more_classes=len(classes) > _RECENT,
            programmes=programmes(issuer, slug),
            certificates=certificate_count(issuer, slug),
            asked=count_waiting(issuer, slug),
            answers=waiting_answers(issuer, slug),
            ending=near_their_end(issuer, slug),
        )


def _tasks(
    issuer: Issuer, signing: Signing, slug: str, person: SignedIn, classes: tuple[ClassCount, ...] | None = None
) -> tuple[Task, ...]:
    """Return what waits for a person, what is on its way first."""
    order = ("running", "stopped", "approve", "sent-back", "wrong", "ready", "asked")
    counts = classes if classes is not None else class_counts(issuer, slug)
    asked = open_proposals(issuer, slug)
    found = [
        Task(kind, one, progress)
        for one in counts
        for kind, progress in _waiting(signing, slug, one, _next_step(asked.get(one.id), person, slug))
    ]
    return tuple(sorted(found, key=lambda task: order.index(task.kind)))


def _next_step(proposed: Proposed | None, person: SignedIn, slug: str) -> str:
    """Return what is to be done next with rows that are ready."""
    if proposed is None:
        return "ready"
    if proposed.state == SENT_BACK:
        return "sent-back"
    return "approve" if person.may(slug, APPROVE) and person.id not in proposed.authors else "asked"


def _waiting(signing: Signing, slug: str, one: ClassCount, ready: str) -> list[tuple[str, Progress]]:
    progress = signing.progress(slug, one.id, one.signed, one.signed + one.waiting)
    kinds = [progress.state] if progress.state in ("running", "stopped") else [ready] if one.waiting else []
    return [(kind, progress) for kind in (*kinds, *(("wrong",) if one.wrong else ()))]
