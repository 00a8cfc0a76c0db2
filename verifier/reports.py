"""Reports for programs: the kinds of problem in words, as RFC 9457 has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from web.pages import Pages


def in_words(pages: Pages, language: str, report: Mapping[str, Any]) -> dict[str, Any]:
    """Return a report with the titles of its problems, and of the reports in it, in a language."""
    return {name: _in_words(pages, language, name, value) for name, value in report.items()}


def _in_words(pages: Pages, language: str, name: str, value: Any) -> Any:  # noqa: ANN401  # any member of a report
    if name == "problemDetails":
        return [{**problem, "title": _title(pages, language, problem["title"])} for problem in value]
    if name in {"credentialResults", "beside"}:
        return [in_words(pages, language, report) for report in value]
    return in_words(pages, language, value) if name == "verification" else value


def _title(pages: Pages, language: str, key: str) -> str:
    return pages.text(language, key if pages.has(key) else "problem.malformed-value")
