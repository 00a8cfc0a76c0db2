"""The acceptance scenarios: each a small story about one person's papers, asked in one state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from credentials.encoding import b64url_encode
from credentials.verify import VerificationResult
from tests.trust.logs import anchored
from tests.trust.world import (
    CARE_SCHOOL,
    CAREGIVING,
    NOW,
    SHIPYARD,
    WELDING,
    WELDING_SCHOOL,
    Files,
    bundle,
    bundle_of,
    collecting,
    did,
    result,
    shipped,
    signer,
    training,
    witnessed,
    work,
)
from trust.anchoring import Anchor, short_hash
from trust.decisions import digest_multibase
from trust.outcomes import Kind, NotRecognised, Outcome, PartiallyRecognised, Recognised
from trust.recognition import Dossier, Policy, recognize
from verifier.cards import card_of

PERSON = "did:example:worker"
NSC, BOARD = "urn:comity:XA:authority:nsc", "urn:comity:XC:authority:labour-skills-board"
BOARD_SLUG = "calentia-board"


def issuer(files: Files, slug: str = CARE_SCHOOL, state: str = "XA") -> dict[str, Any]:
    listed = files[f"states/{state}/issuers.json"]["issuers"]
    found: dict[str, Any] = next(entry for entry in listed if entry["slug"] == slug)
    return found


def authority(files: Files, state: str = "XA") -> dict[str, Any]:
    found: dict[str, Any] = files[f"states/{state}/authorities.json"]["authorities"][0]
    return found


def rule(files: Files, state: str, number: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = files[f"states/{state}/rules.json"]["rules"][number]
    return found


def ask(
    main: VerificationResult,
    state: str,
    *supporting: VerificationResult,
    files: Files | None = None,
    anchors: Mapping[str, Anchor] | None = None,
    purpose: str = "",
    at: datetime = NOW,
) -> Outcome:
    dossier = Dossier(main, supporting, anchors or {})
    return recognize(dossier, state, at, bundle=bundle_of(files or shipped()), now=NOW, policy=Policy(purpose=purpose))


def last(outcome: Outcome) -> str:
    return outcome.chain[-1].code


def codes(outcome: Outcome) -> set[str]:
    return {step.code for step in outcome.chain}


def kind(outcome: Outcome) -> Kind:
    assert isinstance(outcome, NotRecognised), outcome
    return outcome.kind


# Rules, levels, conditions


def test_a_level_alone_can_be_recognised() -> None:
    files = shipped()
    rule(files, "XB").update(mode="levelOnly", validity={"years": 5})
    outcome = ask(result(training()), "XB", files=files)
    assert isinstance(outcome, Recognised)
    assert (outcome.granted.mode, outcome.granted.nqf) == ("levelOnly", "3")
    assert outcome.granted.until == datetime(2031, 5, 10, tzinfo=UTC)


def test_a_rule_for_a_purpose_holds_for_that_purpose_and_wins_over_the_general_one() -> None:
    files = shipped()
    strict = {**rule(files, "XB"), "id": "urn:comity:XB:rule:9@1", "purpose": "employment-regulated", "mode": "caseByCase"}
    files["states/XB/rules.json"]["rules"].append(strict)
    assert isinstance(ask(result(training()), "XB", files=files), Recognised)
    assert last(ask(result(training()), "XB", files=files, purpose="employment-regulated")) == "CASE_BY_CASE"


def test_a_rule_reaches_the_cohorts_it_names() -> None:
    files = shipped()
    rule(files, "XB")["cohort"] = {"basis": "awarded", "from": "2026-06-01"}
    assert last(ask(result(training()), "XB", files=files)) == "NO_RULE"
    awarded = {**training(), "awardedDate": "2026-06-02T00:00:00Z"}
    assert isinstance(ask(result(awarded), "XB", files=files), Recognised)


def test_a_route_is_no_reason_unless_the_rule_says_so() -> None:
    files, rpl = shipped(), result(training(assessmentRoute="RPL"))
    assert isinstance(ask(rpl, "XB", files=files), Recognised)
    rule(files, "XB")["scope"]["routes"] = ["course", "apprenticeship"]
    assert last(ask(rpl, "XB", files=files)) == "NO_RULE"


def nurse(files: Files) -> Files:
    """Belmora asks a carer for a language certificate, two years of practice, and a fresh letter of good standing."""
    rule(files, "XB")["mode"] = "conditional"
    rule(files, "XB")["requires"] = {
        "allOf": [
            {"id": "language", "texts": {"en": "Belmoran at B1"}, "language": {"code": "bx", "min": "B1"}},
            {
                "anyOf": [
                    {
                        "id": "practice",
                        "texts": {"en": "24 months of work as a welder"},
                        "workExperience": {"isco": "7212", "months": 24, "evidenceLevel": "E3"},
                    },
                    {
                        "id": "measure",
                        "texts": {"en": "an adaptation period or a test"},
                        "options": [{"en": "adaptation of at most 12 months"}, {"en": "aptitude test"}],
                    },
                ]
            },
            {"id": "standing", "texts": {"en": "a letter of good standing"}, "credentialType": "GoodStanding", "maxAgeDays": 90},
        ]
    }
    issuer(files)["accreditations"][0]["scope"] = {"fields": ["09"]}
    return files


def language(level: str, code: str = "bx") -> VerificationResult:
    document = training(id=PERSON)
    document["credentialSubject"]["achievement"] |= {
        "inLanguage": code,
        "alignment": [{"targetType": "ext:CEFR", "targetCode": level}],
    }
    return result(document)


def standing(issued: str) -> VerificationResult:
    document = training(id=PERSON, issued=issued)
    document["type"] = ["VerifiableCredential", "OpenBadgeCredential", "GoodStanding"]
    return result(document)


def test_a_nurse_whose_letter_is_missing_is_told_so_and_counts_once_it_is_there() -> None:
    files, main = nurse(shipped()), result(training(id=PERSON))
    bare = ask(main, "XB", files=files)
    assert isinstance(bare, PartiallyRecognised)
    assert [(one.id, one.is_alternative) for one in bare.conditions] == [
        ("language", False),
        ("practice", True),
        ("measure", True),
        ("standing", False),
    ]
    assert bare.conditions[2].to_json()["options"][1] == {"en": "aptitude test"}
    missing = ask(main, "XB", language("B2"), result(work()), standing("2026-01-01"), files=files)
    assert isinstance(missing, PartiallyRecognised)
    assert [one.id for one in missing.conditions] == ["standing"]
    whole = ask(main, "XB", language("B2"), result(work()), standing("2026-10-01"), files=files)
    assert isinstance(whole, Recognised)


@pytest.mark.parametrize(
    "shown", [language("A2"), language("B1", "cx"), language("fluent"), result(training(id=PERSON)), result(work())]
)
def test_a_language_certificate_of_less_or_of_another_language_does_not_count(shown: VerificationResult) -> None:
    outcome = ask(result(training(id=PERSON)), "XB", shown, files=nurse(shipped()))
    assert isinstance(outcome, PartiallyRecognised)
    assert "language" in [one.id for one in outcome.conditions]


def test_experience_that_is_evidenced_too_little_does_not_count() -> None:
    told = work()
    told["credentialSubject"]["workExperience"]["attestationBasis"] = "saw-sometimes"
    told["credentialSubject"]["workExperience"]["attestation"] = {"role": "co-worker"}
    outcome = ask(result(training(id=PERSON)), "XB", result(told), files=nurse(shipped()))
    assert "practice" in [one.id for one in outcome.conditions] if isinstance(outcome, PartiallyRecognised) else False


def test_a_mason_learns_how_well_the_years_of_work_are_evidenced() -> None:
    assert "EVIDENCE_E3" in codes(ask(result(work()), "XA"))
    told = work()
    told["credentialSubject"]["workExperience"] |= {"attestation": {"role": "co-worker", "basis": "saw-daily"}, "id": "urn:job"}
    union = work()
    union["credentialSubject"]["workExperience"] |= {
        "attestation": {"role": "union", "basis": "x", "independenceGroup": "u"},
        "id": "urn:job",
    }
    assert "EVIDENCE_E1" in codes(ask(result(told), "XA"))
    assert "EVIDENCE_E2" in codes(ask(result(told), "XA", result(union)))


def test_a_collector_signs_what_others_have_seen_and_nothing_of_its_own() -> None:
    assert "ACC_ACTIVE" in codes(ask(result(witnessed("co-worker")), "XA", files=collecting()))
    assert "ACC_ACTIVE" in codes(ask(result(witnessed("co-worker")), "XA"))
    for told in (work(), witnessed("employer"), witnessed("self")):
        assert "ACC_NONE" in codes(ask(result(told), "XA", files=collecting()))


def test_experience_without_days_is_the_persons_own_word() -> None:
    told = work()
    del told["credentialSubject"]["workExperience"]["endDate"]
    assert "EVIDENCE_E0" in codes(ask(result(told), "XA"))


# Decisions on one person


def deciding(files: Files) -> Files:
    """Calentia's board decides on single cases, with a key of its own."""
    rule(files, "XC")["mode"] = "caseByCase"
    key = {"id": "#k1", "publicKeyMultibase": signer(BOARD_SLUG).public_key.multibase, "from": "2024-01-01"}
    authority(files, "XC").update(did=did(BOARD_SLUG), keys=[key])
    return files


