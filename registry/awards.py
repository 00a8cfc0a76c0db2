"""Awards that several parties are to certify: one party brings them, the parties that are asked endorse them or do not.

What identifies the person is sealed under a key of the award. Only those who work for the party that brought it, or for one that
was asked, see it. An endorsement is signed here where the authority's key lies here; else two people of the state approve it here,
it is signed where the key lies, and brought back.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session, col, func, select

from credentials.errors import MalformedValueError
from credentials.fetching import NoNetwork
from credentials.model import parse_credential
from credentials.verify import VerificationResult
from registry.cases import LONGEST, checked, deciding_authority
from registry.deciding import Signing, key_in_use
from registry.endorsing import check_endorsement
from registry.errors import WaitsAlreadyError
from registry.giving import Standing, give, standings, withdraw_given
from registry.papers import names_of, title_of
from registry.service import Registry
from registry.tables import AwardToEndorse
from trust.claims import read_claim
from trust.decisions import digest_multibase
from trust.endorsements import CoCertification, co_certification
from trust.recognition import Dossier
from web.db import take_turn
from web.people import NotFoundError

MOST: Final = 10_000
MOST_SHOWN: Final = 200
_TURN, _CONTENT = "awards", b"an award and its endorsements"


@dataclass(frozen=True, slots=True)
class Award:
    """An award, and who has endorsed it.

    Attributes:
        id: names it.
        states: the party that brought it, and those that are asked.
        brought_at: when it came.
        certificate: exactly as it was handed over.
        endorsements: code of a party to its endorsement.
        approved: code of a party to what it wants said, once two people approved it and until it is signed elsewhere.
        standing: code of a party to how its endorsement stands, where it was given here and can be withdrawn.
    """

    id: str
    states: tuple[str, ...]
    brought_at: datetime
    certificate: Mapping[str, Any]
    endorsements: Mapping[str, Mapping[str, Any]]
    approved: Mapping[str, str]
    standing: Mapping[str, Standing] = field(default_factory=dict)

    def has_said(self, state: str) -> bool:
        """Return whether a state has endorsed it or has approved that, and has not withdrawn it since."""
        standing = self.standing.get(state)
        is_withdrawn = standing is not None and standing.withdrawn_at is not None
        return state in self.approved or (state in self.endorsements and not is_withdrawn)

    def can_withdraw(self, state: str) -> bool:
        """Return whether a state has an endorsement here that it can withdraw."""
        return state in self.standing and self.standing[state].withdrawn_at is None

    @property
    def names(self) -> tuple[str, ...]:
        """The person's names as the certificate writes them."""
        return names_of(self.certificate)

    @property
    def title(self) -> str:
        """What was awarded; empty for work."""
        return title_of(self.certificate)

    @property
    def centre(self) -> str:
        """The DID of who awarded it."""
        return parse_credential(self.certificate).issuer


def bring(registry: Registry, state: str, content: bytes, asked: Iterable[str]) -> str:
    """Keep an award that other parties are asked to certify, and return its id; one that is here already is only asked about again.

    Raises:
        MalformedValueError: it is none that holds, or nobody else is asked.
        WaitsAlreadyError: too many are kept.
        VCError: it is not genuine or not valid, or that could not be checked.
    """
    bundle, now = registry.bundle(), registry.clock()
    others = sorted({code for code in asked if code in bundle.states and code != state})
    if not others:
        raise MalformedValueError("choose at least one other party", pointer="/asked")
    if len(content) > LONGEST:
        raise MalformedValueError("this is no certificate: it is too large", pointer="/file")
    result = checked(registry, content)
    document, kind = result.require().document, read_claim(result.require()).kind
    if co_certification(Dossier(result), now, bundle=bundle, now=now) is None:
        raise MalformedValueError("the centre was not approved for this, or its state has stopped it", pointer="/file")
    if not isinstance(document.get("id"), str) or kind not in {"training", "work"}:
        raise MalformedValueError("certificates of training or of work that have an id are certified together", pointer="/file")
    of = registry.sealer.keyed_hash(f"award {digest_multibase(document)}")
    with registry.database.write(_TURN) as session:
        row = session.exec(select(AwardToEndorse).where(AwardToEndorse.of == of)).first()
        if row is None:
            if session.exec(select(func.count()).select_from(AwardToEndorse)).one() >= MOST:
                raise WaitsAlreadyError("too many awards are kept here")
            row = AwardToEndorse(
                id=secrets.token_hex(16),
                of=of,
                states="",
                wrapped_key=registry.sealer.new_subject_key(),
                content=b"",
                brought_at=now,
            )
            _keep(registry, row, document, {}, {})
        row.states = " ".join(sorted({*row.states.split(), state, *others}))
        session.add(row)
        return row.id


def awards(registry: Registry, state: str) -> tuple[Award, ...]:
    """Return the awards that a state brought or is asked about, the newest first; at most `MOST_SHOWN`."""
    query = select(AwardToEndorse).where(col(AwardToEndorse.states).contains(state))
    query = query.order_by(col(AwardToEndorse.brought_at).desc(), col(AwardToEndorse.id)).limit(MOST_SHOWN)
    with registry.database.session() as session:
        return tuple(_opened(registry, session, row) for row in session.exec(query).all())


def award(registry: Registry, name: str, state: str) -> Award:
    """Return an award that a state brought or is asked about.

    Raises:
        NotFoundError: there is none.
    """
    with registry.database.session() as session:
        return _opened(registry, session, _row(session, name, state))


