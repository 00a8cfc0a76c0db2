"""How a centre gets trusted: it asks, from this deployment or another; an authority assesses, and two people accredit it."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlmodel import Session, col, func, select

from credentials.dids import resolve
from credentials.errors import MalformedValueError
from credentials.fetching import Fetcher
from registry.errors import WaitsAlreadyError
from registry.tables import Application
from trust.bundle import Bundle
from web.db import Database
from web.people import NotFoundError

WAITING: Final = "waiting"
ASKED: Final = "asked"
"""The authority has asked back, and the centre has not answered yet."""
OPEN: Final = (WAITING, ASKED)
DECLINED: Final = "declined"
ACCREDITED: Final = "accredited"
MOST_WAITING: Final = 1000
KINDS: Final = ("TrainingProvider", "AssessmentCentre", "Employer", "Collector")
LONGEST_ANSWER: Final = 5000
_TALK: Final = "talk"
_SLUG: Final = re.compile(r"[^a-z0-9]+")


def _printable(text: str) -> str:
    if not text.strip() or any(not letter.isprintable() and letter not in "\r\n" for letter in text):
        raise ValueError("has letters, and no control characters")
    return text.strip()


Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_printable)]


class ApplicationRequest(BaseModel):
    """What a centre says of itself and asks for."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    state: Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="code of the state that is asked")]
    did: Annotated[str, Field(pattern=r"^did:[a-z]+:\S+$", max_length=300, description="the centre's DID; its keys are read there")]
    name: Line
    place: Line
    contact: Line
    kind: Literal["TrainingProvider", "AssessmentCentre", "Employer", "Collector"]
    qualifications: Annotated[tuple[str, ...], Field(max_length=50, strict=False)] = ()
    occupations: Annotated[tuple[str, ...], Field(max_length=50, strict=False)] = ()
    evidence: Annotated[str, Field(min_length=1, max_length=5000), AfterValidator(_printable)]


@dataclass(frozen=True, slots=True)
class Received:
    """An application as it stands."""

    id: str
    state: str
    did: str
    standing: str
    note: str
    received_at: datetime
    asked: Mapping[str, Any]
    talk: tuple[Mapping[str, str], ...]
    """What the authority asked back and the centre answered: `by` (`authority` or `centre`), `text` and `at` of each."""


def receive(database: Database, asked: ApplicationRequest, bundle: Bundle, now: datetime) -> str:
    """Keep an application and return its id, which nobody guesses: with it the centre sees how it stands.

    Raises:
        MalformedValueError: the lists know no such state or qualification, or it asks for nothing.
        WaitsAlreadyError: this centre has asked this state already, or too many wait.
    """
    if asked.state not in bundle.states:
        raise MalformedValueError(f"the lists know no state {asked.state}", pointer="/state")
    unknown = [name for name in asked.qualifications if name not in bundle.qualifications]
    if unknown or not (asked.qualifications or asked.occupations):
        raise MalformedValueError("name qualifications of the lists, or occupations", pointer="/qualifications")
    application = secrets.token_hex(16)
    with database.write("applications") as session:
        waiting = select(Application).where(Application.state == asked.state, col(Application.standing).in_(OPEN))
        if session.exec(waiting.where(Application.did == asked.did)).first():
            raise WaitsAlreadyError("an application of this centre waits already")
        if session.exec(select(func.count()).select_from(waiting.subquery())).one() >= MOST_WAITING:
            raise WaitsAlreadyError("too many applications wait; ask again later, or write to the authority")
        record = asked.model_dump_json(exclude={"state", "did"})
        session.add(Application(id=application, state=asked.state, did=asked.did, record=record, standing=WAITING, received_at=now))
    return application


def application(database: Database, name: str, state: str = "") -> Received:
    """Return an application; with a state, only one of that state.

    Raises:
        NotFoundError: there is none.
    """
    with database.session() as session:
        row = session.get(Application, name)
    if row is None or (state and row.state != state):
        raise NotFoundError("there is no such application here")
    return _received(row)


