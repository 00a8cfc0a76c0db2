"""What differs between two records, leaf by leaf, in words for people; the whole records stand beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from trust.bundle import Bundle
from web.languages import LANGUAGES
from web.pages import Pages, say_date

_UNSAID: Final = frozenset(
    {"id", "slug", "recordedAt", "untilRecordedAt", "compromisedSince", "affectsIssuedBefore", "purpose", "publicKeyMultibase"}
)
"""Members that say nothing to people: the machine's own."""
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T.*)?")


@dataclass(frozen=True, slots=True)
class Difference:
    """One leaf: where it stands, what was there and what will be; empty for nothing."""

    path: tuple[str, ...]
    before: str
    after: str


def differences(before: Mapping[str, object] | None, after: Mapping[str, object]) -> tuple[Difference, ...]:
    """Return the leaves that differ, in the order of the new record; those that are gone come last."""
    old, new = dict(_leaves(before or {}, ())), dict(_leaves(after, ()))
    paths = [*new, *(path for path in old if path not in new)]
    found = (Difference(path, old.get(path, ""), new.get(path, "")) for path in paths)
    return tuple(one for one in found if one.before != one.after)


def in_words(found: tuple[Difference, ...], pages: Pages, bundle: Bundle, language: str) -> tuple[Difference, ...]:
    """Return what people read of differences: members by their words, identifiers by names, days as they are said."""
    known = _names(bundle, language)

    def said(value: str) -> str:
        return say_date(value, language) if _DAY.fullmatch(value) else known.get(value, value)

    told = (one for one in found if not _UNSAID & set(one.path))
    return tuple(
        replace(one, path=_label(one.path, pages, language), before=said(one.before), after=said(one.after)) for one in told
    )


def _names(bundle: Bundle, language: str) -> dict[str, str]:
    named: tuple[tuple[str, Mapping[str, str]], ...] = (
        *((code, state.names) for code, state in bundle.states.items()),
        *((entry.id, entry.names) for entry in bundle.authorities.values()),
        *((entry.did, entry.names) for entry in bundle.issuers.values()),
        *((entry.id, entry.names) for entry in bundle.qualifications.values()),
    )
    return {name: names.get(language) or names.get("en") or name for name, names in named}


def _label(path: tuple[str, ...], pages: Pages, language: str) -> tuple[str, ...]:
    """Return the words of the last member that has any, and the language of a text."""
    words = [pages.text(language, key) for key in (f"registry.leaf.{step}" for step in path) if pages.has(key)]
    spoken = [LANGUAGES[step][0] for step in path[-1:] if step in LANGUAGES]
    return (*words[-1:], *spoken) if words else path


def _leaves(value: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, str(name)))
    elif isinstance(value, (list, tuple)):
        for number, inner in enumerate(value, 1):
            yield from _leaves(inner, (*path, str(number)))
    else:
        yield path, "" if value is None else str(value)
