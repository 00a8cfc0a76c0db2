"""What issuers publish, as the bytes that everybody gets: DID documents and status lists."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from fastapi.responses import JSONResponse

from credentials.status.token import STATUS_LIST_JWT
from issuer_api.certified_keys import certified_keys
from issuer_api.key_records import read_keys
from issuer_api.messages import VC
from issuer_api.organisations import published_document
from issuer_api.service import Issuer
from issuer_api.signed_lists import PublishedList
from issuer_api.status import StatusLists
from issuer_api.token_status import TokenLists, is_token_list

_DID_DOCUMENT: Final = re.compile(r"/issuers/([a-z][a-z0-9-]{1,62})/did\.json")
_STATUS_LIST: Final = re.compile(r"/status/([a-z0-9-]+)")
_JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Paper:
    """Something published, with what caches ask for."""

    found: PublishedList
    media_type: str


class Published:
    """What issuers publish. It is asked of the database every time whether it still holds; unchanged bytes are not made again."""

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        self._lists, self._token_lists = StatusLists(issuer), TokenLists(issuer)

    def did_document(self, slug: str) -> bytes:
        """Return the DID document of an issuer.

        Raises:
            UnknownThingError: there is no such issuer.
        """
        unchanging = self._issuer.database.unchanging
        keys = read_keys(self._issuer.database, slug), certified_keys(self._issuer, slug)
        known = unchanging.get(("did.json", slug))
        if known is None or known[0] != keys:
            known = unchanging["did.json", slug] = keys, bytes(JSONResponse(published_document(self._issuer, slug)).body)
        return bytes(known[1])

    def status_list(self, name: str) -> Paper:
        """Return a status list.

        Raises:
            UnknownThingError: there is no such list.
            NoSigningKeyError: the issuer has no key that may sign.
        """
        if is_token_list(name):
            return Paper(self._token_lists.get(name), STATUS_LIST_JWT)
        return Paper(self._lists.get(name), VC)

    def at(self, path: str) -> tuple[bytes, str] | None:
        """Return (bytes, media type) of what stands at a path of this deployment; None where it is none of these.

        Raises:
            VCError: as its address answers with a problem.
        """
        if match := _DID_DOCUMENT.fullmatch(path):
            return self.did_document(match[1]), _JSON
        if match := _STATUS_LIST.fullmatch(path):
            paper = self.status_list(match[1])
            return paper.found.content, paper.media_type
        return None
