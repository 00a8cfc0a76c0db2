"""What a state says of qualifications from other states, and the conditions it sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from credentials.errors import MalformedValueError
from trust.periods import Period, parse_period, parse_recorded_period
from trust.records import Names, parse_scope
from trust.scope import Scope

MODES: Final = frozenset(
    {"automatic", "levelOnly", "equivalent", "conditional", "experienceBased", "partial", "temporary", "caseByCase", "none"}
)
"""What a rule may say; a mode that is not here is refused, because it could mean less than it seems."""
LEAVES: Final = frozenset({"qualifications", "language", "workExperience", "credentialType", "options"})
"""What a condition may ask for; exactly one of these stands in it."""
_DAYS_IN_A_YEAR: Final = 365.25


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a state.

    Attributes:
        id: of the record, with its version.
        state: the state that says it.
        origins: codes of the states from which it holds.
        subject: `training` or `work`.
        purpose: such as `employment-regulated`; empty for every purpose.
        scope: what it covers.
        mode: one of `MODES`.
        local_titles: what the qualification counts as, by language.
        nqf: the local level, or empty.
        requires: tree of conditions, or None.
        cohort: the days of award that it reaches, or None for every day.
        in_force: when it can be asked for.
        lasts: how long what it grants lasts, or None.
        legal_basis: article of the agreement.
        authority: id of the authority to ask.
    """

    id: str
    state: str
    origins: tuple[str, ...]
    subject: str
    purpose: str
    scope: Scope
    mode: str
    local_titles: Names
    nqf: str
    requires: Mapping[str, Any] | None
    cohort: Period | None
    in_force: Period
    lasts: timedelta | None
    legal_basis: str
    authority: str


def parse_rule(record: Mapping[str, Any], state: str) -> Rule:
    """Return an entry of `states/XX/rules.json`."""
    if record["mode"] not in MODES:
        raise MalformedValueError(f"{record['id']}: {record['mode']!r} is no mode of recognition")
    _check_requires(record.get("requires") or {}, record["id"], 0)
    cohort, years = record.get("cohort"), record.get("validity", {}).get("years")
    return Rule(
        id=record["id"],
        state=state,
        origins=tuple(record["from"]),
        subject=record.get("subject", "training"),
        purpose=record.get("purpose", ""),
        scope=parse_scope(record["scope"]),
        mode=record["mode"],
        local_titles=record["grants"]["localTitle"],
        nqf=record["grants"].get("nqf", ""),
        requires=record.get("requires"),
        cohort=parse_period(cohort["from"], cohort.get("until")) if cohort else None,
        in_force=parse_recorded_period(record["inForce"]),
        lasts=timedelta(days=round(_DAYS_IN_A_YEAR * years)) if years else None,
        legal_basis=record["legalBasis"],
        authority=record["authority"],
    )


_MAX_NESTING: Final = 8


def _check_requires(requires: Mapping[str, Any], rule: str, nesting: int) -> None:
    if nesting > _MAX_NESTING:
        raise MalformedValueError(f"{rule}: the conditions nest deeper than {_MAX_NESTING} levels")
    branches = requires.get("allOf", requires.get("anyOf"))
    if branches is not None:
        if not branches:
            raise MalformedValueError(f"{rule}: a list of conditions is empty")
        for branch in branches:
            _check_requires(branch, rule, nesting + 1)
    elif requires and not ("id" in requires and requires.get("texts") and len(LEAVES & requires.keys()) == 1):
        raise MalformedValueError(f"{rule}: a condition has an id, texts, and one of {', '.join(sorted(LEAVES))}")
