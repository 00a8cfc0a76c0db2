"""The addresses at which programs say where they are told of what happens."""

from typing import Annotated, Final, TypeAlias

from fastapi import APIRouter, Depends
from pydantic import Field

from issuer_api import webhooks
from issuer_api.messages import Message
from issuer_api.service import Issuer
from issuer_api.tokens import Caller, needs
from web.openapi import problems
from web.strict_json import StrictJSONRoute

_ID: Final = "9f2c4e1a7b3d5086c1e2f3a4b5"
_URL: Final = "https://school.example/comity"


class WebhookRequest(Message):
    """Where to send."""

    url: str = Field(max_length=webhooks.MAX_URL, examples=[_URL])


class WebhookMade(Message):
    """The address, and the secret by which it knows that a message is ours: shown this once."""

    id: str = Field(examples=[_ID])
    secret: str = Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="])


class WebhookEntry(Message):
    """An address, and how far it is."""

    id: str = Field(examples=[_ID])
    url: str = Field(examples=[_URL])
    behind: int = Field(description="acts that it has not taken yet", examples=[0])
    failures: int = Field(description="attempts that failed since the last that was taken", examples=[0])
    ended: bool = Field(description="it is asked no more: it answered 410, or failed too often", examples=[False])


def router(issuer: Issuer) -> APIRouter:
    """Return the addresses."""
    api = APIRouter(prefix="/issuer/api/v1/webhooks", tags=["issuer"], route_class=StrictJSONRoute, responses=problems(422))
    Keeping: TypeAlias = Annotated[Caller, Depends(needs(issuer, "tokens"))]

    @api.get("", summary="The addresses that are told of every act", responses=problems(401, 403))
    def list_webhooks(caller: Keeping) -> list[WebhookEntry]:
        return [
            WebhookEntry(id=one.id, url=one.url, behind=one.behind, failures=one.failures, ended=one.ended)
            for one in webhooks.webhooks(issuer, caller.slug)
        ]

    @api.post(
        "", status_code=201, summary="Tell an address of every act from now on", responses=problems(400, 401, 403, 409, 413, 422)
    )
    def add(caller: Keeping, asked: WebhookRequest) -> WebhookMade:
        """Add an address. Each act is sent to it until it answers 2xx, signed as Standard Webhooks 1.0.0 has it."""
        webhook, secret = webhooks.add_webhook(issuer, caller.slug, asked.url, by=caller.by)
        return WebhookMade(id=webhook, secret=secret)

    @api.delete("/{webhook}", status_code=204, summary="Tell an address nothing more", responses=problems(401, 403, 404))
    def remove(caller: Keeping, webhook: str) -> None:
        webhooks.remove_webhook(issuer, caller.slug, webhook, by=caller.by)

    return api
