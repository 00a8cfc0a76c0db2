"""The classroom: learners scan a code and ask; staff take each request as a row of the class, old or new, or refuse it.

A code ends by itself, at its hour or when so many have asked. Who asks sees the own request alone; nothing says who else asked.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from sqlmodel import Session, col, func, select

from issuer_api.classroom_tables import Classroom, ClassroomRequest
from issuer_api.cohort_file import check_rows
from issuer_api.cohorts import cohort_report, find_cohort, names_of, open_sealed, seal_cells
from issuer_api.delivery import DELIVERED, claim_url
from issuer_api.errors import ClassroomClosedError, ConflictError, ErasedError, InvalidRecordError, UnknownThingError
from issuer_api.history import COMMAND_LINE, note
from issuer_api.issuing import find_issued
from issuer_api.latin_names import suggestion, with_latin
from issuer_api.names import parts
from issuer_api.programmes import programme
from issuer_api.row_repair import add_row, fill_row
from issuer_api.service import Issuer
from issuer_api.subjects import new_subject
from issuer_api.tables import Cohort, Issued, Subject

ASKS: Final = ("name", "name_native", "number", "email", "holder_key")
MOST: Final = 500
LONGEST: Final = 8 * 60
ASKED, TAKEN, REFUSED = "asked", "taken", "refused"
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CODE: Final = 8
_LIKELY: Final = 0.5
_MOST_ALIKE: Final = 3
_ADDRESS_FOR: Final = timedelta(days=90)
_UNDECIDED_FOR: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Request:
    """A request that waits.

    Attributes:
        id: names it to staff; nobody finds the learner's address with it.
        cells: by column, as the learner typed them.
        rows: numbers of rows that may be the same person, the likeliest first.
    """

    id: str
    cells: Mapping[str, str] = field(repr=False)
    asked_at: datetime
    rows: tuple[int, ...]

    @property
    def latin(self) -> str:
        """What the name may be in Latin letters, where none was written and that can be told."""
        return suggestion(self.cells)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a learner reads of the own request: `asked`, `taken`, `refused` or `issued`, then with the claim link."""

    state: str
    claim: str = ""


def open_class(issuer: Issuer, slug: str, programme_id: str, *, by: str = COMMAND_LINE) -> str:
    """Make a class without rows, to which learners ask to be added, and return its id.

    Raises:
        UnknownThingError: this issuer has no such programme.
        InvalidRecordError: it is a form for work.
    """
    if programme(issuer, slug, programme_id)["kind"] != "training":
        raise InvalidRecordError("this is a form for work; a class needs a training programme", pointer="/programme")
    cohort_id = issuer.new_id()
    with issuer.database.write(slug) as session:
        session.add(
            Cohort(
                id=cohort_id,
                organisation=slug,
                programme=programme_id,
                file_name="classroom",
                file_hash=issuer.randomness(16).hex(),
                created_at=issuer.clock(),
            )
        )
        note(issuer, session, slug, by, "class-opened", cohort_id)
    return cohort_id


def open_classroom(
    issuer: Issuer, slug: str, cohort_id: str, *, awarded_on: date, minutes: int = 60, most: int = 40, by: str = COMMAND_LINE
) -> Classroom:
    """Open a code for a class, and close the one that was open.

    Raises:
        UnknownThingError: this issuer has no such class.
        InvalidRecordError: longer than eight hours, or for more than 500.
    """
    if not 1 <= minutes <= LONGEST:
        raise InvalidRecordError(f"minutes: 1 to {LONGEST}", pointer="/minutes")
    if not 1 <= most <= MOST:
        raise InvalidRecordError(f"most: 1 to {MOST}", pointer="/most")
    now = issuer.clock()
    with issuer.database.write(slug) as session:
        find_cohort(session, slug, cohort_id)
        _forget_undecided(session, slug, now - _UNDECIDED_FOR)
        for one in _open_ones(session, slug, cohort_id, now):
            one.closed_at = now
        opened = Classroom(
            code="".join(secrets.choice(_LETTERS) for _ in range(_CODE)),
            organisation=slug,
            cohort=cohort_id,
            awarded_on=awarded_on,
            most=most,
            opened_at=now,
            closes_at=now + timedelta(minutes=minutes),
        )
        session.add(opened)
        note(issuer, session, slug, by, "classroom-opened", cohort_id)
        session.flush()
        session.expunge(opened)
    return opened


def close_classroom(issuer: Issuer, slug: str, cohort_id: str, *, by: str = COMMAND_LINE) -> None:
    """Close the code that is open for a class, if there is one; what was asked still waits."""
    with issuer.database.write(slug) as session:
        find_cohort(session, slug, cohort_id)
        for one in _open_ones(session, slug, cohort_id, issuer.clock()):
            one.closed_at = issuer.clock()
            note(issuer, session, slug, by, "classroom-closed", cohort_id)


