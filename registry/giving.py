"""An authority gives an endorsement with its own key, with a place in its list, and can withdraw it: then it counts no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session, col, select

from credentials.errors import MalformedValueError
from credentials.fetching import NoNetwork
from credentials.verify import VerificationResult
from registry.deciding import Signing
from registry.decision_lists import free_place
from registry.endorsing import endorse_verified
from registry.service import Registry
from registry.tables import EndorsementGiven
from trust.endorsements import read_endorsement
from trust.records import Authority
from web.people import NotFoundError

LONGEST_REASON: Final = 2000


@dataclass(frozen=True, slots=True)
class Standing:
    """How an endorsement stands that was given here: when it was withdrawn, or None, and why."""

    withdrawn_at: datetime | None
    reason: str


def is_of_this_house(registry: Registry, authority: Authority) -> bool:
    """Return whether an authority's DID is of this deployment, so that its list is published here."""
    host = registry.base_url.partition("://")[2].replace(":", "%3A")
    return authority.did.startswith(f"did:web:{host}:")


def give(registry: Registry, session: Session, award: VerificationResult, authority: Authority, comment: str) -> Mapping[str, Any]:
    """Return an authority's endorsement of an award, with a place in its list that is taken in this session.

    Args:
        registry: the house.
        session: the writing one.
        award: the report on the award.
        authority: whose key lies here.
        comment: what is said of the award; may be empty.

    Raises:
        MalformedValueError: nobody would count it.
        VCError: the award is not genuine or not valid now.
    """
    now, place = registry.clock(), free_place(session, authority)
    signing, entry = Signing(registry.keys, NoNetwork(), now), place.entry(registry.base_url)
    secured = endorse_verified(award, authority.id, registry.bundle(), signing, comment, entry)
    session.add(EndorsementGiven(id=secured["id"], status_list=place.name, status_index=place.index, given_at=now))
    session.flush()
    return secured


def standings(session: Session, ids: Iterable[str]) -> dict[str, Standing]:
    """Return id to standing of those endorsements that were given here."""
    rows = session.exec(select(EndorsementGiven).where(col(EndorsementGiven.id).in_(list(ids)))).all()
    return {row.id: Standing(row.withdrawn_at, row.reason) for row in rows}


def withdraw_given(session: Session, name: str, reason: str, now: datetime) -> None:
    """Withdraw an endorsement that was given here; it stays withdrawn.

    Args:
        session: the writing one.
        name: the endorsement's id.
        reason: in words; for the desk, it is not published.
        now: from when it is withdrawn.

    Raises:
        NotFoundError: there is none here that can be withdrawn.
        MalformedValueError: nobody says why, or in too many words.
    """
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise MalformedValueError(f"say why, in at most {LONGEST_REASON} letters", pointer="/reason")
    row = session.get(EndorsementGiven, name)
    if row is None or row.withdrawn_at is not None:
        raise NotFoundError("there is no endorsement here that can be withdrawn")
    row.withdrawn_at, row.reason = now, reason.strip()
    session.add(row)


def withdraw_paper(registry: Registry, result: VerificationResult, reason: str) -> Authority:
    """Withdraw the endorsement that a file holds, and return whose it was.

    Args:
        registry: the house.
        result: the report on the file.
        reason: in words.

    Raises:
        MalformedValueError: it is no genuine endorsement by an authority of the lists, or there is no reason.
        NotFoundError: it was not given here, or is withdrawn already.
    """
    found = read_endorsement(result, registry.bundle())
    if found is None:
        raise MalformedValueError("this is no genuine endorsement by an authority that the lists name", pointer="/file")
    with registry.database.write("awards") as session:
        withdraw_given(session, found.id, reason, registry.clock())
    return found.authority