def decision(on: VerificationResult, outcome: str = "recognised", slug: str = BOARD_SLUG, **told: object) -> VerificationResult:
    document = training(slug, issued="2026-10-01")
    document["id"] = f"urn:uuid:decision-{outcome}"
    document["type"] = ["VerifiableCredential", "RecognitionDecisionCredential"]
    decided = {
        "of": {"digestMultibase": digest_multibase(on.require().document)},
        "state": "XC",
        "outcome": outcome,
        "localTitle": [{"@language": "en", "@value": "Home carer"}, "no text"],
        "nqfLevel": "4",
        "condition": [{"id": "practice", "text": [{"@language": "en", "@value": "six months of practice"}]}],
        "reason": "the course had no practice",
        "legalBasis": "Article 12",
        "appeal": "Calentia Tribunal until 1 December 2026",
        **told,
    }
    document["credentialSubject"] = {"id": PERSON, "recognitionDecision": decided}
    return result(document, by=signer(slug))


def test_case_by_case_becomes_recognised_by_a_decision() -> None:
    files, main = deciding(shipped()), result(training())
    assert (kind(ask(main, "XC", files=files)), last(ask(main, "XC", files=files))) == (Kind.UNDECIDED, "CASE_BY_CASE")
    outcome = ask(main, "XC", decision(main), files=files)
    assert isinstance(outcome, Recognised)
    assert (outcome.granted.mode, outcome.granted.local_titles, outcome.granted.nqf) == ("decision", {"en": "Home carer"}, "4")


