"""A rule as a form: what an official chooses and types, made of a record and made into one. Pure.

The form knows conditions that are all needed and conditions of which one is enough. A rule whose conditions nest deeper has no
form; it is written as JSON.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from credentials.errors import MalformedValueError

LANGUAGES: Final = ("en", "fr", "ar")
KINDS: Final = ("qualification", "language", "work", "paper", "choice")
"""What a condition may ask for: another qualification, a language, work, a paper, or one of several measures."""
NEEDED, ENOUGH = "needed", "enough"
"""Whether a condition is needed in any case, or one of several is enough."""
LEVELS: Final = ("A1", "A2", "B1", "B2", "C1", "C2")
EVIDENCE: Final = ("E1", "E2", "E3")
MODES: Final = (
    "automatic",
    "conditional",
    "levelOnly",
    "caseByCase",
    "none",
    "equivalent",
    "experienceBased",
    "partial",
    "temporary",
)
MOST_CONDITIONS: Final = 20
_SLUG: Final = re.compile(r"[^a-z0-9]+")
_WHOLE: Final = re.compile(r"[0-9]{1,4}")
_VERSION: Final = re.compile(r"(?P<stem>.+:rule:)(?P<number>[0-9]+)@(?P<version>[0-9]+)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One condition of the form.

    Attributes:
        kind: one of `KINDS`.
        need: `NEEDED` or `ENOUGH`.
        id: of the condition; made of its words where it is empty.
        texts: its words by language.
        what: the qualifications of which one is enough, with spaces between; the language's code, the occupation, the type of the
            paper; or the measures, one a line.
        least: the language's level, or how well work is evidenced.
        number: months of work, or days that a paper may be old; may be empty for a paper.
    """

    kind: str
    need: str = NEEDED
    id: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    what: str = ""
    least: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class RuleForm:
    """What the form holds; days and numbers are as they were typed."""

    origins: tuple[str, ...] = ()
    subject: str = "training"
    qualifications: tuple[str, ...] = ()
    occupations: str = ""
    mode: str = "conditional"
    titles: Mapping[str, str] = field(default_factory=dict)
    nqf: str = ""
    purpose: str = ""
    start: str = ""
    until: str = ""
    basis: str = ""
    authority: str = ""
    wanted: tuple[Wanted, ...] = ()


def form_of(record: Mapping[str, Any]) -> RuleForm | None:
    """Return the form of a rule's record, or None where the form cannot show everything that the record says."""
    wanted = _wanted(record.get("requires") or {})
    if wanted is None:
        return None
    scope, in_force = record["scope"], record["inForce"]
    found = RuleForm(
        tuple(record["from"]),
        record.get("subject", "training"),
        tuple(scope.get("qualifications", ())),
        " ".join(scope.get("occupations", ())),
        record["mode"],
        record["grants"]["localTitle"],
        record["grants"].get("nqf", ""),
        record.get("purpose", ""),
        in_force["from"],
        in_force.get("until") or "",
        record["legalBasis"],
        record["authority"],
        wanted,
    )
    return found if _plain(_record(found, record["id"], None)) == _plain(record) else None