def counted(registry: Registry, found: Award) -> CoCertification | None:
    """Return which parties have certified an award, by what is at hand here; None where it does not hold now."""
    now = registry.clock()
    main, *papers = (checked(registry, _spelled(one)) for one in (found.certificate, *found.endorsements.values()))
    return co_certification(Dossier(main, tuple(papers)), now, bundle=registry.bundle(), now=now)


def is_signed_here(registry: Registry, state: str) -> bool:
    """Return whether the key with which a state endorses lies in this deployment.

    Raises:
        MalformedValueError: the state has no authority that signs, or none of its keys is in use.
    """
    authority = deciding_authority(registry.bundle(), state)
    return authority.did + key_in_use(authority, registry.clock()).id in registry.keys.verification_methods()


def check(registry: Registry, found: Award, state: str, comment: str) -> None:
    """Raise where endorsing would, before anybody is asked to approve it; nothing is signed.

    Raises:
        MalformedValueError: the state has endorsed it, or nobody would count its endorsement.
        VCError: as `registry.endorsing.check_endorsement`.
    """
    if found.has_said(state):
        raise MalformedValueError("this state has endorsed it, or has approved that")
    bundle, result = registry.bundle(), checked(registry, _spelled(found.certificate))
    signing = Signing(registry.keys, NoNetwork(), registry.clock())
    check_endorsement(result, deciding_authority(bundle, state).id, bundle, signing, comment)


def endorse(registry: Registry, session: Session, name: str, state: str, comment: str, result: VerificationResult) -> None:
    """Endorse an award for a state in the session in which that was approved; nothing is fetched meanwhile.

    Args:
        registry: the house.
        session: the writing one.
        name: of the award.
        state: for which state.
        comment: what is said of the award; may be empty.
        result: the report on the award, from before the session.

    Raises:
        NotFoundError: there is no such award here.
        MalformedValueError: the state has endorsed it already, or nobody would count it.
        VCError: the award is not genuine or not valid now.
    """
    take_turn(session, _TURN)
    row = _row(session, name, state)
    found = _opened(registry, session, row)
    if state in found.endorsements and found.has_said(state):
        raise MalformedValueError("this state has endorsed it already")
    endorsements, approved = dict(found.endorsements), dict(found.approved)
    if is_signed_here(registry, state):
        endorsements[state] = give(registry, session, result, deciding_authority(registry.bundle(), state), comment)
    else:
        approved[state] = comment
    _keep(registry, row, found.certificate, endorsements, approved)
    session.add(row)


def take(registry: Registry, name: str, state: str, content: bytes) -> str:
    """Keep an endorsement that was signed elsewhere, by whichever party; return the code of the party.

    Raises:
        NotFoundError: there is no such award here.
        MalformedValueError: nobody would count it, or nobody here has approved that this state endorses the award.
    """
    found = award(registry, name, state)
    result = checked(registry, content) if len(content) <= LONGEST else None
    bundle, now = registry.bundle(), registry.clock()
    main = checked(registry, _spelled(found.certificate))
    count = co_certification(Dossier(main, (result,) if result else ()), now, bundle=bundle, now=now)
    if result is None or count is None or not count.endorsements:
        raise MalformedValueError("this is no endorsement of this award that counts", pointer="/file")
    by = count.endorsements[0].authority.state
    if by == state and state not in {*found.approved, *found.endorsements}:
        raise MalformedValueError("two people of this state have not approved it here", pointer="/file")
    with registry.database.write(_TURN) as session:
        row = _row(session, name, state)
        newest = _opened(registry, session, row)
        approved = {code: comment for code, comment in newest.approved.items() if code != by}
        _keep(registry, row, newest.certificate, {**newest.endorsements, by: result.require().document}, approved)
        session.add(row)
    return by


def withdraw(registry: Registry, session: Session, name: str, state: str, reason: str) -> None:
    """Withdraw a state's endorsement of an award, in the session in which that was approved; it stays withdrawn.

    Raises:
        NotFoundError: there is no such award here, or no endorsement of it that can be withdrawn.
    """
    found = _opened(registry, session, _row(session, name, state))
    withdraw_given(session, str(found.endorsements.get(state, {}).get("id")), reason, registry.clock())


def put_away(registry: Registry, name: str, state: str) -> None:
    """Take an award from a state's desk; from the last desk it is deleted with the key that seals it.

    Raises:
        NotFoundError: there is no such award here.
    """
    with registry.database.write(_TURN) as session:
        row = _row(session, name, state)
        left = [code for code in row.states.split() if code != state]
        row.states = " ".join(left)
        if left:
            session.add(row)
        else:
            session.delete(row)
    registry.database.wipe_traces()


def _row(session: Session, name: str, state: str) -> AwardToEndorse:
    row = session.get(AwardToEndorse, name)
    if row is None or state not in row.states.split():
        raise NotFoundError("there is no such award here")
    return row


def _keep(
    registry: Registry,
    row: AwardToEndorse,
    certificate: Mapping[str, Any],
    endorsements: Mapping[str, Mapping[str, Any]],
    approved: Mapping[str, str],
) -> None:
    content = {"certificate": dict(certificate), "endorsements": dict(endorsements), "approved": dict(approved)}
    row.content = registry.sealer.seal(row.wrapped_key, _spelled(content), _CONTENT)


def _opened(registry: Registry, session: Session, row: AwardToEndorse) -> Award:
    content = json.loads(registry.sealer.open(row.wrapped_key, row.content, _CONTENT))
    ids = {code: str(endorsement.get("id")) for code, endorsement in content["endorsements"].items()}
    known = standings(session, ids.values())
    standing = {code: known[name] for code, name in ids.items() if name in known}
    return Award(row.id, tuple(row.states.split()), row.brought_at, **content, standing=standing)


def _spelled(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()