def test_a_decision_wins_over_a_rule_both_ways() -> None:
    files, main = deciding(shipped()), result(training())
    rule(files, "XC").update(mode="automatic", requires=None)
    refused = ask(main, "XC", decision(main, "refused"), files=files)
    assert (kind(refused), last(refused)) == (Kind.REFUSED, "DECISION_REFUSES")
    assert refused.chain[-1].params["appeal"].startswith("Calentia Tribunal")
    rule(files, "XC").update(mode="none")
    partly = ask(main, "XC", decision(main, "partly"), files=files)
    assert isinstance(partly, PartiallyRecognised)
    assert [one.texts for one in partly.conditions] == [{"en": "six months of practice"}]


def test_the_newest_decision_holds() -> None:
    files, main = deciding(shipped()), result(training())
    older = decision(main, "refused")
    newer = decision(main)
    document = {name: value for name, value in newer.require().document.items() if name != "proof"}
    appealed = result({**document, "validFrom": "2026-11-01T00:00:00Z"}, by=signer(BOARD_SLUG))
    assert isinstance(ask(main, "XC", older, appealed, files=files), Recognised)


@pytest.mark.parametrize(
    ("told", "slug"),
    [
        ({"state": "XB"}, BOARD_SLUG),
        ({"outcome": "perhaps"}, BOARD_SLUG),
        ({"of": {"digestMultibase": "uEiAAAA"}}, BOARD_SLUG),
        ({"of": "all"}, BOARD_SLUG),
        ({"purpose": "further-study"}, BOARD_SLUG),
        ({}, CARE_SCHOOL),
    ],
)
def test_what_is_no_decision_of_that_state_on_that_certificate_changes_nothing(told: dict[str, Any], slug: str) -> None:
    files, main = deciding(shipped()), result(training())
    assert last(ask(main, "XC", decision(main, slug=slug, **told), files=files)) == "CASE_BY_CASE"


