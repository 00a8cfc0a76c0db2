"""The product's own API: programmes, classes, certificates, persons, tokens, history; each for the token's issuer alone."""

from datetime import date
from typing import Annotated, Any, Final, TypeAlias

from fastapi import APIRouter, Body, Depends, File, Form, Header, Query, Response, UploadFile

from issuer_api import cohorts, history, issuing, programmes, row_repair, status, subjects, tokens
from issuer_api.archive import archive
from issuer_api.class_messages import ApprovalNow, CohortEntry, CohortNow, IssuedClass, RowChange
from issuer_api.delivery import claim_url, link_of
from issuer_api.designs import check_design
from issuer_api.handovers import PRINTED, hand_over
from issuer_api.messages import (
    ATTESTATION,
    PROGRAMME,
    VC,
    ActEntry,
    Defined,
    Links,
    PersonFound,
    SearchRequest,
    StatusChanged,
    TokenEntry,
)
from issuer_api.paper import certificate_pdf
from issuer_api.paper_cards import cards_pdf
from issuer_api.second_person import approval_of
from issuer_api.service import Issuer
from issuer_api.stages import stages_of
from issuer_api.tokens import Caller, needs
from web.openapi import Answers, problems
from web.strict_json import StrictJSONRoute

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=60,
        description="the same key with the same request gives what was issued then",
        examples=["2026-11-23-0007"],
    ),
]
_SECURED: Final = {"content": {VC: {}}, "description": "the secured credential, byte for byte"}
_ARCHIVED: Final[Answers] = {200: {"content": {"application/json": {}}, "description": "credential, anchor and checkpoint"}}
_READ: Final[Answers] = {200: _SECURED}
_ATTESTED: Final[Answers] = {201: _SECURED}
_PRINTED: Final[Answers] = {200: {"content": {"application/pdf": {}}, "description": "one A4 page, PDF/A-3"}}


def router(issuer: Issuer) -> APIRouter:
    """Return the addresses of the API."""
    api = APIRouter(prefix="/issuer/api/v1", tags=["issuer"], route_class=StrictJSONRoute, responses=problems(422))
    _add_programmes(api, issuer)
    _add_classes(api, issuer)
    _add_certificates(api, issuer)
    _add_persons(api, issuer)
    _add_tokens_and_history(api, issuer)
    return api


def _add_programmes(api: APIRouter, issuer: Issuer) -> None:
    Reading: TypeAlias = Annotated[Caller, Depends(needs(issuer, "read"))]
    Issuing: TypeAlias = Annotated[Caller, Depends(needs(issuer, "issue"))]

    @api.get("/programmes", summary="The programmes and forms of the token's issuer", responses=problems(401, 403))
    def list_programmes(caller: Reading) -> list[dict[str, Any]]:
        return list(programmes.programmes(issuer, caller.slug))

    @api.post(
        "/programmes",
        status_code=201,
        summary="Define a programme or its next version",
        responses=problems(400, 401, 403, 409, 413, 422),
    )
    def define(caller: Issuing, record: Annotated[dict[str, Any], Body(examples=[PROGRAMME])]) -> Defined:
        """Define a programme; the same again changes nothing, and what was issued keeps the version that it was issued with."""
        return Defined(id=programmes.define_programme(issuer, caller.slug, record, by=caller.by, check=check_design))

    @api.get("/programmes/{programme}", summary="One programme, its newest version", responses=problems(401, 403, 404))
    def show_programme(caller: Reading, programme: str) -> dict[str, Any]:
        return programmes.programme(issuer, caller.slug, programme)


