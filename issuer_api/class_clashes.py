"""Two people at one row: who changed it meanwhile, what stands there now, and what was typed, so that nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from issuer_api.cohorts import CohortReport
from issuer_api.service import Issuer
from issuer_api.tables import Act


@dataclass(frozen=True, slots=True)
class Clash:
    """A row that somebody else changed while it was being changed here.

    Attributes:
        number: of the row.
        by: who changed it.
        at: when.
        version: of what stands there now.
        differing: (column, what stands there, what was typed).
        typed: all that was typed, by column.
    """

    number: int
    by: str
    at: datetime
    version: str
    differing: tuple[tuple[str, str, str], ...]
    typed: Mapping[str, str]


def clash_at(issuer: Issuer, report: CohortReport, number: int, typed: Mapping[str, str]) -> Clash:
    """Return what stands in a row of a class beside what was typed."""
    row = next(row for row in report.rows if row.number == number)
    query = select(Act.by, Act.at).where(
        Act.organisation == report.organisation, Act.action == "row-changed", Act.thing == f"{report.id} {number}"
    )
    with issuer.database.session() as session:
        by, at = session.exec(query.order_by(col(Act.id).desc()).limit(1)).one()
    now = {column: row.cells.get(column, "") for column in typed}
    differing = tuple((column, now[column], cell) for column, cell in typed.items() if cell.strip() != now[column])
    return Clash(number, by, at, row.version, differing, typed)
