"""A person asks a state to decide on one certificate; two officials decide, and the decision is theirs to take along.

What identifies the person is sealed under a key of the case. Whoever has the address of a case, which nobody guesses, sees how it
stands and gets the decision there. Only a genuine certificate of training or of work is taken.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlmodel import Session, col, func, select

from credentials.errors import MalformedValueError
from credentials.fetching import NoNetwork
from credentials.model import Credential, parse_credential
from credentials.verify import VerificationOptions, VerificationResult, verify_credential
from registry.deciding import Signing, check_decision, issue_decision, parse_ruling
from registry.decision_lists import free_place
from registry.errors import KeyReusedError, WaitsAlreadyError
from registry.papers import names_of, title_of
from registry.service import Registry
from registry.statistics_rows import note_decision
from registry.tables import Case
from trust.bundle import Bundle
from trust.claims import read_claim
from trust.decisions import digest_multibase
from trust.records import Authority
from web.people import NotFoundError

WAITING: Final = "waiting"
DECIDED: Final = "decided"
MOST_WAITING: Final = 1000
LONGEST: Final = 500_000
MOST_PAPERS: Final = 5
MOST_DECIDED: Final = 50
LONGEST_LINE: Final = 300
LONGEST_NOTE: Final = 2000
_ASKED, _DECISION = b"what was asked", b"what was decided"


@dataclass(frozen=True, slots=True)
class Asked:
    """A case as it stands.

    Attributes:
        id: names it, and nobody guesses it.
        state: that is asked.
        standing: `waiting` or `decided`.
        asked_at: when it came.
        due_at: by when the state's authority answers, by its own word.
        decided_at: when it was decided, or None.
        certificate: exactly as it was handed over.
        contact: where the person is reached; may be empty.
        note: what the person adds; may be empty.
        decision: the signed decision, or None.
        papers: what was handed over beside it, exactly as it came.
        can_be_withdrawn: whether its decision names a list on which that would stand.
        withdrawn_at: when its decision was withdrawn, or None.
    """

    id: str
    state: str
    standing: str
    asked_at: datetime
    due_at: datetime
    decided_at: datetime | None
    certificate: Mapping[str, Any]
    contact: str
    note: str
    decision: Mapping[str, Any] | None
    papers: tuple[Mapping[str, Any], ...] = ()
    can_be_withdrawn: bool = False
    withdrawn_at: datetime | None = None

    @property
    def document(self) -> bytes:
        """The certificate as a file."""
        return json.dumps(self.certificate, ensure_ascii=False).encode()

    @property
    def credential(self) -> Credential:
        """The certificate, read."""
        return parse_credential(self.certificate)

    @property
    def beside(self) -> tuple[Asked, ...]:
        """The papers, each as if it had been asked about alone."""
        return tuple(replace(self, certificate=paper, papers=()) for paper in self.papers)

    @property
    def names(self) -> tuple[str, ...]:
        """The person's names as the certificate writes them."""
        return names_of(self.certificate)

    @property
    def title(self) -> str:
        """What was awarded; empty for work, which has no title."""
        return title_of(self.certificate)

    def is_late(self, now: datetime) -> bool:
        """Return whether the day by which it should have been decided has passed."""
        return self.standing == WAITING and self.due_at < now


def deciding_authority(bundle: Bundle, state: str) -> Authority:
    """Return the authority of a state that signs decisions.

    Raises:
        MalformedValueError: it has none.
    """
    for authority in bundle.authorities.values():
        if authority.state == state and authority.did:
            return authority
    raise MalformedValueError("this state has no authority that signs decisions", pointer="/state")


def checked(registry: Registry, content: bytes) -> VerificationResult:
    """Return the report on a certificate."""
    bundle = registry.bundle()
    options = VerificationOptions(
        now=registry.clock(),
        fetcher=registry.fetcher,
        known_keys=bundle.listed_keys(),
        status_authorities=bundle.status_authorities,
        is_stolen=bundle.is_stolen,
    )
    return verify_credential(content, options)


