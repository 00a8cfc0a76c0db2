"""The addresses of vaults: `/wallet/api/v1/…`, JSON in and out, bytes as base64url without padding.

Whoever writes sends `Authorization: Bearer NUMBER.ACCESS-KEY`; no cookie counts, so no other site can act for the holder.
"""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from credentials.encoding import b64url_decode, b64url_encode
from credentials.errors import FetchBlockedError, FetchError, MalformedValueError, TooLargeError, VCError
from wallet import custodies, vault_shares, vault_ways, vaults
from wallet import vault_errors as errors
from wallet.errors import NotInWalletError
from wallet.problems import keep_private
from wallet.sharing import DURATIONS
from wallet.vaults import Change
from web.strict_json import StrictJSONRoute

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from wallet.service import Wallet

ROOT: Final = "/wallet/api/v1"
_STATUS: Final[Mapping[type[VCError], HTTPStatus]] = MappingProxyType(
    {
        errors.VaultClosedError: HTTPStatus.UNAUTHORIZED,
        errors.WayUnknownError: HTTPStatus.NOT_FOUND,
        errors.PinWrongError: HTTPStatus.FORBIDDEN,
        errors.HelperWaitsError: HTTPStatus.FORBIDDEN,
        errors.VaultTakenError: HTTPStatus.CONFLICT,
        errors.RecordChangedError: HTTPStatus.PRECONDITION_FAILED,
        errors.VersionMissingError: HTTPStatus.PRECONDITION_REQUIRED,
        errors.VaultFullError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        errors.LastCardError: HTTPStatus.CONFLICT,
        errors.GuardedError: HTTPStatus.FORBIDDEN,
        errors.VaultChangedError: HTTPStatus.CONFLICT,
        errors.RelayBusyError: HTTPStatus.TOO_MANY_REQUESTS,
        FetchBlockedError: HTTPStatus.UNPROCESSABLE_ENTITY,
        FetchError: HTTPStatus.FAILED_DEPENDENCY,
        TooLargeError: HTTPStatus.FAILED_DEPENDENCY,
        NotInWalletError: HTTPStatus.NOT_FOUND,
    }
)
_LONGEST_RECORD: Final = 350_000  # base64url of `vaults.MAX_RECORD`
_LARGEST: Final = 2**31 - 2


def spelled(text: str) -> str:
    """Return a text that is base64url."""
    try:
        b64url_decode(text)
    except MalformedValueError as error:
        raise ValueError(error.detail) from error  # what pydantic reads
    return text


Number = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
Name = Annotated[str, Field(pattern="^[a-z2-7]{26}$")]
Key = Annotated[str, Field(pattern="^[A-Za-z0-9_-]{43}$"), AfterValidator(spelled)]
Wrap = Annotated[str, Field(max_length=4000), AfterValidator(spelled)]
Sealed = Annotated[str, Field(max_length=_LONGEST_RECORD), AfterValidator(spelled)]
Version = Annotated[int, Field(ge=1, le=_LARGEST)]
Authorization = Annotated[str, Header(max_length=200)]
"""The header that opens a vault."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Way(_Strict):
    id: Name
    kind: Annotated[str, Field(pattern=f"^({'|'.join(vault_ways.KINDS)})$")]
    locator: Key
    wrap: Wrap
    verifier: Key | None = None
    pepper: Key | None = None

    def read(self) -> vault_ways.NewWay:
        pepper = b64url_decode(self.pepper) if self.pepper else b""
        return vault_ways.NewWay(self.id, self.kind, self.locator, b64url_decode(self.wrap), self.verifier or "", pepper)


class _NewVault(_Strict):
    vault: Number
    access: Key
    way: _Way
    custody: Annotated[str, Field(pattern=f"^({'|'.join(custodies.KINDS)})$")] = custodies.OWN
    hand_over_on: Annotated[date | None, Field(strict=False)] = None


class _Opening(_Strict):
    locator: Key
    verifier: Key | None = None


class _Written(_Strict):
    sealed: Sealed


class _Rewrapped(_Strict):
    id: Name
    wrap: Wrap


class _Record(_Written):
    id: Name
    version: Version


class _Rotation(_Strict):
    access: Key
    cursor: Annotated[int, Field(ge=0, le=_LARGEST)]
    ways: Annotated[list[_Rewrapped], Field(max_length=vault_ways.MOST)]
    records: Annotated[list[_Record], Field(max_length=vaults.MAX_RECORDS)]
    hand_over: bool = False


class _Share(_Written):
    id: Annotated[str, Field(pattern="^[A-Z2-7]{13}$")]
    lasts: Annotated[str, Field(pattern=f"^({'|'.join(DURATIONS)})$")]
    most_views: Annotated[int, Field(ge=1, le=1000)] | None = None
    verifier: Key | None = None


class _Entry(_Strict):
    sequence: Version
    hash: Key


class VaultRoute(StrictJSONRoute):
    """A route of the vaults: private answers, and a problem document (RFC 9457) for each problem."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler."""
        handle = super().get_route_handler()

        async def handle_privately(request: Request) -> Response:
            try:
                return keep_private(await handle(request))
            except VCError as error:
                return keep_private(_answer(error))

        return handle_privately