def _open_ones(session: Session, slug: str, cohort_id: str, now: datetime) -> list[Classroom]:
    mine = select(Classroom).where(Classroom.organisation == slug, Classroom.cohort == cohort_id)
    return list(session.exec(mine.where(col(Classroom.closed_at).is_(None), Classroom.closes_at > now)).all())


def _forget_undecided(session: Session, slug: str, before: datetime) -> None:
    """Destroy what was asked for long ago and nobody decided on."""
    query = (
        select(ClassroomRequest, Subject)
        .join(Classroom, col(Classroom.code) == ClassroomRequest.code)
        .join(Subject, col(Subject.id) == ClassroomRequest.subject)
        .where(Classroom.organisation == slug, ClassroomRequest.state == ASKED, ClassroomRequest.asked_at < before)
    )
    for request, subject in session.exec(query).all():
        _forget(request, subject, REFUSED)


def _forget(request: ClassroomRequest, subject: Subject, state: str) -> None:
    request.state, request.sealed, subject.wrapped_key = state, b"", None


def classroom_of(issuer: Issuer, slug: str, cohort_id: str) -> Classroom | None:
    """Return the code that is open for a class, or None: also where as many have asked as may.

    Raises:
        UnknownThingError: this issuer has no such class.
    """
    with issuer.database.session() as session:
        find_cohort(session, slug, cohort_id)
        found = next(iter(_open_ones(session, slug, cohort_id, issuer.clock())), None)
        return found if found is not None and _asked(session, found.code) < found.most else None


def scanned(issuer: Issuer, code: str) -> Classroom:
    """Return what a learner's code leads to.

    Raises:
        UnknownThingError: no class has this code.
        ClassroomClosedError: it has ended.
    """
    with issuer.database.session() as session:
        found = session.get(Classroom, code.upper())
        if found is None:
            raise UnknownThingError("no class has this code")
        asked = _asked(session, found.code)
    if found.closed_at is not None or found.closes_at <= issuer.clock() or asked >= found.most:
        raise ClassroomClosedError("this code has ended; ask your teacher for another one")
    return found


def _asked(session: Session, code: str) -> int:
    return session.exec(select(func.count()).select_from(ClassroomRequest).where(ClassroomRequest.code == code)).one()


def unfit(cells: Mapping[str, str], today: date) -> tuple[str, ...]:
    """Return the columns that a learner has to write anew; one of the two names is enough."""
    given = {column: cell for column, cell in cells.items() if cell.strip()}
    if not given.keys() & {"name", "name_native"}:
        return ("name",)
    [row] = check_rows([(1, {**given, "awarded_on": today.isoformat()}, 0)], started=None, today=today)
    return tuple(dict.fromkeys(problem.column for problem in row.problems if problem.column in given))


def ask(issuer: Issuer, code: str, cells: Mapping[str, str]) -> str:
    """Keep what a learner asks for, and return the secret of the learner's own address.

    Args:
        issuer: the house.
        code: that was scanned.
        cells: of `ASKS`; the caller has looked at them.

    Raises:
        UnknownThingError, ClassroomClosedError: as `scanned`.
    """
    found = scanned(issuer, code)
    secret = secrets.token_urlsafe(16)
    with issuer.database.write(found.organisation) as session:
        asked = _asked(session, found.code)
        if asked >= found.most:
            raise ClassroomClosedError("this code has ended; ask your teacher for another one")
        subject = new_subject(issuer, found.organisation)
        session.add(subject)
        session.flush()
        kept = {column: cells.get(column, "").strip() for column in ASKS} | {"awarded_on": found.awarded_on.isoformat()}
        session.add(
            ClassroomRequest(
                id_hash=_hash(secret),
                code=found.code,
                number=asked + 1,
                subject=subject.id,
                sealed=seal_cells(issuer, subject, kept),
                state=ASKED,
                asked_at=issuer.clock(),
            )
        )
    return secret


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def standing_of(issuer: Issuer, code: str, secret: str) -> tuple[Classroom, Standing]:
    """Return what became of a learner's request.

    Raises:
        UnknownThingError: there is no such request, or it is long ago.
    """
    with issuer.database.session() as session:
        request = session.get(ClassroomRequest, _hash(secret))
        found = session.get(Classroom, code.upper())
        if request is None or found is None or request.code != found.code or found.closes_at + _ADDRESS_FOR < issuer.clock():
            raise UnknownThingError("nobody asked with this address")
        if request.state != TAKEN:
            return found, Standing(request.state)
        of_row = select(Issued.id).where(Issued.cohort == found.cohort, Issued.row_number == request.row_number)
        credential = session.exec(of_row.where(Issued.state == DELIVERED)).first()
    if credential is None:
        return found, Standing(TAKEN)
    try:
        return found, Standing("issued", claim_url(issuer, credential, find_issued(issuer, found.organisation, credential)[1]))
    except ErasedError:
        return found, Standing(REFUSED)


