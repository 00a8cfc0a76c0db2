"""Classes: bring a list, put rows right, leave rows out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

from sqlalchemy import insert
from sqlmodel import Session, col, select

from issuer_api.cohort_file import COLUMNS, ListRow, RowProblem, check_rows, read_list
from issuer_api.errors import ConflictError, InvalidRecordError, RowChangedError, UnknownThingError
from issuer_api.history import COMMAND_LINE, note
from issuer_api.names import tidy
from issuer_api.programmes import course_start, programme
from issuer_api.service import Issuer
from issuer_api.subjects import ERASED, index_names, index_names_anew, new_subject, wrapped_key
from issuer_api.tables import Cohort, Issued, Row, Subject

_FILE_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class CohortRow:
    """A row as it is now.

    Attributes:
        number: its line in the list.
        cells: by column; empty once the person's data was erased.
        problems: what stops it, or is to be looked at.
        left_out: whether the registrar left it out.
        credential: its certificate's id, if there is one.
        state: of the certificate; `erased` once the person's data was erased.
        person: the person's id.
        sealed: the stored cells: another value once the row was changed.
    """

    number: int
    cells: Mapping[str, str] = field(repr=False)
    problems: tuple[RowProblem, ...]
    left_out: bool
    credential: str | None
    state: str | None
    person: str
    sealed: bytes = field(repr=False)

    @property
    def is_ready(self) -> bool:
        """Whether a certificate can be issued for this row."""
        return not self.left_out and self.state != ERASED and all(problem.is_warning for problem in self.problems)

    @property
    def version(self) -> str:
        """Another one after every change of the cells."""
        return version_of(self.sealed)


@dataclass(frozen=True, slots=True)
class CohortReport:
    """A class and all its rows."""

    id: str
    organisation: str
    programme: str
    file_name: str
    was_known: bool
    rows: tuple[CohortRow, ...]

    @property
    def ready(self) -> tuple[CohortRow, ...]:
        """The rows that can be issued."""
        return tuple(row for row in self.rows if row.is_ready)

    @property
    def wrong(self) -> tuple[CohortRow, ...]:
        """The rows that need the registrar."""
        return tuple(row for row in self.rows if not row.is_ready and not row.left_out and row.state != ERASED)


def import_cohort(
    issuer: Issuer, slug: str, programme_id: str, content: bytes, file_name: str, *, by: str = COMMAND_LINE
) -> CohortReport:
    """Store a class's list with the problems of its rows; the same file again gives the class that is there.

    Raises:
        UnknownThingError: this issuer has no such programme.
        InvalidRecordError: it is a form for work, which is attested one by one.
        FileUnreadableError: the file is no list; nothing is stored.
    """
    course = programme(issuer, slug, programme_id)
    if course["kind"] != "training":
        raise InvalidRecordError("this is a form for work; a class needs a training programme", pointer="/programme")
    rows = read_list(content, started=course_start(course), today=issuer.clock().date())
    digest = issuer.sealer.keyed_hash(f"list\n{slug}\n{content.hex()}").hex()
    same = select(Cohort).where(Cohort.organisation == slug, Cohort.programme == programme_id, Cohort.file_hash == digest)
    with issuer.database.write(slug) as session:
        known = session.exec(same).first()
        cohort = known or Cohort(
            id=issuer.new_id(),
            organisation=slug,
            programme=programme_id,
            file_name=file_name[:_FILE_NAME],
            file_hash=digest,
            created_at=issuer.clock(),
        )
        if known is None:
            _add(issuer, session, cohort, rows)
            note(issuer, session, slug, by, "list-brought", cohort.id)
    return cohort_report(issuer, slug, cohort.id, was_known=known is not None)


def _add(issuer: Issuer, session: Session, cohort: Cohort, rows: Sequence[ListRow]) -> None:
    people = [(row, new_subject(issuer, cohort.organisation)) for row in rows]
    session.add(cohort)
    session.flush()
    session.execute(insert(Subject), [subject.model_dump() for _, subject in people])
    stored = [
        {
            "cohort": cohort.id,
            "number": row.number,
            "subject": subject.id,
            "sealed": seal_cells(issuer, subject, row.cells),
            "problems": _spell_problems(row.problems),
            "left_out": False,
        }
        for row, subject in people
    ]
    session.execute(insert(Row), stored)
    index_names(issuer, session, ((subject, names_of(row.cells)) for row, subject in people))


def names_of(cells: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of a row, Latin form first."""
    return tuple(tidy(cells[column]) for column in ("name", "name_native") if cells.get(column, "").strip())


