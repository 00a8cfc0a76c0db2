"""Rows of a class put right where they stand, left out, taken in again."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import Session, func, select

from issuer_api.cohort_file import COLUMNS, MAX_ROWS, check_rows
from issuer_api.cohorts import (
    CohortReport,
    cohort_report,
    find_cohort,
    names_of,
    open_cells,
    read_problems,
    rows_of,
    seal_cells,
    spell_problems,
    version_of,
)
from issuer_api.errors import ConflictError, InvalidRecordError, RowChangedError, UnknownThingError
from issuer_api.history import COMMAND_LINE, note
from issuer_api.programmes import course_start, programme
from issuer_api.service import Issuer
from issuer_api.subjects import index_names_anew, wrapped_key
from issuer_api.tables import Issued, Row, Subject


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
        row.problems = spell_problems(())
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


def add_row(issuer: Issuer, session: Session, slug: str, cohort_id: str, subject: Subject, cells: Mapping[str, str]) -> int:
    """Add a row for a person that is stored already, check all rows again, and return its number.

    Raises:
        ConflictError: the class has as many rows as a list may have.
    """
    find_cohort(session, slug, cohort_id)
    taken = session.exec(select(func.count(), func.max(Row.number)).where(Row.cohort == cohort_id)).one()
    if taken[0] >= MAX_ROWS:
        raise ConflictError(f"the class has {MAX_ROWS} rows already")
    number = (taken[1] or 1) + 1
    whole = {column: cells.get(column, "") for column in COLUMNS}
    sealed = seal_cells(issuer, subject, whole)
    session.add(Row(cohort=cohort_id, number=number, subject=subject.id, sealed=sealed, problems=spell_problems(())))
    index_names_anew(issuer, session, subject, names_of(whole))
    _check_again(issuer, session, slug, cohort_id)
    return number


def fill_row(issuer: Issuer, session: Session, slug: str, cohort_id: str, number: int, cells: Mapping[str, str]) -> int:
    """Fill the empty cells of a row that has no certificate yet, check all rows again, and return its number.

    Raises:
        UnknownThingError, ConflictError: as `repair_row`.
    """
    row, subject = _open_row(session, slug, cohort_id, number)
    before = open_cells(issuer, subject, row)
    after = {**before, **{column: cell for column, cell in cells.items() if cell and not before.get(column)}}
    row.sealed = seal_cells(issuer, subject, after)
    index_names_anew(issuer, session, subject, names_of(after))
    _check_again(issuer, session, slug, cohort_id)
    return number


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
    stored = {row.number: (row, subject) for row, subject in rows_of(session, cohort_id)}
    counted = sorted(
        (number for number, (row, subject) in stored.items() if not row.left_out and subject.wrapped_key is not None),
        key=lambda number: (number not in issued, number),
    )
    cells = [(number, open_cells(issuer, stored[number][1], stored[number][0]), 0) for number in counted]
    for checked in check_rows(cells, started=started, today=issuer.clock().date()):
        row = stored[checked.number][0]
        kept = tuple(problem for problem in read_problems(row.problems) if problem.code == "cells")
        problems = spell_problems((*kept, *checked.problems))
        if row.problems != problems:
            row.problems = problems