def test_a_decision_by_a_stolen_or_unlisted_key_changes_nothing() -> None:
    main = result(training())
    for change in ({"compromisedSince": "2026-01-01"}, {"until": "2026-01-01"}, {"id": "#k2"}):
        files = deciding(shipped())
        authority(files, "XC")["keys"][0].update(change)
        assert last(ask(main, "XC", decision(main), files=files)) == "CASE_BY_CASE"


def test_a_decision_is_no_certificate_and_a_malformed_one_is_none() -> None:
    files, main = deciding(shipped()), result(training())
    other = training()
    other["type"] = ["VerifiableCredential", "RecognitionDecisionCredential"]
    assert last(ask(main, "XC", result(other), files=files)) == "CASE_BY_CASE"
    assert last(ask(result(other), "XA")) == "ACC_NONE"


# Accreditation, link by link


def test_an_ended_accreditation_leaves_anchored_graduates_recognised_and_others_unknown() -> None:
    main, files = result(training()), shipped()
    document = main.require().document
    issuer(files)["accreditations"][0]["periods"] = [{"from": "2025-01-01", "until": "2026-08-31"}]
    assert (kind(ask(main, "XB", files=files)), last(ask(main, "XB", files=files))) == (Kind.UNKNOWN, "ISSUE_TIME_UNPROVEN")
    for recorded, expected in (("2026-05-11", "RULE_GRANTS"), ("2026-09-02", "ISSUE_TIME_UNPROVEN")):
        anchor, head = anchored(document, recorded=recorded)
        files["states/XA/log-heads.json"] = {"log-heads": [head]}
        assert last(ask(main, "XB", files=files, anchors={document.get("id", ""): anchor})) == expected


def test_the_closing_roll_of_a_closed_school_keeps_its_honest_graduates() -> None:
    files = shipped()
    issuer(files)["accreditations"][0]["periods"] = [{"from": "2025-01-01", "until": "2026-08-31"}]
    place = {
        "statusListIndex": "7",
        "statusPurpose": "revocation",
        "statusListCredential": "https://x.example/status/a-1-revocation",
    }
    honest = result({**training(), "credentialStatus": {"type": "BitstringStatusListEntry", **place}})
    proof = honest.require().document["proof"]
    accepted = {"https://x.example/status/a-1": {"7": b64url_encode(short_hash(proof["proofValue"]))}}
    files["states/XA/closing-rolls.json"] = {"closing-rolls": [{"issuer": did(CARE_SCHOOL), "accepted": accepted}]}
    outcome = ask(honest, "XB", files=files)
    assert isinstance(outcome, Recognised)
    assert "ISSUE_TIME_ON_ROLL" in codes(outcome)
    backdated = result({**training(), "credentialStatus": {"type": "BitstringStatusListEntry", **place}, "name": "forged"})
    assert last(ask(backdated, "XB", files=files)) == "ISSUE_TIME_UNPROVEN"


