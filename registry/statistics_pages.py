"""Released figures for everybody: a page, a sheet, JSON. What was counted exactly is shown nowhere here.

The act of release, and what two parties owe each other, are pages of a state's desk: `registry.desk.figures`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request, Response

from registry.desk import figures
from registry.statistics_charts import charts
from registry.statistics_counting import QUERIES, SMALLEST
from registry.statistics_periods import quarter_of
from registry.statistics_releasing import Released, budget, released, releases
from registry.statistics_rows import Planning
from registry.statistics_sheets import figures_sheet
from registry.statistics_tables import Release
from registry.statistics_words import words_for
from web.joining import join
from web.sheets import sheet_answer


def router(planning: Planning) -> APIRouter:
    """Return the addresses that everybody may read."""
    pages, registry = APIRouter(), planning.registry

    @pages.get("/registry/statistics", include_in_schema=False)
    def page(request: Request, release: str = "") -> Response:
        """Show a release, the newest where none is named; or why there is none."""
        listed = releases(registry.database)
        chosen = _chosen(planning, listed, release)
        now, words = registry.clock(), words_for(registry, request)
        spent = budget(registry.database, chosen.state, chosen.period.start.year) if chosen else {}
        return registry.pages.render(
            request,
            "registry/figures.html",
            releases=listed,
            found=chosen,
            charts=charts(chosen) if chosen else (),
            words=words,
            budget=spent,
            this_quarter=quarter_of(now.date()),
            smallest=SMALLEST,
        )

    @pages.get("/registry/statistics/{state}/{period}.csv", tags=["statistics"])
    def sheet(request: Request, state: str, period: str) -> Response:
        """Return a release as a sheet: every group, and no figure for those that are too small."""
        found = released(registry.database, state, period)
        return sheet_answer(figures_sheet(found, words_for(registry, request)), f"figures-{found.state}-{found.period.name}")

    @pages.get("/registry/api/v1/statistics", tags=["statistics"])
    def every() -> dict[str, Any]:
        """List the releases, and what each measure may cost."""
        queries = [
            {"measure": one.measure, "dataset": one.dataset, "rowsPerPerson": one.bound, "epsilon": one.epsilon} for one in QUERIES
        ]
        listed = [{"state": one.state, "period": one.period, "releasedAt": one.released_at} for one in releases(registry.database)]
        return {"releases": listed, "queries": queries, "smallestShown": SMALLEST}

    @pages.get("/registry/api/v1/statistics/{state}/{period}", tags=["statistics"])
    def one(state: str, period: str) -> dict[str, Any]:
        """Return a release: its figures, their margins, and what it cost."""
        return _json(released(registry.database, state, period))

    join(pages, figures.router(planning))
    return pages


def _chosen(planning: Planning, listed: Sequence[Release], name: str) -> Released | None:
    row = next((one for one in listed if f"{one.state}-{one.period}" == name), listed[0] if listed else None)
    return released(planning.registry.database, row.state, row.period) if row else None


def _json(found: Released) -> dict[str, Any]:
    return {
        "state": found.state,
        "period": found.period.name,
        "releasedAt": found.at,
        "mechanism": found.mechanism,
        "smallestShown": SMALLEST,
        "figures": [
            {
                "measure": cell.measure,
                "origin": cell.origin,
                "state": cell.state,
                "qualification": cell.qualification,
                "category": cell.category,
                "figure": figure,
                "margin95": found.margin(cell.measure),
            }
            for cell, figure in sorted(found.figures.items())
        ],
        "ledger": [
            {
                "measure": one.measure,
                "dataset": one.dataset,
                "rowsPerPerson": one.bound,
                "scale": one.scale,
                "epsilon": one.epsilon,
            }
            for one in found.ledger
        ],
    }
