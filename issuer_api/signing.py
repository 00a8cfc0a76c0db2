"""Signing a class in the background: it goes on when the page is closed, and what a crash left is told from the tables.

That it was begun and that it ended are acts in the history; how far it is stands in the certificates' own states.
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import col, func, select

from issuer_api.cohorts import CohortReport, cohort_report
from issuer_api.delivery import DELIVERED
from issuer_api.history import note
from issuer_api.issuing import issue_cohort
from issuer_api.second_person import check_approved
from issuer_api.service import Issuer
from issuer_api.tables import Act, Issued

BEGUN: Final = "signing-begun"
ENDED: Final = "signing-ended"
_LOG: Final = logging.getLogger("comity")
_SIGN_OF_LIFE: Final = timedelta(minutes=1)
_WORTH_SAYING: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a class is.

    Attributes:
        state: `none` (nothing was signed), `running`, `stopped` (it was begun, did not end, and nobody is at it),
            `more` (finished, and further rows became ready since), `done`.
        signed: finished certificates.
        total: rows that are finished or could be.
        by: who began it.
        begun_at: when.
    """

    state: str
    signed: int
    total: int
    by: str = ""
    begun_at: datetime | None = None

    @property
    def waiting(self) -> int:
        """How many are left."""
        return self.total - self.signed

    @property
    def percent(self) -> int:
        """How far, of a hundred."""
        return 100 * self.signed // self.total if self.total else 0


@dataclass(slots=True)
class Signing:
    """Signs classes, one after the other, and says how far each is."""

    issuer: Issuer
    _running: dict[tuple[str, str], tuple[Future[None], int]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, slug: str, cohort: str, *, by: str) -> None:
        """Sign every row of a class that is ready; does nothing while it is being signed.

        Raises:
            UnknownThingError: this issuer has no such class.
            SecondPersonError: somebody else has to approve it first.
        """
        report = cohort_report(self.issuer, slug, cohort)
        check_approved(self.issuer, slug, report)
        with self._lock:
            if self.is_running(slug, cohort):
                return
            with self.issuer.database.write(slug) as session:
                note(self.issuer, session, slug, by, BEGUN, cohort)
            future = self.issuer.background.submit(self._sign, slug, cohort, by)
            self._running[slug, cohort] = future, _signed(report)
        future.add_done_callback(_log_failure)

    def _sign(self, slug: str, cohort: str, by: str) -> None:
        issue_cohort(self.issuer, slug, cohort, by=by)
        with self.issuer.database.write(slug) as session:
            note(self.issuer, session, slug, by, ENDED, cohort)

    def is_running(self, slug: str, cohort: str) -> bool:
        """Return whether a class is being signed, or waits for its turn.

        Another process that serves the same deployment may be at it: then it was begun, did not end, and shows signs of life.
        """
        job = self._running.get((slug, cohort))
        if job is not None:
            return not job[0].done()
        return self.issuer.processes > 1 and _is_alive(self.issuer, slug, cohort)

    def progress(self, slug: str, cohort: str, signed: int, total: int) -> Progress:
        """Return how far a class is, of which so many are signed, of so many that are signed or ready."""
        act = _newest_act(self.issuer, slug, cohort)
        if self.is_running(slug, cohort):
            state = "running"
        elif signed == total:
            state = "done" if total else "none"
        elif act is not None and act.action == BEGUN:
            state = "stopped"
        else:
            state = "more" if signed else "none"
        return Progress(state, signed, total, act.by if act else "", act.at if act else None)

    def progress_of(self, report: CohortReport) -> Progress:
        """Return how far a class is."""
        return self.progress(report.organisation, report.id, _signed(report), len(report.ready))

    def seconds_left(self, slug: str, cohort: str, progress: Progress) -> int | None:
        """Return about how many seconds are left, once it is worth saying."""
        job = self._running.get((slug, cohort))
        if job is None or progress.begun_at is None or progress.signed <= job[1]:
            return None
        each = (self.issuer.clock() - progress.begun_at) / (progress.signed - job[1])
        left = each * progress.waiting
        return round(left.total_seconds() / 10) * 10 if left > _WORTH_SAYING else None


def _signed(report: CohortReport) -> int:
    return sum(row.state == DELIVERED for row in report.ready)


def _is_alive(issuer: Issuer, slug: str, cohort: str) -> bool:
    """Return whether the signing of a class that was begun, and did not end, did something just now."""
    act = _newest_act(issuer, slug, cohort)
    if act is None or act.action != BEGUN:
        return False
    query = select(func.max(Issued.delivered_at)).where(Issued.organisation == slug, Issued.cohort == cohort)
    with issuer.database.session() as session:
        delivered = session.exec(query).one()
    return issuer.clock() - max(act.at, delivered or act.at) < _SIGN_OF_LIFE


def _newest_act(issuer: Issuer, slug: str, cohort: str) -> Act | None:
    query = select(Act).where(Act.organisation == slug, Act.thing == cohort, col(Act.action).in_((BEGUN, ENDED)))
    with issuer.database.session() as session:
        return session.exec(query.order_by(col(Act.id).desc())).first()


def _log_failure(future: Future[None]) -> None:
    error = future.exception()
    if error is not None:
        _LOG.error("signing a class stopped: %s", type(error).__name__)