def test_a_renewal_that_follows_on_is_no_end() -> None:
    files = shipped()
    issuer(files)["accreditations"][0]["periods"] = [{"from": "2026-09-01"}, {"from": "2025-01-01", "until": "2026-08-31"}]
    outcome = ask(result(training()), "XB", files=files)
    assert isinstance(outcome, Recognised)
    assert "ISSUE_TIME_TRUSTED" in codes(outcome)


def test_what_is_recorded_late_counts_from_the_day_it_was_recorded_unless_it_is_marked() -> None:
    files, main = shipped(), result(training())
    late = {"from": "2025-01-01", "recordedAt": "2024-12-02", "until": "2026-05-01", "untilRecordedAt": "2027-01-15"}
    issuer(files)["accreditations"][0]["periods"] = [late]
    assert isinstance(ask(main, "XB", files=files), Recognised)
    issuer(files)["accreditations"][0]["periods"] = [{**late, "retroactive": True}]
    assert last(ask(main, "XB", files=files)) == "ACC_NOT_IN_FORCE"
    issuer(files)["accreditations"][0]["periods"] = [{"from": "2025-01-01", "recordedAt": "2026-06-01"}]
    assert last(ask(main, "XB", files=files)) == "ACC_NOT_IN_FORCE"


def delegated(files: Files, **more: object) -> Files:
    """The council has set up a regional board, which accredits the care school."""
    regional = {
        **authority(files),
        "id": "urn:comity:XA:authority:regional",
        "by": NSC,
        "mandates": [{"action": "issue", "scope": {"fields": ["092"]}, "periods": [{"from": "2024-01-01"}]}],
        **more,
    }
    files["states/XA/authorities.json"]["authorities"].append(regional)
    issuer(files)["accreditations"][0]["by"] = regional["id"]
    return files


def chained(files: Files, length: int) -> None:
    """Put so many authorities over one another, the lowest of which approved a centre."""
    delegated(files)
    listed = files["states/XA/authorities.json"]["authorities"]
    for depth in range(length - 2):
        listed.append({**listed[-1], "id": f"urn:comity:XA:authority:depth-{depth}", "by": listed[-1]["id"]})
    issuer(files)["accreditations"][0]["by"] = listed[-1]["id"]


def test_a_chain_of_authorities_carries_as_far_as_its_narrowest_link() -> None:
    files = delegated(shipped())
    issuer(files)["accreditations"][0]["scope"] = {"fields": ["09"]}
    outcome = ask(result(training()), "XB", files=files)
    assert isinstance(outcome, Recognised)
    step = next(step for step in outcome.chain if step.code == "SCOPE_CLIPPED")
    assert step.refs[1:] == ("urn:comity:XA:authority:regional", NSC)
    authority(files)["mandates"][0]["scope"] = {"fields": ["07"]}
    assert last(ask(result(training()), "XB", files=files)) == "SCOPE_OUTSIDE"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (
            {"mandates": [{"action": "attest", "scope": {"occupations": ["5"]}, "periods": [{"from": "2024-01-01"}]}]},
            "ACC_NO_MANDATE",
        ),
        ({"by": "urn:comity:XA:authority:regional"}, "ACC_CHAIN_CIRCULAR"),
        ({"by": "urn:nobody"}, "ACC_NO_MANDATE"),
        ({"by": "urn:comity:XB:authority:skills-office"}, "ACC_NO_MANDATE"),
        (
            {"mandates": [{"action": "issue", "scope": {"fields": ["09"]}, "periods": [{"from": "2026-06-01"}]}]},
            "ACC_NOT_IN_FORCE",
        ),
    ],
)
def test_a_link_that_does_not_hold_breaks_the_chain(more: dict[str, Any], code: str) -> None:
    outcome = ask(result(training()), "XB", files=delegated(shipped(), **more))
    assert (kind(outcome), last(outcome)) == (Kind.INVALID, code)


