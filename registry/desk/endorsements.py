"""Endorsements: what several parties are to certify, who has, and what two people of this state say."""

from __future__ import annotations

import json
from typing import Annotated, Final

from fastapi import APIRouter, File, Request, Response, UploadFile

from credentials.errors import MalformedValueError, VCError
from registry.awards import Award, award, awards, bring, check, counted, is_signed_here, put_away, take
from registry.cases import LONGEST, deciding_authority
from registry.desk.forms import TEXT, Form, Sent
from registry.desk.office import Office, acting, enter, room
from registry.giving import is_of_this_house
from registry.service import Registry
from web.people import NotFoundError
from web.roles import PREPARE

KIND: Final = "endorsement"
WITHDRAWAL: Final = "endorsement-withdrawal"
Given = Annotated[UploadFile | None, File()]


def router(registry: Registry) -> APIRouter:
    """Return the pages of endorsements."""
    pages = room()

    @pages.get("/endorsements")
    def listed(request: Request, code: str) -> Response:
        return _list(enter(registry, request, code), Sent({}), "")

    @pages.post("/endorsements")
    def hand_over(request: Request, code: str, sent: Form, file: Given = None) -> Response:
        office = acting(registry, request, code, sent, PREPARE)
        try:
            name = bring(registry, code, _content(file), sent.every("asked"))
        except VCError as error:
            return _list(office, sent, error.detail)
        return office.go("endorsements", name)

    _of_one(pages, registry)
    _of_its_files(pages, registry)
    return pages


def _of_one(pages: APIRouter, registry: Registry) -> None:
    @pages.get("/endorsements/{name}")
    def look(request: Request, code: str, name: str) -> Response:
        office = enter(registry, request, code)
        return _show(office, award(registry, name, code), Sent({}), "")

    @pages.post("/endorsements/{name}")
    def propose(request: Request, code: str, name: str, sent: Form) -> Response:
        office = acting(registry, request, code, sent, PREPARE)
        found = award(registry, name, code)
        try:
            if _proposal(office, found):
                raise MalformedValueError("an endorsement waits for a second person already")
            comment = sent.one("comment", TEXT)
            check(registry, found, code, comment)
        except VCError as error:
            return _show(office, found, sent, error.detail)
        return office.put_forward(KIND, {"award": name, "comment": comment}, name)

    @pages.post("/endorsements/{name}/withdraw")
    def take_back(request: Request, code: str, name: str, sent: Form) -> Response:
        office = acting(registry, request, code, sent, PREPARE)
        found, reason = award(registry, name, code), sent.one("reason")
        if not reason or not found.can_withdraw(code) or _proposal(office, found):
            wrong = "say why; what was withdrawn, or waits for a second person, is not withdrawn again"
            return _show(office, found, sent, wrong)
        return office.put_forward(WITHDRAWAL, {"award": name, "withdrawal": {"reason": reason}}, name)

    @pages.post("/endorsements/{name}/signed")
    def bring_back(request: Request, code: str, name: str, sent: Form, file: Given = None) -> Response:
        office = acting(registry, request, code, sent, PREPARE)
        try:
            take(registry, name, code, _content(file))
        except VCError as error:
            return _show(office, award(registry, name, code), sent, error.detail)
        return office.go("endorsements", name)


def _of_its_files(pages: APIRouter, registry: Registry) -> None:
    @pages.post("/endorsements/{name}/away")
    def away(request: Request, code: str, name: str, sent: Form) -> Response:
        office = acting(registry, request, code, sent, PREPARE)
        found = award(registry, name, code)
        if _proposal(office, found):
            return _show(office, found, sent, "an endorsement waits for a second person; withdraw it first")
        put_away(registry, name, code)
        return office.go("endorsements")

    @pages.get("/endorsements/{name}/{part}.json")
    def download(request: Request, code: str, name: str, part: str) -> Response:
        enter(registry, request, code)
        found = award(registry, name, code)
        document = found.certificate if part == "award" else found.endorsements.get(part)
        if document is None:
            raise NotFoundError("this party has not endorsed it here")
        file = "award" if part == "award" else f"endorsement-{part}"
        headers = {"Content-Disposition": f'attachment; filename="{file}.json"', "Cache-Control": "no-store"}
        return Response(json.dumps(document, ensure_ascii=False, indent=1), media_type="application/vc", headers=headers)


def _content(file: UploadFile | None) -> bytes:
    return file.file.read(LONGEST + 1) if file else b""


def _proposal(office: Office, found: Award) -> str:
    """Return the id of the proposal that waits about an award; empty where there is none."""
    listed = office.registry.approvals.listed(office.organisation, subject=found.id)
    return next((one.id for one in listed if one.kind in {KIND, WITHDRAWAL}), "")


def _authority(office: Office) -> tuple[str, bool, bool]:
    """Return the id of the state's authority that signs, whether its key lies here, and whether its DID is of this house.

    Where the state has none, the id is empty.
    """
    try:
        authority = deciding_authority(office.registry.bundle(), office.state.code)
        is_own = is_of_this_house(office.registry, authority)
        return authority.id, is_signed_here(office.registry, office.state.code), is_own
    except MalformedValueError:
        return "", False, False


def _list(office: Office, sent: Sent, wrong: str) -> Response:
    bundle = office.registry.bundle()
    return office.show(
        "endorsements",
        status=422 if wrong else 200,
        awards=awards(office.registry, office.state.code),
        others=[state for code, state in sorted(bundle.states.items()) if code != office.state.code],
        chosen=sent.every("asked"),
        terms=bundle.co_certification,
        wrong=wrong,
    )


def _show(office: Office, found: Award, sent: Sent, wrong: str) -> Response:
    registry, code, bundle = office.registry, office.state.code, office.registry.bundle()
    count = counted(registry, found)
    authority, here, is_own = _authority(office)
    by = {one.authority.state: one for one in count.endorsements} if count else {}
    return office.show(
        "endorsement",
        status=422 if wrong else 200,
        found=found,
        centre=bundle.issuers.get(found.centre),
        states=bundle.states,
        count=count,
        by=by,
        may=count is not None and code not in count.certified and not found.has_said(code),
        proposal=_proposal(office, found),
        here=here,
        authority=authority,
        is_own=is_own,
        sent=sent,
        wrong=wrong,
    )
