"""Figures and statements as comma-separated sheets, which a table program opens without running anything in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from fastapi import Response

from registry.statistics_costs import Statement
from registry.statistics_releasing import Released
from registry.statistics_words import Words

_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "＝")  # noqa: RUF001  # the full-width sign is read as a formula too


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
    return _sheet((head, *rows))


def statement_sheet(found: Statement, words: Words) -> str:
    """Return a statement."""
    head = ("payer", "payee", "period", "qualification", "name", "people", "amount", "currency")
    where = (found.share.payer, found.share.payee, found.period.name)
    rows = (
        (*where, line.qualification, words.charged(line.qualification), line.people, line.amount, found.share.currency)
        for line in found.lines
    )
    return _sheet((head, *rows))


def csv_answer(content: str, name: str) -> Response:
    """Return a sheet to be kept."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def _sheet(rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_plain(value) for value in row] for row in rows)
    return text.getvalue()


def _plain(value: object) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULAS) else text
