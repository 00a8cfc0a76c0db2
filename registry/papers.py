"""What a certificate says of the person and of what was awarded, for people at a desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from credentials.model import parse_credential


def names_of(certificate: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the person's names as a certificate writes them."""
    named = parse_credential(certificate).subjects[0].get("name", ())
    spelled = (entry.get("@value", "") if isinstance(entry, Mapping) else entry for entry in _several(named))
    return tuple(str(name) for name in spelled if name)


def title_of(certificate: Mapping[str, Any]) -> str:
    """Return what was awarded; empty for work, which has no title."""
    achievement = parse_credential(certificate).subjects[0].get("achievement")
    names = _several(achievement.get("name", "") if isinstance(achievement, Mapping) else "")
    first = names[0] if names else ""
    return str(first.get("@value", "") if isinstance(first, Mapping) else first)


def _several(value: Any) -> list[Any]:  # noqa: ANN401  # JSON
    return value if isinstance(value, list) else [value]
