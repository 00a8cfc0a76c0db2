"""What a state recognises: rules as a form, tried on example dossiers before a second person is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from credentials.errors import VCError
from credentials.parsing import parse_json
from registry import rule_form
from registry.desk.forms import DOCUMENT, LINE, Form, Sent
from registry.desk.office import Office, acting, enter, room
from registry.previewing import Example, examples
from registry.rule_form import RuleForm, Wanted
from registry.service import Registry
from registry.working_copy import draft_bundle, records_of, with_change
from trust.rules import Rule, parse_rule
from web.roles import PREPARE

PURPOSES: Final = ("", "employment", "employment-regulated", "further-study")


@dataclass(frozen=True, slots=True)
class Writing:
    """A rule that is being written.

    Attributes:
        name: the id that it gets.
        form: what was typed; None where the form cannot show the rule.
        text: the same as JSON.
        reason: why it is written.
        wrong: what is wrong with it, or empty.
        tried: what example dossiers are worth before and after it; None before it is tried.
    """

    name: str
    form: RuleForm | None
    text: str
    reason: str = ""
    wrong: str = ""
    tried: tuple[Example, ...] | None = None


def router(registry: Registry) -> APIRouter:
    """Return the pages of rules."""
    pages = room()

    @pages.get("/rules")
    def every(request: Request, code: str) -> Response:
        office = enter(registry, request, code)
        bundle = draft_bundle(office.files, registry.clock())
        return office.show("rules", rules=_own(office), bundle=bundle)

    @pages.get("/rules/write")
    def begin(request: Request, code: str, rule: str = "") -> Response:
        office = enter(registry, request, code)
        office.person.require(office.organisation, PREPARE)
        return _show(office, _opened(office, rule))

    @pages.post("/rules/write")
    def write(request: Request, code: str, sent: Form) -> Response:
        office = acting(registry, request, code, sent, PREPARE)
        writing = _sent(office, sent)
        if writing.form and (sent.one("act") == "add" or sent.one("remove")):
            return _show(office, replace(writing, form=_rows(writing.form, sent)))
        try:
            change, found = _try(office, _record(office, writing, sent), writing.reason)
            if sent.one("act") == "propose":
                sent.reason()
                return office.propose("rule", change)
        except (KeyError, TypeError, AttributeError) as error:
            return _show(office, replace(writing, wrong=f"{type(error).__name__} {error}"))
        except VCError as error:
            return _show(office, replace(writing, wrong=error.detail))
        return _show(office, replace(writing, tried=found, text=_spelled(change.record)))

    return pages


def _own(office: Office) -> list[Rule]:
    now = office.registry.clock()
    own = [rule for rule in draft_bundle(office.files, now).rules if rule.state == office.state.code]
    return sorted(own, key=lambda rule: rule.id)


def _names(office: Office) -> tuple[str, ...]:
    path = f"states/{office.state.code}/rules.json"
    return tuple(str(record["id"]) for record in records_of(office.files, path, "rules"))


def _opened(office: Office, rule: str) -> Writing:
    """Return a new rule, or the next version of one that is there."""
    if not rule:
        first = office.authorities()
        blank = RuleForm(authority=first[0].id if first else "")
        return Writing(rule_form.next_id(office.state.code, _names(office)), blank, "")
    record = office.record("rules", rule)
    name = rule_form.next_version(rule)
    while name in _names(office):
        name = rule_form.next_version(name)
    form = rule_form.form_of(record)
    return Writing(name, replace(form, start="", until="") if form else None, _spelled({**record, "id": name}))


def _spelled(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, indent=1)


def _sent(office: Office, sent: Sent) -> Writing:
    fields = sent.fields
    name = sent.one("name", LINE) or rule_form.next_id(office.state.code, _names(office))
    form = _typed(sent) if "mode" in fields else None
    return Writing(name, form, fields.get("text", ("",))[-1][:DOCUMENT], fields.get("reason", ("",))[-1])


def _typed(sent: Sent) -> RuleForm:
    return RuleForm(
        sent.every("origin"),
        sent.one("subject", LINE) or "training",
        sent.every("qualification"),
        sent.one("occupations", LINE),
        sent.one("mode", LINE),
        _texts(sent, "title"),
        sent.one("nqf", LINE),
        sent.one("purpose", LINE),
        sent.one("start", LINE),
        sent.one("until", LINE),
        sent.one("basis", LINE),
        sent.one("authority", LINE),
        tuple(_condition(sent, f"c{number}") for number in range(rule_form.MOST_CONDITIONS) if f"c{number}-kind" in sent.fields),
    )


def _condition(sent: Sent, at: str) -> Wanted:
    return Wanted(
        sent.one(f"{at}-kind", LINE),
        sent.one(f"{at}-need", LINE) or rule_form.NEEDED,
        sent.one(f"{at}-id", LINE),
        _texts(sent, f"{at}-text"),
        sent.one(f"{at}-what"),
        sent.one(f"{at}-least", LINE),
        sent.one(f"{at}-number", LINE),
    )


def _texts(sent: Sent, name: str) -> dict[str, str]:
    texts = {language: sent.one(f"{name}-{language}", LINE) for language in rule_form.LANGUAGES}
    return {language: text for language, text in texts.items() if text}


def _rows(form: RuleForm, sent: Sent) -> RuleForm:
    """Add a condition of the kind that was chosen, or remove one."""
    if sent.one("act") == "add":
        kind = sent.one("kind", LINE)
        more = (Wanted(kind),) if kind in rule_form.KINDS and len(form.wanted) < rule_form.MOST_CONDITIONS else ()
        return replace(form, wanted=(*form.wanted, *more))
    kept = (one for number, one in enumerate(form.wanted) if str(number) != sent.one("remove"))
    return replace(form, wanted=tuple(kept))


def _record(office: Office, writing: Writing, sent: Sent) -> dict[str, Any]:
    """Return the record that was typed: of the form, or of the JSON where that is what was sent."""
    now = office.registry.clock()
    if sent.one("by") != "json" and writing.form:
        return rule_form.record_of(writing.form, writing.name, now)
    record = parse_json(writing.text.encode())
    return {**record, "inForce": {**record["inForce"], "recordedAt": now.isoformat()}}


def _try(office: Office, record: dict[str, Any], reason: str) -> tuple[Any, tuple[Example, ...]]:
    """Return the change and what example dossiers are worth with it."""
    now = office.registry.clock()
    change, _ = office.change("rules", record, reason)
    before, after = draft_bundle(office.files, now), draft_bundle(with_change(office.files, change), now)
    return change, examples(parse_rule(change.record, office.state.code), before, after, now)


def _show(office: Office, writing: Writing) -> Response:
    bundle = draft_bundle(office.files, office.registry.clock())
    others = {code: state for code, state in bundle.states.items() if code != office.state.code}
    return office.show(
        "rule",
        status=422 if writing.wrong else 200,
        writing=writing,
        others=others,
        bundle=bundle,
        known=rule_form,
        purposes=PURPOSES,
    )