def _plain(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a record says, without what it leaves unsaid in another way."""
    told = {**record, "inForce": {name: record["inForce"].get(name) for name in ("from", "until")}}
    told["grants"] = {name: value for name, value in record["grants"].items() if value}
    told["subject"], told["purpose"] = record.get("subject", "training"), record.get("purpose", "")
    return {name: value for name, value in told.items() if value}


def _wanted(requires: Mapping[str, Any]) -> tuple[Wanted, ...] | None:
    """Return the conditions of a tree of the form's shape, or None for another."""
    if "allOf" not in requires:
        return _leaves([requires], NEEDED) if requires and "anyOf" not in requires else _group(requires)
    needed = [branch for branch in requires["allOf"] if "anyOf" not in branch]
    groups = [branch for branch in requires["allOf"] if "anyOf" in branch]
    if len(groups) > 1:
        return None
    first, others = _leaves(needed, NEEDED), _group(groups[0]) if groups else ()
    return None if first is None or others is None else first + others


def _group(requires: Mapping[str, Any]) -> tuple[Wanted, ...] | None:
    return _leaves(requires.get("anyOf", ()), ENOUGH)


def _leaves(branches: Any, need: str) -> tuple[Wanted, ...] | None:  # noqa: ANN401  # JSON
    found = [_leaf(branch, need) for branch in branches]
    return None if None in found else tuple(one for one in found if one is not None)


def _leaf(leaf: Mapping[str, Any], need: str) -> Wanted | None:
    kind = next((kind for member, kind in _KIND_OF.items() if member in leaf and "id" in leaf), "")
    return Wanted(kind, need, leaf["id"], leaf["texts"], *_particulars(kind, leaf)) if kind else None


_KIND_OF: Final = {
    "qualifications": "qualification",
    "language": "language",
    "workExperience": "work",
    "credentialType": "paper",
    "options": "choice",
}


def _particulars(kind: str, leaf: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return what a condition asks for, the least of it, and the number."""
    match kind:
        case "language":
            return leaf["language"]["code"], leaf["language"]["min"], ""
        case "work":
            work = leaf["workExperience"]
            return work["isco"], work["evidenceLevel"], str(work["months"])
        case "paper":
            return leaf["credentialType"], "", str(leaf.get("maxAgeDays", ""))
        case "choice":
            return "\n".join(map(_line, leaf["options"])), "", ""
    return " ".join(leaf["qualifications"]), "", ""


def _line(option: Mapping[str, str]) -> str:
    return " | ".join(option[language] for language in LANGUAGES if language in option)


def record_of(form: RuleForm, name: str, now: datetime | None) -> dict[str, Any]:
    """Return the record that a form says.

    Args:
        form: what was chosen and typed.
        name: id of the rule, with its version.
        now: when it is written down; None leaves that out.

    Raises:
        MalformedValueError: something that a rule needs is missing.
    """
    _check(form)
    return _record(form, name, now)


def _record(form: RuleForm, name: str, now: datetime | None) -> dict[str, Any]:
    scope = {"qualifications": list(form.qualifications)} if form.qualifications else {}
    scope |= {"occupations": form.occupations.replace(",", " ").split()} if form.occupations else {}
    in_force: dict[str, Any] = {"from": form.start, "until": form.until or None}
    return {
        "id": name,
        "from": list(form.origins),
        "subject": form.subject,
        **({"purpose": form.purpose} if form.purpose else {}),
        "scope": scope,
        "mode": form.mode,
        "grants": {"localTitle": dict(form.titles), **({"nqf": form.nqf} if form.nqf else {})},
        "requires": _requires(form.wanted),
        "inForce": in_force | ({"recordedAt": now.isoformat()} if now else {}),
        "legalBasis": form.basis,
        "authority": form.authority,
    }


def _check(form: RuleForm) -> None:
    missing = [
        (form.origins, "say from which state", "/origin"),
        (form.qualifications or form.subject == "work", "choose what the rule covers", "/qualification"),
        (form.titles, "say what it counts as", "/title-en"),
        (form.start, "say from which day it holds", "/start"),
        (form.basis, "name the article that it rests on", "/basis"),
        (form.mode != "conditional" or form.wanted, "add what is asked for, or choose that nothing more is asked", "/mode"),
    ]
    for is_there, detail, pointer in missing:
        if not is_there:
            raise MalformedValueError(detail, pointer=pointer)


def _requires(wanted: tuple[Wanted, ...]) -> dict[str, Any] | None:
    needed = [_condition(one) for one in wanted if one.need == NEEDED]
    enough = [_condition(one) for one in wanted if one.need == ENOUGH]
    together = needed + ([{"anyOf": enough}] if enough else [])
    return {"allOf": together} if together else None


def _condition(one: Wanted) -> dict[str, Any]:
    texts = {language: text for language, text in one.texts.items() if text}
    if not texts or not one.what:
        raise MalformedValueError("write each condition out: what is asked for, and its words", pointer="/wanted")
    first = next(iter(texts.values()))
    name = one.id or _SLUG.sub("-", first.lower()).strip("-")[:40] or one.kind
    return {"id": name, "texts": texts, **_asked(one)}


def _asked(one: Wanted) -> dict[str, Any]:
    match one.kind:
        case "qualification":
            return {"qualifications": one.what.split()}
        case "language":
            return {"language": {"code": one.what, "min": _of(one.least, LEVELS)}}
        case "work":
            return {"workExperience": {"isco": one.what, "months": _whole(one.number), "evidenceLevel": _of(one.least, EVIDENCE)}}
        case "paper":
            return {"credentialType": one.what, **({"maxAgeDays": _whole(one.number)} if one.number else {})}
        case "choice":
            lines = [line for line in one.what.splitlines() if line.strip()]
            return {"options": [_option(line) for line in lines]}
    raise MalformedValueError("choose what a condition asks for", pointer="/wanted")


def _option(line: str) -> dict[str, str]:
    """Return a measure of a line: one language, or all of them with `|` between."""
    texts = [text.strip() for text in line.split("|")]
    return {language: text for language, text in zip(LANGUAGES, texts, strict=False) if text}


def _of(value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise MalformedValueError(f"choose one of {', '.join(known)}", pointer="/wanted")
    return value


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise MalformedValueError("write a number", pointer="/wanted")
    return int(text)


def next_version(name: str) -> str:
    """Return the id of the next version of a rule."""
    found = _VERSION.fullmatch(name)
    return f"{found['stem']}{found['number']}@{int(found['version']) + 1}" if found else f"{name}@2"


def next_id(state: str, names: tuple[str, ...]) -> str:
    """Return the id of a new rule of a state."""
    found = [int(match["number"]) for match in map(_VERSION.fullmatch, names) if match]
    return f"urn:comity:{state}:rule:{max(found, default=0) + 1}@1"
