"""Certificates: find one by name, see it, hold it, release it, withdraw it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request, Response

from credentials.parsing import parse_json
from issuer_api.cohorts import cohort_report, names_of
from issuer_api.correcting import asked_for
from issuer_api.delivery import DELIVERED, claim_url
from issuer_api.errors import UnknownThingError
from issuer_api.handovers import PRINTED, hand_over, handovers_of
from issuer_api.issuing import credential_json, find_issued
from issuer_api.names import parts
from issuer_api.notices import notices_of
from issuer_api.paper import certificate_pdf, paper_of, picture
from issuer_api.paper_cards import cards_pdf
from issuer_api.programmes import programme_version
from issuer_api.replacing import corrected_by
from issuer_api.service import Issuer
from issuer_api.signing_pages import PDF
from issuer_api.standing import standings
from issuer_api.status import set_status, status_changes
from issuer_api.status_acts import ACTS, FROM, TO, asked_fields, reason_kept, reason_read, wrong_fields
from issuer_api.subjects import MOST_FOUND, Found, search
from issuer_api.visiting import Said, Visit, acting, said, visit

Token = Annotated[str, Form(max_length=64)]
UUID: Final = "urn:uuid:"


def router(issuer: Issuer) -> APIRouter:
    """Return the pages of certificates."""
    api = APIRouter(include_in_schema=False)
    _add_finding(api, issuer)
    _add_certificate(api, issuer)
    _add_status(api, issuer)
    return api


@dataclass(frozen=True, slots=True)
class Hit:
    """A person that was found.

    Attributes:
        names: as given.
        certificate: its id without prefix; empty while it is not signed.
        standing: what holds of it.
        place: `class`, or `work` or `program` for a certificate that belongs to no class.
        cohort: the class, or empty.
        row: the line in its list.
    """

    names: tuple[Said, ...]
    certificate: str
    standing: str
    place: str
    cohort: str = ""
    row: int = 0


def _add_finding(api: APIRouter, issuer: Issuer) -> None:
    @api.get("/issuer/{slug}/certificates")
    def find(request: Request, slug: str, name: str = "") -> Response:
        here = visit(issuer, request, slug)
        asked = bool(parts(name))
        found = search(issuer, slug, name) if asked else ()
        return here.show("certificates", name=name, asked=asked, hits=_hits(here, found), most=MOST_FOUND)


def _hits(here: Visit, found: Sequence[Found]) -> tuple[Hit, ...]:
    issuer, slug = here.issuer, here.slug
    standing = standings(issuer, slug, tuple(one.credential for one in found if one.credential and one.state == DELIVERED))
    reports = {cohort: cohort_report(issuer, slug, cohort) for cohort in {one.cohort for one in found if one.cohort}}
    cells = {(cohort, row.number): row.cells for cohort, report in reports.items() for row in report.rows}

    def hit(one: Found) -> Hit:
        signed = one.credential if one.credential in standing else None
        certificate, holds = (signed.removeprefix(UUID), standing[signed]) if signed else ("", "")
        if one.cohort and one.row:
            names = tuple(map(said, names_of(cells[one.cohort, one.row])))
            return Hit(names, certificate, holds, "class", one.cohort, one.row)
        document = _document(here, str(one.credential))
        work = "workExperience" in document["credentialSubject"]
        return Hit(tuple(map(said, _names_in(document))), certificate, holds, "work" if work else "program")

    return tuple(hit(one) for one in found if one.cohort or one.credential in standing)


def _document(here: Visit, credential: str) -> dict[str, Any]:
    document: dict[str, Any] = parse_json(credential_json(here.issuer, here.slug, credential))
    return document


def _names_in(document: dict[str, Any]) -> tuple[str, ...]:
    return tuple(entry["@value"] for entry in document["credentialSubject"]["name"])


def _add_certificate(api: APIRouter, issuer: Issuer) -> None:
    base = "/issuer/{slug}/certificates/{uuid}"

    @api.get(base)
    def show(request: Request, slug: str, uuid: str, done: str = "") -> Response:
        here = visit(issuer, request, slug)
        context = _certificate(here, uuid)
        is_so = done in ("signed", "corrected") or TO.get(done) == context["standing"]
        return here.show("certificate", **context, done=done if is_so else "")

    @api.get(base + "/certificate.pdf")
    def page(request: Request, slug: str, uuid: str) -> Response:
        visit(issuer, request, slug)
        headers = {"Content-Disposition": f'inline; filename="{uuid[:36]}.pdf"'}
        paper = certificate_pdf(issuer, slug, UUID + uuid)
        hand_over(issuer, slug, [UUID + uuid], PRINTED)
        return Response(paper, media_type=PDF, headers=headers)

    @api.get(base + "/card.pdf")
    def card(request: Request, slug: str, uuid: str) -> Response:
        visit(issuer, request, slug)
        headers = {"Content-Disposition": f'inline; filename="{uuid[:36]}-card.pdf"'}
        paper = cards_pdf(issuer, slug, [UUID + uuid])
        hand_over(issuer, slug, [UUID + uuid], PRINTED)
        return Response(paper, media_type=PDF, headers=headers)

    @api.get(base + "/certificate.png")
    def show_picture(request: Request, slug: str, uuid: str) -> Response:
        visit(issuer, request, slug)
        return Response(picture(paper_of(issuer, slug, UUID + uuid), issuer.fonts), media_type="image/png")

    @api.get(base + "/certificate.json")
    def file(request: Request, slug: str, uuid: str) -> Response:
        visit(issuer, request, slug)
        headers = {"Content-Disposition": f'attachment; filename="{uuid[:36]}.json"'}
        return Response(credential_json(issuer, slug, UUID + uuid), media_type="application/vc", headers=headers)


def _certificate(here: Visit, uuid: str) -> dict[str, Any]:
    """Return what a page says of a certificate; once its person was erased, only what is no personal data."""
    credential = UUID + uuid
    row, subject = find_issued(here.issuer, here.slug, credential)
    changes = status_changes(here.issuer, here.slug, credential)
    _, course = programme_version(here.issuer, here.slug, row.programme, row.programme_version)
    return {
        "uuid": uuid,
        "issued": row,
        "course": course,
        "standing": standings(here.issuer, here.slug, (credential,))[credential],
        "changes": [(change, *reason_read(change.reason)) for change in reversed(changes)],
        "replaced_by": corrected_by(here.issuer, credential),
        "handovers": handovers_of(here.issuer, credential),
        "notices": notices_of(here.issuer, here.slug, credential),
        "sends_mails": here.issuer.post is not None,
        "correction": asked_for(here.issuer, here.slug, credential),
        "document": _document(here, credential) if row.state == DELIVERED else None,
        "claim": claim_url(here.issuer, credential, subject) if row.state == DELIVERED else "",
    }


def _add_status(api: APIRouter, issuer: Issuer) -> None:
    @api.get("/issuer/{slug}/certificates/{uuid}/{act}")
    def ask(request: Request, slug: str, uuid: str, act: str) -> Response:
        return _ask_page(visit(issuer, request, slug), uuid, act)

    @api.post("/issuer/{slug}/certificates/{uuid}/{act}")
    def change(
        request: Request,
        slug: str,
        uuid: str,
        act: str,
        reason: Annotated[str, Form()] = "",
        words: Annotated[str, Form()] = "",
        sure: Annotated[str, Form()] = "",
        quiet: Annotated[str, Form()] = "",
        form: Token = "",
    ) -> Response:
        here = acting(issuer, request, slug, form)
        words = " ".join(words.split())
        typed = {"reason": reason, "words": words, "sure": bool(sure), "quiet": bool(quiet)}
        wrong = wrong_fields(act, reason, words, sure=bool(sure))
        if wrong:
            return _ask_page(here, uuid, act, wrong=wrong, **typed)
        find_issued(issuer, slug, UUID + uuid)
        if standings(issuer, slug, (UUID + uuid,))[UUID + uuid] not in FROM[act]:
            return here.go("certificates", uuid)
        purpose, value = ACTS[act]
        kept = reason_kept(reason, words)
        set_status(issuer, slug, UUID + uuid, purpose, value=value, reason=kept, by=here.by, tell=not quiet)
        return here.go("certificates", uuid, then=f"?done={act}#said")


def _ask_page(here: Visit, uuid: str, act: str, *, wrong: tuple[str, ...] = (), **typed: Any) -> Response:  # noqa: ANN401  # what was typed
    if act not in ACTS:
        raise UnknownThingError("there is no such act")
    context = _certificate(here, uuid)
    if context["standing"] not in FROM[act]:
        return here.go("certificates", uuid)
    context |= asked_fields(act, wrong, typed)
    return here.show("status", status=422 if wrong else 200, **context)
