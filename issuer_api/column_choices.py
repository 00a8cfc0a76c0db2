"""What a centre said about the headings of a programme's lists: remembered, so that nobody is asked twice."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from issuer_api.errors import InvalidRecordError
from issuer_api.headings import choice_problem
from issuer_api.history import COMMAND_LINE, note
from issuer_api.names import tidy
from issuer_api.programmes import programme
from issuer_api.service import Issuer
from issuer_api.tables import ColumnChoice


@dataclass(frozen=True, slots=True)
class Choice:
    """What the headings of a list are.

    Attributes:
        id: of the choice.
        headings: as they stood in the list.
        columns: ours, one for each heading; empty for one that is left out.
        holds: whether the next list with these headings is read so without asking.
    """

    id: str
    headings: tuple[str, ...] = field(repr=False)
    columns: tuple[str, ...]
    holds: bool

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Each heading with its column."""
        return tuple(zip(self.headings, self.columns, strict=True))

    @property
    def left_out(self) -> tuple[str, ...]:
        """The headings whose cells were not read."""
        return tuple(heading for heading, column in self.pairs if not column)


def remember_columns(
    issuer: Issuer, slug: str, programme_id: str, headings: Sequence[str], columns: Sequence[str], *, by: str = COMMAND_LINE
) -> Choice:
    """Remember what the headings of a programme's lists are, in the place of what was said before.

    Raises:
        UnknownThingError: this issuer has no such programme.
        InvalidRecordError: a needed column is missing, one stands twice, or none of ours.
    """
    programme(issuer, slug, programme_id)
    if problem := choice_problem(headings, columns):
        raise InvalidRecordError(f"the columns cannot be taken so: {problem}", pointer="/columns")
    with issuer.database.write(slug) as session:
        before = _holding(issuer, session, slug, programme_id, headings)
        if before is not None and (known := open_choice(issuer, before)).columns == tuple(columns):
            return known
        if before is not None:
            before.holds = False
        row = _sealed(issuer, slug, programme_id, headings, columns)
        session.add(row)
        note(issuer, session, slug, by, "columns-chosen", programme_id)
        return open_choice(issuer, row)


def find_choice(issuer: Issuer, slug: str, programme_id: str, headings: Sequence[str]) -> Choice | None:
    """Return what was said about these headings, if anything was."""
    with issuer.database.session() as session:
        row = _holding(issuer, session, slug, programme_id, headings)
        return open_choice(issuer, row) if row is not None else None


def forget_columns(issuer: Issuer, slug: str, choice: str, *, by: str = COMMAND_LINE) -> None:
    """Ask again at the next list with these headings; classes that are there stay as they were read."""
    with issuer.database.write(slug) as session:
        row = session.get(ColumnChoice, choice)
        if row is not None and row.organisation == slug and row.holds:
            row.holds = False
            note(issuer, session, slug, by, "columns-forgotten", row.programme)


def open_choice(issuer: Issuer, row: ColumnChoice) -> Choice:
    """Return a stored choice."""
    pairs = json.loads(issuer.sealer.open(row.wrapped_key, row.sealed, _binding(row.id)))
    return Choice(row.id, tuple(heading for heading, _ in pairs), tuple(column for _, column in pairs), row.holds)


def _sealed(issuer: Issuer, slug: str, programme_id: str, headings: Sequence[str], columns: Sequence[str]) -> ColumnChoice:
    made, wrapped = issuer.new_id(), issuer.sealer.new_subject_key()
    pairs = json.dumps(list(zip(headings, columns, strict=True)))
    return ColumnChoice(
        id=made,
        organisation=slug,
        programme=programme_id,
        headings_hash=_hash(issuer, slug, programme_id, headings),
        wrapped_key=wrapped,
        sealed=issuer.sealer.seal(wrapped, pairs.encode(), _binding(made)),
        holds=True,
        created_at=issuer.clock(),
    )


def _holding(issuer: Issuer, session: Session, slug: str, programme_id: str, headings: Sequence[str]) -> ColumnChoice | None:
    same = ColumnChoice.headings_hash == _hash(issuer, slug, programme_id, headings)
    return session.exec(select(ColumnChoice).where(same, col(ColumnChoice.holds))).first()


def _hash(issuer: Issuer, slug: str, programme_id: str, headings: Sequence[str]) -> str:
    """Return what is equal for the same headings of a programme, whatever their case and blanks."""
    text = json.dumps([slug, programme_id, *(tidy(heading).casefold() for heading in headings)])
    return issuer.sealer.keyed_hash(f"headings\n{text}").hex()


def _binding(choice: str) -> bytes:
    return f"columns {choice}".encode()
