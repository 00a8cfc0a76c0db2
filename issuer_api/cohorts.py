"""Classes: bring a list, and see it with its rows as they are now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

from sqlalchemy import insert
from sqlmodel import Session, col, select

from issuer_api.cohort_file import ListRow, RowProblem, headings_of, knows, read_lines, rows_in
from issuer_api.column_choices import Choice, find_choice, open_choice
from issuer_api.errors import InvalidRecordError, UnknownThingError
from issuer_api.history import COMMAND_LINE, note
from issuer_api.names import tidy
from issuer_api.programmes import course_start, programme
from issuer_api.service import Issuer
from issuer_api.subjects import ERASED, index_names, new_subject, wrapped_key
from issuer_api.tables import Cohort, ColumnChoice, Issued, Row, Subject

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
        replaces: the id of the certificate that its own took the place of, if there is one.
    """

    number: int
    cells: Mapping[str, str] = field(repr=False)
    problems: tuple[RowProblem, ...]
    left_out: bool
    credential: str | None
    state: str | None
    person: str
    sealed: bytes = field(repr=False)
    replaces: str | None = None

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
    """A class and all its rows; `choice` is what the headings of its list are, where somebody had to say it."""

    id: str
    organisation: str
    programme: str
    file_name: str
    was_known: bool
    rows: tuple[CohortRow, ...]
    choice: Choice | None = None

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

    Headings that are not ours are read as this issuer said before of this programme's lists.

    Raises:
        UnknownThingError: this issuer has no such programme.
        InvalidRecordError: it is a form for work, which is attested one by one.
        HeadingsUnknownError: nobody has said yet what its headings are; nothing is stored.
        FileUnreadableError: the file is no list; nothing is stored.
    """
    course = programme(issuer, slug, programme_id)
    if course["kind"] != "training":
        raise InvalidRecordError("this is a form for work; a class needs a training programme", pointer="/programme")
    lines = read_lines(content)
    choice = None if knows(headings_of(lines)) else find_choice(issuer, slug, programme_id, headings_of(lines))
    columns = choice.columns if choice else ()
    rows = rows_in(lines, columns, started=course_start(course), today=issuer.clock().date())
    digest = issuer.sealer.keyed_hash("\n".join(("list", slug, content.hex(), *columns))).hex()
    same = select(Cohort).where(Cohort.organisation == slug, Cohort.programme == programme_id, Cohort.file_hash == digest)
    with issuer.database.write(slug) as session:
        known = session.exec(same).first()
        cohort = known or Cohort(
            id=issuer.new_id(),
            organisation=slug,
            programme=programme_id,
            file_name=file_name[:_FILE_NAME],
            file_hash=digest,
            columns=choice.id if choice else None,
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
            "problems": spell_problems(row.problems),
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
    return open_sealed(issuer, subject, row.sealed)


def open_sealed(issuer: Issuer, subject: Subject, sealed: bytes) -> dict[str, str]:
    """Return cells that `seal_cells` has sealed for a person."""
    opened = issuer.sealer.open(wrapped_key(subject), sealed, f"row {subject.id}".encode())
    cells: dict[str, str] = json.loads(opened)
    return cells


def spell_problems(problems: Sequence[RowProblem]) -> str:
    """Return problems as they are stored."""
    return json.dumps([asdict(problem) for problem in problems])


def read_problems(text: str) -> tuple[RowProblem, ...]:
    """Return stored problems."""
    return tuple(RowProblem(**problem) for problem in json.loads(text))


def version_of(sealed: bytes) -> str:
    """Return what tells a row's stored cells from those before and after a change."""
    return hashlib.sha256(sealed).hexdigest()[:16]


def is_blocked(row: Row) -> bool:
    """Return whether a problem stops a stored row."""
    return not all(problem.is_warning for problem in read_problems(row.problems))


def find_cohort(session: Session, slug: str, cohort_id: str) -> Cohort:
    """Return an issuer's class.

    Raises:
        UnknownThingError: there is none, or it is another issuer's.
    """
    cohort = session.get(Cohort, cohort_id)
    if cohort is None or cohort.organisation != slug:
        raise UnknownThingError(f"{slug} has no class {cohort_id[:40]!r}")
    return cohort


def cohort_of(issuer: Issuer, slug: str, cohort_id: str) -> Cohort:
    """Return an issuer's class without its rows.

    Raises:
        UnknownThingError: as `find_cohort`.
    """
    with issuer.database.session() as session:
        return find_cohort(session, slug, cohort_id)


def rows_of(session: Session, cohort_id: str) -> Sequence[tuple[Row, Subject]]:
    """Return a class's stored rows with their people, in the order of the list."""
    query = select(Row, Subject).where(Row.subject == Subject.id, Row.cohort == cohort_id)
    return session.exec(query.order_by(col(Row.number))).all()


def cohort_report(issuer: Issuer, slug: str, cohort_id: str, *, was_known: bool = True) -> CohortReport:
    """Return a class with all its rows as they are now.

    Raises:
        UnknownThingError: this issuer has no such class.
    """
    numbers = select(Issued.row_number, Issued.id, Issued.state, Issued.replaces).where(Issued.cohort == cohort_id)
    with issuer.database.session() as session:
        cohort = find_cohort(session, slug, cohort_id)
        rows = rows_of(session, cohort_id)
        issued = {number: found for number, *found in session.exec(numbers).all()}
        choice = session.get_one(ColumnChoice, cohort.columns) if cohort.columns else None
    return CohortReport(
        cohort.id,
        slug,
        cohort.programme,
        cohort.file_name,
        was_known,
        tuple(_row_now(issuer, row, subject, *issued.get(row.number, (None, None, None))) for row, subject in rows),
        open_choice(issuer, choice) if choice else None,
    )


def _row_now(
    issuer: Issuer, row: Row, subject: Subject, credential: str | None, state: str | None, replaces: str | None
) -> CohortRow:
    erased = subject.wrapped_key is None
    return CohortRow(
        row.number,
        {} if erased else open_cells(issuer, subject, row),
        read_problems(row.problems),
        row.left_out,
        credential,
        ERASED if erased else state,
        subject.id,
        row.sealed,
        replaces,
    )


def cohorts(issuer: Issuer, slug: str) -> tuple[Cohort, ...]:
    """Return an issuer's classes, the newest first."""
    query = select(Cohort).where(Cohort.organisation == slug).order_by(col(Cohort.created_at).desc(), col(Cohort.id))
    with issuer.database.session() as session:
        return tuple(session.exec(query).all())
