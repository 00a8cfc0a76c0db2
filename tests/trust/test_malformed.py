"""Lists that are not as they must be are refused whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.trust.test_scenarios import authority, issuer, rule
from tests.trust.world import NOW, Files, bundle, bundle_of, result, shipped, training
from trust.bundle import BundleError
from trust.claims import read_claim
from trust.list_errors import ListFormError
from trust.recognition import Dossier, recognize

LEAF: dict[str, Any] = {"id": "c", "texts": {"en": "c"}, "qualifications": ["q"]}


def nested(depth: int) -> dict[str, Any]:
    return {"allOf": [nested(depth - 1)]} if depth else LEAF


def joint(files: Files, **more: object) -> None:
    record = {"id": "urn:comity:joint:q:x@1", "states": ["XA"], "names": {}, "field": "", "nqf": "", "isco": "", **more}
    files["partnership/qualifications.json"] = {"qualifications": [record]}


def stop(files: Files, of: dict[str, str]) -> None:
    record = {"id": "s", "of": of, "from": "2026-01-01", "affectsIssuedBefore": True, "reason": "x", "reviewBy": "2027-01-01"}
    files["states/XA/suspensions.json"]["suspensions"] = [record]


@pytest.mark.parametrize(
    "edit",
    [
        lambda files: issuer(files)["accreditations"][0].update(action="conquer"),
        lambda files: authority(files)["mandates"][0].update(action="conquer"),
        lambda files: authority(files)["mandates"][0].update(scope={"nqf": ["2"]}),
        lambda files: authority(files)["mandates"][1].update(scope={"fields": ["07"]}),
        lambda files: issuer(files).update(statusAuthorities="did:web:one.example"),
        lambda files: issuer(files).update(statusAuthorities=["https://one.example/"]),
        lambda files: joint(files, states=[]),
        lambda files: stop(files, {}),
        lambda files: stop(files, {"issuer": "did:x:y", "state": "XA"}),
        lambda files: rule(files, "XB").update(mode="perhaps"),
        lambda files: rule(files, "XB").update(requires=nested(9)),
        lambda files: rule(files, "XB").update(requires={"anyOf": []}),
        lambda files: rule(files, "XB").update(requires={"id": "c", "texts": {}, "qualifications": []}),
        lambda files: rule(files, "XB").update(requires={**LEAF, "language": {}}),
        lambda files: files.pop("partnership/parties.json"),
        lambda files: files.pop("states/XB/rules.json"),
    ],
)
def test_a_list_of_another_form_is_refused(edit: Callable[[Files], object]) -> None:
    files = shipped()
    edit(files)
    with pytest.raises(BundleError):
        bundle_of(files)


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (lambda files: rule(files, "XB").update(requires=nested(9)), "the conditions nest deeper than 8 levels"),
        (lambda files: issuer(files)["accreditations"][0].update(action="conquer"), "urn:comity:XA:accreditation:102: 'conquer'"),
        (lambda files: issuer(files).pop("kind"), "'kind' is missing"),
        (lambda files: files["partnership/parties.json"].update(coCertification=5), "a list is not of the form it must have"),
    ],
)
def test_what_is_wrong_and_where_is_said(edit: Callable[[Files], object], told: str) -> None:
    files = shipped()
    edit(files)
    with pytest.raises(ListFormError) as caught:
        bundle_of(files)
    assert told in caught.value.detail
    assert caught.value.type.endswith("BUNDLE_FORM")


def test_conditions_may_nest_eight_deep_and_a_joint_definition_is_kept() -> None:
    files = shipped()
    rule(files, "XB").update(requires=nested(8))
    joint(files)
    assert "urn:comity:joint:q:x@1" in bundle_of(files).qualifications


@pytest.mark.parametrize("day", ["yesterday", "2026-05-01", 5])
def test_an_award_without_a_readable_day_counts_from_the_day_of_issue(day: object) -> None:
    credential = replace(result(training()).require(), document={**result(training()).require().document, "awardedDate": day})
    assert read_claim(credential).awarded == datetime(2026, 5, 10, tzinfo=UTC)


def test_periods_that_lie_within_one_another_cover_what_the_longer_one_covers() -> None:
    files = shipped()
    issuer(files)["accreditations"][0]["periods"] = [
        {"from": "2025-01-01", "until": "2030-01-01"},
        {"from": "2026-01-01", "until": "2026-06-01"},
    ]
    found = recognize(Dossier(result(training())), "XB", NOW, bundle=bundle_of(files), now=NOW)
    assert found.chain[-1].code == recognize(Dossier(result(training())), "XB", NOW, bundle=bundle(), now=NOW).chain[-1].code
