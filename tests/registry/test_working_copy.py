"""The lists as they will be published next, changed record by record; and what a change would do, before anybody signs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import SQLModel

from credentials.errors import MalformedValueError, VCError
from registry import changes
from registry.changes import Grant
from registry.previewing import affected, examples
from registry.working_copy import (
    Change,
    ChangedMeanwhileError,
    LintError,
    apply_change,
    check_change,
    digest_of,
    draft_bundle,
    forget_changes,
    parse_change,
    record_of,
    with_change,
    working_files,
)
from tests.trust.world import CARE_SCHOOL, CAREGIVING, NOW, did, encoded, shipped
from trust.rules import parse_rule
from web.db import Database, open_engine

CARE = did(CARE_SCHOOL)
BY = "urn:comity:XA:authority:nsc"
FILES = encoded(shipped())
GRANT = Grant("urn:comity:XA:accreditation:900", BY, "issue", {"fields": ["0715"], "nqf": ["2"]}, "2027-01-01", None)


@pytest.fixture
def database() -> Database:
    engine = open_engine("sqlite://")
    SQLModel.metadata.create_all(engine)
    return Database(engine)


def change(record: dict[str, Any], name: str = "issuers", state: str = "XA") -> Change:
    key = record.get("did") if name == "issuers" else record["id"]
    return Change(state, name, record, digest_of(record_of(FILES, state, name, str(key))), "why")


def centre() -> dict[str, Any]:
    found = record_of(FILES, "XA", "issuers", CARE)
    assert found is not None
    return found


def test_a_change_is_kept_until_it_is_published(database: Database) -> None:
    wanted = change(changes.accredited(centre(), GRANT, NOW))
    assert check_change(FILES, FILES, wanted, NOW) == ()
    with database.write() as session:
        apply_change(session, parse_change(json.loads(json.dumps(wanted.to_payload()))), FILES, NOW)
    files = working_files(database, FILES)
    assert {path for path in files if files[path] != FILES[path]} == {"states/XA/issuers.json"}
    after = draft_bundle(files, NOW)
    assert [entry.id for entry in after.issuers[CARE].accreditations][-1] == GRANT.id
    assert len(after.issuers) == 3
    forget_changes(database)
    assert working_files(database, FILES) == FILES


def test_what_somebody_changed_meanwhile_is_not_overwritten(database: Database) -> None:
    first, second = (change(changes.accredited(centre(), GRANT, NOW)) for _ in range(2))
    with database.write() as session:
        apply_change(session, first, FILES, NOW)
    with pytest.raises(ChangedMeanwhileError), database.write() as session:
        apply_change(session, second, FILES, NOW)


def test_what_must_not_be_published_is_not_even_proposed() -> None:
    wide = Grant("urn:comity:XA:accreditation:901", BY, "issue", {"fields": ["04"]}, "2027-01-01", None)
    with pytest.raises(LintError, match="more than"):
        check_change(FILES, FILES, change(changes.accredited(centre(), wide, NOW)), NOW)
    with pytest.raises(MalformedValueError):
        check_change(FILES, FILES, change({**centre(), "accreditations": [{}]}), NOW)
    with pytest.raises(MalformedValueError, match="no list of a state"):
        parse_change({**change(centre()).to_payload(), "name": "parties"})


def test_an_approval_ends_narrows_and_goes_on() -> None:
    [entry] = [one["id"] for one in centre()["accreditations"]]
    ended = changes.ended(centre(), entry, "2027-02-28", NOW)
    assert ended["accreditations"][0]["periods"][0]["until"] == "2027-02-28"
    assert changes.renewed(ended, entry, "2029-12-31", NOW)["accreditations"][0]["periods"][0]["until"] == "2029-12-31"
    narrowed = changes.narrowed(centre(), entry, GRANT, NOW)
    assert [one["periods"][0]["until"] for one in narrowed["accreditations"]] == ["2026-12-31", None]
    assert centre()["accreditations"][0]["periods"][0]["until"] is None


def suspend(reason: str, review: str) -> dict[str, Any]:
    return changes.suspension("urn:comity:XA:stop:1", {"issuer": CARE}, reason, review, NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: changes.ended(centre(), "urn:comity:XA:accreditation:102", "2026-01-01", NOW),
        lambda: changes.ended(centre(), "urn:comity:XA:accreditation:none", "2027-01-01", NOW),
        lambda: changes.renewed(
            changes.ended(centre(), "urn:comity:XA:accreditation:102", "2027-02-28", NOW),
            "urn:comity:XA:accreditation:102",
            "2027-01-01",
            NOW,
        ),
        lambda: suspend("x", "2026-01-01"),
        lambda: suspend(" ", "2027-01-01"),
    ],
)
def test_what_cannot_be_meant_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(VCError):
        wrong()


def test_one_sees_whom_a_stop_reaches_before_it_is_signed() -> None:
    before = draft_bundle(FILES, NOW)
    stop = changes.suspension("urn:comity:XA:stop:1", {"issuer": CARE}, "an inspection", "2027-01-01", NOW)
    after = draft_bundle(with_change(FILES, change(stop, "suspensions")), NOW)
    reached = affected(before, after, {CARE: 27}.__getitem__)
    assert (list(reached.issuers), reached.credentials, reached.states) == ([CARE], 27, ("XB", "XC"))
    by_authority = changes.suspension("urn:comity:XA:stop:2", {"authority": BY}, "an inspection", "2027-01-01", NOW)
    wide = draft_bundle(with_change(FILES, change(by_authority, "suspensions")), NOW)
    assert len(affected(before, wide, lambda _: 1).issuers) == 2


def test_a_rule_is_tried_on_example_dossiers() -> None:
    before = draft_bundle(FILES, NOW)
    record = {
        "id": "urn:comity:XC:rule:9@1",
        "from": ["XA"],
        "scope": {"fields": ["0715"]},
        "mode": "conditional",
        "grants": {"localTitle": {"en": "Welder"}, "nqf": "3"},
        "requires": {
            "allOf": [
                {"id": "p", "texts": {"en": "practice"}, "workExperience": {"isco": "7212", "months": 24, "evidenceLevel": "E3"}},
                {"anyOf": [{"id": "q", "texts": {"en": "care"}, "qualifications": [CAREGIVING, "no"]}]},
            ]
        },
        "inForce": {"from": "2026-11-01", "until": None},
        "legalBasis": "Article 7(9)",
        "authority": "urn:comity:XC:authority:labour-skills-board",
    }
    after = draft_bundle(with_change(FILES, change(record, "rules", "XC")), NOW)
    found = examples(parse_rule(record, "XC"), before, after, NOW)
    assert [(one.shows_all, one.before.chain[-1].code, one.after.chain[-1].code) for one in found] == [
        (False, "NO_RULE", "RULE_CONDITIONAL"),
        (True, "NO_RULE", "RULE_GRANTS"),
    ]


def test_a_rule_about_work_is_tried_too_and_one_that_begins_later_as_of_its_first_day() -> None:
    before = draft_bundle(FILES, NOW)
    [record] = [record_of(FILES, "XA", "rules", "urn:comity:XA:rule:1@1")]
    assert record is not None
    later = {**record, "id": "urn:comity:XA:rule:1@2", "mode": "caseByCase", "inForce": {"from": "2027-03-01", "until": None}}
    after = draft_bundle(with_change(FILES, change(later, "rules")), NOW)
    [found] = examples(parse_rule(later, "XA"), before, after, NOW)
    assert (found.names["en"], found.shows_all) == ("Harborline Shipyard", False)
    assert (found.before.name, found.after.chain[-1].code) == ("recognised", "CASE_BY_CASE")


def test_an_approval_counts_from_the_day_on_which_it_was_written_down() -> None:
    grant = Grant("urn:comity:XA:accreditation:903", BY, "issue", {"fields": ["0715"], "nqf": ["2"]}, "2026-01-01", None)
    after = draft_bundle(with_change(FILES, change(changes.accredited(centre(), grant, NOW))), NOW)
    [*_, entry] = after.issuers[CARE].accreditations
    assert entry.periods[0].start.isoformat() == "2026-11-20T00:00:00+00:00"
