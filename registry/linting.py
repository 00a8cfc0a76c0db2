"""What must not be published, and what should be looked at first.

Everything is read from the plain files before anything is signed: an error stops publishing, a warning is shown. Codes:

    WIDER_THAN_MANDATE   an accreditation or mandate says more than the authority above it may give
    NO_MANDATE           an accreditation by nobody who may give it
    CHAIN_CIRCULAR       an authority that stands above itself
    CHAIN_TOO_LONG       more than three authorities over one another
    UNKNOWN_CODE         a field or an occupation that ISCED-F 2013 or ISCO-08 does not have
    RULE_TIE             two rules of one state that cover the same and neither of which is more specific or newer
    PAST_TOUCHED         an interval that had ended was changed or dropped without `retroactive` and a reason
    OVERLAP              two periods of one accreditation or mandate lie over one another
    LISTED_TWICE         one DID in the lists of two states, or one id twice
    FOREIGN_ID           an id that is another state's
    ROW_CHANGED          a row of the tables of codes that is another than it was, or is gone: codes on paper name rows by number
    LOG_REWRITTEN        a recorded head of an issuance log that is gone, contradicts another, or is behind an earlier one
    STATUS_AUTHORITY     status lists of an issuer by somebody whose keys the lists do not name
    ORPHAN               an issuer without any accreditation (warning)
    ENDS_SOON            an accreditation that ends within 60 days and is not renewed (warning)
    REVIEW_DUE           a stop whose day of review has passed (warning)
    ROLE_ENDS_SOON       signatures of a role that run out within 14 days (warning; see `role_findings`)
    ROLE_ENDED           signatures of a role that have run out (see `role_findings`)
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any, Final

from credentials.qr import changed_rows
from registry.codes import CODES_FILE
from registry.listed_codes import unknown_codes
from registry.witnessing import HEADS
from trust import records, rules
from trust.accreditation import MAX_LINKS, Standing, chain_of
from trust.periods import Period, parse_moment
from trust.records import Authority, IssuerRecord
from trust.rules import Rule
from trust.scope import Scope

SOON: Final = timedelta(days=60)
ROLE_SOON: Final = timedelta(days=14)
WARNINGS: Final = frozenset({"ORPHAN", "ENDS_SOON", "REVIEW_DUE", "ROLE_ENDS_SOON"})
_PERIODS: Final = ("accreditations", "mandates")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend or to look at.

    Attributes:
        code: see the module.
        path: target path of the file.
        id: of the record.
        detail: one sentence in English.
    """

    code: str
    path: str
    id: str
    detail: str

    @property
    def is_warning(self) -> bool:
        """Whether it may be published all the same."""
        return self.code in WARNINGS


