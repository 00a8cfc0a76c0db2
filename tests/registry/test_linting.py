from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from registry.linting import Finding, lint
from tests.trust.test_scenarios import authority, chained, delegated, issuer, rule, suspended
from tests.trust.world import CARE_SCHOOL, NOW, Files, did, encoded, shipped


def found(files: Files, previous: Files | None = None) -> tuple[Finding, ...]:
    return lint(encoded(files), encoded(previous) if previous else {}, NOW)


def test_the_shipped_lists_have_nothing_to_mend() -> None:
    assert found(shipped(), shipped()) == ()


def second_rule(files: Files, **more: object) -> None:
    files["states/XB/rules.json"]["rules"].append({**rule(files, "XB"), "id": "urn:comity:XB:rule:9@1", **more})


def second_period(files: Files, **period: object) -> None:
    issuer(files)["accreditations"][0]["periods"].append({"from": "2026-01-01", "until": None, **period})


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (lambda files: issuer(files)["accreditations"][0].update(scope={"fields": ["0"]}), "WIDER_THAN_MANDATE"),
        (lambda files: issuer(files)["accreditations"][0].update(scope={"nqf": ["2"]}), "WIDER_THAN_MANDATE"),
        (
            lambda files: delegated(
                files, mandates=[{"action": "issue", "scope": {"fields": ["01", "09"]}, "periods": [{"from": "2024-01-01"}]}]
            ),
            "WIDER_THAN_MANDATE",
        ),
        (lambda files: issuer(files)["accreditations"][0].update(by="urn:nobody"), "NO_MANDATE"),
        (lambda files: issuer(files)["accreditations"][0].update(action="assess"), "NO_MANDATE"),
        (lambda files: delegated(files, by="urn:comity:XA:authority:regional"), "CHAIN_CIRCULAR"),
        (lambda files: chained(files, 4), "CHAIN_TOO_LONG"),
        (second_rule, "RULE_TIE"),
        (second_period, "OVERLAP"),
        (lambda files: authority(files)["mandates"][0]["periods"].append({"from": "2023-01-01", "until": "2024-06-01"}), "OVERLAP"),
        (lambda files: files["states/XC/issuers.json"]["issuers"].append(issuer(files)), "LISTED_TWICE"),
        (lambda files: second_rule(files, id=rule(files, "XB")["id"]), "LISTED_TWICE"),
        (lambda files: rule(files, "XB").update(id="urn:comity:XC:rule:7@1"), "FOREIGN_ID"),
        (lambda files: issuer(files).update(accreditations=[]), "ORPHAN"),
        (lambda files: issuer(files).update(statusAuthorities=["did:web:nobody.example"]), "STATUS_AUTHORITY"),
        (
            lambda files: issuer(files)["accreditations"][0].update(periods=[{"from": "2025-01-01", "until": "2026-12-31"}]),
            "ENDS_SOON",
        ),
        (
            lambda files: files.update(suspended("XB", {"issuer": did(CARE_SCHOOL)}, reviewBy="2026-11-01")),
            "REVIEW_DUE",
        ),
    ],
)
def test_what_must_not_be_published_is_named(edit: Callable[[Files], object], code: str) -> None:
    files = shipped()
    edit(files)
    codes = {finding.code: finding for finding in found(files)}
    assert code in codes
    assert codes[code].path.startswith("states/")
    assert codes[code].detail


@pytest.mark.parametrize(
    ("edit", "path", "told"),
    [
        (lambda files: defined(files).update(field="0799x"), "XA/qualifications", "'0799x' is no code of ISCED-F 2013"),
        (lambda files: defined(files).update(isco="721299"), "XA/qualifications", "'721299' is no code of ISCO-08"),
        (lambda files: issuer(files)["accreditations"][0].update(scope={"fields": ["0777"]}), "XA/issuers", "'0777'"),
        (lambda files: authority(files)["mandates"][1].update(scope={"occupations": ["72", "x"]}), "XA/authorities", "'x'"),
        (lambda files: rule(files, "XB").update(scope={"fields": ["7"]}), "XB/rules", "'7' is no code of ISCED-F"),
        (lambda files: rule(files, "XB").update(requires={"anyOf": [experience("9999")]}), "XB/rules", "'9999' is no code of ISCO"),
    ],
)
def test_a_code_that_no_classification_has_is_named_with_its_place_and_what_to_write(
    edit: Callable[[Files], object], path: str, told: str
) -> None:
    files = shipped()
    edit(files)
    [wrong] = [finding for finding in found(files) if finding.code == "UNKNOWN_CODE"]
    assert wrong.path == f"states/{path}.json"
    assert wrong.id.startswith("urn:comity:X")
    assert told in wrong.detail
    assert wrong.detail.endswith(": write one that is, or a shorter one that it lies in")
    assert not wrong.is_warning