def _answer(error: VCError) -> Response:
    """Return the problem document of an error.

    Raises:
        VCError: the same error, when it is none of the vaults'.
    """
    status = _STATUS.get(type(error))
    if status is None:
        raise error
    document: dict[str, Any] = {"type": error.type, "title": error.detail, "status": status.value}
    if isinstance(error, errors.PinWrongError):
        document["tries_left"] = error.tries_left
    if isinstance(error, errors.HelperWaitsError):
        document["ready_at"] = error.ready_at.isoformat()
    if isinstance(error, errors.RecordChangedError):
        document["version"] = error.version
    return JSONResponse(document, status, media_type="application/problem+json")


def router(wallet: Wallet) -> APIRouter:
    """Return every address of the vaults."""
    api = APIRouter(prefix=ROOT, route_class=VaultRoute, include_in_schema=False)
    _add_vaults(api, wallet)
    _add_records(api, wallet)
    _add_ways(api, wallet)
    _add_helpers(api, wallet)
    _add_shares(api, wallet)
    return api


def _add_vaults(api: APIRouter, wallet: Wallet) -> None:
    @api.post("/vaults", status_code=HTTPStatus.CREATED)
    def create(new: _NewVault) -> Response:
        if new.way.kind != vault_ways.CARD:
            raise errors.LastCardError("a vault begins with its recovery card")
        with wallet.database.write() as session:
            vaults.create(wallet, session, new.vault, new.access)
            custodies.begin(session, new.vault, new.custody, new.hand_over_on)
            vault_ways.add(wallet, session, new.vault, new.way.read())
        return Response(status_code=HTTPStatus.CREATED)

    @api.post("/openings")
    def open_vault(asked: _Opening) -> dict[str, Any]:
        found = vault_ways.open_way(wallet, asked.locator, asked.verifier or "")
        answer = {"vault": found.vault_id, "way": found.way_id, "kind": found.kind, "wrap": b64url_encode(found.wrap)}
        return answer if found.pepper is None else answer | {"pepper": b64url_encode(found.pepper)}

    @api.post("/rotations")
    def rotate(asked: _Rotation, authorization: Authorization = "") -> dict[str, Any]:
        mine = vaults.check_access(wallet, authorization)
        records = [Change(one.id, one.version, b64url_decode(one.sealed)) for one in asked.records]
        wraps = {way.id: b64url_decode(way.wrap) for way in asked.ways}
        fresh = vaults.Fresh(asked.access, wraps, records, hands_over=asked.hand_over)
        return {"cursor": vaults.rotate(wallet, mine, fresh, cursor=asked.cursor)}

    @api.delete("/vault", status_code=HTTPStatus.NO_CONTENT)
    def erase(authorization: Authorization = "") -> Response:
        vaults.erase(wallet, vaults.check_access(wallet, authorization))
        return Response(status_code=HTTPStatus.NO_CONTENT)


def _add_records(api: APIRouter, wallet: Wallet) -> None:
    @api.get("/changes")
    def changes(since: Annotated[int, Query(ge=0, le=_LARGEST)] = 0, authorization: Authorization = "") -> dict[str, Any]:
        found = vaults.changes(wallet, vaults.check_access(wallet, authorization), since)
        records = [
            {"id": one.id, "version": one.version, "sealed": None if one.sealed is None else b64url_encode(one.sealed)}
            for one in found.records
        ]
        return {"cursor": found.cursor, "more": found.more, "records": records}

    @api.put("/records/{record_id}")
    def put(
        record_id: Name,
        written: _Written,
        authorization: Authorization = "",
        if_match: Annotated[str, Header(max_length=16)] = "",
        if_none_match: Annotated[str, Header(max_length=16)] = "",
        idempotency_key: Annotated[str, Header(max_length=64)] = "",
    ) -> Response:
        mine = vaults.check_access(wallet, authorization)
        version = 0 if if_none_match == "*" else _version(if_match)
        change = Change(record_id, version + 1, b64url_decode(written.sealed))
        return _kept(vaults.put(wallet, mine, change, request=idempotency_key))

    @api.delete("/records/{record_id}")
    def remove(
        record_id: Name,
        authorization: Authorization = "",
        if_match: Annotated[str, Header(max_length=16)] = "",
        idempotency_key: Annotated[str, Header(max_length=64)] = "",
    ) -> Response:
        mine = vaults.check_access(wallet, authorization)
        return _kept(vaults.put(wallet, mine, Change(record_id, _version(if_match) + 1, None), request=idempotency_key))