@dataclass(frozen=True, slots=True)
class _Lists:
    """The lists that are to be published, read."""

    documents: Mapping[str, Mapping[str, Any]]
    authorities: Mapping[str, Authority]
    issuers: tuple[IssuerRecord, ...]
    rules: tuple[Rule, ...]
    now: datetime

    def of(self, name: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Yield (path, state, record) of every state's file of that name."""
        for path, document in self.documents.items():
            if path.startswith("states/") and path.endswith(f"/{name}.json"):
                for record in document[name]:
                    yield path, path.split("/")[1], record


def lint(files: Mapping[str, bytes], previous: Mapping[str, bytes], now: datetime) -> tuple[Finding, ...]:
    """Return what is wrong with lists that are to be published, errors first.

    Args:
        files: target path to content, each file of its form (`registry.founding.build_files` checked that).
        previous: the same as published before; empty the first time.
        now: the moment of publishing.
    """
    lists = _read(files, now)
    before = {path: json.loads(content) for path, content in previous.items()}
    found = [finding for rule in _LINTS for finding in rule(lists)]
    found += [
        finding for path, document in before.items() for finding in _past_touched(path, document, lists.documents.get(path, {}))
    ]
    found += [
        finding for path, document in before.items() for finding in _heads_gone(path, document, lists.documents.get(path, {}))
    ]
    found += _rows_changed(before.get(CODES_FILE, {}), lists.documents.get(CODES_FILE, {}))
    return tuple(sorted(found, key=lambda finding: (finding.is_warning, finding.path, finding.id, finding.code)))


def role_findings(ends: Mapping[str, datetime], now: datetime) -> tuple[Finding, ...]:
    """Return which signatures run out soon or have run out, those first that have least time left.

    Args:
        ends: role to the end of its newest version, see `registry.publishing.Publisher.ends`.
        now: the present.
    """
    listed = sorted((end, role) for role, end in ends.items() if end <= now + ROLE_SOON)
    return tuple(_of_role(role, end, now) for end, role in listed)


def _of_role(role: str, end: datetime, now: datetime) -> Finding:
    code, verb = ("ROLE_ENDED", "ran out") if end <= now else ("ROLE_ENDS_SOON", "run out")
    lost = "what this state says is then unknown to everybody" if role.startswith("state-") else "nobody then opens these lists"
    detail = f"its signatures {verb} on {end:%Y-%m-%d}, and {lost}: publish its lists again with its keys"
    return Finding(code, f"metadata/{role}", role, detail)


def _read(files: Mapping[str, bytes], now: datetime) -> _Lists:
    documents = {path: json.loads(content) for path, content in files.items()}
    lists = _Lists(documents, {}, (), (), now)
    authorities = [records.parse_authority(record, state) for _, state, record in lists.of("authorities")]
    return _Lists(
        documents,
        {entry.id: entry for entry in authorities},
        tuple(records.parse_issuer(record, state) for _, state, record in lists.of("issuers")),
        tuple(rules.parse_rule(record, state) for _, state, record in lists.of("rules")),
        now,
    )


def _path(state: str, name: str) -> str:
    return f"states/{state}/{name}.json"


def _narrowing(lists: _Lists) -> Iterator[Finding]:
    for issuer in lists.issuers:
        path = _path(issuer.state, "issuers")
        for entry in issuer.accreditations:
            yield from _judge_link(path, entry.id, entry.by, entry.action, entry.scope, issuer.state, lists)
    for authority in lists.authorities.values():
        for mandate in authority.mandates if authority.by else ():
            path = _path(authority.state, "authorities")
            yield from _judge_link(path, authority.id, authority.by, mandate.action, mandate.scope, authority.state, lists)


def _judge_link(path: str, name: str, by: str, action: str, scope: Scope, state: str, lists: _Lists) -> Iterator[Finding]:
    chain, flaw = chain_of(by, state, lists.authorities)
    mandates = [mandate for mandate in chain[0].mandates if mandate.action == action] if chain else []
    if flaw in _FLAWS:
        code, why = _FLAWS[flaw]
        yield Finding(code, path, name, f"above {by} {why}")
    elif not mandates:
        yield Finding("NO_MANDATE", path, name, f"{by} has no mandate of {state} to {action}")
    elif all(scope.meet(mandate.scope) != _sorted(scope) for mandate in mandates):
        yield Finding("WIDER_THAN_MANDATE", path, name, f"it says more than {by} may give")


_FLAWS: Final[Mapping[Standing | None, tuple[str, str]]] = {
    Standing.CIRCULAR: (
        "CHAIN_CIRCULAR",
        "the authorities name one another in a circle: name in `by` the one that the state set up",
    ),
    Standing.TOO_LONG: (
        "CHAIN_TOO_LONG",
        f"more than {MAX_LINKS - 1} authorities stand over one another: name in `by` a higher one",
    ),
}


def _codes(lists: _Lists) -> Iterator[Finding]:
    for path, name, detail in unknown_codes(lists.documents, lists.authorities.values(), lists.issuers, lists.rules):
        yield Finding("UNKNOWN_CODE", path, name, detail)


def _sorted(scope: Scope) -> Scope:
    """Return a scope as `meet` spells it, so that equal limits compare equal."""
    return scope.meet(scope)


def _ties(lists: _Lists) -> Iterator[Finding]:
    for one, other in combinations(lists.rules, 2):
        same = (one.state, one.subject, one.purpose, one.scope.specificity, one.in_force.start)
        if same != (other.state, other.subject, other.purpose, other.scope.specificity, other.in_force.start):
            continue
        if set(one.origins) & set(other.origins) and _meet_somewhere(one.scope, other.scope):
            yield Finding(
                "RULE_TIE", _path(one.state, "rules"), one.id, f"{other.id} covers the same and is as specific and as new"
            )


def _meet_somewhere(one: Scope, other: Scope) -> bool:
    both = one.meet(other)
    return () not in (both.qualifications, both.fields, both.nqf, both.occupations, both.routes)


def _overlaps(lists: _Lists) -> Iterator[Finding]:
    named = [(_path(entry.state, "issuers"), one.id, one.periods) for entry in lists.issuers for one in entry.accreditations]
    named += [
        (_path(entry.state, "authorities"), entry.id, one.periods) for entry in lists.authorities.values() for one in entry.mandates
    ]
    for path, name, periods in named:
        if any(_lie_over(one, other) for one, other in combinations(periods, 2)):
            yield Finding("OVERLAP", path, name, "two of its periods lie over one another")


def _lie_over(one: Period, other: Period) -> bool:
    first, second = sorted((one, other), key=lambda period: period.start)
    return first.end is None or second.start < first.end


def _doubles(lists: _Lists) -> Iterator[Finding]:
    states: dict[str, set[str]] = {}
    for issuer in lists.issuers:
        states.setdefault(issuer.did, set()).add(issuer.state)
    for did, listed in states.items():
        if len(listed) > 1:
            yield Finding("LISTED_TWICE", _path(max(listed), "issuers"), did, f"{', '.join(sorted(listed))} list the same issuer")
    ids = Counter(
        (path, record["id"])
        for name in ("authorities", "qualifications", "rules", "suspensions")
        for path, _, record in lists.of(name)
    )
    for (path, name), times in ids.items():
        if times > 1:
            yield Finding("LISTED_TWICE", path, name, "two records have this id")


def _foreign(lists: _Lists) -> Iterator[Finding]:
    for name in ("authorities", "qualifications", "rules", "suspensions"):
        for path, state, record in lists.of(name):
            if not record["id"].startswith(f"urn:comity:{state}:"):
                yield Finding("FOREIGN_ID", path, record["id"], f"ids of {state} begin with urn:comity:{state}:")


def _orphans(lists: _Lists) -> Iterator[Finding]:
    for issuer in lists.issuers:
        if not issuer.accreditations:
            yield Finding("ORPHAN", _path(issuer.state, "issuers"), issuer.did, "nobody has accredited it for anything")


def _status_authorities(lists: _Lists) -> Iterator[Finding]:
    known = {issuer.did for issuer in lists.issuers if issuer.keys} | {
        entry.did for entry in lists.authorities.values() if entry.keys
    }
    for issuer in lists.issuers:
        for did in issuer.status_authorities:
            if did not in known:
                yield Finding("STATUS_AUTHORITY", _path(issuer.state, "issuers"), issuer.did, f"the lists name no keys of {did}")


def _endings(lists: _Lists) -> Iterator[Finding]:
    for issuer in lists.issuers:
        for entry in issuer.accreditations:
            ends = [period.end for period in entry.periods]
            last = None if None in ends else max((end for end in ends if end is not None), default=None)
            if last is not None and lists.now < last <= lists.now + SOON:
                yield Finding("ENDS_SOON", _path(issuer.state, "issuers"), entry.id, f"it ends on {last:%Y-%m-%d}")


def _reviews(lists: _Lists) -> Iterator[Finding]:
    for path, _, record in lists.of("suspensions"):
        until = record.get("until")
        over = until is not None and parse_moment(until, as_end=True) <= lists.now
        if not over and parse_moment(record["reviewBy"], as_end=True) <= lists.now:
            yield Finding("REVIEW_DUE", path, record["id"], f"it was to be looked at again by {record['reviewBy']}")


def _forks(lists: _Lists) -> Iterator[Finding]:
    """Yield a finding for each head that says something else of a log than another state's, or less than an earlier one."""
    roots: dict[tuple[str, int], str] = {}
    longest: dict[tuple[str, str], int] = {}
    listed = sorted(lists.of(HEADS), key=lambda entry: parse_moment(entry[2]["recordedAt"]))
    for path, state, record in listed:
        log, size = record["log"], int(record["treeSize"])
        if roots.setdefault((log, size), record["rootHash"]) != record["rootHash"]:
            yield Finding("LOG_REWRITTEN", path, log, f"two heads of {size} entries have different roots")
        if size < longest.get((state, log), 0):
            yield Finding("LOG_REWRITTEN", path, log, f"a head of {size} entries was recorded after a longer one")
        longest[state, log] = max(size, longest.get((state, log), 0))


def _heads_gone(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield a finding for each recorded head of a log that is not there any more, word for word."""
    for record in before.get(HEADS, ()):
        if record not in after.get(HEADS, ()):
            yield Finding("LOG_REWRITTEN", path, record["log"], f"the head of {record['treeSize']} entries was changed or dropped")


_LINTS: Final[tuple[Callable[[_Lists], Iterator[Finding]], ...]] = (
    _narrowing,
    _codes,
    _ties,
    _overlaps,
    _doubles,
    _foreign,
    _orphans,
    _status_authorities,
    _endings,
    _reviews,
    _forks,
)


def _past_touched(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield a finding for each interval of the published lists that had ended and is not there any more, word for word."""
    now_there = {(name, json.dumps(period, sort_keys=True)) for name, period in _closed(after)}
    marked = {name for name, period in _closed(after) if period.get("retroactive") and period.get("reason")}
    for name, period in _closed(before):
        if (name, json.dumps(period, sort_keys=True)) not in now_there and name not in marked:
            yield Finding(
                "PAST_TOUCHED", path, name, f"the interval from {period['from']} until {period['until']} was changed or dropped"
            )


def _rows_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield a finding for each row and each profile that papers name and that would not mean the same any more."""
    for table, number in changed_rows(before.get("tables", {}), after.get("tables", {})):
        yield Finding("ROW_CHANGED", CODES_FILE, f"{table}/{number}", "rows are only added, never changed, moved or dropped")
    kept = {profile["number"]: profile for profile in after.get("profiles", ())}
    for profile in before.get("profiles", ()):
        if kept.get(profile["number"]) != profile:
            yield Finding(
                "ROW_CHANGED", CODES_FILE, f"profile {profile['number']}", "a profile is never changed: a new one gets a new number"
            )


def _closed(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield (id, interval) of every interval of a file that has an end: of records, rules, accreditations and mandates."""
    for record in (record for listed in document.values() if isinstance(listed, list) for record in listed):
        name = str(record.get("id") or record.get("did") or record.get("code"))
        intervals = [(name, record), (name, record.get("inForce", {}))]
        entries = [entry for kind in _PERIODS for entry in record.get(kind, ())]
        intervals += [(str(entry.get("id", name)), period) for entry in entries for period in entry["periods"]]
        yield from ((owner, interval) for owner, interval in intervals if interval.get("until") is not None)
