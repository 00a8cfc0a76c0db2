"""The workflow `claim` of W3C VC-API (§ Workflows and Exchanges): a wallet of somebody else takes what a claim link is for.

An exchange is named by the code of the claim link. Nothing is asked of the wallet: who has the link may have the certificate, here
as in a browser, and as often as it is asked for.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

import schemas
from issuer_api.delivery import claimed_credential
from issuer_api.handovers import CLAIMED, hand_over
from issuer_api.issuing import credential_json
from issuer_api.service import Issuer
from web.openapi import Answers, problems
from web.strict_json import StrictJSONRoute

_PATH: Final = "/workflows/claim/exchanges/{code}"
OFFER_PATH: Final = f"{_PATH}/openid/credential-offer"
"""Where the offer is that wallets of OpenID4VCI go on with."""
_OFFERED: Final[Answers] = {
    200: {
        "description": "a presentation with the certificate",
        "content": {
            "application/json": {
                "example": {
                    "verifiablePresentation": {
                        "@context": [schemas.CREDENTIALS_V2],
                        "type": ["VerifiablePresentation"],
                        "verifiableCredential": [{}],
                    }
                }
            }
        },
    }
}


class ExchangeMessage(BaseModel):
    """What a wallet begins with: nothing, or a presentation that nobody asked for, which is not looked at."""

    model_config = ConfigDict(extra="ignore")

    verifiable_presentation: dict[str, Any] | None = Field(
        default=None,
        alias="verifiablePresentation",
        examples=[{"@context": [schemas.CREDENTIALS_V2], "type": ["VerifiablePresentation"], "holder": "did:example:wallet"}],
    )


class Protocols(BaseModel):
    """Where a wallet goes on, by the protocol that it speaks."""

    protocols: dict[str, str] = Field(
        examples=[
            {
                "vcapi": "https://issuer.example/workflows/claim/exchanges/5Yq0",
                "OID4VCI": "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fissuer.example%2Foffer",
            }
        ]
    )


def router(issuer: Issuer) -> APIRouter:
    """Return the addresses of the workflow."""
    api = APIRouter(prefix=_PATH, tags=["VC-API"], route_class=StrictJSONRoute, responses=problems(404, 410, 422))

    @api.post("", summary="Take the certificate behind a claim link", responses=_OFFERED | problems(413))
    def take(code: str, _message: ExchangeMessage) -> Response:
        """Answer a wallet with the certificate, which completes the exchange."""
        slug, credential = claimed_credential(issuer, code)
        content = credential_json(issuer, slug, credential)
        hand_over(issuer, slug, [credential], CLAIMED)
        offered = b'{"verifiablePresentation":{"@context":["%s"],"type":["VerifiablePresentation"],"verifiableCredential":[%s]}}'
        answer = offered % (schemas.CREDENTIALS_V2.encode(), content)
        return Response(answer, media_type="application/json", headers={"Cache-Control": "no-store"})

    @api.get("/protocols", summary="In which ways a claim link can be used")
    def protocols(code: str) -> Protocols:
        """Answer a wallet that has an interaction URL."""
        claimed_credential(issuer, code)
        there, offer = (issuer.base_url + path.format(code=quote(code, safe="")) for path in (_PATH, OFFER_PATH))
        link = f"openid-credential-offer://?credential_offer_uri={quote(offer, safe='')}"
        return Protocols(protocols={"vcapi": there, "OID4VCI": link})

    return api
