"""Decisions that an authority issues, and that `recognize` reads."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from credentials.errors import MalformedValueError, SchemaError, VCError
from credentials.verify import VerificationOptions, verify_credential
from registry.deciding import Signing, issue_decision, parse_ruling
from tests.credentials.world import Outside
from tests.trust.world import NOW, Keys, bundle, result, training
from trust.outcomes import NotRecognised, Outcome, PartiallyRecognised
from trust.recognition import Dossier, Policy, recognize

BOARD = "urn:comity:XC:authority:labour-skills-board"
RULING: dict[str, Any] = {
    "authority": BOARD,
    "outcome": "recognised",
    "decidedBy": "Mira Solberg",
    "legalBasis": "Article 7(4)",
    "localTitle": {"en": "Home carer", "ar": "مقدّم رعاية منزلية"},
}
REFUSAL: dict[str, Any] = {
    "outcome": "refused",
    "reason": "the course had no practice",
    "appeal": "Calentia Tribunal until 1 March 2027",
}
PARTLY: dict[str, Any] = {
    "outcome": "partly",
    "conditions": [{"id": "practice", "texts": {"en": "six months of practice"}}],
    "nqf": "4",
}
SIGNING = Signing(Keys(), Outside(), NOW)
MAIN = result(training())


def decided(ruling: dict[str, Any] | None = None, state: str = "XC", policy: Policy | None = None) -> Outcome:
    certificate = MAIN.require().document
    secured = issue_decision(certificate, parse_ruling(RULING | (ruling or {})), bundle(), SIGNING)
    options = VerificationOptions(now=NOW, fetcher=Outside(), known_keys=bundle().listed_keys())
    decision = verify_credential(json.dumps(secured).encode(), options)
    assert decision.verified
    return recognize(Dossier(MAIN, (decision,)), state, NOW, bundle=bundle(), now=NOW, policy=policy or Policy())


def test_each_outcome_is_read_as_it_was_decided() -> None:
    granted = decided()
    assert (granted.name, granted.chain[-1].code) == ("recognised", "DECISION_GRANTS")
    refused = decided(REFUSAL)
    assert isinstance(refused, NotRecognised)
    assert (refused.kind, refused.chain[-1].params["reason"]) == ("refused", "the course had no practice")
    partly = decided(PARTLY)
    assert isinstance(partly, PartiallyRecognised)
    assert [(one.id, one.texts) for one in partly.conditions] == [
        ("urn:comity:XC:condition:practice", {"en": "six months of practice"})
    ]


def test_a_decision_says_nothing_elsewhere_nor_for_another_purpose() -> None:
    assert decided(state="XB").chain[-1].code == "RULE_GRANTS"
    for asked, code in (("further-study", "RULE_CONDITIONAL"), ("employment-regulated", "DECISION_GRANTS")):
        assert decided({"purpose": "employment-regulated"}, policy=Policy(purpose=asked)).chain[-1].code == code


@pytest.mark.parametrize(
    ("ruling", "error"),
    [
        ({"authority": "urn:comity:XC:authority:nobody"}, MalformedValueError),
        ({"outcome": "maybe"}, MalformedValueError),
        ({"until": "2027-01-01T00:00:00"}, MalformedValueError),
        ({"until": "soon"}, MalformedValueError),
        ({"localTitle": {}}, SchemaError),
        ({"outcome": "refused"}, SchemaError),
        ({"outcome": "partly"}, SchemaError),
        ({"decidedBy": ""}, SchemaError),
        ({"until": "2026-01-01T00:00:00+00:00"}, VCError),
    ],
)
def test_a_decision_that_says_too_little_is_not_signed(ruling: dict[str, Any], error: type[VCError]) -> None:
    with pytest.raises(error):
        decided(ruling)


def test_a_ruling_without_an_outcome_is_none() -> None:
    with pytest.raises(MalformedValueError, match="no decision"):
        parse_ruling({"authority": BOARD})


def test_only_a_key_in_use_signs() -> None:
    lists, certificate = bundle(), MAIN.require().document
    authority = lists.authorities[BOARD]
    for keys in ((), (replace(authority.keys[0], compromised_since=NOW - timedelta(days=1)),)):
        changed = replace(lists, authorities={BOARD: replace(authority, keys=keys)})
        with pytest.raises(MalformedValueError, match="no key in use"):
            issue_decision(certificate, parse_ruling(RULING), changed, SIGNING)


def test_it_ends_when_it_says() -> None:
    secured = issue_decision(
        MAIN.require().document, parse_ruling(RULING | {"until": "2031-11-20T00:00:00+00:00"}), bundle(), SIGNING
    )
    assert (secured["validFrom"], secured["validUntil"]) == ("2026-11-20T12:00:00Z", "2031-11-20T00:00:00Z")
