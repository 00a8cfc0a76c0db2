"""Work that others confirm, for programs: ask, read what was answered, say what was found out, sign or refuse."""

from datetime import datetime
from typing import Annotated, Any, Final, TypeAlias

from fastapi import APIRouter, Body, Depends
from pydantic import Field

from issuer_api.messages import CREDENTIAL_ID, DAY, Message
from issuer_api.service import Issuer
from issuer_api.tokens import Caller, needs
from issuer_api.work_asking import Experience, Witness, begin
from issuer_api.work_collecting import asked_work, levels, refuse, sign, witness_of
from web.openapi import problems
from web.strict_json import StrictJSONRoute

_WORK: Final = {"names": ["Yusuf Haddad"], "roleName": "Mason", "country": "XC"}
_WITNESS: Final = {"contact": "Ana Ferreira", "organisation": "Ferreira Builders"}
_FOUND: Final = {"identity": "called", "papers": [{"paper": "contract"}]}


class WorkRequest(Message):
    """What is to be confirmed, and by whom."""

    form: str = Field(max_length=64, examples=["work-experience"])
    work: dict[str, Any] = Field(examples=[_WORK])
    witness: dict[str, Any] = Field(examples=[_WITNESS])


class WorkLinks(Message):
    """Two links: the worker's own, and the one for whoever is asked, which works once."""

    follow: str = Field(examples=["https://issuer.example/work-requests/mine/9f2c"])
    answer: str = Field(examples=["https://issuer.example/work-requests/say/1a7b"])


class WitnessNow(Message):
    """One who was asked, and how far it is: `asked`, `answered`, `declined`, `signed`, `refused`, `ended`."""

    id: str = Field(examples=["9f2c4e1a7b3d5086c1e2f3a4b5"])
    state: str = Field(examples=["answered"])
    work: dict[str, Any] = Field(examples=[_WORK])
    asked: dict[str, Any] = Field(examples=[_WITNESS])
    answer: dict[str, Any] | None
    credential: str | None = Field(examples=[CREDENTIAL_ID])
    evidence: str | None = Field(description="how well this answer alone evidences the work, once it is signed", examples=["E3"])
    until: datetime = Field(examples=[DAY])

    @classmethod
    def of(cls, issuer: Issuer, work: Experience, one: Witness) -> "WitnessNow":
        """Return one who was asked as it travels."""
        weighed = {witness.id: level.name for witness, level in levels(issuer, work)}
        return cls(
            id=one.id,
            state=one.state,
            work=work.asked.model_dump(by_alias=True),
            asked=one.asked.model_dump(by_alias=True),
            answer=one.answer.model_dump(by_alias=True, exclude_none=True) if one.answer else None,
            credential=one.credential,
            evidence=weighed.get(one.id),
            until=one.expires_at,
        )


class RefusalRequest(Message):
    """Why an answer is not signed; the worker reads it."""

    reason: str = Field(max_length=2_000, examples=["nobody answers at this number"])


def router(issuer: Issuer) -> APIRouter:
    """Return the addresses."""
    api = APIRouter(prefix="/issuer/api/v1/work-requests", tags=["issuer"], route_class=StrictJSONRoute, responses=problems(422))
    Reading: TypeAlias = Annotated[Caller, Depends(needs(issuer, "read"))]
    Issuing: TypeAlias = Annotated[Caller, Depends(needs(issuer, "issue"))]

    @api.post(
        "",
        status_code=201,
        summary="Ask somebody to confirm a person's work",
        responses=problems(400, 401, 403, 404, 409, 413, 422),
    )
    def ask(caller: Issuing, asked: WorkRequest) -> WorkLinks:
        follow, link = begin(issuer, caller.slug, asked.form, asked.work, asked.witness, by=caller.by)
        return WorkLinks(
            follow=f"{issuer.base_url}/work-requests/mine/{follow}", answer=f"{issuer.base_url}/work-requests/say/{link}"
        )

    @api.get("", summary="Who was asked to confirm work, and what waits", responses=problems(401, 403))
    def list_asked(caller: Reading) -> list[WitnessNow]:
        return [WitnessNow.of(issuer, work, one) for work in asked_work(issuer, caller.slug) for one in work.witnesses]

    @api.get("/{witness}", summary="One who was asked, with the answer", responses=problems(401, 403, 404, 410))
    def show(caller: Reading, witness: str) -> WitnessNow:
        return WitnessNow.of(issuer, *witness_of(issuer, caller.slug, witness))

    @api.post(
        "/{witness}/sign",
        summary="Sign an answer, with what was found out about it",
        responses=problems(400, 401, 403, 404, 409, 410, 413, 422),
    )
    def sign_answer(caller: Issuing, witness: str, found: Annotated[dict[str, Any], Body(examples=[_FOUND])]) -> WitnessNow:
        """Sign an answer; again gives what is there. How well the work is evidenced follows from what was found out."""
        sign(issuer, caller.slug, witness, found, by=caller.by)
        return WitnessNow.of(issuer, *witness_of(issuer, caller.slug, witness))

    @api.post("/{witness}/refuse", summary="Do not sign an answer", responses=problems(400, 401, 403, 404, 409, 410, 413, 422))
    def refuse_answer(caller: Issuing, witness: str, refused: RefusalRequest) -> WitnessNow:
        refuse(issuer, caller.slug, witness, refused.reason, by=caller.by)
        return WitnessNow.of(issuer, *witness_of(issuer, caller.slug, witness))

    return api
