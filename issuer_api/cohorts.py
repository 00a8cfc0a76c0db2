"""Classes: bring a list, put rows right, leave rows out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

from sqlmodel import Session, col, select

from issuer_api.cohort_file import COLUMNS, ListRow, RowProblem, check_rows, read_list
from issuer_api.errors import ConflictError, InvalidRecordError, UnknownThingError
from issuer_api.names import name_hashes, tidy
from issuer_api.programmes import programme
from issuer_api.service import Issuer
from issuer_api.tables import Cohort, Issued, NameIndex, Row, Subject

_FILE_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class CohortRow:
    """A row as it is now: cells, problems, whether it was left out, and the state of its certificate if there is one."""

    number: int
    cells: Mapping[str, str]
    problems: tuple[RowProblem, ...]
    left_out: bool
    credential: str | None
    state: str | None

    @property
    def is_ready(self) -> bool:
        """Whether a certificate can be issued for this row."""
        return not self.left_out and all(problem.is_warning for problem in self.problems)


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
        return tuple(row for row in self.rows if not row.is_ready and not row.left_out)


def import_cohort(issuer: Issuer, slug: str, programme_id: str, content: bytes, file_name: str) -> CohortReport:
    """Store a class's list with the problems of its rows; the same file again gives the class that is there.

    Raises:
        UnknownThingError: this issuer has no such programme.
        FileUnreadableError: the file is no list; nothing is stored.
    """
    started = course_start(programme(issuer, slug, programme_id))
    rows = read_list(content, started=started, today=issuer.clock().date())
    digest = hashlib.sha256(content).hexdigest()
    same = select(Cohort).where(Cohort.organisation == slug, Cohort.programme == programme_id, Cohort.file_hash == digest)
    with issuer.database.write() as session:
        known = session.exec(same).first()
        if known is None:
            cohort = _add(
                issuer,
                session,
                Cohort(
                    id=issuer.new_id(),
                    organisation=slug,
                    programme=programme_id,
                    file_name=file_name[:_FILE_NAME],
                    file_hash=digest,
                    created_at=issuer.clock(),
                ),
                rows,
            )
        else:
            cohort = known.id
    return cohort_report(issuer, slug, cohort, was_known=known is not None)


def course_start(record: Mapping[str, object]) -> date | None:
    """Return the course's first day, if the programme names one."""
    started = record.get("started")
    return date.fromisoformat(started) if isinstance(started, str) else None


def _add(issuer: Issuer, session: Session, cohort: Cohort, rows: tuple[ListRow, ...]) -> str:
    session.add(cohort)
    for row in rows:
        subject = new_subject(issuer, session, cohort.organisation, names_of(row.cells))
        session.flush()
        session.add(
            Row(
                cohort=cohort.id,
                number=row.number,
                subject=subject.id,
                sealed=_seal_cells(issuer, subject, row.cells),
                problems=_spell_problems(row.problems),
            )
        )
    return cohort.id


def new_subject(issuer: Issuer, session: Session, slug: str, names: tuple[str, ...]) -> Subject:
    """Add a person with a fresh key and the keyed hashes of the names."""
    subject = Subject(id=issuer.new_id(), organisation=slug, wrapped_key=issuer.sealer.new_subject_key())
    session.add(subject)
    session.flush()
    _index_names(issuer, session, subject, names)
    return subject


def _index_names(issuer: Issuer, session: Session, subject: Subject, names: tuple[str, ...]) -> None:
    for digest in name_hashes(issuer.sealer, subject.organisation, names):
        session.merge(NameIndex(subject=subject.id, name_hash=digest))


