"""What travels over the product's API about classes, with examples for the OpenAPI document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from issuer_api.cohorts import CohortReport, CohortRow
from issuer_api.handovers import Times
from issuer_api.messages import COHORT_ID, CREDENTIAL_ID, DAY, Message
from issuer_api.second_person import Approval
from issuer_api.stages import STAGES, Stage
from issuer_api.tables import Cohort


class Finding(Message):
    """What stops a row, or is to be looked at when it is a warning."""

    code: str = Field(examples=["date-in-future"])
    column: str = Field(examples=["awarded_on"])
    params: dict[str, str] = Field(examples=[{}])
    warning: bool = Field(examples=[False])


class HandedOver(Message):
    """When something happened to a certificate first and last, and how often."""

    first: datetime = Field(examples=[DAY])
    last: datetime = Field(examples=[DAY])
    times: int = Field(examples=[1])

    @classmethod
    def of(cls, times: Times | None) -> HandedOver | None:
        """Return the message, or None where it never happened."""
        return None if times is None else cls(first=times.first, last=times.last, times=times.n)


class RowNow(Message):
    """A row of a class, without what identifies the person."""

    row: int = Field(description="its line in the list", examples=[2])
    state: str = Field(description="ready, wrong, left-out, delivered, erased", examples=["delivered"])
    credential: str | None = Field(examples=[CREDENTIAL_ID])
    person: str = Field(examples=["0b7d6a5c4e3f2a190817263544"])
    version: str = Field(description="another one after every change of its cells", examples=["b1946ac92492d234"])
    stage: str = Field(description=f"what matters most: {', '.join(STAGES)}", examples=["claimed"])
    claimed: HandedOver | None = Field(description="when its claim link was used")
    printed: HandedOver | None = Field(description="when its paper or card was made")
    replaces: str | None = Field(description="the earlier certificate that it took the place of", examples=[None])
    problems: list[Finding]

    @classmethod
    def of(cls, row: CohortRow, stage: Stage) -> RowNow:
        """Return the message of a row."""
        problems = [
            Finding(code=found.code, column=found.column, params=dict(found.params), warning=found.is_warning)
            for found in row.problems
        ]
        state = row.state or ("left-out" if row.left_out else "ready" if row.is_ready else "wrong")
        return cls(
            row=row.number,
            state=state,
            credential=row.credential,
            person=row.person,
            version=row.version,
            stage=stage.name,
            claimed=HandedOver.of(stage.claimed),
            printed=HandedOver.of(stage.printed),
            replaces=stage.replaces,
            problems=problems,
        )


class CohortNow(Message):
    """A class and its rows."""

    id: str = Field(examples=[COHORT_ID])
    programme: str = Field(examples=["caregiving-nc2"])
    file: str = Field(examples=["class-7.csv"])
    ready: int = Field(description="how many rows can be issued or were", examples=[27])
    stages: dict[str, int] = Field(description="stage to how many rows are in it", examples=[{"claimed": 20, "issued": 7}])
    rows: list[RowNow]

    @classmethod
    def of(cls, report: CohortReport, stages: Mapping[int, Stage], only: str = "") -> CohortNow:
        """Return the message of a class, with all its rows or those of one stage."""
        rows = [RowNow.of(row, stages[row.number]) for row in report.rows if only in ("", stages[row.number].name)]
        counts = Counter(stage.name for stage in stages.values())
        ready = len(report.ready)
        return cls(id=report.id, programme=report.programme, file=report.file_name, ready=ready, stages=counts, rows=rows)


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
