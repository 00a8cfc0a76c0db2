"""The offer behind a claim link, for wallets that come by an interaction URL and go on by OpenID4VCI.

It is made when a wallet asks for it, and each time anew: who has the link may have the certificate as often as it is asked for. It
holds out the certificate as it was issued, with Data Integrity proofs, which is what wallets of VC-API know.
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from issuer_api.delivery import claimed_credential
from issuer_api.exchanges import OFFER_PATH
from issuer_api.issuing import find_issued
from issuer_api.openid.configurations import LDP_VC, configuration_of
from issuer_api.openid.offers import GRANTS, make_offer
from issuer_api.openid.service import OpenID
from web.oauth_errors import NO_STORE, OpenRoute, add_preflight

_BY: Final = "claim link"


def router(openid: OpenID) -> APIRouter:
    """Return the offer's address."""
    api = APIRouter(route_class=OpenRoute, include_in_schema=False)
    add_preflight(api, OFFER_PATH)

    @api.get(OFFER_PATH)
    def offer(code: str) -> Response:
        slug, credential = claimed_credential(openid.issuer, code)
        row, _ = find_issued(openid.issuer, slug, credential)
        name = configuration_of(row.programme, LDP_VC)
        made = make_offer(openid, slug, name, credential, grant=GRANTS[0], tx_code=False, by=_BY)
        return JSONResponse(dict(made.content), headers=NO_STORE)

    return api