def ask(
    registry: Registry, state: str, content: bytes, contact: str, note: str, papers: Sequence[bytes] = (), *, key: str = ""
) -> str:
    """Keep a case and return its id.

    Args:
        registry: the house.
        state: that is asked.
        content: the certificate.
        contact: where the person is reached.
        note: what the person adds.
        papers: other certificates that the person wants to be looked at with it.
        key: idempotency key; the same request with it again gives the case that it made. Nobody else may guess it.

    Raises:
        KeyReusedError: another request came with this key.
        MalformedValueError: there is no such state, it decides nothing, or one of these is no genuine certificate.
        WaitsAlreadyError: this certificate waits for this state already, or too many wait.
    """
    bundle, now = registry.bundle(), registry.clock()
    if state not in bundle.states:
        raise MalformedValueError(f"the lists know no state {state[:20]}", pointer="/state")
    authority = deciding_authority(bundle, state)
    if len(contact) > LONGEST_LINE or len(note) > LONGEST_NOTE:
        raise MalformedValueError(f"write at most {LONGEST_NOTE} letters", pointer="/note")
    if len(papers) > MOST_PAPERS:
        raise MalformedValueError(f"at most {MOST_PAPERS} papers are looked at beside a certificate", pointer="/papers")
    document, beside = _genuine(registry, content), [_genuine(registry, paper) for paper in papers]
    of = registry.sealer.keyed_hash(f"{state} {digest_multibase(document)}")
    case, subject_key = _name(registry, key), registry.sealer.new_subject_key()
    told = {"certificate": document, "papers": beside, "contact": contact.strip(), "note": note.strip()}
    asked = json.dumps(told).encode()
    with registry.database.write("cases") as session:
        if before := session.get(Case, case):
            return _same(registry, before, state, asked)
        waiting = select(Case).where(Case.state == state, Case.standing == WAITING)
        if session.exec(waiting.where(Case.of == of)).first():
            raise WaitsAlreadyError("this certificate waits for a decision of this state already")
        if session.exec(select(func.count()).select_from(waiting.subquery())).one() >= MOST_WAITING:
            raise WaitsAlreadyError("too many wait; ask again later, or write to the authority")
        session.add(
            Case(
                id=case,
                state=state,
                of=of,
                standing=WAITING,
                wrapped_key=subject_key,
                asked=registry.sealer.seal(subject_key, asked, _ASKED),
                asked_at=now,
                due_at=now + timedelta(days=authority.answers_within_days),
            )
        )
    return case


def _name(registry: Registry, key: str) -> str:
    """Return the id of a new case; with an idempotency key always the same one, which only this deployment can work out."""
    return registry.sealer.keyed_hash(f"case {key}").hex() if key else secrets.token_hex(16)


def _same(registry: Registry, row: Case, state: str, asked: bytes) -> str:
    """Return the case that a request made before.

    Raises:
        KeyReusedError: it was another request.
    """
    if row.state != state or registry.sealer.open(row.wrapped_key, row.asked, _ASKED) != asked:
        raise KeyReusedError("this idempotency key came before with another request")
    return row.id


def _genuine(registry: Registry, content: bytes) -> Mapping[str, Any]:
    result = checked(registry, content) if len(content) <= LONGEST else None
    credential = result.unverified_credential if result and result.is_genuine else None
    if credential is None:
        raise MalformedValueError("this is no genuine certificate; hand over the file as you got it", pointer="/file")
    if read_claim(credential).kind not in {"training", "work"}:
        raise MalformedValueError("a state decides on certificates of training or of work", pointer="/file")
    return credential.document


def case(registry: Registry, name: str, state: str = "") -> Asked:
    """Return a case; with a state, only one of that state.

    Raises:
        NotFoundError: there is none.
    """
    with registry.database.session() as session:
        row = session.get(Case, name)
    if row is None or (state and row.state != state):
        raise NotFoundError("there is no such case here")
    return _opened(registry, row)


def decided(registry: Registry, state: str) -> tuple[Asked, ...]:
    """Return the cases that a state decided last, the newest first; at most `MOST_DECIDED`."""
    query = select(Case).where(Case.state == state, Case.standing == DECIDED).order_by(col(Case.decided_at).desc(), col(Case.id))
    with registry.database.session() as session:
        return tuple(_opened(registry, row) for row in session.exec(query.limit(MOST_DECIDED)).all())


def cases(registry: Registry, state: str) -> tuple[Asked, ...]:
    """Return the cases that wait for a state, the one that is due first at the beginning."""
    query = select(Case).where(Case.state == state, Case.standing == WAITING).order_by(col(Case.due_at), col(Case.id))
    with registry.database.session() as session:
        return tuple(_opened(registry, row) for row in session.exec(query).all())


