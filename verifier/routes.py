"""The addresses of the employer's house: W3C VC-API, the product's own API, pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

import schemas
from credentials import rdf
from credentials.verify import CHECKS, VerificationOptions, verify_credential
from verifier import many_routes, offline, pages, receipt_pages
from verifier.assessing import assess
from verifier.links import credential_in, papers_in
from verifier.presentations import verify_presentation
from verifier.reports import in_words
from verifier.service import Verifier
from web.joining import join
from web.openapi import Answers, problems
from web.strict_json import StrictJSONRoute

_NOT_VERIFIED = 400
CREDENTIAL: Final[Mapping[str, Any]] = {
    "@context": [schemas.CREDENTIALS_V2],
    "type": ["VerifiableCredential"],
    "issuer": "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
    "credentialSubject": {"id": "urn:example:subject"},
    "proof": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "proofValue": "z…"},
}
PRESENTATION: Final[Mapping[str, Any]] = {
    "@context": [schemas.CREDENTIALS_V2],
    "type": ["VerifiablePresentation"],
    "verifiableCredential": [CREDENTIAL],
}
_REPORT: Final[Answers] = {
    200: {"description": "everything passed; the report says what was checked"},
    400: {
        "description": "something did not pass, and the report says what; or no JSON, as a problem document",
        "content": {"application/json": {}, **problems(400)[400]["content"]},
    },
}
_ANSWERS: Final[Answers] = {200: {"description": "verdict, the five answers and the report"}}


class VerifyOptions(BaseModel):
    """VC-API options that are understood."""

    model_config = ConfigDict(extra="ignore")
    checks: list[str] = Field(default_factory=list, examples=[["proof"]])
    domain: str | None = None
    challenge: str | None = None


class VerifyCredentialRequest(BaseModel):
    """VC-API: a credential to check."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)
    credential: dict[str, Any] = Field(alias="verifiableCredential", examples=[CREDENTIAL])
    options: VerifyOptions = Field(default_factory=VerifyOptions)


class VerifyPresentationRequest(BaseModel):
    """VC-API: a presentation to check."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)
    presentation: dict[str, Any] = Field(alias="verifiablePresentation", examples=[PRESENTATION])
    options: VerifyOptions = Field(default_factory=VerifyOptions)


def router(verifier: Verifier) -> APIRouter:
    """Return every address of the house."""
    api = APIRouter(route_class=StrictJSONRoute)
    _add_vc_api(api, verifier)
    _add_product_api(api, verifier)
    join(api, many_routes.router(verifier), pages.router(verifier), receipt_pages.router(verifier), offline.router(verifier))
    return api


def _answer(verifier: Verifier, request: Request, report: dict[str, Any], status: int = 200) -> Response:
    language = verifier.pages.language(request)
    return JSONResponse(in_words(verifier.pages, language, report), status, headers={"Content-Language": language})


def _add_vc_api(api: APIRouter, verifier: Verifier) -> None:
    @api.post("/credentials/verify", tags=["VC-API"], summary="Check a credential", responses=problems(413, 422) | _REPORT)
    def verify(request: Request, message: VerifyCredentialRequest) -> Response:
        """Check a credential: 200 when everything passed, 400 with the report when not. `checks: ["proof"]` checks proofs alone.

        The proof is always checked: without it, no other check says anything.
        """
        asked = frozenset(message.options.checks) & CHECKS.keys()
        options = VerificationOptions(
            now=verifier.clock(),
            fetcher=verifier.fetcher,
            canonicalize=rdf.Learning(verifier.shapes),
            seen_lists=verifier.seen_lists,
            checks=(asked | {"proof"}) if asked else None,
        )
        result = verify_credential(message.credential, options)
        return _answer(verifier, request, result.to_json(), 200 if result.verified else _NOT_VERIFIED)

    @api.post(
        "/presentations/verify",
        tags=["VC-API"],
        summary="Check a presentation and every credential in it",
        responses=problems(413, 422) | _REPORT,
    )
    def verify_holder(request: Request, message: VerifyPresentationRequest) -> Response:
        """Check a presentation and every credential in it."""
        options = VerificationOptions(
            now=verifier.clock(),
            fetcher=verifier.fetcher,
            canonicalize=rdf.Learning(verifier.shapes),
            seen_lists=verifier.seen_lists,
            domain=message.options.domain,
            challenge=message.options.challenge,
        )
        report = verify_presentation(message.presentation, options)
        return _answer(verifier, request, report, 200 if report["verified"] else _NOT_VERIFIED)


def _add_product_api(api: APIRouter, verifier: Verifier) -> None:
    @api.post(
        "/verifier/api/v1/verify",
        tags=["verifier"],
        summary="Answer the five questions about a certificate",
        responses=problems(413, 422, 502, 503) | _ANSWERS,
    )
    def check(
        request: Request,
        state: Annotated[str | None, Form(examples=["XB"])] = None,
        text: Annotated[str, Form(description="a credential, or the text of a code", examples=["HTTPS://HOST/L/…#…"])] = "",
        file: Annotated[UploadFile | None, File(description="JSON, PDF or a picture", examples=["certificate.pdf"])] = None,
        beside: Annotated[
            tuple[UploadFile, ...],
            File(description="decisions, endorsements, what meets conditions", examples=[["decision.json"]]),
        ] = (),
        *,
        compared: Annotated[
            bool,
            Form(
                description="you compared the certificates, and they are of one person: for those that name no key",
                examples=[False],
            ),
        ] = False,
    ) -> Response:
        """Answer the five questions about a certificate (a file, a credential, the text of a code) and what is shown beside it."""
        content = file.file.read() if file is not None else text.encode()
        credential = credential_in(verifier, content)[1]
        papers = papers_in(verifier, (paper.file.read() for paper in beside))
        found = assess(verifier, credential, state or None, papers, compared=compared)
        return _answer(verifier, request, found.to_json())
