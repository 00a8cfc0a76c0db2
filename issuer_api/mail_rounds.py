"""Mails that wait in a table are handed over some at a time, each until it was taken, refused, or tried for two days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, TypeVar

from sqlalchemy import inspect
from sqlmodel import col, select

from issuer_api.service import Issuer
from issuer_api.tables import ClaimMail, Notice
from web.mailing import Mail, Outcome

WAITING: Final = "waiting"
SENT: Final = "sent"
REFUSED: Final = "refused"
GIVEN_UP: Final = "given-up"
DROPPED: Final = "dropped"
MOST_AT_ONCE: Final = 50
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=6)
GIVEN_UP_AFTER: Final = 16
"""Attempts, over two days, after which a mail is tried no more."""

Q = TypeVar("Q", ClaimMail, Notice)


def send_round(issuer: Issuer, queue: type[Q], letter: Callable[[Q], Mail | None]) -> int:
    """Hand over the mails of a queue that are due, some at a time; return how many were taken.

    Args:
        issuer: the house.
        queue: the table in which they wait.
        letter: gives one as it is now, or None where there is nothing to send any more.
    """
    if issuer.post is None:
        return 0
    query = select(queue).where(col(queue.next_try) <= issuer.clock()).order_by(col(queue.next_try))
    with issuer.database.session() as session:
        due = session.exec(query.limit(MOST_AT_ONCE)).all()
    if not due:
        return 0
    sent = 0
    with issuer.post() as hand_over:
        for mail in due:
            written = letter(mail)
            outcome = hand_over(written) if written is not None else None
            _record(issuer, mail, outcome)
            sent += outcome is Outcome.SENT
    return sent


def _record(issuer: Issuer, handed: Q, outcome: Outcome | None) -> None:
    with issuer.database.write(handed.organisation) as session:
        mail = session.get(type(handed), inspect(handed).identity)
        if mail is not None:  # the person's data may have been erased meanwhile
            mail.attempts += 1
            mail.state, mail.next_try = _after(outcome, mail.attempts, issuer.clock())


def _after(outcome: Outcome | None, attempts: int, now: datetime) -> tuple[str, datetime | None]:
    """Return the state after so many attempts, and when it is tried next; `outcome` is None where there was nothing to send."""
    if outcome is Outcome.LATER and attempts < GIVEN_UP_AFTER:
        return WAITING, now + min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)
    ends = {Outcome.SENT: SENT, Outcome.REFUSED: REFUSED, Outcome.LATER: GIVEN_UP, None: DROPPED}
    return ends[outcome], None