def _add_classes(api: APIRouter, issuer: Issuer) -> None:
    Reading: TypeAlias = Annotated[Caller, Depends(needs(issuer, "read"))]
    Issuing: TypeAlias = Annotated[Caller, Depends(needs(issuer, "issue"))]

    @api.get("/cohorts", summary="The classes of the token's issuer, the newest first", responses=problems(401, 403))
    def list_classes(caller: Reading) -> list[CohortEntry]:
        return [CohortEntry.of(cohort) for cohort in cohorts.cohorts(issuer, caller.slug)]

    @api.post("/cohorts", status_code=201, summary="Bring a class's list (CSV)", responses=problems(401, 403, 404, 413, 422))
    def bring(
        caller: Issuing,
        programme: Annotated[str, Form(max_length=64, examples=["caregiving-nc2"])],
        file: Annotated[
            UploadFile, File(description="CSV in UTF-8 with the columns name and awarded_on", examples=["class-7.csv"])
        ],
    ) -> CohortNow:
        """Bring a list and learn every row's problems; the same file again gives the class that is there."""
        name = file.filename or "list.csv"
        report = cohorts.import_cohort(issuer, caller.slug, programme, file.file.read(), name, by=caller.by)
        return CohortNow.of(report, stages_of(issuer, report))

    @api.get("/cohorts/{cohort}", summary="A class and its rows as they are now", responses=problems(401, 403, 404))
    def show_class(
        caller: Reading,
        cohort: str,
        stage: Annotated[str, Query(max_length=20, description="only the rows of this stage", examples=["issued"])] = "",
    ) -> CohortNow:
        report = cohorts.cohort_report(issuer, caller.slug, cohort)
        return CohortNow.of(report, stages_of(issuer, report), stage)

    @api.get("/cohorts/{cohort}/approval", summary="Whether somebody else has approved a class", responses=problems(401, 403, 404))
    def show_approval(caller: Reading, cohort: str) -> ApprovalNow:
        return ApprovalNow.of(approval_of(issuer, caller.slug, cohorts.cohort_report(issuer, caller.slug, cohort)))

    @api.patch(
        "/cohorts/{cohort}/rows/{row}",
        summary="Change a row, leave it out or take it in",
        responses=problems(400, 401, 403, 404, 409, 410, 413, 422),
    )
    def change_row(caller: Issuing, cohort: str, row: int, change: RowChange) -> CohortNow:
        """Put right a row that has no certificate yet; all rows are checked again."""
        if change.cells:
            row_repair.repair_row(issuer, caller.slug, cohort, row, change.cells, by=caller.by, seen=change.version)
        if change.left_out is not None:
            row_repair.leave_out(issuer, caller.slug, cohort, row, left_out=change.left_out, by=caller.by)
        report = cohorts.cohort_report(issuer, caller.slug, cohort)
        return CohortNow.of(report, stages_of(issuer, report))

    @api.post("/cohorts/{cohort}/issue", summary="Issue every ready row of a class", responses=problems(401, 403, 404, 409, 422))
    def issue_class(caller: Issuing, cohort: str) -> IssuedClass:
        """Issue a class; asking again issues nothing twice, and goes on where an earlier attempt ended."""
        return IssuedClass(credentials=list(issuing.issue_cohort(issuer, caller.slug, cohort, by=caller.by)))


def _add_certificates(api: APIRouter, issuer: Issuer) -> None:
    Reading: TypeAlias = Annotated[Caller, Depends(needs(issuer, "read"))]
    Issuing: TypeAlias = Annotated[Caller, Depends(needs(issuer, "issue"))]

    @api.post(
        "/work",
        status_code=201,
        summary="Attest work with a form of the token's issuer",
        responses=_ATTESTED | problems(400, 401, 403, 404, 409, 410, 413, 422),
    )
    def attest(
        caller: Issuing,
        form: Annotated[str, Query(max_length=64, examples=["work-experience"])],
        key: Key,
        attestation: Annotated[dict[str, Any], Body(examples=[ATTESTATION])],
    ) -> Response:
        """Attest a person's work; answers with the secured credential."""
        return Response(issuing.issue_work(issuer, caller.slug, form, attestation, key, by=caller.by), 201, media_type=VC)

    @api.get(
        "/credentials/{credential}",
        summary="A credential's secured bytes, exactly as they were signed",
        responses=_READ | problems(401, 403, 404, 410),
    )
    def read(caller: Reading, credential: str) -> Response:
        return Response(issuing.credential_json(issuer, caller.slug, credential), media_type=VC)

    @api.get(
        "/credentials/{credential}/archive",
        summary="A credential's archive form: with its place in the issuance log",
        responses=_ARCHIVED | problems(401, 403, 404, 410),
    )
    def archived(caller: Reading, credential: str) -> Response:
        return Response(archive(issuer, caller.slug, credential), media_type="application/json")

    @api.get(
        "/credentials/{credential}/certificate.pdf",
        summary="The printable certificate",
        responses=_PRINTED | problems(401, 403, 404, 410),
    )
    def printed(caller: Reading, credential: str) -> Response:
        paper = certificate_pdf(issuer, caller.slug, credential)
        hand_over(issuer, caller.slug, [credential], PRINTED)
        return Response(paper, media_type="application/pdf")

    @api.get(
        "/credentials/{credential}/card.pdf",
        summary="The printable card for a wallet",
        responses=_PRINTED | problems(401, 403, 404, 410),
    )
    def printed_card(caller: Reading, credential: str) -> Response:
        paper = cards_pdf(issuer, caller.slug, [credential])
        hand_over(issuer, caller.slug, [credential], PRINTED)
        return Response(paper, media_type="application/pdf")

    @api.get("/credentials/{credential}/links", summary="Claim link and printed code", responses=problems(401, 403, 404, 410))
    def links(caller: Reading, credential: str) -> Links:
        _, subject = issuing.find_issued(issuer, caller.slug, credential)
        printed_code = str(link_of(issuer, credential, subject))
        return Links(claim=claim_url(issuer, credential, subject), printed_code=printed_code)

    @api.get("/credentials/{credential}/status", summary="What was done to its status", responses=problems(401, 403, 404))
    def changes(caller: Reading, credential: str) -> list[StatusChanged]:
        return [StatusChanged.of(change) for change in status.status_changes(issuer, caller.slug, credential)]


