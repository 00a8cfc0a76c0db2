"""The address at which a program has many credentials secured at once."""

import json
from typing import Annotated, Any, ClassVar, Final, TypeAlias

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from credentials.errors import VCError
from credentials.parsing import Limits
from issuer_api.batch import Answer, issue_documents
from issuer_api.messages import CREDENTIAL, CREDENTIAL_ID, Message, Tolerant
from issuer_api.service import Issuer
from issuer_api.tokens import Caller, needs
from issuer_api.vc_api import Key
from web.openapi import problems
from web.security import MEBIBYTE
from web.strict_json import StrictJSONRoute

MOST: Final = 1000
MAX_BODY: Final = 12 * MEBIBYTE


class BatchRequest(Tolerant):
    """The credentials to be issued, each as `/credentials/issue` takes it."""

    credentials: list[dict[str, Any]] = Field(min_length=1, max_length=MOST, examples=[[CREDENTIAL]])


class Refusal(Message):
    """Why a credential was not issued."""

    type: str = Field(
        description="names the kind of problem", examples=["https://www.w3.org/TR/vc-data-model#MALFORMED_VALUE_ERROR"]
    )
    detail: str = Field(examples=["no programme of this issuer awards this"])
    pointer: str = Field(examples=["/credentials/0/credentialSubject/achievement/id"])


class Result(Message):
    """One of two: the secured credential, or why there is none."""

    verifiable_credential: dict[str, Any] | None = Field(default=None, examples=[{**CREDENTIAL, "id": CREDENTIAL_ID, "proof": []}])
    problem: Refusal | None = None


class BatchResponse(Message):
    """A result for each credential, in their order."""

    results: list[Result]


class _BatchRoute(StrictJSONRoute):
    limits: ClassVar[Limits] = Limits(size=MAX_BODY)


def router(issuer: Issuer) -> APIRouter:
    """Return the address."""
    api = APIRouter(prefix="/credentials", tags=["VC-API"], route_class=_BatchRoute, responses=problems(422))
    Issuing: TypeAlias = Annotated[Caller, Depends(needs(issuer, "issue"))]

    @api.post(
        "/issue-batch",
        summary=f"Secure up to {MOST} credentials of the token's issuer",
        response_model=BatchResponse,
        responses=problems(400, 401, 403, 413, 422),
    )
    def issue_batch(caller: Issuing, message: BatchRequest, key: Key = None) -> Response:
        """Secure many credentials; each has its own result, and those that are right are issued whatever the others are.

        Send the same again, or any part of it, under the same key, and what was issued then is answered.
        """
        answers = issue_documents(issuer, caller.slug, message.credentials, key=key, by=caller.by)
        content = b",".join(_result(position, answer) for position, answer in enumerate(answers))
        return Response(b'{"results":[' + content + b"]}", media_type="application/json")

    return api


def _result(position: int, answer: Answer) -> bytes:
    if isinstance(answer, VCError):
        return json.dumps({"problem": _refusal(position, answer)}).encode()
    return b'{"verifiableCredential":' + answer + b"}"


def _refusal(position: int, error: VCError) -> dict[str, str]:
    return {"type": error.type, "detail": error.detail, "pointer": f"/credentials/{position}{error.pointer}"}
