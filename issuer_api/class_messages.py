"""What travels over the product's API about classes, with examples for the OpenAPI document."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from issuer_api.cohorts import CohortReport, CohortRow
from issuer_api.messages import COHORT_ID, CREDENTIAL_ID, DAY, Message
from issuer_api.second_person import Approval
from issuer_api.tables import Cohort


class Finding(Message):
    """What stops a row, or is to be looked at when it is a warning."""

    code: str = Field(examples=["date-in-future"])
    column: str = Field(examples=["awarded_on"])
    params: dict[str, str] = Field(examples=[{}])
    warning: bool = Field(examples=[False])


class RowNow(Message):
    """A row of a class, without what identifies the person."""

    row: int = Field(description="its line in the list", examples=[2])
    state: str = Field(description="ready, wrong, left-out, reserved, signed, logged, delivered, erased", examples=["delivered"])
    credential: str | None = Field(examples=[CREDENTIAL_ID])
    person: str = Field(examples=["0b7d6a5c4e3f2a190817263544"])
    version: str = Field(description="another one after every change of its cells", examples=["b1946ac92492d234"])
    problems: list[Finding]

    @classmethod
    def of(cls, row: CohortRow) -> RowNow:
        """Return the message of a row."""
        problems = [
            Finding(code=found.code, column=found.column, params=dict(found.params), warning=found.is_warning)
            for found in row.problems
        ]
        state = row.state or ("left-out" if row.left_out else "ready" if row.is_ready else "wrong")
        return cls(
            row=row.number, state=state, credential=row.credential, person=row.person, version=row.version, problems=problems
        )


class CohortNow(Message):
    """A class and its rows."""

    id: str = Field(examples=[COHORT_ID])
    programme: str = Field(examples=["caregiving-nc2"])
    file: str = Field(examples=["class-7.csv"])
    ready: int = Field(description="how many rows can be issued or were", examples=[27])
    rows: list[RowNow]

    @classmethod
    def of(cls, report: CohortReport) -> CohortNow:
        """Return the message of a class."""
        rows = [RowNow.of(row) for row in report.rows]
        return cls(id=report.id, programme=report.programme, file=report.file_name, ready=len(report.ready), rows=rows)


class ApprovalNow(Message):
    """How far the second person is with a class; people ask and approve in the browser."""

    state: str = Field(description="not-needed, none, waiting, sent-back, changed or approved", examples=["sent-back"])
    may_sign: bool = Field(examples=[False])
    reason: str = Field(description="why it was sent back", examples=["Row 7: the name is not as in the passport"])

    @classmethod
    def of(cls, approval: Approval) -> ApprovalNow:
        """Return the message of an approval."""
        last = approval.proposed.history[-1] if approval.proposed else None
        return cls(state=approval.state, may_sign=approval.may_sign, reason=last.reason if last else "")


class CohortEntry(Message):
    """A class in the list of classes."""

    id: str = Field(examples=[COHORT_ID])
    programme: str = Field(examples=["caregiving-nc2"])
    file: str = Field(examples=["class-7.csv"])
    brought: datetime = Field(examples=[DAY])

    @classmethod
    def of(cls, cohort: Cohort) -> CohortEntry:
        """Return the message of a class."""
        return cls(id=cohort.id, programme=cohort.programme, file=cohort.file_name, brought=cohort.created_at)


class RowChange(Message):
    """Cells to change, by column; and whether the row is left out."""

    cells: dict[str, str] = Field(default_factory=dict, examples=[{"awarded_on": "2026-11-12"}])
    left_out: bool | None = Field(default=None, examples=[False])
    version: str = Field(default="", description="the row's version that was read; another one since is a conflict", examples=[""])


class IssuedClass(Message):
    """The credentials of a class, in the order of its rows."""

    credentials: list[str] = Field(examples=[[CREDENTIAL_ID]])
