"""The addresses of the conformance profile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from comity.conformance.issuers import SuiteIssuer
from comity.conformance.manifest import manifest
from comity.conformance.profile import VERIFIERS, ConformanceProfile
from comity.conformance.token_lists import coding
from credentials.errors import ProofVerificationError, VCError
from verifier.reports import in_words
from web.people import NotFoundError
from web.problems import PROBLEM_JSON, status_of
from web.strict_json import StrictJSONRoute


class Message(BaseModel):
    """Something that a suite sends; members that are not known are ignored."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True, strict=True)


class IssueOptions(Message):
    """Options of issuing."""

    mandatory_pointers: list[str] = Field(default_factory=list, alias="mandatoryPointers")
    statuses: list[dict[str, Any]] = Field(default_factory=list, alias="credentialStatus", max_length=4)


class IssueRequest(Message):
    """A credential to be secured."""

    credential: dict[str, Any]
    options: IssueOptions = Field(default_factory=IssueOptions)


class VerifyOptions(Message):
    """Options of verifying."""

    checks: list[str] = Field(default_factory=list)
    domain: str | None = None
    challenge: str | None = None


class VerifyRequest(Message):
    """A credential to be verified."""

    credential: dict[str, Any] = Field(alias="verifiableCredential")
    options: VerifyOptions = Field(default_factory=VerifyOptions)


class PresentationRequest(Message):
    """A presentation to be verified."""

    presentation: dict[str, Any] = Field(alias="verifiablePresentation")
    options: VerifyOptions = Field(default_factory=VerifyOptions)


class DeriveOptions(Message):
    """Options of deriving."""

    selective_pointers: list[str] = Field(default_factory=list, alias="selectivePointers")


class DeriveRequest(Message):
    """A credential with a base proof, to derive from."""

    credential: dict[str, Any] = Field(alias="verifiableCredential")
    options: DeriveOptions = Field(default_factory=DeriveOptions)


class StatusEntry(Message):
    """Which status is meant."""

    purpose: str = Field(alias="statusPurpose")


class StatusRequest(Message):
    """A status to be changed."""

    credential_id: str = Field(alias="credentialId")
    entry: StatusEntry = Field(alias="credentialStatus")
    status: bool | int


def router(profile: ConformanceProfile) -> APIRouter:
    """Return every address of the profile."""
    api = APIRouter(route_class=StrictJSONRoute, tags=["conformance"])

    @api.get("/.well-known/vc-conformance.json", summary="What suites are told of this implementation")
    def describe() -> JSONResponse:
        return JSONResponse(manifest(profile))

    _add_issuers(api, profile)
    _add_verifiers(api, profile)

    @api.post("/credentials/derive", status_code=201, summary="Derive a credential from a base proof")
    def derive(request: Request, message: DeriveRequest) -> Response:
        selective = message.options.selective_pointers
        return _answer(profile, request, lambda: {"verifiableCredential": profile.derive(message.credential, selective)})

    @api.get("/1.0/identifiers/{did:path}", summary="Resolve a DID")
    def resolve(did: str, request: Request) -> JSONResponse:
        result = profile.resolve(f"{did}?{request.url.query}" if request.url.query else did)
        ended = result["didDocumentMetadata"].get("deactivated", False)
        return JSONResponse(result, 200 if result["didDocument"] else 410 if ended else 400)

    return api


def _add_issuers(api: APIRouter, profile: ConformanceProfile) -> None:
    def issuer(name: str) -> SuiteIssuer:
        if name not in profile.issuers:
            raise NotFoundError("there is no such issuer")
        return profile.issuers[name]

    @api.post("/issuers/{name}/credentials/issue", status_code=201, summary="Secure a credential")
    def issue(name: str, request: Request, message: IssueRequest) -> Response:
        asked, issuing = message.options, issuer(name)
        secure = partial(issuing.issue, message.credential, asked.mandatory_pointers, asked.statuses)
        return _answer(profile, request, lambda: {"verifiableCredential": secure()})

    @api.post("/issuers/{name}/credentials/status", summary="Change a status")
    def change(name: str, request: Request, message: StatusRequest) -> Response:
        issuing = issuer(name)

        def work() -> dict[str, Any]:
            issuing.change_status(message.credential_id, message.entry.purpose, value=message.status)
            return {"credentialId": message.credential_id}

        return _answer(profile, request, work, 200)

    @api.get("/issuers/{name}/status/tokens", summary="A Token Status List, as a JWT or a CWT")
    def status_tokens(name: str, request: Request) -> Response:
        media_type, listing = coding(request.headers.get("accept", "")), issuer(name)
        try:
            return Response(listing.status_tokens(media_type), media_type=media_type, headers={"Vary": "Accept"})
        except VCError as error:
            return _refusal(profile, request, error, {})

    @api.get("/issuers/{name}/status/{listed}", summary="A status list")
    def status_list(name: str, listed: str, request: Request) -> Response:
        listing = issuer(name)
        return _answer(profile, request, lambda: listing.status_list(listed), 200)


def _add_verifiers(api: APIRouter, profile: ConformanceProfile) -> None:
    @api.post("/verifiers/{name}/credentials/verify", summary="Verify a credential")
    def verify(name: str, request: Request, message: VerifyRequest) -> Response:
        if name not in VERIFIERS:
            raise NotFoundError("there is no such verifier")
        asked = message.options
        return _reported(
            profile, request, lambda: profile.verify(name, message.credential, asked.checks, asked.domain, asked.challenge)
        )

    @api.post("/presentations/verify", summary="Verify a presentation")
    def verify_presentation(request: Request, message: PresentationRequest) -> Response:
        asked, presented = message.options, message.presentation
        return _reported(
            profile, request, lambda: profile.verify_presentation(presented, asked.checks, asked.domain, asked.challenge)
        )


def _answer(profile: ConformanceProfile, request: Request, work: Callable[[], Mapping[str, Any]], status: int = 201) -> Response:
    try:
        return JSONResponse(work(), status)
    except VCError as error:
        return _refusal(profile, request, error, {})


def _reported(profile: ConformanceProfile, request: Request, work: Callable[[], Mapping[str, Any]]) -> Response:
    """Return a report: 200 when everything passed, else a problem document that has the report in it."""
    try:
        report = work()
    except VCError as error:
        return _refusal(profile, request, error, {"verified": False})
    language = profile.pages.language(request)
    worded = in_words(profile.pages, language, report)
    if report["verified"]:
        return JSONResponse(worded, headers={"Content-Language": language})
    return _refusal(profile, request, ProofVerificationError("the credentials do not all verify"), worded | _first(worded))


def _first(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first problem of a report, or of those in it."""
    for found in (report, *report.get("credentialResults", [])):
        if found["problemDetails"]:
            return dict(found["problemDetails"][0])
    return {}


def _refusal(profile: ConformanceProfile, request: Request, error: VCError, more: Mapping[str, Any]) -> Response:
    """Return a problem document with 400 or 422, whatever was wrong: even where it lies outside, the input named it."""
    language = profile.pages.language(request)
    status = 422 if status_of(error, {}) == 422 else 400  # noqa: PLR2004  # the two that suites expect
    title = profile.pages.text(language, error.title if profile.pages.has(error.title) else "problem.malformed-value")
    document = {"type": error.type, "title": title, "detail": error.detail, "pointer": error.pointer, "status": status, **more}
    return JSONResponse(document, status, media_type=PROBLEM_JSON, headers={"Content-Language": language})
