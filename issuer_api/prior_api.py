"""Prior learning, for programs: what a credential of another system says, and the certificate that rests on such credentials."""

import base64
import binascii
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Final, TypeAlias

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from issuer_api.errors import InvalidRecordError
from issuer_api.messages import VC, Message
from issuer_api.prior_learning import Mapped, PriorAward, award_prior_learning, read_evidence
from issuer_api.product_api import Key
from issuer_api.service import Issuer
from issuer_api.tokens import Caller, needs
from web.openapi import Answers, problems
from web.strict_json import StrictJSONRoute

_CONTENT: Final = "eyJ0eXBlIjpbIkFzc2VydGlvbiJdLCJiYWRnZSI6eyJuYW1lIjoiV2VsZGluZyBiYXNpY3MifX0="
_SECURED: Final[Answers] = {201: {"content": {VC: {}}, "description": "the secured credential, byte for byte"}}


class ForeignFile(Message):
    """A credential of another system: Open Badges 2.0 or 3.0, or the European Learning Model."""

    content: str = Field(max_length=400_000, description="the file's bytes in Base64", examples=[_CONTENT])


class ForeignSays(Message):
    """What it says, and what could be checked: `yes`, `no` or `could-not-check`."""

    kind: str = Field(examples=["open-badges-3"])
    title: str = Field(examples=["Welding basics"])
    issuer: str = Field(examples=["Example School"])
    person: str = Field(examples=["Najma Akter"])
    awarded: str = Field(examples=["2025-05-08"])
    outcomes: list[str] = Field(examples=[["apply arc welding techniques"]])
    genuine: str = Field(examples=["yes"])
    current: str = Field(examples=["yes"])
    name: str = Field(description="of the file's bytes (RFC 6920)", examples=["ni:///sha-256;uFS…"])


class Evidence(ForeignFile):
    """A credential, and the codes of what of the programme it shows."""

    outcomes: list[str] = Field(min_length=1, max_length=64, examples=[["5322"]])


class PriorRequest(Message):
    """Whom a certificate for prior learning is for, and what it rests on."""

    programme: str = Field(max_length=64, examples=["caregiving-nc2"])
    names: list[str] = Field(min_length=1, max_length=2, examples=[["Najma Akter"]])
    awarded_date: date = Field(examples=["2026-11-13"])
    number: str = Field(max_length=40, examples=["XA-SBC-2026-R001"])
    evidence: list[Evidence] = Field(min_length=1, max_length=5, examples=[[{"content": _CONTENT, "outcomes": ["5322"]}]])


def router(issuer: Issuer) -> APIRouter:
    """Return the addresses."""
    api = APIRouter(prefix="/issuer/api/v1/prior-learning", tags=["issuer"], route_class=StrictJSONRoute, responses=problems(422))
    Reading: TypeAlias = Annotated[Caller, Depends(needs(issuer, "read"))]
    Issuing: TypeAlias = Annotated[Caller, Depends(needs(issuer, "issue"))]

    @api.post(
        "/read",
        summary="What a credential of another system says, and what could be checked",
        responses=problems(400, 401, 403, 413),
    )
    def read(caller: Reading, file: ForeignFile) -> ForeignSays:  # noqa: ARG001  # whoever may read
        said: dict[str, Any] = asdict(read_evidence(issuer, _bytes(file.content)))
        return ForeignSays(**said | {"outcomes": list(said["outcomes"])})

    @api.post(
        "",
        status_code=201,
        summary="Recognise prior learning: a certificate by the route RPL, with its evidence",
        responses=_SECURED | problems(400, 401, 403, 404, 409, 410, 413, 422),
    )
    def recognise(caller: Issuing, key: Key, asked: PriorRequest) -> Response:
        """Issue a certificate; the same key and content give the same one."""
        evidence = tuple(Mapped(_bytes(one.content), tuple(one.outcomes)) for one in asked.evidence)
        award = PriorAward(tuple(asked.names), asked.awarded_date, asked.number, evidence)
        content = award_prior_learning(issuer, caller.slug, asked.programme, award, key, by=caller.by)
        return Response(content, 201, media_type=VC)

    return api


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidRecordError("the file's bytes are not in Base64", pointer="/content") from error