def seal_cells(issuer: Issuer, subject: Subject, cells: Mapping[str, str]) -> bytes:
    """Return a row's cells sealed under its person's key."""
    text = json.dumps(dict(cells), ensure_ascii=False).encode()
    return issuer.sealer.seal(wrapped_key(subject), text, f"row {subject.id}".encode())


def open_cells(issuer: Issuer, subject: Subject, row: Row) -> dict[str, str]:
    """Return a row's cells."""
    opened = issuer.sealer.open(wrapped_key(subject), row.sealed, f"row {subject.id}".encode())
    cells: dict[str, str] = json.loads(opened)
    return cells


def _spell_problems(problems: Sequence[RowProblem]) -> str:
    return json.dumps([asdict(problem) for problem in problems])


def _read_problems(text: str) -> tuple[RowProblem, ...]:
    return tuple(RowProblem(**problem) for problem in json.loads(text))


def version_of(sealed: bytes) -> str:
    """Return what tells a row's stored cells from those before and after a change."""
    return hashlib.sha256(sealed).hexdigest()[:16]


def is_blocked(row: Row) -> bool:
    """Return whether a problem stops a stored row."""
    return not all(problem.is_warning for problem in _read_problems(row.problems))


def find_cohort(session: Session, slug: str, cohort_id: str) -> Cohort:
    """Return an issuer's class.

    Raises:
        UnknownThingError: there is none, or it is another issuer's.
    """
    cohort = session.get(Cohort, cohort_id)
    if cohort is None or cohort.organisation != slug:
        raise UnknownThingError(f"{slug} has no class {cohort_id[:40]!r}")
    return cohort


def _rows_of(session: Session, cohort_id: str) -> Sequence[tuple[Row, Subject]]:
    query = select(Row, Subject).where(Row.subject == Subject.id, Row.cohort == cohort_id)
    return session.exec(query.order_by(col(Row.number))).all()


def cohort_report(issuer: Issuer, slug: str, cohort_id: str, *, was_known: bool = True) -> CohortReport:
    """Return a class with all its rows as they are now.

    Raises:
        UnknownThingError: this issuer has no such class.
    """
    numbers = select(Issued.row_number, Issued.id, Issued.state).where(Issued.cohort == cohort_id)
    with issuer.database.session() as session:
        cohort = find_cohort(session, slug, cohort_id)
        rows = _rows_of(session, cohort_id)
        issued = {number: (credential, state) for number, credential, state in session.exec(numbers).all()}
    return CohortReport(
        cohort.id,
        slug,
        cohort.programme,
        cohort.file_name,
        was_known,
        tuple(_row_now(issuer, row, subject, *issued.get(row.number, (None, None))) for row, subject in rows),
    )


def _row_now(issuer: Issuer, row: Row, subject: Subject, credential: str | None, state: str | None) -> CohortRow:
    erased = subject.wrapped_key is None
    return CohortRow(
        row.number,
        {} if erased else open_cells(issuer, subject, row),
        _read_problems(row.problems),
        row.left_out,
        credential,
        ERASED if erased else state,
        subject.id,
        row.sealed,
    )


def cohorts(issuer: Issuer, slug: str) -> tuple[Cohort, ...]:
    """Return an issuer's classes, the newest first."""
    query = select(Cohort).where(Cohort.organisation == slug).order_by(col(Cohort.created_at).desc(), col(Cohort.id))
    with issuer.database.session() as session:
        return tuple(session.exec(query).all())