def has_asked(database: Database, state: str, did: str) -> bool:
    """Return whether a centre has ever asked a state, whatever came of it."""
    query = select(Application.id).where(Application.state == state, Application.did == did)
    with database.session() as session:
        return session.exec(query).first() is not None


def applications(database: Database, state: str) -> tuple[Received, ...]:
    """Return the applications that a state has not decided yet, the oldest first."""
    query = select(Application).where(Application.state == state, col(Application.standing).in_(OPEN))
    with database.session() as session:
        return tuple(map(_received, session.exec(query.order_by(col(Application.received_at))).all()))


def close(session: Session, name: str, standing: str, note: str, now: datetime) -> None:
    """Say what came of an application that waits.

    Raises:
        NotFoundError: there is none that waits.
    """
    row = _row(session, name, *OPEN)
    row.standing, row.note, row.decided_at = standing, note, now
    session.add(row)


def ask_back(session: Session, name: str, question: str, now: datetime) -> None:
    """Ask the centre something about its application; it answers at the address that it keeps.

    Raises:
        NotFoundError: there is none that waits.
    """
    row = _row(session, name, *OPEN)
    _talk(row, "authority", question, now)
    row.standing = ASKED
    session.add(row)


def answer(database: Database, name: str, words: str, now: datetime) -> None:
    """Keep what the centre answers.

    Raises:
        NotFoundError: there is no such application, or nothing was asked.
        MalformedValueError: the answer has no letters, or too many.
    """
    if not words.strip() or len(words) > LONGEST_ANSWER:
        raise MalformedValueError(f"write an answer of at most {LONGEST_ANSWER} letters", pointer="/answer")
    with database.write("applications") as session:
        row = _row(session, name, ASKED)
        _talk(row, "centre", words.strip(), now)
        row.standing = WAITING
        session.add(row)


def _row(session: Session, name: str, *standings: str) -> Application:
    row = session.get(Application, name)
    if row is None or row.standing not in standings:
        raise NotFoundError("this application waits no more")
    return row


def _talk(row: Application, by: str, text: str, now: datetime) -> None:
    record = json.loads(row.record)
    row.record = json.dumps({**record, _TALK: [*record.get(_TALK, ()), {"by": by, "text": text, "at": now.isoformat()}]})


def _received(row: Application) -> Received:
    asked = json.loads(row.record)
    talk = tuple(asked.pop(_TALK, ()))
    return Received(row.id, row.state, row.did, row.standing, row.note, row.received_at, asked, talk)


def record_of_centre(found: Received, fetcher: Fetcher, start: str) -> dict[str, Any]:
    """Return a centre's record for the lists, with the keys that its DID document lists, and nothing that it may do yet.

    Raises:
        FetchError: its address does not answer.
        VCError: what it answers is not its DID document.
        MalformedValueError: it lists no key.
    """
    document = resolve(found.did, fetcher)
    named = {entry if isinstance(entry, str) else entry.get("id") for entry in document.get("assertionMethod", [])}
    keys = [
        {
            "id": f"#{method['id'].partition('#')[2]}",
            "publicKeyMultibase": method["publicKeyMultibase"],
            "from": start,
            "until": None,
            "compromisedSince": None,
        }
        for method in document.get("verificationMethod", [])
        if method.get("id") in named and "publicKeyMultibase" in method
    ]
    if not keys:
        raise MalformedValueError("the centre's DID document lists no key that we can read", pointer="/did")
    return {
        "did": found.did,
        "slug": _SLUG.sub("-", found.asked["name"].lower()).strip("-")[:62] or "centre",
        "names": {"en": found.asked["name"]},
        "kind": found.asked["kind"],
        "place": found.asked["place"],
        "keys": keys,
        "accreditations": [],
    }
