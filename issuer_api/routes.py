"""The addresses of the training centre's house: public documents, W3C VC-API, the product's own API, pages."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, File, Form, Header, Request, Response, UploadFile
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from issuer_api import delivery, pages
from issuer_api.cohorts import CohortReport, cohort_report, import_cohort
from issuer_api.direct import issue_document
from issuer_api.issuing import credential_json, issue_cohort, issue_work
from issuer_api.organisations import published_document
from issuer_api.programmes import define_programme, programmes
from issuer_api.service import Issuer
from issuer_api.status import StatusLists, set_status
from issuer_api.tokens import authorized

VC: str = "application/vc"
Key = Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=60)]


class IssueRequest(BaseModel):
    """VC-API: the credential to be issued."""

    model_config = ConfigDict(extra="ignore")
    credential: dict[str, Any]
    options: dict[str, Any] = Field(default_factory=dict)


class StatusUpdate(BaseModel):
    """One purpose of a credential's status."""

    status_purpose: str = Field(alias="statusPurpose", examples=["revocation"])
    status: bool = Field(examples=[True])
    reason: str = Field(default="status changed by API", max_length=200)


class StatusRequest(BaseModel):
    """VC-API: change a credential's status."""

    credential_id: str = Field(alias="credentialId", examples=["urn:uuid:2f7a0d5c-9d0e-8c1b-8a54-0f4d1be0c3a1"])
    credential_status: StatusUpdate = Field(alias="credentialStatus")


def router(issuer: Issuer) -> APIRouter:
    """Return every address of the house."""
    api = APIRouter()
    _add_public(api, issuer)
    _add_vc_api(api, issuer)
    _add_product_api(api, issuer)
    api.include_router(pages.router(issuer))
    return api


def _add_public(api: APIRouter, issuer: Issuer) -> None:
    lists = StatusLists(issuer)

    @api.get("/issuers/{slug}/did.json", tags=["public"])
    def did_document(slug: str) -> Response:
        """The issuer's DID document (did:web)."""
        return JSONResponse(published_document(issuer, slug), headers={"Cache-Control": "public, max-age=300"})

    @api.get("/status/{name}", tags=["public"])
    def status_list(request: Request, name: str) -> Response:
        """A signed Bitstring Status List credential."""
        found = lists.get(name)
        headers = {"ETag": found.etag, "Cache-Control": "public, max-age=60"}
        if request.headers.get("if-none-match") == found.etag:
            return Response(status_code=304, headers=headers)
        return Response(found.content, media_type=VC, headers=headers)

    @api.get("/L/{link_id}", include_in_schema=False)
    @api.get("/l/{link_id}", include_in_schema=False)
    def printed_code(request: Request, link_id: str) -> Response:
        if "text/html" in request.headers.get("accept", ""):
            return RedirectResponse(f"/verify?link={link_id.upper()[:13]}", 303)
        return Response(delivery.ciphertext_of(issuer, link_id), media_type="application/octet-stream")

    @api.get("/issuer/api/v1/claims/{code}", tags=["public"])
    def claimed(code: str) -> Response:
        """The secured credential behind a worker's claim code."""
        return Response(credential_json(issuer, *delivery.claimed_credential(issuer, code)), media_type=VC)


def _add_vc_api(api: APIRouter, issuer: Issuer) -> None:
    @api.post("/credentials/issue", status_code=201, tags=["VC-API"])
    def issue_credential(request: Request, message: IssueRequest) -> Response:
        """Secure a credential of the token's issuer (VC-API: issue)."""
        content = issue_document(issuer, authorized(issuer, request, "issue"), message.credential)
        return Response(b'{"verifiableCredential":' + content + b"}", 201, media_type="application/json")

    @api.post("/credentials/status", tags=["VC-API"])
    def change_status(request: Request, message: StatusRequest) -> dict[str, str]:
        """Revoke, suspend or reinstate a credential of the token's issuer (VC-API: update status)."""
        slug, change = authorized(issuer, request, "status"), message.credential_status
        set_status(issuer, slug, message.credential_id, change.status_purpose, value=change.status, reason=change.reason, by="API")
        return {"credentialId": message.credential_id}


def _report(report: CohortReport) -> dict[str, Any]:
    return {
        "id": report.id,
        "programme": report.programme,
        "file": report.file_name,
        "ready": len(report.ready),
        "rows": [
            {
                "row": row.number,
                "state": row.state or ("ready" if row.is_ready else "left-out" if row.left_out else "wrong"),
                "credential": row.credential,
                "problems": [
                    {"code": problem.code, "column": problem.column, "params": dict(problem.params), "warning": problem.is_warning}
                    for problem in row.problems
                ],
            }
            for row in report.rows
        ],
    }


def _add_product_api(api: APIRouter, issuer: Issuer) -> None:
    base = "/issuer/api/v1"

    @api.get(f"{base}/programmes", tags=["issuer"])
    def list_programmes(request: Request) -> list[dict[str, Any]]:
        """The programmes of the token's issuer."""
        return list(programmes(issuer, authorized(issuer, request, "read")))

    @api.post(f"{base}/programmes", status_code=201, tags=["issuer"])
    def define(request: Request, record: Annotated[dict[str, Any], Body()]) -> dict[str, str]:
        """Define a programme; the same again changes nothing."""
        return {"id": define_programme(issuer, authorized(issuer, request, "issue"), record)}

    @api.post(f"{base}/cohorts", status_code=201, tags=["issuer"])
    def bring(request: Request, programme: Annotated[str, Form()], file: Annotated[UploadFile, File()]) -> dict[str, Any]:
        """Bring a class's list (CSV); answers with every row's problems."""
        slug = authorized(issuer, request, "issue")
        return _report(import_cohort(issuer, slug, programme, file.file.read(), file.filename or "list.csv"))

    @api.get(f"{base}/cohorts/{{cohort}}", tags=["issuer"])
    def show(request: Request, cohort: str) -> dict[str, Any]:
        """A class and its rows as they are now."""
        return _report(cohort_report(issuer, authorized(issuer, request, "read"), cohort))

    @api.post(f"{base}/cohorts/{{cohort}}/issue", tags=["issuer"])
    def issue_class(request: Request, cohort: str) -> dict[str, Any]:
        """Issue every ready row; asking again issues nothing twice."""
        return {"credentials": issue_cohort(issuer, authorized(issuer, request, "issue"), cohort)}

    @api.post(f"{base}/work", status_code=201, tags=["issuer"])
    def attest(request: Request, form: str, key: Key, attestation: Annotated[dict[str, Any], Body()]) -> Response:
        """Attest work with a form of the token's issuer."""
        slug = authorized(issuer, request, "issue")
        return Response(issue_work(issuer, slug, form, attestation, f"api:{key}"), 201, media_type=VC)

    @api.get(f"{base}/credentials/{{credential}}", tags=["issuer"])
    def read(request: Request, credential: str) -> Response:
        """The secured bytes of a credential, exactly as they were signed."""
        return Response(credential_json(issuer, authorized(issuer, request, "read"), credential), media_type=VC)
