"""What is said after a holder asked for a correction: the centre refuses or asks back, the holder answers."""

from __future__ import annotations

from typing import Final

from issuer_api.asked_corrections import (
    ASKED_BACK,
    CENTRE,
    HOLDER,
    MOST_WORDS,
    QUERY,
    REFUSED,
    WAITING,
    Asked,
    Turn,
    opened,
    sealed,
    standing,
)
from issuer_api.errors import ConflictError, InvalidRecordError
from issuer_api.history import note
from issuer_api.service import Issuer
from issuer_api.subjects import wrapped_key
from issuer_api.tables import AskedCorrection
from web.people import SignedIn
from web.roles import PREPARE

MOST_TURNS: Final = 20


def refuse(issuer: Issuer, slug: str, by: SignedIn, name: str, words: str) -> None:
    """Refuse a request, with the reason that the holder reads.

    Raises:
        InvalidRecordError: there is no reason, or a very long one.
        ConflictError: it does not wait any more.
        RoleError: this person prepares nothing here.
    """
    by.require(slug, PREPARE)
    _say(issuer, standing(issuer, name, slug), CENTRE, words, REFUSED, (by.name, "correction-refused"))


def ask_back(issuer: Issuer, slug: str, by: SignedIn, name: str, words: str) -> None:
    """Ask the holder something before answering a request.

    Raises:
        VCError: as `refuse`.
    """
    by.require(slug, PREPARE)
    _say(issuer, standing(issuer, name, slug), CENTRE, words, ASKED_BACK, (by.name, "correction-asked-back"))


def reply(issuer: Issuer, name: str, words: str) -> None:
    """Answer what the centre asked; the same words again change nothing.

    Raises:
        InvalidRecordError: nothing is said, or very much.
        ConflictError: the centre asked nothing.
        UnknownThingError: there is no such request.
    """
    asked = standing(issuer, name)
    if asked.state == WAITING and asked.turns and (asked.turns[-1].by, asked.turns[-1].words) == (HOLDER, words.strip()):
        return
    _say(issuer, asked, HOLDER, words, WAITING, (HOLDER, "correction-answered"))


def _say(issuer: Issuer, asked: Asked, by: str, words: str, state: str, act: tuple[str, str]) -> None:
    said = words.strip()
    if not said or len(said) > MOST_WORDS:
        raise InvalidRecordError(f"write 1 to {MOST_WORDS} letters", pointer="/words")
    if asked.state != (WAITING if by == CENTRE else ASKED_BACK) or len(asked.turns) >= MOST_TURNS:
        raise ConflictError("this request is not where it was; look at it again")
    now = issuer.clock()
    with issuer.database.write(asked.slug) as session:
        row, subject = session.exec(QUERY.where(AskedCorrection.id == asked.id)).one()
        wrapped = wrapped_key(subject)
        wanted, turns = opened(issuer, row, wrapped)
        if turns != asked.turns:
            raise ConflictError("somebody else answered meanwhile; look at it again")
        row.sealed = sealed(issuer, wrapped, row.id, wanted, (*turns, Turn(by, said, now)))
        row.state = state
        row.answered_at = now if by == CENTRE else row.answered_at
        session.add(row)
        note(issuer, session, asked.slug, act[0], act[1], asked.credential)