def repair_row(
    issuer: Issuer, slug: str, cohort_id: str, number: int, changes: Mapping[str, str], *, by: str = COMMAND_LINE, seen: str = ""
) -> CohortReport:
    """Change cells of a row that has no certificate yet; all rows are checked again.

    Args:
        issuer: the house.
        slug: the issuer.
        cohort_id: the class.
        number: of the row.
        changes: column to new cell.
        by: who changes them.
        seen: the row's version that was looked at; left out, whatever stands there is changed.

    Raises:
        RowChangedError: somebody else changed it to something else since it was seen.
        UnknownThingError: no such class or row, or the person's data was erased.
        ConflictError: its certificate is on its way already.
        InvalidRecordError: a column that the list does not have.
    """
    for column in changes:
        if column not in COLUMNS:
            raise InvalidRecordError(f"the list has no column {column[:40]!r}", pointer=f"/{column[:40]}")
    with issuer.database.write(slug) as session:
        row, subject = _open_row(session, slug, cohort_id, number)
        before = open_cells(issuer, subject, row)
        cells = {**before, **{column: cell.strip() for column, cell in changes.items()}}
        if seen and seen != version_of(row.sealed) and cells != before:
            raise RowChangedError(f"somebody else changed row {number} meanwhile; nothing was overwritten")
        row.sealed = seal_cells(issuer, subject, cells)
        row.problems = _spell_problems(())
        index_names_anew(issuer, session, subject, names_of(cells))
        _check_again(issuer, session, slug, cohort_id)
        note(issuer, session, slug, by, "row-changed", f"{cohort_id} {number}")
    return cohort_report(issuer, slug, cohort_id)


def leave_out(
    issuer: Issuer, slug: str, cohort_id: str, number: int, *, left_out: bool = True, by: str = COMMAND_LINE
) -> CohortReport:
    """Leave a row out of the class, or take it in again; all rows are checked again.

    Raises:
        UnknownThingError, ConflictError: as `repair_row`.
    """
    with issuer.database.write(slug) as session:
        row, _ = _open_row(session, slug, cohort_id, number)
        if row.left_out != left_out:
            row.left_out = left_out
            _check_again(issuer, session, slug, cohort_id)
            note(issuer, session, slug, by, "row-left-out" if left_out else "row-taken-in", f"{cohort_id} {number}")
    return cohort_report(issuer, slug, cohort_id)


def _open_row(session: Session, slug: str, cohort_id: str, number: int) -> tuple[Row, Subject]:
    """Return a row that may still be changed, and its person.

    Raises:
        UnknownThingError: no such class or row, or the person's data was erased.
        ConflictError: its certificate is on its way already.
    """
    find_cohort(session, slug, cohort_id)
    row = session.get(Row, (cohort_id, number))
    if row is None:
        raise UnknownThingError(f"the class has no row {number}")
    subject = session.get_one(Subject, row.subject)
    wrapped_key(subject)
    if session.exec(select(Issued.id).where(Issued.cohort == cohort_id, Issued.row_number == number)).first() is not None:
        raise ConflictError(f"row {number} has its certificate already; correct that one")
    return row, subject


def _check_again(issuer: Issuer, session: Session, slug: str, cohort_id: str) -> None:
    """Check rows that are neither left out nor erased; those with a certificate come first, so that a double of one is stopped."""
    started = course_start(programme(issuer, slug, find_cohort(session, slug, cohort_id).programme))
    session.flush()
    issued = set(session.exec(select(Issued.row_number).where(Issued.cohort == cohort_id)).all())
    stored = {row.number: (row, subject) for row, subject in _rows_of(session, cohort_id)}
    counted = sorted(
        (number for number, (row, subject) in stored.items() if not row.left_out and subject.wrapped_key is not None),
        key=lambda number: (number not in issued, number),
    )
    cells = [(number, open_cells(issuer, stored[number][1], stored[number][0]), 0) for number in counted]
    for checked in check_rows(cells, started=started, today=issuer.clock().date()):
        row = stored[checked.number][0]
        kept = tuple(problem for problem in _read_problems(row.problems) if problem.code == "cells")
        problems = _spell_problems((*kept, *checked.problems))
        if row.problems != problems:
            row.problems = problems
