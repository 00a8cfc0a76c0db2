"""A year in which a state has decided about sixty people, and its released figures."""

from __future__ import annotations

from datetime import date
from typing import Final

from comity.issued_counts import awards_in
from registry.statistics_releasing import release
from registry.statistics_rows import Planning
from registry.statistics_tables import CountedDecision
from tests.browser.desk import DESK, once
from tests.conftest import Served
from tests.trust.world import CAREGIVING

_PEOPLE: Final = 60


def _release(served: Served) -> str:
    registry = served.demonstrated.composition.registry
    year = registry.clock().year - 1
    with registry.database.write() as session:
        for number in range(_PEOPLE):
            session.add(
                CountedDecision(
                    state="XC",
                    origin="XA",
                    qualification=CAREGIVING,
                    outcome="partly" if number % 3 else "recognised",
                    without="NO_RULE",
                    conditions='["language-b1"]',
                    days=2 * number,
                    decided_on=date(year, 8, 3),
                    person=number.to_bytes(16, "big"),
                )
            )
    release(Planning(registry, awards_in(registry.database)), "XC", str(year), "The signer")
    return str(year)


year_released: Final = once("released figures", _release)
"""Returns the year, as a period is named."""


def released(served: Served) -> str:
    """Return the page of the released figures."""
    return f"/registry/statistics?release=XC-{year_released(served)}"


def statement(served: Served) -> str:
    """Return the statement of what the state that decided owes the one that trained."""
    return f"{DESK}/statement?pair=XC-XA&period={year_released(served)}"
