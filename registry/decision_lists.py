"""The status lists of authorities: each signs its own, and says there which decisions and endorsements it has withdrawn."""

from __future__ import annotations

import json
import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlmodel import Session, select

from credentials.data_integrity import add_proof_set
from credentials.status.bitstring import MINIMUM_ENTRIES, StatusList, status_list_credential
from credentials.status.entry import BitstringEntry
from credentials.status.lists import list_date
from registry.deciding import key_in_use
from registry.service import Registry
from registry.tables import Case, EndorsementGiven
from trust.records import Authority
from web.db import take_turn
from web.people import NotFoundError

LASTS: Final = timedelta(hours=24)
_PURPOSE: Final = "revocation"
_TURN: Final = "places in lists of authorities"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list: the list's name and the index in it."""

    name: str
    index: int

    def entry(self, base_url: str) -> dict[str, Any]:
        """Return the `credentialStatus` of what has this place."""
        return BitstringEntry(_PURPOSE, self.index, address_of(base_url, self.name)).to_json()


def name_of(authority: Authority) -> str:
    """Return the name of an authority's list."""
    return f"{authority.state}-{authority.id.rpartition(':')[2]}"[:120]


def address_of(base_url: str, name: str) -> str:
    """Return where a list is published."""
    return f"{base_url}/registry/decisions/{name}-{_PURPOSE}"


def free_place(session: Session, authority: Authority) -> Place:
    """Return a place that nothing of this authority has; which one it is tells nothing of how much there is.

    Args:
        session: the writing one, in which the place is taken.
        authority: whose list.
    """
    take_turn(session, _TURN)
    name = name_of(authority)
    taken: set[int | None] = set(session.exec(select(Case.status_index).where(Case.status_list == name)).all())
    taken |= set(session.exec(select(EndorsementGiven.status_index).where(EndorsementGiven.status_list == name)).all())
    while (index := secrets.randbelow(MINIMUM_ENTRIES)) in taken:
        continue
    return Place(name, index)


@dataclass(slots=True)
class DecisionLists:
    """Signs a list when it is asked for and has changed, half a day is over, or it was signed by a key that signs no more."""

    registry: Registry
    _signed: dict[str, tuple[tuple[frozenset[int], str, datetime], bytes]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, name: str) -> bytes:
        """Return the signed list of this name.

        Raises:
            NotFoundError: no authority that signs here has such a list.
            MalformedValueError: it has no key in use.
        """
        bundle, now = self.registry.bundle(), self.registry.clock().replace(microsecond=0)
        signing = (one for one in bundle.authorities.values() if one.did and name_of(one) == name)
        authority = next(signing, None)
        if authority is None:
            raise NotFoundError("there is no such list here")
        method, withdrawn = authority.did + key_in_use(authority, now).id, self._withdrawn(name)
        made = list_date(now, max(withdrawn.values(), default=None))
        wanted = (frozenset(withdrawn), method, made)
        with self._lock:
            known = self._signed.get(name)
            if known is None or known[0] != wanted:
                known = self._signed[name] = (wanted, self._sign(authority, frozenset(withdrawn), method, made))
            return known[1]

    def _withdrawn(self, name: str) -> dict[int, datetime]:
        """Return index to the moment of withdrawing."""
        decided = select(Case.status_index, Case.withdrawn_at).where(Case.status_list == name)
        given = select(EndorsementGiven.status_index, EndorsementGiven.withdrawn_at).where(EndorsementGiven.status_list == name)
        with self.registry.database.session() as session:
            rows = (*session.exec(decided).all(), *session.exec(given).all())
        return {index: moment for index, moment in rows if index is not None and moment is not None}

    def _sign(self, authority: Authority, withdrawn: frozenset[int], method: str, made: datetime) -> bytes:
        document = status_list_credential(
            address_of(self.registry.base_url, name_of(authority)),
            issuer=authority.did,
            purpose=_PURPOSE,
            status_list=StatusList.from_indices(withdrawn),
            valid_from=made,
            valid_until=made + LASTS,
        )
        created = self.registry.clock().replace(microsecond=0)
        return json.dumps(add_proof_set(document, self.registry.keys.signer(method), created=created)).encode()
