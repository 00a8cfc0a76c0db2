"""After issuing, by API: certificates are corrected and issued anew; many are revoked, suspended or reinstated together."""

from datetime import date, datetime
from typing import Annotated, Final, Literal, TypeAlias

from fastapi import APIRouter, Depends, Response
from pydantic import Field

from issuer_api.correcting import Correction, carry_out
from issuer_api.errors import UnknownThingError
from issuer_api.issuing import credential_json, find_issued
from issuer_api.messages import CREDENTIAL_ID, DAY, VC, Message
from issuer_api.names import tidy
from issuer_api.notices import notices_of
from issuer_api.replacing import Said, corrected_by, said_by
from issuer_api.service import Issuer
from issuer_api.status import set_statuses
from issuer_api.tokens import Caller, needs
from web.openapi import Answers, problems
from web.strict_json import StrictJSONRoute

MOST: Final = 1000
_CORRECTED: Final[Answers] = {201: {"content": {VC: {}}, "description": "the new secured credential, byte for byte"}}


class CorrectionAsked(Message):
    """What a certificate is to say instead; what is left out stays as it is."""

    names: list[str] = Field(default_factory=list, max_length=2, examples=[["Najma Aktar", "নাজমা আক্তার"]])
    awarded_on: date | None = Field(default=None, strict=False, examples=["2026-11-13"])
    number: str = Field(default="", max_length=40, examples=["XA-2026-0007"])
    anew: bool = Field(default=False, description="the same words with a new code, because the paper was lost", examples=[False])


class StatusOfMany(Message):
    """One status of many certificates, for one reason."""

    credentials: list[str] = Field(min_length=1, max_length=MOST, examples=[[CREDENTIAL_ID]])
    purpose: Literal["revocation", "suspension"] = Field(examples=["suspension"])
    status: bool = Field(strict=True, examples=[True])
    reason: str = Field(description="kept sealed with each person's data", examples=["the hours are being checked"])
    notify: bool = Field(
        default=True, strict=True, description="tell each person by e-mail, if there is an address", examples=[True]
    )


class NoticeEntry(Message):
    """What a person is told of a certificate by e-mail, and how far that is."""

    kind: str = Field(examples=["withdrawn"])
    state: str = Field(description="waiting, sent, refused, given-up, dropped, no-address", examples=["sent"])
    at: datetime = Field(examples=[DAY])


class StatusOutcome(Message):
    """What came of it for one certificate."""

    credential: str = Field(examples=[CREDENTIAL_ID])
    outcome: str = Field(
        description="changed; unchanged: it was so already; withdrawn: it stays withdrawn; unknown: not one of this issuer",
        examples=["changed"],
    )


class Replaced(Message):
    """What took the place of a certificate."""

    new: str = Field(examples=[CREDENTIAL_ID])


def router(issuer: Issuer) -> APIRouter:
    """Return the addresses of what follows after issuing."""
    api = APIRouter(prefix="/issuer/api/v1", tags=["issuer"], route_class=StrictJSONRoute, responses=problems(422))
    Reading: TypeAlias = Annotated[Caller, Depends(needs(issuer, "read"))]
    Issuing: TypeAlias = Annotated[Caller, Depends(needs(issuer, "issue"))]
    Revoking: TypeAlias = Annotated[Caller, Depends(needs(issuer, "status"))]

    @api.post(
        "/credentials/{credential}/replacement",
        status_code=201,
        summary="Correct a certificate: a new one takes its place",
        responses=_CORRECTED | problems(400, 401, 403, 404, 409, 410, 413, 422),
    )
    def replace(caller: Issuing, _revokes: Revoking, credential: str, asked: CorrectionAsked) -> Response:
        """Issue a certificate anew and revoke the old one as replaced, in one moment; the same again gives the same bytes."""
        before = said_by(issuer, caller.slug, credential)
        names = tuple(map(tidy, asked.names)) or before.names
        after = Said(names, asked.awarded_on or before.awarded, asked.number or before.number)
        wanted = Correction(after, asked.anew and after == before)
        new = carry_out(issuer, caller.slug, credential, wanted, by=caller.by)
        return Response(credential_json(issuer, caller.slug, new), 201, media_type=VC)

    @api.get(
        "/credentials/{credential}/replacement",
        summary="What took the place of a certificate",
        responses=problems(401, 403, 404),
    )
    def replaced(caller: Reading, credential: str) -> Replaced:
        find_issued(issuer, caller.slug, credential)
        new = corrected_by(issuer, credential)
        if new is None:
            raise UnknownThingError("nothing took the place of this certificate")
        return Replaced(new=new)

    @api.post(
        "/credentials/status",
        summary=f"Revoke, suspend or reinstate up to {MOST} certificates together",
        responses=problems(400, 401, 403, 413, 422),
    )
    def change_many(caller: Revoking, asked: StatusOfMany) -> list[StatusOutcome]:
        """Change a status of many certificates in one transaction; those in another state are left as they are.

        The same again changes nothing; what was revoked stays so.
        """
        outcomes = set_statuses(
            issuer,
            caller.slug,
            asked.credentials,
            asked.purpose,
            value=asked.status,
            reason=asked.reason,
            by=caller.by,
            tell=asked.notify,
        )
        return [StatusOutcome(credential=credential, outcome=outcome) for credential, outcome in outcomes.items()]

    @api.get(
        "/credentials/{credential}/notices",
        summary="What the person was told of a certificate by e-mail",
        responses=problems(401, 403, 404),
    )
    def told(caller: Reading, credential: str) -> list[NoticeEntry]:
        found = notices_of(issuer, caller.slug, credential)
        return [NoticeEntry(kind=one.kind, state=one.state, at=one.at) for one in found]

    return api
