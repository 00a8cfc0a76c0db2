"""Work that others confirm: a person asks by a link, who was asked answers once, without an account.

    asked       the link is open, for 30 days
    answered    waits for whoever takes it down (`issuer_api.work_collecting`)
    declined    who was asked does not confirm it; only the person learns that
    signed      there is a certificate
    refused     whoever takes answers down does not sign this one

What people say is sealed under the person's key. Who opens a link learns what the person asks to have confirmed, and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlmodel import Session, col, func, select

from issuer_api.errors import ConflictError, ErasedError, InvalidRecordError, UnknownThingError
from issuer_api.history import note
from issuer_api.names import parts
from issuer_api.programmes import programme
from issuer_api.records import WitnessAsked, WorkAnswer, WorkAsked, WorkChecked, read_record
from issuer_api.service import Issuer
from issuer_api.subjects import index_names, new_subject, wrapped_key
from issuer_api.tables import Subject
from issuer_api.work_tables import WorkExperience, WorkWitness

LINK_LASTS: Final = timedelta(days=30)
ASKED: Final = "asked"
ANSWERED: Final = "answered"
DECLINED: Final = "declined"
SIGNED: Final = "signed"
REFUSED: Final = "refused"
ENDED: Final = "ended"
MOST_WITNESSES: Final = 10
MOST_WAITING: Final = 5_000
"""Links of one issuer that may be open, so that nobody fills its tables."""
THE_PERSON: Final = "the person whose work it is"
WHO_WAS_ASKED: Final = "who was asked"


@dataclass(frozen=True, slots=True)
class Witness:
    """One who is asked: what was written so far, and how far it is."""

    id: str
    state: str
    asked: WitnessAsked
    answer: WorkAnswer | None
    checked: WorkChecked | None
    reason: str
    credential: str | None
    link: str = field(repr=False)
    mark: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Experience:
    """Work that a person asks to have confirmed, and by whom."""

    id: str
    organisation: str
    form: str
    subject: str
    person_mark: str
    asked: WorkAsked
    witnesses: tuple[Witness, ...]

    def witness(self, witness_id: str) -> Witness:
        """Return one who is asked."""
        return next(one for one in self.witnesses if one.id == witness_id)


def begin(
    issuer: Issuer, slug: str, form_id: str, asked: Mapping[str, Any], witness: Mapping[str, Any], *, by: str = THE_PERSON
) -> tuple[str, str]:
    """Store what a person asks to have confirmed; return the tokens of the person's own link and of who is asked.

    Raises:
        UnknownThingError: this issuer has no such form.
        InvalidRecordError: something is missing; with a pointer.
        ConflictError: more is open at this issuer than can wait.
    """
    if programme(issuer, slug, form_id)["kind"] != "work":
        raise UnknownThingError("this is a training programme, not a form for work")
    work, first = read_record(WorkAsked, asked), read_record(WitnessAsked, witness)
    subject, follow = new_subject(issuer, slug), secrets.token_urlsafe(24)
    experience = WorkExperience(
        id=issuer.new_id(),
        organisation=slug,
        form=form_id,
        subject=subject.id,
        follow_hash=hash_of(follow),
        person_mark=mark_of(issuer, slug, work.names[0]),
        sealed=b"",
        created_at=issuer.clock(),
    )
    experience.sealed = _seal(issuer, subject, experience.id, work.model_dump(by_alias=True))
    with issuer.database.write(slug) as session:
        _check_room(session, slug)
        session.add(subject)
        session.flush()
        session.add(experience)
        index_names(issuer, session, ((subject, tuple(work.names)),))
        session.flush()
        link = _add_witness(issuer, session, experience, subject, first)
        note(issuer, session, slug, by, "work-asked", experience.id)
    return follow, link


def ask_another(issuer: Issuer, follow: str, witness: Mapping[str, Any]) -> str:
    """Ask one more to confirm the same work; return the token of the link.

    Raises:
        UnknownThingError: the person's link opens nothing.
        InvalidRecordError: something is missing, with a pointer.
        ConflictError: enough were asked.
    """
    asked, found = read_record(WitnessAsked, witness), followed(issuer, follow)
    with issuer.database.write(found.organisation) as session:
        _check_room(session, found.organisation)
        experience = session.get_one(WorkExperience, found.id)
        count = select(func.count()).where(WorkWitness.experience == found.id)
        if session.exec(count).one() >= MOST_WITNESSES:
            raise ConflictError(f"{MOST_WITNESSES} people can be asked about the same work")
        subject = session.get_one(Subject, found.subject)
        note(issuer, session, found.organisation, THE_PERSON, "work-asked", found.id)
        return _add_witness(issuer, session, experience, subject, asked)


def _check_room(session: Session, slug: str) -> None:
    waiting = select(func.count()).where(WorkWitness.organisation == slug, col(WorkWitness.state).in_((ASKED, ANSWERED)))
    if session.exec(waiting).one() >= MOST_WAITING:
        raise ConflictError("so much waits here that nothing more can be asked at present")


def _add_witness(issuer: Issuer, session: Session, experience: WorkExperience, subject: Subject, asked: WitnessAsked) -> str:
    link, now, name = secrets.token_urlsafe(24), issuer.clock(), issuer.new_id()
    told = {"asked": asked.model_dump(by_alias=True), "link": link}
    session.add(
        WorkWitness(
            id=name,
            experience=experience.id,
            organisation=experience.organisation,
            link_hash=hash_of(link),
            state=ASKED,
            sealed=_seal(issuer, subject, name, told),
            created_at=now,
            expires_at=now + LINK_LASTS,
        )
    )
    return link


def followed(issuer: Issuer, follow: str) -> Experience:
    """Return the work that a person's own link opens.

    Raises:
        UnknownThingError: it opens nothing.
        ErasedError: the person's data was erased.
    """
    with issuer.database.session() as session:
        row = session.exec(select(WorkExperience).where(WorkExperience.follow_hash == hash_of(follow))).first()
        return experience_of(issuer, session, row)


def opened(issuer: Issuer, link: str) -> tuple[Experience, Witness]:
    """Return what the link of who is asked opens: the work, and the one who is asked.

    Raises:
        UnknownThingError: it opens nothing.
        ErasedError: the person's data was erased.
    """
    with issuer.database.session() as session:
        found = session.exec(select(WorkWitness).where(WorkWitness.link_hash == hash_of(link))).first()
        row = session.get(WorkExperience, found.experience) if found is not None else None
        experience = experience_of(issuer, session, row)
    assert found is not None  # noqa: S101  # there is no experience without one
    return experience, experience.witness(found.id)


def answer(issuer: Issuer, link: str, said: Mapping[str, Any]) -> None:
    """Keep what who was asked says; the link is used up.

    Raises:
        UnknownThingError: the link opens nothing.
        ConflictError: it was used, or has ended.
        InvalidRecordError: something is missing, or the dates do not fit; with a pointer.
    """
    told = read_record(WorkAnswer, said)
    check_days(told, issuer.clock().date())
    experience, _ = opened(issuer, link)
    mark = mark_of(issuer, experience.organisation, told.name)
    _close(issuer, link, ANSWERED, {"answer": told.model_dump(by_alias=True, exclude_none=True)}, mark)


def decline(issuer: Issuer, link: str) -> None:
    """Say that one does not confirm this; the link is used up.

    Raises:
        VCError: as `answer`.
    """
    _close(issuer, link, DECLINED, {}, "")


def _close(issuer: Issuer, link: str, state: str, told: Mapping[str, Any], mark: str) -> None:
    experience, witness = opened(issuer, link)
    with issuer.database.write(experience.organisation) as session:
        row = session.get_one(WorkWitness, witness.id)
        subject = session.get_one(Subject, experience.subject)
        if row.state != ASKED or row.expires_at <= issuer.clock():
            raise ConflictError("this link works once, and for 30 days")
        row.sealed = _seal(issuer, subject, row.id, _open(issuer, subject, row.id, row.sealed) | dict(told))
        row.state, row.mark = state, mark
        note(issuer, session, experience.organisation, WHO_WAS_ASKED, f"work-{state}", row.id)


def check_days(told: WorkAnswer, today: date) -> None:
    """Raise unless the days of an answer are in order, and none is to come.

    Raises:
        InvalidRecordError: they are not.
    """
    if not date.fromisoformat(told.start_date) <= date.fromisoformat(told.end_date) <= today:
        raise InvalidRecordError("the dates are out of order or in the future", pointer="/endDate")


def experience_of(issuer: Issuer, session: Session, row: WorkExperience | None) -> Experience:
    """Return stored work with everybody who was asked.

    Raises:
        UnknownThingError: there is none.
        ErasedError: the person's data was erased.
    """
    if row is None:
        raise UnknownThingError("this link opens nothing")
    subject = session.get_one(Subject, row.subject)
    query = select(WorkWitness).where(WorkWitness.experience == row.id).order_by(col(WorkWitness.created_at), col(WorkWitness.id))
    witnesses = tuple(_witness(issuer, subject, one) for one in session.exec(query).all())
    asked = read_record(WorkAsked, _open(issuer, subject, row.id, row.sealed))
    return Experience(row.id, row.organisation, row.form, row.subject, row.person_mark, asked, witnesses)


def _witness(issuer: Issuer, subject: Subject, row: WorkWitness) -> Witness:
    told = _open(issuer, subject, row.id, row.sealed)
    has_ended = row.state == ASKED and row.expires_at <= issuer.clock()
    return Witness(
        id=row.id,
        state=ENDED if has_ended else row.state,
        asked=read_record(WitnessAsked, told["asked"]),
        answer=read_record(WorkAnswer, told["answer"]) if "answer" in told else None,
        checked=read_record(WorkChecked, told["checked"]) if "checked" in told else None,
        reason=told.get("reason", ""),
        credential=row.credential,
        link=told["link"],
        mark=row.mark,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def add_to(issuer: Issuer, session: Session, row: WorkWitness, subject_id: str, told: Mapping[str, Any]) -> None:
    """Seal more of what was written about one who was asked."""
    subject = session.get_one(Subject, subject_id)
    row.sealed = _seal(issuer, subject, row.id, _open(issuer, subject, row.id, row.sealed) | dict(told))


def _seal(issuer: Issuer, subject: Subject, name: str, told: Mapping[str, Any]) -> bytes:
    content = json.dumps(told, ensure_ascii=False).encode()
    return issuer.sealer.seal(wrapped_key(subject), content, f"work {name}".encode())


def _open(issuer: Issuer, subject: Subject, name: str, sealed: bytes) -> dict[str, Any]:
    if not sealed:
        raise ErasedError("this person's data was erased")
    told: dict[str, Any] = json.loads(issuer.sealer.open(wrapped_key(subject), sealed, f"work {name}".encode()))
    return told


def mark_of(issuer: Issuer, slug: str, name: str) -> str:
    """Return what is equal for equal names at an issuer, and says nothing without its key."""
    return issuer.sealer.keyed_hash(f"work person\n{slug}\n{' '.join(sorted(parts(name)))}").hex()


def hash_of(token: str) -> str:
    """Return what is kept of the token of a link."""
    return hashlib.sha256(token.encode()).hexdigest()
