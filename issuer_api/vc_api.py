"""The W3C VC-API of the training centre's house: issue, and change a status."""

from typing import Annotated, Final, TypeAlias

from fastapi import APIRouter, Depends, Header, Response

from credentials.errors import MalformedValueError
from issuer_api.direct import issue_document
from issuer_api.messages import IssueRequest, IssueResponse, StatusRequest, StatusResponse
from issuer_api.service import Issuer
from issuer_api.status import set_status
from issuer_api.tokens import Caller, needs
from web.openapi import Answers, problems
from web.strict_json import StrictJSONRoute

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=60,
        description="the same key with the same request gives what was issued then; without a key, the same credential does",
        examples=["2026-11-23-0007"],
    ),
]
_ISSUED: Final[Answers] = {201: {"model": IssueResponse}}


def router(issuer: Issuer) -> APIRouter:
    """Return the addresses of the VC-API."""
    api = APIRouter(prefix="/credentials", tags=["VC-API"], route_class=StrictJSONRoute, responses=problems(422))
    Issuing: TypeAlias = Annotated[Caller, Depends(needs(issuer, "issue"))]
    Changing: TypeAlias = Annotated[Caller, Depends(needs(issuer, "status"))]

    @api.post(
        "/issue",
        status_code=201,
        summary="Secure a credential of the token's issuer",
        responses=_ISSUED | problems(400, 401, 403, 409, 410, 413, 422),
    )
    def issue(caller: Issuing, message: IssueRequest, key: Key = None) -> Response:
        """Secure a credential: it gets id, status, schema and days from the issuer, and is otherwise issued exactly as given."""
        content = issue_document(issuer, caller.slug, message.credential, key=key, by=caller.by)
        return Response(b'{"verifiableCredential":' + content + b"}", 201, media_type="application/json")

    @api.post(
        "/status",
        summary="Revoke, suspend or reinstate a credential of the token's issuer",
        responses=problems(400, 401, 403, 404, 409, 413, 422),
    )
    def change(caller: Changing, message: StatusRequest) -> StatusResponse:
        """Change a status; the same again changes nothing, and a revocation is not taken back."""
        entry = message.credential_status
        value = message.status if message.status is not None else entry.status
        if value is None:
            raise MalformedValueError("say whether the status is set: true or false", pointer="/status")
        reason = entry.reason if entry.reason is not None else "status changed by a program"
        set_status(issuer, caller.slug, message.credential_id, entry.status_purpose, value=value, reason=reason, by=caller.by)
        return StatusResponse(credential_id=message.credential_id)

    return api
