"""Figures in words: what a cell is about, a period's name, a number as its readers write it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from babel.numbers import format_currency, format_decimal
from fastapi import Request

from registry.service import Registry
from registry.statistics_counting import CONDITION, DAYS, OTHER, OUTCOME, Cell, conditions_of
from registry.statistics_periods import Span, span
from trust.bundle import Bundle
from web.pages import Pages

_LONGEST: Final = 38


def words_for(registry: Registry, request: Request) -> Words:
    """Return the reader's words."""
    return Words(registry.pages, registry.bundle(), registry.pages.language(request))


@dataclass(frozen=True, slots=True)
class Words:
    """One reader's words for figures."""

    pages: Pages
    bundle: Bundle
    language: str

    def state(self, code: str) -> str:
        """Return a state's name."""
        known = self.bundle.states.get(code)
        return self._of(known.names, code) if known else code

    def qualification(self, name: str) -> str:
        """Return a qualification's name."""
        known = self.bundle.qualifications.get(name)
        return self._of(known.names, name) if known else name if name != OTHER else self._say("other")

    def charged(self, name: str) -> str:
        """Return what a line of a statement is about."""
        return self.qualification(name) if name != OTHER else self._say("statement.together")

    def short(self, name: str) -> str:
        """Return a qualification's name, cut where a drawing has no room for more."""
        full = self.qualification(name)
        return full if len(full) <= _LONGEST else f"{full[: _LONGEST - 1].rstrip()}…"

    def corridor(self, cell: Cell) -> str:
        """Return from where to where; only the state for an award."""
        if not cell.state:
            return self.state(cell.origin)
        return self._say("corridor", origin=self.state(cell.origin), state=self.state(cell.state))

    def category(self, cell: Cell) -> str:
        """Return the outcome, the wait, or what was asked for; empty where a measure has none."""
        texts = conditions_of(cell.state, self.bundle).get(cell.category) if cell.measure == CONDITION else None
        if texts is not None:
            return self._of(texts, cell.category)
        if cell.measure == CONDITION:
            return self._say("condition.other")
        if cell.measure == OUTCOME:
            return self._say(f"outcome.{cell.category}")
        return self._say(f"days.{cell.category}") if cell.measure == DAYS else ""

    def period(self, within: Span) -> str:
        """Return a period's name in words."""
        year, _, quarter = within.name.partition("-Q")
        return self._say("quarter", n=quarter, year=year) if quarter else self._say("year", year=year)

    def named(self, period: str) -> str:
        """Return the words for the name of a period."""
        return self.period(span(period))

    def number(self, value: int) -> str:
        """Return a number with the separators of the language."""
        return str(format_decimal(value, locale=self.language))

    def money(self, value: Decimal, currency: str) -> str:
        """Return an amount with its currency."""
        return str(format_currency(value, currency, locale=self.language))

    def _say(self, key: str, **params: str) -> str:
        return self.pages.text(self.language, f"registry.figures.{key}", **params)

    def _of(self, names: Mapping[str, str], otherwise: str) -> str:
        return names.get(self.language) or names.get("en") or otherwise
