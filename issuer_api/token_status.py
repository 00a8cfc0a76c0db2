"""An issuer's statuses as Token Status Lists, in two bits each.

{slug}-{number}-tokens   the indices of its certificates; copies that were fetched before copies had places of their own point there
{slug}-{number}-copies   those of copies that wallets fetched: SD-JWT VCs and mobile documents; signed by the certified key, where
                         the issuer has one (HAIP 1.0 §6.1)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from credentials.keys import Signer
from credentials.status.bitstring import MINIMUM_ENTRIES
from credentials.status.token import INVALID, SUSPENDED, TokenStatusList, status_list_jwt
from issuer_api.certified_keys import certified_signer
from issuer_api.copies import changes_of_copies, set_copies
from issuer_api.documents import PURPOSES
from issuer_api.errors import UnknownThingError
from issuer_api.service import Issuer, Purpose
from issuer_api.signed_lists import LIST_LASTS, PublishedList, SignedLists, changes_of
from issuer_api.status import set_indices

_LIST: Final = re.compile(r"([a-z][a-z0-9-]*)-([1-9][0-9]{0,8})-(tokens|copies)")


def copies_url(issuer: Issuer, slug: str, number: int) -> str:
    """Return the address of a list of copies."""
    return f"{issuer.base_url}/status/{slug}-{number}-copies"


def is_token_list(name: str) -> bool:
    """Return whether a name is that of a Token Status List."""
    return _LIST.fullmatch(name) is not None


class TokenLists:
    """The Token Status Lists of every issuer."""

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        self._lists = SignedLists(issuer)

    def get(self, name: str) -> PublishedList:
        """Return a list, as a JWT.

        Raises:
            UnknownThingError: there is no such list.
            NoSigningKeyError: the issuer has no key that may sign.
        """
        match = _LIST.fullmatch(name)
        if match is None:
            raise UnknownThingError(f"there is no status list {name[:80]!r}")
        issuer, slug, number = self._issuer, match.group(1), int(match.group(2))
        if match.group(3) == "copies":
            changed, is_set = partial(changes_of_copies, issuer, slug, number), partial(set_copies, issuer, slug, number)
        else:
            changed = partial(changes_of, issuer, slug, number, *PURPOSES)
            is_set = partial(set_indices, issuer, slug, number)
        certified = certified_signer(issuer, slug, Purpose.TOKENS) if match.group(3) == "copies" else None
        if certified and not certified.is_in_force(issuer.clock()):
            certified = None  # for who knows the issuer by its DID; who needs a certificate would take neither
        sign = partial(_sign, f"{issuer.base_url}/status/{name}", is_set, certified.x5c if certified else ())
        return self._lists.get(name, slug, changed, sign, certified.signer if certified else None)


def _sign(url: str, is_set: Callable[[str], Iterable[int]], x5c: Sequence[str], made: datetime, signer: Signer) -> bytes:
    """Return the list; `is_set` gives the indices that are set for a purpose."""
    statuses = dict.fromkeys(is_set("suspension"), SUSPENDED) | dict.fromkeys(is_set("revocation"), INVALID)
    listed = TokenStatusList.from_statuses(statuses, bits=2, size=MINIMUM_ENTRIES)
    return status_list_jwt(url, listed, signer, issued=made, lifetime=LIST_LASTS, x5c=x5c)
