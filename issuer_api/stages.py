"""How far each row of a class is, from a draft to a certificate that reached its person, or is not valid any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from issuer_api.cohorts import CohortReport, CohortRow
from issuer_api.delivery import DELIVERED
from issuer_api.handovers import CLAIMED, PRINTED, Times, handovers_of_class
from issuer_api.second_person import approval_of
from issuer_api.service import Issuer
from issuer_api.standing import VALID, standings
from issuer_api.subjects import ERASED

APPROVED: Final = "approved"
STAGES: Final = ("draft", "left-out", APPROVED, "issued", PRINTED, CLAIMED, "suspended", "revoked", ERASED)
_APART: Final = {"on-hold": "suspended", "withdrawn": "revoked"}


@dataclass(frozen=True, slots=True)
class Stage:
    """How far a row is.

    Attributes:
        name: one of `STAGES`, what matters most.
        standing: of its certificate: `valid`, `on-hold` or `withdrawn`; `valid` where there is none.
        claimed: when its claim link was used, or None.
        printed: when its paper was made, or None.
        replaces: the earlier certificate that it took the place of, or None.
    """

    name: str
    standing: str
    claimed: Times | None
    printed: Times | None
    replaces: str | None


def stages_of(issuer: Issuer, report: CohortReport) -> Mapping[int, Stage]:
    """Return the number of a row to how far it is, of every row of a class."""
    signed = tuple(row.credential for row in report.rows if row.state == DELIVERED and row.credential)
    standing = standings(issuer, report.organisation, signed)
    handed = handovers_of_class(issuer, report.id) if signed else {}
    approved = approval_of(issuer, report.organisation, report).state == APPROVED

    def stage(row: CohortRow) -> Stage:
        credential = row.credential or ""
        holds, times = standing.get(credential, VALID), handed.get(credential, {})
        name = _name(row, holds, times, approved=approved)
        return Stage(name, holds, times.get(CLAIMED), times.get(PRINTED), row.replaces)

    return {row.number: stage(row) for row in report.rows}


def _name(row: CohortRow, standing: str, times: Mapping[str, Times], *, approved: bool) -> str:
    if row.state == ERASED:
        return ERASED
    if row.state == DELIVERED:
        return _APART.get(standing) or next((kind for kind in (CLAIMED, PRINTED) if kind in times), "issued")
    if row.left_out:
        return "left-out"
    return APPROVED if approved and row.is_ready else "draft"