@pytest.mark.parametrize(("length", "code"), [(3, "RULE_GRANTS"), (4, "ACC_CHAIN_TOO_LONG"), (40, "ACC_CHAIN_TOO_LONG")])
def test_a_chain_that_is_too_long_does_not_hold(length: int, code: str) -> None:
    files = shipped()
    chained(files, length)
    assert last(ask(result(training()), "XB", files=files)) == code


def test_of_several_mandates_the_one_that_carries_counts() -> None:
    files = shipped()
    first = authority(files)["mandates"][0]
    authority(files)["mandates"].insert(0, {**first, "scope": {"fields": ["01"]}})
    assert isinstance(ask(result(training()), "XB", files=files), Recognised)


# Keys


def test_a_rotated_key_leaves_its_old_signatures_good() -> None:
    files = shipped()
    key = issuer(files)["keys"][0]
    key["until"] = "2026-06-30"
    issuer(files)["keys"].append({**key, "id": "#k2", "from": "2026-07-01", "until": None, "publicKeyMultibase": _second()})
    assert isinstance(ask(result(training()), "XB", files=files), Recognised)


def _second() -> str:
    return signer(CARE_SCHOOL, "#k2").public_key.multibase


def test_qr_rule_8_a_stolen_keys_signatures_count_only_where_a_log_had_them_before() -> None:
    files, main = shipped(), result(training())
    document = main.require().document
    issuer(files)["keys"][0]["compromisedSince"] = "2026-09-01"
    assert last(ask(main, "XB", files=files)) == "KEY_COMPROMISED"
    for recorded, expected in (("2026-05-11", "RULE_GRANTS"), ("2026-09-01", "KEY_COMPROMISED")):
        anchor, head = anchored(document, recorded=recorded)
        files["states/XA/log-heads.json"] = {"log-heads": [head]}
        assert last(ask(main, "XB", files=files, anchors={document.get("id", ""): anchor})) == expected


# Who may stop what


def suspended(by: str, of: dict[str, str], **more: object) -> Files:
    files = shipped()
    record = {
        "id": f"urn:comity:{by}:suspension:1",
        "of": of,
        "from": "2026-03-01",
        "until": None,
        "recordedAt": "2026-02-20",
        "affectsIssuedBefore": False,
        "reason": "inspection",
        "reviewBy": "2027-01-01",
        **more,
    }
    files[f"states/{by}/suspensions.json"] = {"suspensions": [record]}
    return files


@pytest.mark.parametrize("of", [{"issuer": did(CARE_SCHOOL)}, {"authority": NSC}])
def test_the_home_states_stop_reaches_everybody(of: dict[str, str]) -> None:
    files = suspended("XA", of)
    assert {last(ask(result(training()), state, files=files)) for state in ("XA", "XB", "XC")} == {"SUSPENDED_HOME"}


def test_a_receiving_states_pause_reaches_itself_alone() -> None:
    files = suspended("XB", {"state": "XA"})
    paused = ask(result(training()), "XB", files=files)
    assert (kind(paused), last(paused)) == (Kind.REFUSED, "SUSPENDED_HERE")
    assert isinstance(ask(result(training()), "XC", files=files), PartiallyRecognised)
    assert isinstance(ask(result(training()), "XA", files=files), Recognised)


def test_a_pause_of_one_field_leaves_the_others() -> None:
    files = suspended("XB", {"authority": NSC}, scope={"fields": ["07"]})
    assert isinstance(ask(result(training()), "XB", files=files), Recognised)
    assert last(ask(result(training(WELDING_SCHOOL, WELDING)), "XB", files=files)) == "SUSPENDED_HERE"


