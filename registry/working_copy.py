"""The lists as they will be published next: one copy in the database, changed record by record, each change by two people.

Before the first change the copy is what is published. A change names the record as it was seen (`before`); when somebody else
changed it meanwhile, nothing is done.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session, col, select

from credentials.errors import COMITY, MalformedValueError, VCError
from registry.linting import Finding, lint
from registry.tables import ListFile
from trust.bundle import STATE_FILES, Bundle, read_lists
from web.db import Database

Files = Mapping[str, bytes]
KEY_OF: Final[Mapping[str, str]] = {"issuers": "did"}
"""List to the member that names a record; `id` in every other."""


class ChangedMeanwhileError(VCError):
    """Somebody else changed the record since it was looked at."""

    type = COMITY + "CHANGED_MEANWHILE"
    title = "problem.changed-meanwhile"


class LintError(VCError):
    """What is proposed must not be published."""

    type = COMITY + "LISTS_NOT_GOOD"
    title = "problem.lists-not-good"


@dataclass(frozen=True, slots=True)
class DraftFiles:
    """Lists that nobody has signed, to be read as if they were published now."""

    files: Files
    published: datetime
    version: int = 0
    expired: bool = False
    hash: str = ""

    def ran_out(self, _code: str) -> datetime | None:
        """Return that nothing has run out: nobody has signed it yet."""
        return None

    def partnership(self, name: str) -> dict[str, Any] | None:
        """Return a file of the whole partnership."""
        return self._read(f"partnership/{name}.json")

    def of_state(self, code: str, name: str) -> dict[str, Any] | None:
        """Return a file of a state."""
        return self._read(f"states/{code}/{name}.json")

    def _read(self, path: str) -> dict[str, Any] | None:
        content = self.files.get(path)
        document: dict[str, Any] | None = None if content is None else json.loads(content)
        return document


@dataclass(frozen=True, slots=True)
class Change:
    """One record of one state's list, put in place of what is there; or added.

    Attributes:
        state: whose list.
        name: of the list, such as `issuers`.
        record: as it will be.
        before: digest of the record as it was seen; empty where there was none.
        reason: in words, as it is kept.
    """

    state: str
    name: str
    record: Mapping[str, Any]
    before: str
    reason: str

    @property
    def path(self) -> str:
        """The target path of the file."""
        return f"states/{self.state}/{self.name}.json"

    @property
    def key(self) -> str:
        """What names the record."""
        return str(self.record[KEY_OF.get(self.name, "id")])

    def to_payload(self) -> dict[str, Any]:
        """Return it as a proposal keeps it."""
        return {
            "state": self.state,
            "name": self.name,
            "record": dict(self.record),
            "before": self.before,
            "reason": self.reason,
        }


def parse_change(payload: Mapping[str, Any]) -> Change:
    """Return the change that a proposal keeps.

    Raises:
        MalformedValueError: it names no list of a state.
    """
    change = Change(**{name: payload[name] for name in ("state", "name", "record", "before", "reason")})
    if change.name not in STATE_FILES:
        raise MalformedValueError(f"{change.name[:40]!r} is no list of a state")
    return change


def record_of(files: Files, state: str, name: str, key: str) -> dict[str, Any] | None:
    """Return a record of a list by what names it."""
    found: list[dict[str, Any]] = records_of(files, f"states/{state}/{name}.json", name)
    return next((record for record in found if record.get(KEY_OF.get(name, "id")) == key), None)


def digest_of(record: Mapping[str, Any] | None) -> str:
    """Return what tells whether a record was changed since it was seen."""
    return "" if record is None else hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def records_of(files: Files, path: str, name: str) -> list[dict[str, Any]]:
    """Return the records of a list's file; none where there is no file."""
    records: list[dict[str, Any]] = json.loads(files.get(path, b"{}")).get(name, [])
    return records


def with_change(files: Files, change: Change) -> dict[str, bytes]:
    """Return the lists with a change.

    Raises:
        ChangedMeanwhileError: the record is not the one that was seen.
    """
    there = record_of(files, change.state, change.name, change.key)
    if digest_of(there) != change.before:
        raise ChangedMeanwhileError("somebody changed this meanwhile; look at both, then choose")
    records = records_of(files, change.path, change.name)
    put = [dict(change.record) if record == there else record for record in records]
    document = {change.name: put if there is not None else [*records, dict(change.record)]}
    return {**files, change.path: json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"}


def check_change(files: Files, published: Files, change: Change, now: datetime) -> tuple[Finding, ...]:
    """Return the warnings about lists with a change.

    Raises:
        LintError: with it they must not be published; names the first finding.
        MalformedValueError: the record is not of its form.
        ChangedMeanwhileError: the record is not the one that was seen.
    """
    after = with_change(files, change)
    try:
        draft_bundle(after, now)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise MalformedValueError(f"the record is not of its form: {error}") from error
    known = set(lint(files, published, now))
    found = [finding for finding in lint(after, published, now) if finding not in known]
    for finding in found:
        if not finding.is_warning:
            raise LintError(f"{finding.id}: {finding.detail}")
    return tuple(found)


def draft_bundle(files: Files, now: datetime) -> Bundle:
    """Return lists that nobody has signed, as if they were published now."""
    return read_lists(DraftFiles(files, now))


def working_files(database: Database, published: Files) -> dict[str, bytes]:
    """Return the lists as they will be published next: what is published, and what was changed since."""
    with database.session() as session:
        return {**published, **_changed(session)}


def _changed(session: Session) -> dict[str, bytes]:
    return {row.path: row.document.encode() for row in session.exec(select(ListFile).order_by(col(ListFile.path))).all()}


def apply_change(session: Session, change: Change, published: Files, now: datetime) -> None:
    """Put a change into the working copy.

    Raises:
        ChangedMeanwhileError: the record is not the one that was seen.
    """
    after = with_change({**published, **_changed(session)}, change)
    session.merge(ListFile(path=change.path, document=after[change.path].decode(), changed_at=now))


@dataclass(frozen=True, slots=True)
class Undone:
    """What other lists would undo of the states' house.

    Attributes:
        waiting: target paths with changes that two people approved and that are not published yet.
        published: target paths that the house has published and that the other lists do not have.
    """

    waiting: tuple[str, ...]
    published: tuple[str, ...]


def undone_by(database: Database, others: Files, published: Files) -> Undone:
    """Return what of the working copy would be lost if other lists were published in its place.

    Args:
        database: keeps the working copy.
        others: what somebody wants to publish.
        published: what is published now.
    """
    with database.session() as session:
        changed = _changed(session)
    lost = [path for path, content in changed.items() if others.get(path) != content]
    return Undone(
        tuple(path for path in lost if published.get(path) != changed[path]),
        tuple(path for path in lost if published.get(path) == changed[path]),
    )


def forget_changes(database: Database) -> None:
    """Take what is published for the working copy again: when other lists were published on purpose."""
    with database.write("lists") as session:
        for row in session.exec(select(ListFile)).all():
            session.delete(row)
