"""An issuer's statuses as a Token Status List, which SD-JWT VCs point to: the same indices and register, in two bits each."""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial
from typing import Final

from credentials.keys import Signer
from credentials.status.bitstring import MINIMUM_ENTRIES
from credentials.status.token import INVALID, SUSPENDED, TokenStatusList, status_list_jwt
from issuer_api.documents import PURPOSES
from issuer_api.errors import UnknownThingError
from issuer_api.service import Issuer
from issuer_api.signed_lists import LIST_LASTS, PublishedList, SignedLists, changes_of
from issuer_api.status import set_indices

_LIST: Final = re.compile(r"([a-z][a-z0-9-]*)-([1-9][0-9]{0,8})-tokens")


def list_url(issuer: Issuer, slug: str, number: int) -> str:
    """Return the address of a list."""
    return f"{issuer.base_url}/status/{slug}-{number}-tokens"


def is_token_list(name: str) -> bool:
    """Return whether a name is that of a Token Status List."""
    return _LIST.fullmatch(name) is not None


class TokenLists:
    """The Token Status Lists of every issuer."""

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        self._lists = SignedLists(issuer)

    def get(self, name: str) -> PublishedList:
        """Return the list `{slug}-{number}-tokens`, as a JWT.

        Raises:
            UnknownThingError: there is no such list.
            NoSigningKeyError: the issuer has no key that may sign.
        """
        match = _LIST.fullmatch(name)
        if match is None:
            raise UnknownThingError(f"there is no status list {name[:80]!r}")
        issuer, slug, number = self._issuer, match.group(1), int(match.group(2))
        return self._lists.get(
            name, slug, partial(changes_of, issuer, slug, number, *PURPOSES), partial(_sign, issuer, slug, number)
        )


def _sign(issuer: Issuer, slug: str, number: int, made: datetime, signer: Signer) -> bytes:
    statuses = dict.fromkeys(set_indices(issuer, slug, number, "suspension"), SUSPENDED)
    statuses |= dict.fromkeys(set_indices(issuer, slug, number, "revocation"), INVALID)
    listed = TokenStatusList.from_statuses(statuses, bits=2, size=MINIMUM_ENTRIES)
    return status_list_jwt(list_url(issuer, slug, number), listed, signer, issued=made, lifetime=LIST_LASTS)