def test_a_state_cannot_stop_itself_by_naming_itself_as_origin() -> None:
    assert isinstance(ask(result(training()), "XB", files=suspended("XA", {"state": "XA"})), Recognised)


def test_a_party_that_left_keeps_what_is_proven() -> None:
    files, main = shipped(), result(training())
    files["partnership/parties.json"]["parties"][0]["until"] = "2026-08-31"
    assert last(ask(main, "XB", files=files)) == "ISSUE_TIME_UNPROVEN"
    anchor, head = anchored(main.require().document, recorded="2026-05-11")
    files["states/XA/log-heads.json"] = {"log-heads": [head]}
    assert isinstance(ask(main, "XB", files=files, anchors={"": anchor}), Recognised)


# States among themselves


def test_a_programme_drawn_up_together_counts_in_each_of_its_states() -> None:
    files, joint = shipped(), "urn:comity:joint:q:CARE-AND-HOUSEKEEPING@2026"
    defined = {"id": joint, "states": ["XA", "XB"], "names": {"en": "Care"}, "field": "0921", "nqf": "2", "isco": "5322"}
    files["partnership/qualifications.json"] = {"qualifications": [defined, {**defined, "id": CAREGIVING, "nqf": "8"}]}
    issuer(files)["accreditations"][0]["scope"] = {"fields": ["09"]}
    outcome = ask(result(training(qualification=joint)), "XB", files=files)
    assert isinstance(outcome, Recognised)
    assert (outcome.granted.mode, last(outcome)) == ("joint", "JOINT")
    assert last(ask(result(training(qualification=joint)), "XA", files=files)) == "HOME"
    assert last(ask(result(training(qualification=joint)), "XC", files=files)) == "NO_RULE"
    assert bundle_of(files).qualifications[CAREGIVING].nqf == "2"


def test_another_state_that_lists_the_same_centre_takes_nothing_away() -> None:
    files = shipped()
    copied = {**issuer(files), "accreditations": [], "names": {"en": "Fraud"}}
    files["states/XC/issuers.json"]["issuers"].append(copied)
    lists = bundle_of(files)
    assert set(lists.doubles) == {did(CARE_SCHOOL)}
    assert f"{did(CARE_SCHOOL)}#k1" not in lists.listed_keys()
    assert isinstance(ask(result(training()), "XB", files=files), Recognised)


def test_a_worker_comes_home_with_a_certificate_and_experience_from_abroad() -> None:
    assert last(ask(result(work(SHIPYARD)), "XA")) == "RULE_GRANTS"
    assert isinstance(ask(result(training(id=PERSON)), "XA", result(work(SHIPYARD))), Recognised)


def test_names_in_two_scripts_are_the_persons_own_and_change_no_answer() -> None:
    """Acceptance: both spellings are shown as they were written, none is made of the other, and no answer follows from them."""
    spelled = [{"@value": "নাজমা আক্তার", "@language": "bn"}, {"@value": "Najma Akter", "@language": "bn-Latn"}]
    named, latin, other = (result(training(name=name)) for name in (spelled, spelled[1:], [{"@value": "سارة", "@language": "ar"}]))
    shown = card_of(named.require(), bundle())
    assert [(name.value, name.language) for name in shown.names] == [("নাজমা আক্তার", "bn"), ("Najma Akter", "bn-Latn")]
    assert ask(named, "XB") == ask(latin, "XB") == ask(other, "XB")
    assert isinstance(ask(named, "XB"), PartiallyRecognised | Recognised)


def test_the_day_asked_for_and_the_present_are_two_things() -> None:
    early = datetime(2025, 2, 1, tzinfo=UTC)
    assert last(ask(result(training(issued="2025-01-15")), "XB", at=early)) == "NO_RULE"
    late = recognize(Dossier(result(training())), "XB", NOW, bundle=bundle_of(shipped()), now=NOW + timedelta(days=30))
    assert isinstance(late, Recognised)
    assert late.chain[0].code == "BUNDLE_AMBER"