def requests_of(issuer: Issuer, slug: str, cohort_id: str) -> tuple[Request, ...]:
    """Return what waits to be decided for a class, in the order in which it came, with the rows that may be meant.

    Raises:
        UnknownThingError: this issuer has no such class.
    """
    report = cohort_report(issuer, slug, cohort_id)
    rows = [(row.number, row.cells) for row in report.rows if row.cells and row.credential is None and not row.left_out]
    mine = (Classroom.organisation == slug, Classroom.cohort == cohort_id, ClassroomRequest.state == ASKED)
    query = select(ClassroomRequest, Subject).join(Classroom, col(Classroom.code) == ClassroomRequest.code)
    query = query.join(Subject, col(Subject.id) == ClassroomRequest.subject).where(*mine)
    with issuer.database.session() as session:
        waiting = session.exec(query.order_by(col(ClassroomRequest.asked_at), col(ClassroomRequest.number)).limit(MOST)).all()
    return tuple(_opened(issuer, request, subject, rows) for request, subject in waiting if subject.wrapped_key is not None)


def _opened(issuer: Issuer, request: ClassroomRequest, subject: Subject, rows: Sequence[tuple[int, Mapping[str, str]]]) -> Request:
    cells = open_sealed(issuer, subject, request.sealed)
    return Request(request.id_hash, cells, request.asked_at, _alike(cells, rows))


def _alike(cells: Mapping[str, str], rows: Sequence[tuple[int, Mapping[str, str]]]) -> tuple[int, ...]:
    """Return the rows of the same number, then those that share most parts of the name; never more than three."""
    number, mine = cells.get("number", ""), _parts(cells)
    scored = ((2 if number and number == row.get("number") else _share(mine, _parts(row)), place) for place, row in rows)
    likely = sorted((found for found in scored if found[0] >= _LIKELY), key=lambda found: (-found[0], found[1]))
    return tuple(place for _, place in likely[:_MOST_ALIKE])


def _parts(cells: Mapping[str, str]) -> frozenset[str]:
    return frozenset(part for name in names_of(cells) for part in parts(name))


def _share(mine: frozenset[str], others: frozenset[str]) -> float:
    return len(mine & others) / min(len(mine), len(others)) if mine and others else 0.0


def decide(
    issuer: Issuer,
    slug: str,
    cohort_id: str,
    request_id: str,
    *,
    row: int | None = None,
    refuse: bool = False,
    latin: str = "",
    by: str = COMMAND_LINE,
) -> int | None:
    """Take a request as a new row of the class, or as a row that is there, or refuse it; return the row's number.

    A row that is there keeps what it says; only its empty cells are filled. The number that a learner gave serves to find a row,
    and is no certificate's number.

    Args:
        issuer: the house.
        slug: the issuer.
        cohort_id: the class.
        request_id: of the request.
        row: that is the same person, or None for a new one.
        refuse: refuse it, whatever `row` is.
        latin: the name in Latin letters that whoever decides has read or chosen, for a new row.
        by: who decides.

    Raises:
        UnknownThingError: no such class, request or row.
        ConflictError: it was decided already, or the row has its certificate.
    """
    with issuer.database.write(slug) as session:
        find_cohort(session, slug, cohort_id)
        request = session.get(ClassroomRequest, request_id)
        if request is None or session.get_one(Classroom, request.code).cohort != cohort_id:
            raise UnknownThingError("nobody asked so for this class")
        if request.state != ASKED:
            raise ConflictError("somebody has decided on this request already")
        subject = session.get_one(Subject, request.subject)
        if refuse:
            _forget(request, subject, REFUSED)
            note(issuer, session, slug, by, "request-refused", cohort_id)
            return None
        cells = {**open_sealed(issuer, subject, request.sealed), "number": ""}
        if row is None:
            cells |= with_latin(cells, latin) if latin else {}
            taken = add_row(issuer, session, slug, cohort_id, subject, cells)
            request.state, request.sealed = TAKEN, b""
        else:
            taken = fill_row(issuer, session, slug, cohort_id, row, cells)
            _forget(request, subject, TAKEN)
        request.row_number = taken
        note(issuer, session, slug, by, "request-taken", f"{cohort_id} {taken}")
    return taken
