"""Rules as a form: read back as they were written, tried on example dossiers, signed by two people."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from credentials.errors import MalformedValueError
from registry.rule_form import RuleForm, Wanted, form_of, next_id, next_version, record_of
from tests.registry.conftest import House
from tests.registry.office import approve, put_forward
from tests.trust.world import CAREGIVING, NOW, WELDING, shipped
from trust.rules import parse_rule

PAGE = "/registry/states/XC/rules"
WRITE = f"{PAGE}/write"
BOARD = "urn:comity:XC:authority:labour-skills-board"
WANTED = (
    Wanted("language", id="language-b1", texts={"en": "French at B1"}, what="fr", least="B1"),
    Wanted("paper", texts={"en": "Good standing", "ar": "حسن السيرة"}, what="GoodStandingCredential", number="90"),
    Wanted("choice", texts={"en": "Make up for it"}, what="a course | un stage\na test"),
    Wanted("work", "enough", texts={"en": "Two years of work"}, what="7212", least="E2", number="24"),
    Wanted("qualification", "enough", texts={"en": "Or a level 3"}, what=CAREGIVING),
)
FORM = RuleForm(
    ("XA",), "training", (WELDING,), "", "conditional", {"en": "Welder"}, "3", "", "2026-11-20", "", "Article 7(9)", BOARD, WANTED
)
TYPED = {
    "name": "urn:comity:XC:rule:2@1",
    "origin": "XA",
    "subject": "training",
    "qualification": WELDING,
    "mode": "automatic",
    "title-en": "Welder",
    "start": "2026-11-20",
    "basis": "Article 7(9)",
    "authority": BOARD,
}


def test_a_form_says_what_its_record_says_and_back() -> None:
    record = record_of(FORM, "urn:comity:XC:rule:9@1", NOW)
    assert parse_rule(record, "XC").nqf == "3"
    assert record["requires"]["allOf"][1] == {
        "id": "good-standing",
        "texts": {"en": "Good standing", "ar": "حسن السيرة"},
        "credentialType": "GoodStandingCredential",
        "maxAgeDays": 90,
    }
    assert record["requires"]["allOf"][2]["options"] == [{"en": "a course", "fr": "un stage"}, {"en": "a test"}]
    assert [one["id"] for one in record["requires"]["allOf"][3]["anyOf"]] == ["two-years-of-work", "or-a-level-3"]
    again = form_of(record)
    assert again is not None
    assert record_of(again, record["id"], NOW) == record


@pytest.mark.parametrize("record", [one for code in ("XA", "XB", "XC") for one in shipped()[f"states/{code}/rules.json"]["rules"]])
def test_the_shipped_rules_have_forms(record: dict[str, Any]) -> None:
    assert form_of(record) is not None


@pytest.mark.parametrize(
    "requires",
    [
        {"allOf": [{"allOf": [{"id": "x", "texts": {"en": "x"}, "credentialType": "X"}]}]},
        {"allOf": [{"anyOf": [{"id": "x", "texts": {"en": "x"}, "credentialType": "X"}]}] * 2},
        {"anyOf": [{"allOf": [{"id": "x", "texts": {"en": "x"}, "credentialType": "X"}]}]},
    ],
)
def test_what_nests_deeper_has_no_form(requires: dict[str, Any]) -> None:
    assert form_of({**record_of(FORM, "urn:comity:XC:rule:9@1", NOW), "requires": requires}) is None


def test_a_rule_that_says_more_than_the_form_knows_has_no_form() -> None:
    record = record_of(FORM, "urn:comity:XC:rule:9@1", NOW)
    assert form_of({**record, "scope": {"fields": ["0715"]}}) is None
    assert form_of({**record, "validity": {"years": 2}}) is None
    one = record["requires"]["allOf"][0]
    single = form_of({**record, "requires": {"allOf": [one]}})
    assert single is not None
    assert single.wanted[0].what == "fr"


@pytest.mark.parametrize(
    "wrong",
    [
        RuleForm(),
        RuleForm(("XA",), mode="automatic", qualifications=(WELDING,)),
        RuleForm(("XA",), mode="conditional", qualifications=(WELDING,), titles={"en": "x"}, start="2026-11-20", basis="x"),
        *(
            RuleForm(("XA",), "work", titles={"en": "x"}, start="2026-11-20", basis="x", wanted=(one,))
            for one in (
                Wanted("language", texts={"en": "x"}, what="fr", least="B9"),
                Wanted("work", texts={"en": "x"}, what="7212", least="E2", number="many"),
                Wanted("dance", texts={"en": "x"}, what="x"),
                Wanted("paper", what="x"),
                Wanted("paper", texts={"en": "x"}),
            )
        ),
    ],
)
def test_a_form_that_says_too_little_makes_no_rule(wrong: RuleForm) -> None:
    with pytest.raises(MalformedValueError):
        record_of(wrong, "urn:comity:XC:rule:9@1", NOW)


def test_rules_are_numbered_and_versions_follow() -> None:
    assert next_version("urn:comity:XC:rule:1@4") == "urn:comity:XC:rule:1@5"
    assert next_version("urn:comity:XC:rule:care") == "urn:comity:XC:rule:care@2"
    assert next_id("XC", ("urn:comity:XC:rule:7@1", "urn:comity:XC:rule:care")) == "urn:comity:XC:rule:8@1"
    assert next_id("XC", ()) == "urn:comity:XC:rule:1@1"


def test_a_rule_is_typed_tried_and_put_before_a_second_person(house: House) -> None:
    writer, approver, signer = (house.desk(role, role, "XC") for role in ("assessor", "approver", "signer"))
    assert "urn:comity:XC:rule:2@1" in writer.get(WRITE)
    wrong = writer.post(WRITE, WRITE, **(TYPED | {"basis": ""}), act="try")
    assert (wrong.status_code, "name the article" in wrong.text, 'value="Welder"' in wrong.text) == (422, True, True)
    tried = writer.post(WRITE, WRITE, **TYPED, act="try")
    assert (tried.status_code, "No decision yet" in tried.text, "Recognised" in tried.text) == (200, True, True)
    assert writer.post(WRITE, WRITE, **TYPED, act="propose").status_code == 422  # without a reason
    change = put_forward(writer, WRITE, **TYPED, act="propose", reason="Agreed in the committee.")
    approve(approver, change)
    assert "Welder" in approver.get(PAGE)
    assert [rule.id for rule in house.registry.bundle().rules if rule.state == "XC"] == ["urn:comity:XC:rule:1@1"]
    page = "/registry/states/XC/lists"
    assert signer.post(page, page).status_code == 303
    assert "urn:comity:XC:rule:2@1" in {rule.id for rule in house.registry.bundle().rules}
    assert "20 November 2026" in house.anybody.get("/registry").text


def test_conditions_are_added_and_left_out_and_nothing_that_was_typed_is_lost(house: House) -> None:
    writer = house.desk("Writer", "assessor", "XC")
    row = {"c0-kind": "language", "c0-need": "needed", "c0-text-en": "French at B1", "c0-what": "fr", "c0-least": "B1"}
    added = writer.post(WRITE, WRITE, **TYPED, **row, act="add", kind="choice")
    assert 'name="c0-what" value="fr"' in added.text
    assert 'name="c1-kind" value="choice"' in added.text
    less = writer.post(WRITE, WRITE, **TYPED, **row, **{"c1-kind": "choice"}, remove="0")
    assert 'name="c0-kind" value="choice"' in less.text
    assert "c1-kind" not in less.text
    assert 'value="Article 7(9)"' in less.text
    assert "c0-kind" not in writer.post(WRITE, WRITE, **TYPED, act="add", kind="dance").text


def test_the_next_version_of_a_rule_begins_with_what_it_says_now(house: House) -> None:
    writer = house.desk("Writer", "assessor", "XC")
    page = writer.get(f"{WRITE}?rule=urn:comity:XC:rule:1@1")
    assert 'name="name" value="urn:comity:XC:rule:1@2"' in page
    assert 'value="Home carer"' in page
    assert re.search(r'name="start" type="date" value=""', page)
    assert writer.client.get(f"{WRITE}?rule=none").status_code == 404


def test_what_the_form_cannot_say_is_written_as_json(house: House) -> None:
    writer = house.desk("Writer", "assessor", "XC")
    record = record_of(FORM, "urn:comity:XC:rule:9@1", None) | {
        "scope": {"fields": ["0715"]},
        "requires": None,
        "mode": "automatic",
    }
    for wrong in ("{", "{}", "[]", json.dumps(record | {"mode": "perhaps"}), json.dumps(record | {"id": "urn:comity:XB:rule:1@1"})):
        assert writer.post(WRITE, WRITE, by="json", text=wrong, act="try").status_code == 422
    tried = writer.post(WRITE, WRITE, by="json", text=json.dumps(record), act="try")
    assert (tried.status_code, "Recognised" in tried.text) == (200, True), tried.text
    put_forward(writer, WRITE, by="json", text=json.dumps(record), act="propose", reason="Agreed.")