def _add_persons(api: APIRouter, issuer: Issuer) -> None:
    Reading: TypeAlias = Annotated[Caller, Depends(needs(issuer, "read"))]
    Erasing: TypeAlias = Annotated[Caller, Depends(needs(issuer, "erase"))]

    @api.post("/people/search", summary="Find persons by parts of a name", responses=problems(400, 401, 403, 413, 422))
    def search(caller: Reading, asked: SearchRequest) -> list[PersonFound]:
        return [PersonFound.of(found) for found in subjects.search(issuer, caller.slug, asked.name)]

    @api.delete("/people/{person}", status_code=204, summary="Erase a person's data", responses=problems(401, 403, 404))
    def erase(caller: Erasing, person: str) -> None:
        """Destroy the person's key: what was sealed under it is unreadable for good. The certificate stays good."""
        subjects.erase_person(issuer, caller.slug, person, by=caller.by)


def _add_tokens_and_history(api: APIRouter, issuer: Issuer) -> None:
    Reading: TypeAlias = Annotated[Caller, Depends(needs(issuer, "read"))]
    Keeping: TypeAlias = Annotated[Caller, Depends(needs(issuer, "tokens"))]

    @api.get("/tokens", summary="The API tokens of the token's issuer", responses=problems(401, 403))
    def list_tokens(caller: Keeping) -> list[TokenEntry]:
        return [TokenEntry.of(token) for token in tokens.list_tokens(issuer, caller.slug)]

    @api.delete("/tokens/{token}", status_code=204, summary="Revoke an API token", responses=problems(401, 403, 404))
    def revoke_token(caller: Keeping, token: str) -> None:
        tokens.revoke_token(issuer, caller.slug, token, by=caller.by)

    @api.get("/history", summary="Who did what, the newest first", responses=problems(401, 403, 422))
    def acts(
        caller: Reading,
        before: Annotated[int | None, Query(description="the last id of an earlier page", examples=[41])] = None,
        most: Annotated[int, Query(ge=1, le=history.MOST)] = 100,
        by: Annotated[str, Query(max_length=200, description="only what this person or token did")] = "",
        action: Annotated[str, Query(max_length=40, description="only acts of this kind", examples=["list-brought"])] = "",
        cohort: Annotated[str, Query(max_length=26, description="only what was done to a class and its certificates")] = "",
        since: Annotated[date | None, Query(description="from this day on, in UTC")] = None,
        until: Annotated[date | None, Query(description="up to this day and with it, in UTC")] = None,
    ) -> list[ActEntry]:
        wanted = history.Wanted(by, action, cohort, since, until)
        return [ActEntry.of(act) for act in history.history(issuer, caller.slug, wanted, before=before, most=most)]
