"""Comma-separated sheets, which a table program opens without running anything in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Final

from fastapi import Response

_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "＝")  # noqa: RUF001  # the full-width sign is read as a formula too


def sheet(rows: Iterable[Iterable[object]]) -> str:
    """Return rows as CSV (RFC 4180); what a table program would take for a formula is set apart with an apostrophe."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_plain(value) for value in row] for row in rows)
    return text.getvalue()


def sheet_answer(content: str, name: str) -> Response:
    """Return a sheet to be kept."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def _plain(value: object) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULAS) else text