def names_of(cells: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of a row, Latin form first."""
    return tuple(tidy(cells[column]) for column in ("name", "name_native") if cells.get(column, "").strip())


def wrapped_key(subject: Subject) -> bytes:
    """Return the person's wrapped key.

    Raises:
        UnknownThingError: the person's data was erased.
    """
    if subject.wrapped_key is None:
        raise UnknownThingError("this person's data was erased")
    return subject.wrapped_key


def _seal_cells(issuer: Issuer, subject: Subject, cells: Mapping[str, str]) -> bytes:
    text = json.dumps(dict(cells), ensure_ascii=False).encode()
    return issuer.sealer.seal(wrapped_key(subject), text, f"row {subject.id}".encode())


def _open_cells(issuer: Issuer, subject: Subject, row: Row) -> dict[str, str]:
    opened = issuer.sealer.open(wrapped_key(subject), row.sealed, f"row {subject.id}".encode())
    cells: dict[str, str] = json.loads(opened)
    return cells


def _spell_problems(problems: tuple[RowProblem, ...]) -> str:
    return json.dumps([asdict(problem) for problem in problems])


def _read_problems(text: str) -> tuple[RowProblem, ...]:
    return tuple(RowProblem(**problem) for problem in json.loads(text))


def find_cohort(session: Session, slug: str, cohort_id: str) -> Cohort:
    """Return an issuer's class.

    Raises:
        UnknownThingError: there is none, or it is another issuer's.
    """
    cohort = session.get(Cohort, cohort_id)
    if cohort is None or cohort.organisation != slug:
        raise UnknownThingError(f"{slug} has no class {cohort_id[:40]!r}")
    return cohort


def cohort_report(issuer: Issuer, slug: str, cohort_id: str, *, was_known: bool = True) -> CohortReport:
    """Return a class with all its rows as they are now.

    Raises:
        UnknownThingError: this issuer has no such class.
    """
    with issuer.database.session() as session:
        cohort = find_cohort(session, slug, cohort_id)
        rows = session.exec(
            select(Row, Subject).where(Row.subject == Subject.id, Row.cohort == cohort_id).order_by(col(Row.number))
        ).all()
        issued = {row.row_number: row for row in session.exec(select(Issued).where(Issued.cohort == cohort_id)).all()}
    return CohortReport(
        cohort.id,
        slug,
        cohort.programme,
        cohort.file_name,
        was_known,
        tuple(_row_now(issuer, row, subject, issued.get(row.number)) for row, subject in rows),
    )


def _row_now(issuer: Issuer, row: Row, subject: Subject, issued: Issued | None) -> CohortRow:
    cells = _open_cells(issuer, subject, row) if subject.wrapped_key else {}
    return CohortRow(
        row.number,
        cells,
        _read_problems(row.problems),
        row.left_out,
        issued.id if issued else None,
        issued.state if issued else None,
    )


def cohorts(issuer: Issuer, slug: str) -> tuple[Cohort, ...]:
    """Return an issuer's classes, the newest first."""
    query = select(Cohort).where(Cohort.organisation == slug).order_by(col(Cohort.created_at).desc())
    with issuer.database.session() as session:
        return tuple(session.exec(query).all())


def repair_row(issuer: Issuer, slug: str, cohort_id: str, number: int, changes: Mapping[str, str]) -> CohortReport:
    """Change cells of a row that has no certificate yet; all rows are checked again.

    Raises:
        UnknownThingError: no such class or row.
        ConflictError: its certificate is on its way already.
        InvalidRecordError: a column that the list does not have.
    """
    if not set(changes) <= set(COLUMNS):
        raise InvalidRecordError("the list has no such column", pointer="/column")
    _find_open_row(issuer, slug, cohort_id, number)
    _rewrite(issuer, slug, cohort_id, {number: dict(changes)})
    return cohort_report(issuer, slug, cohort_id)


def leave_out(issuer: Issuer, slug: str, cohort_id: str, number: int, *, left_out: bool = True) -> CohortReport:
    """Leave a row out of the class, or take it in again.

    Raises:
        UnknownThingError, ConflictError: as `repair_row`.
    """
    _find_open_row(issuer, slug, cohort_id, number)
    with issuer.database.write() as session:
        session.get_one(Row, (cohort_id, number)).left_out = left_out
    return cohort_report(issuer, slug, cohort_id)


def _find_open_row(issuer: Issuer, slug: str, cohort_id: str, number: int) -> CohortRow:
    rows = cohort_report(issuer, slug, cohort_id).rows
    row = next((row for row in rows if row.number == number), None)
    if row is None:
        raise UnknownThingError(f"the class has no row {number}")
    if row.credential is not None:
        raise ConflictError(f"row {number} has its certificate already; correct that one")
    return row


def _rewrite(issuer: Issuer, slug: str, cohort_id: str, changes: Mapping[int, Mapping[str, str]]) -> None:
    with issuer.database.session() as session:
        started = course_start(programme(issuer, slug, find_cohort(session, slug, cohort_id).programme))
    now = cohort_report(issuer, slug, cohort_id)
    cells = [(row.number, {**row.cells, **changes.get(row.number, {})}, 0) for row in now.rows]
    checked = check_rows(cells, started=started, today=issuer.clock().date())
    with issuer.database.write() as session:
        for row in checked:
            stored = session.get_one(Row, (cohort_id, row.number))
            stored.problems = _spell_problems(row.problems)
            if row.number in changes:
                subject = session.get_one(Subject, stored.subject)
                stored.sealed = _seal_cells(issuer, subject, row.cells)
                _index_names(issuer, session, subject, names_of(row.cells))
