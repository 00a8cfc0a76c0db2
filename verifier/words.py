"""From the values of an answer to words in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, Literal

from babel.dates import format_timedelta
from babel.lists import format_list
from markupsafe import Markup

from verifier.texts import OwnWord
from web.pages import Pages

_DATES: Final = frozenset({"date", "until", "as_of", "lists", "review", "lasts", "decided"})
_NEVER_MORE_THAN_DAYS: Final = 1_000_000
_STRONG: Final = frozenset({"local", "conditions", "name"})
"""What a reader looks for in a sentence."""


def words(pages: Pages, language: str, params: Mapping[str, Any]) -> dict[str, str]:
    """Return the values of a sentence in a language: dates spelled out, names by language chosen.

    The parts of a list are joined by "and", those of a tuple by "or".
    """
    return {name: _word(pages, language, name, value) for name, value in params.items()}


def _word(pages: Pages, language: str, name: str, value: Any) -> str:  # noqa: ANN401  # see Question.params
    if isinstance(value, OwnWord):
        return pages.text(language, "verifier.own-word", name=value.name)
    if isinstance(value, (list, tuple)):
        style: Literal["or", "standard"] = "or" if isinstance(value, tuple) else "standard"
        return format_list([_word(pages, language, name, item) for item in value], style, locale=language)
    if isinstance(value, Mapping):
        return str(value.get(language) or value.get("en") or next(iter(value.values()), ""))
    if name == "days":
        return days(language, int(value))
    return pages.day(value, language) if name in _DATES and value else str(value)


def sentence(pages: Pages, language: str, message: str, params: Mapping[str, Any]) -> Markup:
    """Return a sentence as HTML; what a reader looks for in it is set in bold."""
    values: dict[str, str] = words(pages, language, params)
    shown = {name: Markup("<strong>{}</strong>").format(value) if name in _STRONG else value for name, value in values.items()}
    return pages.markup(language, message, **shown)


def days(language: str, number: int) -> str:
    """Return a number of days, such as `2 days`, never as weeks or months."""
    return format_timedelta(timedelta(days=number), granularity="day", threshold=_NEVER_MORE_THAN_DAYS, locale=language)