def _version(if_match: str) -> int:
    """Return the version that an `If-Match: "3"` names.

    Raises:
        VersionMissingError: it names none.
    """
    digits = if_match.strip('"')
    if not digits.isascii() or not digits.isdigit():
        raise errors.VersionMissingError("say which version is replaced: If-Match, or If-None-Match: * for a new record")
    return int(digits)


def _kept(change: Change) -> Response:
    return Response(status_code=HTTPStatus.NO_CONTENT, headers={"ETag": f'"{change.version}"'})


def _add_ways(api: APIRouter, wallet: Wallet) -> None:
    @api.get("/ways")
    def ways(authorization: Authorization = "") -> dict[str, Any]:
        found = vault_ways.ways(wallet, vaults.check_access(wallet, authorization))
        return {
            "ways": [
                {
                    "id": way.id,
                    "kind": way.kind,
                    "created_on": way.created_on.isoformat(),
                    "used_on": way.used_on.isoformat(),
                    "tries_left": way.tries_left,
                    "ready_at": None if way.ready_at is None else way.ready_at.isoformat(),
                }
                for way in found
            ]
        }

    @api.post("/ways", status_code=HTTPStatus.CREATED)
    def add(way: _Way, authorization: Authorization = "") -> Response:
        mine = vaults.check_access(wallet, authorization)
        with wallet.database.write() as session:
            vault_ways.add(wallet, session, mine, way.read())
        return Response(status_code=HTTPStatus.CREATED)

    @api.delete("/ways/{way_id}", status_code=HTTPStatus.NO_CONTENT)
    def remove(way_id: Name, authorization: Authorization = "") -> Response:
        vault_ways.remove(wallet, vaults.check_access(wallet, authorization), way_id)
        return Response(status_code=HTTPStatus.NO_CONTENT)


def _add_helpers(api: APIRouter, wallet: Wallet) -> None:
    @api.post("/ways/{way_id}/cancel", status_code=HTTPStatus.NO_CONTENT)
    def cancel(way_id: Name, authorization: Authorization = "") -> Response:
        vault_ways.cancel(wallet, vaults.check_access(wallet, authorization), way_id)
        return Response(status_code=HTTPStatus.NO_CONTENT)


def _add_shares(api: APIRouter, wallet: Wallet) -> None:
    @api.get("/shares")
    def shares(authorization: Authorization = "") -> dict[str, Any]:
        found = vault_shares.shares(wallet, vaults.check_access(wallet, authorization))
        return {"shares": [_described(share) for share in found]}

    @api.post("/shares", status_code=HTTPStatus.CREATED)
    def make(new: _Share, authorization: Authorization = "") -> Response:
        mine = vaults.check_access(wallet, authorization)
        custodies.check_public(wallet, mine)
        sealed = b64url_decode(new.sealed)
        share = vault_shares.NewShare(new.id, sealed, DURATIONS[new.lasts], new.most_views, new.verifier or "")
        vault_shares.make(wallet, mine, share)
        return Response(status_code=HTTPStatus.CREATED)

    @api.post("/shares/{share_id}/stop", status_code=HTTPStatus.NO_CONTENT)
    def stop(share_id: str, authorization: Authorization = "") -> Response:
        vault_shares.stop(wallet, vaults.check_access(wallet, authorization), share_id)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    @api.get("/consents")
    def consents(authorization: Authorization = "") -> dict[str, Any]:
        found = vault_shares.consents(wallet, vaults.check_access(wallet, authorization))
        return {
            "heads": [
                {"sequence": head.sequence, "hash": b64url_encode(head.hash), "on": head.noted_on.isoformat()} for head in found
            ]
        }

    @api.post("/consents", status_code=HTTPStatus.NO_CONTENT)
    def note(entry: _Entry, authorization: Authorization = "") -> Response:
        vault_shares.note_consent(wallet, vaults.check_access(wallet, authorization), entry.sequence, b64url_decode(entry.hash))
        return Response(status_code=HTTPStatus.NO_CONTENT)


def _described(share: vault_shares.KeptShare) -> dict[str, Any]:
    return {
        "id": share.id,
        "created_at": share.created_at.isoformat(),
        "ends_at": share.ends_at.isoformat(),
        "stopped_at": None if share.stopped_at is None else share.stopped_at.isoformat(),
        "most_views": share.most_views,
        "has_passcode": share.has_passcode,
        "tries_left": share.tries_left,
        "views": [{"on": day.isoformat(), "times": times} for day, times in share.views],
    }
