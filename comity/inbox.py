"""A folder in which a school's own system leaves lists: each is brought, issued where that is asked for, and answered.

    FOLDER/PROGRAMME/class-7.csv              what the school leaves
    FOLDER/PROGRAMME/done/class-7.csv         the same, once it was brought
    FOLDER/PROGRAMME/done/class-7.csv.report.csv      a line for each row
    FOLDER/PROGRAMME/refused/class-7.csv      what is no list, with a report of why

A list is moved last, and the same list is one class, so that whatever is interrupted is done again without being done twice.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from credentials.errors import VCError
from issuer_api.cohort_file import MAX_FILE
from issuer_api.cohorts import CohortReport, CohortRow, cohort_report, import_cohort
from issuer_api.delivery import DELIVERED, claim_url
from issuer_api.issuing import find_issued, issue_cohort
from issuer_api.programmes import owner_of
from issuer_api.service import Issuer
from web.approvals import SecondPersonError
from web.sheets import sheet

SETTLED: Final = 5.0
"""Seconds since the last change after which a file is taken for whole."""
ENDINGS: Final = frozenset({".csv", ".xlsx"})
BY: Final = "inbox"
_HEAD: Final = ("row", "state", "problems", "certificate", "claim")


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a list.

    Attributes:
        path: where it was left.
        rows: how many there are; None where it is no list.
        issued: of these, certificates that are finished.
        wrong: rows that need the registrar.
        detail: why it is no list, or why nothing was issued; else empty.
    """

    path: Path
    rows: int | None
    issued: int = 0
    wrong: int = 0
    detail: str = ""


def take_all(issuer: Issuer, folder: Path, *, issue: bool, claims: bool, settled: float = SETTLED) -> Iterator[Taken]:
    """Yield what came of each list that lies there, one after the other.

    Args:
        issuer: the house.
        folder: holds a folder for each programme, with its id as name.
        issue: whether rows that are ready are issued at once.
        claims: whether reports hold the workers' claim links.
        settled: seconds since a file's last change.
    """
    for path in _waiting(folder, settled):
        try:
            taken, report = _take(issuer, path, issue=issue, claims=claims)
        except VCError as error:
            taken, report = Taken(path, None, detail=error.detail), sheet((("problem",), (error.detail,)))
        _put_away(path, report, "refused" if taken.rows is None else "done")
        yield taken


def _waiting(folder: Path, settled: float) -> list[Path]:
    """Return the lists that are whole: regular files that nobody is writing to, never what a link leads to."""
    found = []
    for path in sorted(folder.glob("*/*")):
        info = path.lstat()
        whole = time.time() - info.st_mtime >= settled
        if path.suffix.lower() in ENDINGS and not path.name.startswith(".") and path.is_file() and not path.is_symlink() and whole:
            found.append(path)
    return [path for path in found if not path.parent.is_symlink()]


def _take(issuer: Issuer, path: Path, *, issue: bool, claims: bool) -> tuple[Taken, str]:
    programme = path.parent.name
    slug = owner_of(issuer, programme)
    report = import_cohort(issuer, slug, programme, _read(path), path.name, by=BY)
    detail = ""
    if issue:
        try:
            issue_cohort(issuer, slug, report.id, by=BY)
        except SecondPersonError as error:
            detail = error.detail
    report = cohort_report(issuer, slug, report.id)
    issued = sum(row.state == DELIVERED for row in report.rows)
    return Taken(path, len(report.rows), issued, len(report.wrong), detail), _report(issuer, report, claims=claims)


def _read(path: Path) -> bytes:
    """Return a file's bytes, one more than a list may have at most."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        return file.read(MAX_FILE + 1)


def _report(issuer: Issuer, report: CohortReport, *, claims: bool) -> str:
    return sheet((_HEAD, *(_line(issuer, report.organisation, row, claims=claims) for row in report.rows)))


def _line(issuer: Issuer, slug: str, row: CohortRow, *, claims: bool) -> tuple[object, ...]:
    problems = " ".join(f"{problem.column}:{problem.code}" for problem in row.problems)
    if row.credential is None or row.state != DELIVERED:
        state = "left-out" if row.left_out else "ready" if row.is_ready else "wrong"
        return row.number, state, problems, "", ""
    claim = claim_url(issuer, row.credential, find_issued(issuer, slug, row.credential)[1]) if claims else ""
    return row.number, "issued", problems, row.credential, claim


def _put_away(path: Path, report: str, where: str) -> None:
    """Write the report, then move the list: names that are taken already get a number."""
    folder = path.parent / where
    folder.mkdir(mode=0o700, exist_ok=True)
    target, number = folder / path.name, 1
    while target.exists():
        number += 1
        target = folder / f"{path.stem}-{number}{path.suffix}"
    answer = os.open(f"{target}.report.csv", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(answer, "w", encoding="utf-8-sig", newline="") as file:
        file.write(report)
    path.rename(target)
