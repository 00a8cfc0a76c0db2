"""A record on paper from a vault: set from what the browser sends, handed back, and kept nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from trust.bundle import BundleError
from wallet.decisions import words_on
from wallet.dossier import MOST, Entry, on_paper
from wallet.vault_routes import ROOT, Authorization, VaultRoute
from wallet.vaults import check_access
from web.languages import LANGUAGES

if TYPE_CHECKING:
    from wallet.decisions import Word
    from wallet.service import Wallet

_LONGEST = 200_000
_MOST_SAID = 10


class _Certificate(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    certificate: Annotated[str, Field(max_length=_LONGEST)]
    said: Annotated[list[Annotated[str, Field(max_length=_LONGEST)]], Field(max_length=_MOST_SAID)] = []


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    language: Annotated[str, Field(pattern=f"^({'|'.join(LANGUAGES)})$")]
    entries: Annotated[list[_Certificate], Field(min_length=1, max_length=MOST)]


def router(wallet: Wallet) -> APIRouter:
    """Return the address of records on paper."""
    api = APIRouter(prefix=ROOT, route_class=VaultRoute, include_in_schema=False)

    @api.post("/dossiers")
    def make(asked: _Record, authorization: Authorization = "") -> Response:
        check_access(wallet, authorization)
        entries = [_entry(wallet, number, one) for number, one in enumerate(asked.entries, 1)]
        return Response(on_paper(wallet, asked.language, entries), media_type="application/pdf")

    return api


def _entry(wallet: Wallet, number: int, asked: _Certificate) -> Entry:
    content = asked.certificate.encode()
    return Entry(f"certificate-{number}", content, _said(wallet, content, asked.said))


def _said(wallet: Wallet, content: bytes, said: list[str]) -> tuple[Word, ...]:
    try:
        return words_on(wallet, content, [one.encode() for one in said])
    except BundleError:
        return ()
