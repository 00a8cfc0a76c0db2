"""Figures and statements as comma-separated sheets."""

from __future__ import annotations

from registry.statistics_costs import Statement
from registry.statistics_releasing import Released
from registry.statistics_words import Words
from web.sheets import sheet


def figures_sheet(found: Released, words: Words) -> str:
    """Return every cell of a release; a group that is too small has no figure."""
    head = ("state", "period", "measure", "origin", "decided_by", "qualification", "name", "category", "figure", "margin_95")
    rows = (
        (
            found.state,
            found.period.name,
            cell.measure,
            cell.origin,
            cell.state,
            cell.qualification,
            words.qualification(cell.qualification),
            cell.category,
            "" if figure is None else figure,
            "" if figure is None else found.margin(cell.measure),
        )
        for cell, figure in sorted(found.figures.items())
    )
    return sheet((head, *rows))


def statement_sheet(found: Statement, words: Words) -> str:
    """Return a statement."""
    head = ("payer", "payee", "period", "qualification", "name", "people", "amount", "currency")
    where = (found.share.payer, found.share.payee, found.period.name)
    rows = (
        (*where, line.qualification, words.charged(line.qualification), line.people, line.amount, found.share.currency)
        for line in found.lines
    )
    return sheet((head, *rows))