def decide(registry: Registry, session: Session, name: str, ruling: Mapping[str, Any], result: VerificationResult) -> None:
    """Issue the decision on a case, in the session in which it was approved; nothing is fetched meanwhile.

    Args:
        registry: the house.
        session: the writing one.
        name: of the case.
        ruling: what was decided, as `registry.deciding.parse_ruling` reads it.
        result: the report on the case's certificate, from before the session.

    Raises:
        NotFoundError: no such case waits.
        MalformedValueError: the certificate was not found genuine this time.
        VCError: as `registry.deciding.issue_decision`.
    """
    row, now = session.get(Case, name), registry.clock()
    if row is None or row.standing != WAITING:
        raise NotFoundError("this case waits no more")
    if not result.is_genuine:
        raise MalformedValueError("this certificate cannot be found genuine now, as it was when it came; try again later")
    signing, bundle, found = Signing(registry.keys, NoNetwork(), now), registry.bundle(), _opened(registry, row)
    read = parse_ruling(ruling)
    place = free_place(session, bundle.authorities[read.authority]) if read.authority in bundle.authorities else None
    status = place.entry(registry.base_url) if place else None
    decision = issue_decision(found.certificate, read, bundle, signing, status)
    note_decision(session, registry.sealer, result, ruling, row.asked_at, bundle=bundle, now=now)
    row.decision = registry.sealer.seal(row.wrapped_key, json.dumps(decision).encode(), _DECISION)
    row.standing, row.decided_at = DECIDED, now
    row.status_list, row.status_index = (place.name, place.index) if place else (None, None)
    session.add(row)


def decide_at_once(
    registry: Registry, ruling: Mapping[str, Any], result: VerificationResult, asked_at: datetime
) -> Mapping[str, Any]:
    """Issue a decision that nobody asked for at the desk, keep it as a decided case there, and return it.

    Args:
        registry: the house.
        ruling: what was decided, as `registry.deciding.parse_ruling` reads it.
        result: the report on the certificate.
        asked_at: when the person asked.

    Raises:
        VCError: as `decide`.
    """
    bundle, now, read = registry.bundle(), registry.clock(), parse_ruling(ruling)
    credential = result.unverified_credential
    if credential is None or not result.is_genuine:
        raise MalformedValueError("a state decides on a genuine certificate")
    check_decision(credential.document, read, bundle, Signing(registry.keys, NoNetwork(), now))
    name, key, state = secrets.token_hex(16), registry.sealer.new_subject_key(), bundle.authorities[read.authority].state
    told = json.dumps({"certificate": credential.document, "papers": [], "contact": "", "note": ""}).encode()
    row = Case(
        id=name,
        state=state,
        of=registry.sealer.keyed_hash(f"{state} {digest_multibase(credential.document)}"),
        standing=WAITING,
        wrapped_key=key,
        asked=registry.sealer.seal(key, told, _ASKED),
        asked_at=asked_at,
        due_at=now,
    )
    with registry.database.write("cases") as session:
        session.add(row)
        session.flush()
        decide(registry, session, name, ruling, result)
    return case(registry, name).decision or {}


def withdraw(registry: Registry, session: Session, name: str) -> None:
    """Withdraw the decision on a case, in the session in which that was approved; it stays withdrawn.

    Raises:
        NotFoundError: there is no decision that can be withdrawn.
    """
    row = session.get(Case, name)
    if row is None or row.standing != DECIDED or row.status_index is None or row.withdrawn_at is not None:
        raise NotFoundError("there is no decision here that can be withdrawn")
    row.withdrawn_at = registry.clock()
    session.add(row)


def _opened(registry: Registry, row: Case) -> Asked:
    sealer = registry.sealer
    decision = json.loads(sealer.open(row.wrapped_key, row.decision, _DECISION)) if row.decision else None
    told = json.loads(sealer.open(row.wrapped_key, row.asked, _ASKED))
    told["papers"] = tuple(told.get("papers", ()))
    told |= {"can_be_withdrawn": row.status_index is not None, "withdrawn_at": row.withdrawn_at}
    return Asked(row.id, row.state, row.standing, row.asked_at, row.due_at, row.decided_at, decision=decision, **told)
