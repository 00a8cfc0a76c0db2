"""Where rules and stops are found without looking through those of every state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from trust.records import Suspension
from trust.rules import Rule

Named = tuple[str, str]
"""What a stop names: `issuer`, `authority` or `origin`, and which."""


@dataclass(frozen=True, slots=True)
class Index:
    """Made once from the lists.

    Attributes:
        rules: by the state that says them, in the order of the lists.
        stops: places in the list of stops, by what they name.
    """

    rules: Mapping[str, Sequence[Rule]]
    stops: Mapping[Named, Sequence[int]]

    @classmethod
    def of(cls, rules: Iterable[Rule], stops: Iterable[Suspension]) -> Index:
        """Return the index of rules and stops."""
        by_state: dict[str, list[Rule]] = {}
        for rule in rules:
            by_state.setdefault(rule.state, []).append(rule)
        by_name: dict[Named, list[int]] = {}
        for place, stop in enumerate(stops):
            by_name.setdefault(_named(stop), []).append(place)
        return cls(by_state, by_name)


def _named(stop: Suspension) -> Named:
    if stop.issuer:
        return ("issuer", stop.issuer)
    return ("authority", stop.authority) if stop.authority else ("origin", stop.origin)
