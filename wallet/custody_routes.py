"""By whom a vault is held, and what a caseworker started for it: `/wallet/api/v1/custody`, `/inbox`, `/started`."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from credentials.encoding import b64url_decode, b64url_encode
from wallet import custodies
from wallet.vault_routes import ROOT, Authorization, Key, Name, VaultRoute, spelled
from wallet.vaults import check_access

if TYPE_CHECKING:
    from wallet.service import Wallet

Locator = Annotated[str, Path(pattern="^[A-Za-z0-9_-]{43}$")]


class _Inbox(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    locator: Key


class _Started(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    sealed: Annotated[str, Field(max_length=2 * custodies.MAX_STARTED), AfterValidator(spelled)]


def router(wallet: Wallet) -> APIRouter:
    """Return the addresses."""
    api = APIRouter(prefix=ROOT, route_class=VaultRoute, include_in_schema=False)

    @api.get("/custody")
    def held(authorization: Authorization = "") -> dict[str, Any]:
        found = custodies.held(wallet, check_access(wallet, authorization))
        day = found.hand_over_on
        return {"custody": found.custody, "hand_over_on": None if day is None else day.isoformat()}

    @api.put("/inbox", status_code=HTTPStatus.NO_CONTENT)
    def open_inbox(asked: _Inbox, authorization: Authorization = "") -> Response:
        custodies.open_inbox(wallet, check_access(wallet, authorization), asked.locator)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    @api.post("/started/{locator}", status_code=HTTPStatus.ACCEPTED)
    def start(locator: Locator, asked: _Started) -> dict[str, str]:
        """Keep what a caseworker starts; the person approves it, or does not."""
        return {"custody": custodies.ASSISTED, "id": custodies.start(wallet, locator, b64url_decode(asked.sealed))}

    @api.get("/started")
    def started(authorization: Authorization = "") -> dict[str, Any]:
        found = custodies.started(wallet, check_access(wallet, authorization))
        things = [{"id": one.id, "sealed": b64url_encode(one.sealed), "on": one.started_on.isoformat()} for one in found]
        return {"started": things}

    @api.delete("/started/{name}", status_code=HTTPStatus.NO_CONTENT)
    def settle(name: Name, authorization: Authorization = "") -> Response:
        custodies.settle(wallet, check_access(wallet, authorization), name)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    return api
