"""The issuance log as anybody reads it: checkpoint, tiles and entries (C2SP tlog-tiles), and archive forms."""

from __future__ import annotations

import hashlib
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from issuer_api import delivery, log
from issuer_api.archive import anchor_of
from issuer_api.service import Issuer
from trust.merkle import parse_tile
from web.openapi import Answers, problems

_FOR_EVER: Final = "public, max-age=31536000, immutable"
_SHORT: Final = "public, max-age=5"
_TEXT: Final[Answers] = {200: {"content": {"text/plain": {}}, "description": "a signed note"}}
_TILE: Final[Answers] = {200: {"content": {"application/octet-stream": {}}, "description": "hashes, or entries with their lengths"}}
_UNCHANGED: Final[Answers] = {304: {"description": "nothing newer than the tag that was sent"}}
_ANCHOR: Final[Answers] = {200: {"content": {"application/json": {}}, "description": "log, salt, tree size, index and path"}}


def router(issuer: Issuer) -> APIRouter:
    """Return the log's addresses."""
    api = APIRouter(tags=["public"], responses=problems(422))

    @api.get("/log/checkpoint", summary="The log's newest checkpoint, signed", responses=_TEXT | _UNCHANGED | problems(404))
    def checkpoint(request: Request) -> Response:
        note = log.checkpoint_note(issuer)
        headers = {"ETag": f'"{hashlib.sha256(note.encode()).hexdigest()[:32]}"', "Cache-Control": _SHORT}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return PlainTextResponse(note, headers=headers)

    @api.get("/log/key", summary="The key that signs the log's checkpoints, on one line", responses=_TEXT)
    def key() -> Response:
        return PlainTextResponse(f"{log.log_key(issuer).vkey}\n", headers={"Cache-Control": "public, max-age=300"})

    @api.get("/log/tile/{path:path}", summary="A tile of the log", responses=_TILE | problems(404))
    def tile(path: str) -> Response:
        """Return a tile of hashes (`0/x001/234`, `0/000.p/5`) or a bundle of entries (`entries/000`): they never change."""
        content = log.tile_content(issuer, parse_tile(f"tile/{path}"))
        return Response(content, media_type="application/octet-stream", headers={"Cache-Control": _FOR_EVER})

    @api.get(
        "/issuer/api/v1/claims/{code}/anchor",
        summary="The place in the issuance log of the credential behind a worker's claim code",
        responses=_ANCHOR | problems(404, 410),
    )
    def anchor(code: str) -> Response:
        return Response(anchor_of(issuer, *delivery.claimed_credential(issuer, code)), media_type="application/json")

    return api