def defined(files: Files) -> dict[str, Any]:
    record: dict[str, Any] = files["states/XA/qualifications.json"]["qualifications"][0]
    return record


def experience(isco: str) -> dict[str, Any]:
    return {"id": "c", "texts": {"en": "work"}, "workExperience": {"isco": isco, "months": 6, "evidenceLevel": "E1"}}


@pytest.mark.parametrize(
    "edit",
    [
        lambda files: chained(files, 3),
        lambda files: second_rule(files, scope={"qualifications": ["urn:another"]}),
        lambda files: second_rule(files, purpose="further-study"),
        lambda files: second_rule(files, **{"from": ["XC"]}),
        lambda files: second_rule(files, inForce={"from": "2026-01-01"}),
        lambda files: issuer(files)["accreditations"][0].update(periods=[{"from": "2025-01-01", "until": "2027-12-31"}]),
        lambda files: files.update(suspended("XB", {"issuer": did(CARE_SCHOOL)}, reviewBy="2026-04-01", until="2026-03-31")),
        delegated,
    ],
)
def test_what_is_in_order_is_left_alone(edit: Callable[[Files], object]) -> None:
    files = shipped()
    edit(files)
    assert found(files) == ()


def test_errors_come_before_warnings() -> None:
    files = shipped()
    issuer(files).update(accreditations=[])
    second_rule(files)
    listed = found(files)
    assert [finding.is_warning for finding in listed] == [False, True]


def closed() -> Files:
    files = shipped()
    issuer(files)["accreditations"][0]["periods"] = [{"from": "2025-01-01", "until": "2026-08-31", "recordedAt": "2024-12-02"}]
    rule(files, "XB")["inForce"]["until"] = "2026-09-30"
    return {
        **files,
        **{path: document for path, document in suspended("XC", {"state": "XA"}, until="2026-04-01").items() if "XC/susp" in path},
    }


@pytest.mark.parametrize(
    ("edit", "touched"),
    [
        (
            lambda files: issuer(files)["accreditations"][0]["periods"][0].update(until="2026-07-31"),
            "urn:comity:XA:accreditation:102",
        ),
        (lambda files: issuer(files).update(accreditations=[]), "urn:comity:XA:accreditation:102"),
        (lambda files: rule(files, "XB")["inForce"].update(until=None), "urn:comity:XB:rule:1@1"),
        (lambda files: files["states/XC/suspensions.json"].update(suspensions=[]), "urn:comity:XC:suspension:1"),
        (lambda files: files.pop("states/XC/suspensions.json"), "urn:comity:XC:suspension:1"),
    ],
)
def test_an_interval_that_has_ended_is_not_touched(edit: Callable[[Files], object], touched: str) -> None:
    files = closed()
    edit(files)
    assert [(finding.code, finding.id) for finding in found(files, closed()) if finding.code == "PAST_TOUCHED"] == [
        ("PAST_TOUCHED", touched)
    ]


def test_a_correction_of_the_past_is_marked_and_gives_its_reason() -> None:
    files = closed()
    period: dict[str, Any] = issuer(files)["accreditations"][0]["periods"][0]
    period.update(until="2026-07-31", retroactive=True)
    assert [finding.code for finding in found(files, closed())] == ["PAST_TOUCHED"]
    period.update(reason="the inspection report gives the day")
    assert found(files, closed()) == ()


def test_what_is_added_touches_nothing() -> None:
    assert found(closed(), shipped()) == ()
