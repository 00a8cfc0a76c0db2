"""`POST /issuer/api/v1/offers`: a training centre's program, or whoever tries a wallet, gets an offer for a wallet."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from credentials.errors import MalformedValueError
from issuer_api.openid.offers import GRANTS, issue_claims, make_offer
from issuer_api.openid.service import OpenID, Trial
from issuer_api.tokens import BEARER, Caller, authorized
from web.openapi import problems
from web.strict_json import StrictJSONRoute

_EXAMPLE: Final[dict[str, JsonValue]] = {
    "credential_configuration_id": "caregiving-nc2",
    "claims": {"name": ["Najma Akter", "নাজমা আক্তার"], "awarded_on": "2026-11-13"},
    "tx_code": True,
}


class OfferRequest(BaseModel):
    """What is to be offered; in the conformance profile also in the short form `id`, `txCode`, `auth`."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True, json_schema_extra={"examples": [_EXAMPLE]})

    credential_configuration_id: str = Field(max_length=100, description="an entry of the issuer's metadata")
    credential_id: str | None = Field(default=None, max_length=45, description="a certificate that was issued")
    claims: dict[str, Any] | None = Field(default=None, description="issues one first: name, awarded_on, number")
    tx_code: bool = Field(default=False, description="the wallet must also be given a number that you tell the worker")
    grant: Literal["pre-authorized_code", "authorization_code"] = "pre-authorized_code"


class OfferMade(BaseModel):
    """An offer; it is good for a day, and once."""

    offer: str = Field(examples=["openid-credential-offer://?credential_offer=%7B%22credential_issuer%22%3A%22https…"])
    offer_by_reference: str = Field(examples=["openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fskills.example%2F…"])
    tx_code: str | None = Field(default=None, examples=["493536"])


def router(openid: OpenID) -> APIRouter:
    """Return the address of the product, or of the conformance profile."""
    return _product(openid) if openid.trial is None else _trial(openid, openid.trial)


def _product(openid: OpenID) -> APIRouter:
    api = APIRouter(prefix="/issuer/api/v1", tags=["issuer"], route_class=StrictJSONRoute, responses=problems(422))

    def caller(request: Request, _named_in_openapi: Annotated[object, Depends(BEARER)]) -> Caller:
        return authorized(openid.issuer, request, "issue")

    @api.post(
        "/offers",
        status_code=201,
        response_model_exclude_none=True,
        summary="Hold out a certificate to a wallet (OpenID4VCI)",
        responses=problems(400, 401, 403, 404, 409, 410, 413, 422),
    )
    def offer(caller: Annotated[Caller, Depends(caller)], message: OfferRequest) -> OfferMade:
        """Offer a certificate that was issued, or issue one for `claims` and offer it; say `tx_code` to the worker another way."""
        return _made(openid, caller.slug, message, caller.by)

    return api


def _trial(openid: OpenID, trial: Trial) -> APIRouter:
    api = APIRouter(prefix="/issuer/api/v1", tags=["conformance"], route_class=StrictJSONRoute)

    @api.post("/offers", status_code=201, summary="Hold out a certificate to a wallet that is tried out")
    def offer(message: dict[str, Any]) -> JSONResponse:
        """Offer without a token, in the long or the short form; without `claims` it is made out to the first account."""
        is_short = "id" in message
        asked = _read(_long_form(message) if is_short else message)
        if asked.grant == GRANTS[0] and asked.credential_id is None and asked.claims is None:
            [account, *_] = trial.accounts.values()
            asked = asked.model_copy(update={"claims": {"name": list(account.names)}})
        made = _made(openid, trial.slug, asked, "trial").model_dump(exclude_none=True)
        if is_short and "tx_code" in made:
            made["txCode"] = made.pop("tx_code")
        return JSONResponse(made, 201)

    return api


def _long_form(message: dict[str, Any]) -> dict[str, Any]:
    grant = GRANTS[1] if message.get("auth") else GRANTS[0]
    return {"credential_configuration_id": message["id"], "tx_code": message.get("txCode") is True, "grant": grant}


def _read(message: dict[str, Any]) -> OfferRequest:
    try:
        return OfferRequest.model_validate(message)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        pointer = "".join(f"/{part}" for part in first["loc"])
        raise MalformedValueError(str(first["msg"]), pointer=pointer) from error


def _made(openid: OpenID, slug: str, message: OfferRequest, by: str) -> OfferMade:
    credential, name = message.credential_id, message.credential_configuration_id
    if credential is None and message.claims is not None:
        credential = issue_claims(openid, slug, name, message.claims, openid.new_secret(), by=by)
    made = make_offer(openid, slug, name, credential, grant=message.grant, tx_code=message.tx_code, by=by)
    return OfferMade(offer=made.by_value, offer_by_reference=made.by_reference, tx_code=made.tx_code or None)
