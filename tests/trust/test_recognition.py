from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from credentials.errors import (
    ExpiredError,
    FetchError,
    IssuerKeyMismatchError,
    MalformedValueError,
    NotYetValidError,
    ProofVerificationError,
    RevokedError,
    SchemaError,
    StatusError,
    StatusRetrievalError,
    SuspendedError,
    UnknownSchemaError,
    VCError,
)
from credentials.fetching import NoNetwork
from credentials.sd_jwt_vc import claims_of_credential, issue_sd_jwt_vc
from credentials.verify import Check, CheckOutcome, VerificationOptions, VerificationResult, verify_credential
from tests.trust.world import (
    CARE_SCHOOL,
    CAREGIVING,
    NOW,
    WELDING,
    WELDING_SCHOOL,
    Files,
    bundle,
    bundle_of,
    did,
    result,
    shipped,
    signer,
    training,
    work,
)
from trust.claims import read_claim
from trust.conditions import Shown, unmet
from trust.outcomes import Kind, NotRecognised, Outcome, PartiallyRecognised, Recognised
from trust.recognition import Dossier, recognize

WELDER = training(WELDING_SCHOOL, WELDING)
XA_ISSUERS, XB_RULES = "states/XA/issuers.json", "states/XB/rules.json"


def asked(main: VerificationResult, state: str = "XB", *supporting: VerificationResult, files: Files | None = None) -> Outcome:
    lists = bundle_of(files) if files else bundle()
    return recognize(Dossier(main, supporting), state, NOW, bundle=lists, now=NOW)


def last(outcome: Outcome) -> str:
    return outcome.chain[-1].code


def kind(outcome: Outcome) -> Kind:
    assert isinstance(outcome, NotRecognised)
    return outcome.kind


def test_an_automatic_rule_recognises() -> None:
    outcome = asked(result(training()))
    assert isinstance(outcome, Recognised)
    assert outcome.granted.local_titles["en"] == "Care assistant, level 3"
    assert outcome.to_json()["granted"]["legalBasis"] == "Article 7(1)"


def test_a_conditional_rule_names_what_is_missing() -> None:
    outcome = asked(result(WELDER))
    assert isinstance(outcome, PartiallyRecognised)
    assert [condition.id for condition in outcome.conditions] == ["language-b1"]
    assert outcome.to_json()["conditions"][0]["texts"]["en"].endswith("B1")


def test_a_missing_rule_is_no_refusal() -> None:
    outcome = asked(result(WELDER), "XC")
    assert (kind(outcome), last(outcome)) == (Kind.UNDECIDED, "NO_RULE")
    assert outcome.to_json()["kind"] == "undecided"


def test_the_home_state_needs_no_rule_and_its_own_word_gives_the_level() -> None:
    outcome = asked(result(WELDER), "XA")
    assert isinstance(outcome, Recognised)
    assert (outcome.granted.mode, outcome.granted.nqf) == ("home", "2")


def test_a_level_that_only_the_credential_claims_does_not_count() -> None:
    files = shipped()
    files[XA_ISSUERS]["issuers"][0]["accreditations"][0]["scope"] = {"fields": ["07"]}
    alignment = [{"targetType": "ext:ISCEDF", "targetCode": "0715"}, {"targetType": "ext:NQF", "targetCode": "8"}, 5]
    document = training(WELDING_SCHOOL, "urn:x:unheard-of")
    document["credentialSubject"]["achievement"]["alignment"] = alignment
    outcome = asked(result(document), "XA", files=files)
    assert isinstance(outcome, Recognised)
    assert outcome.granted.nqf == ""


@pytest.mark.parametrize(("state", "code"), [("XA", "RULE_GRANTS"), ("XB", "NO_RULE"), ("XC", "HOME")])
def test_experience_counts_at_home_and_where_a_rule_says_so(state: str, code: str) -> None:
    assert last(asked(result(work()), state)) == code


def as_sd_jwt_vc(document: dict[str, Any], vct: str) -> VerificationResult:
    """Return what a verification reports of what the document says, signed for real as an SD-JWT VC, where it was not withdrawn."""
    by = signer(document["issuer"]["id"].rpartition(":")[2])
    content = issue_sd_jwt_vc(claims_of_credential(document, vct=vct, issued_at=NOW), by, entropy=bytes)
    options = VerificationOptions(NOW, NoNetwork(), known_keys={by.verification_method: by.public_key})
    return verify_credential(content, options)


@pytest.mark.parametrize(("state", "code"), [("XA", "RULE_GRANTS"), ("XB", "NO_RULE"), ("XC", "HOME")])
def test_an_sd_jwt_vc_of_experience_counts_as_experience(state: str, code: str) -> None:
    found = as_sd_jwt_vc(work(), "urn:comity:work-experience")
    claim = read_claim(found.require())
    assert (claim.kind, claim.actions, claim.occupation) == ("work", ("attest",), "7212")
    assert last(asked(found, state)) == code


def test_an_sd_jwt_vc_of_a_qualification_is_none_of_experience() -> None:
    assert isinstance(asked(as_sd_jwt_vc(training(), CAREGIVING)), Recognised)


@pytest.mark.parametrize(("mode", "wanted"), [("none", Kind.REFUSED), ("caseByCase", Kind.UNDECIDED)])
def test_a_rule_can_refuse_or_leave_it_to_a_decision(mode: str, wanted: Kind) -> None:
    files = shipped()
    files[XB_RULES]["rules"][0]["mode"] = mode
    assert kind(asked(result(training()), files=files)) is wanted


def test_the_more_specific_rule_wins_whatever_their_order() -> None:
    files = shipped()
    rules = files[XB_RULES]["rules"]
    rules.append({**rules[0], "id": "urn:comity:XB:rule:9@1", "scope": {"fields": ["09"]}, "mode": "none"})
    for _ in range(2):
        assert isinstance(asked(result(training()), files=files), Recognised)
        rules.reverse()


@pytest.mark.parametrize("force", [{"from": "2027-01-01"}, {"from": "2024-01-01", "until": "2026-11-19"}])
def test_a_rule_that_is_not_in_force_does_not_count(force: dict[str, str]) -> None:
    files = shipped()
    files[XB_RULES]["rules"][0]["inForce"] = force
    assert last(asked(result(training()), files=files)) == "NO_RULE"


@pytest.mark.parametrize(
    ("check", "problem", "code", "wanted"),
    [
        ("data-model", MalformedValueError("x"), "FORMAT_BAD", Kind.INVALID),
        ("proof", ProofVerificationError("x"), "SIGNATURE_BAD", Kind.INVALID),
        ("proof", FetchError("x"), "SIGNATURE_UNKNOWN", Kind.UNKNOWN),
        ("issuer-key", IssuerKeyMismatchError("x"), "SIGNATURE_KEY_BAD", Kind.INVALID),
        ("status", RevokedError("x"), "REVOKED", Kind.INVALID),
        ("status", SuspendedError("x"), "SUSPENDED", Kind.INVALID),
        ("status", StatusError("x"), "STATUS_BAD", Kind.INVALID),
        ("status", StatusRetrievalError("x"), "STATUS_UNKNOWN", Kind.UNKNOWN),
        ("validity-period", ExpiredError("x"), "EXPIRED", Kind.INVALID),
        ("validity-period", NotYetValidError("x"), "NOT_YET_VALID", Kind.INVALID),
        ("schema", SchemaError("x"), "SCHEMA_BAD", Kind.INVALID),
        ("schema", UnknownSchemaError("x"), "SCHEMA_UNKNOWN", Kind.UNKNOWN),
    ],
)
def test_what_the_verification_found_decides_first(check: str, problem: VCError, code: str, wanted: Kind) -> None:
    for state in ("XA", "XB", "XC"):
        outcome = asked(result(training(), {check: problem}), state)
        assert (last(outcome), kind(outcome)) == (code, wanted)


def test_a_document_that_is_no_credential_is_invalid() -> None:
    nothing = VerificationResult(None, (Check("data-model", CheckOutcome.FAILED, MalformedValueError("x")),))
    assert kind(asked(nothing)) is Kind.INVALID


def test_an_issuer_that_is_not_in_the_register_is_unknown_and_not_refused() -> None:
    outcome = asked(result(training("somebody-else")))
    assert (kind(outcome), last(outcome)) == (Kind.UNKNOWN, "ISSUER_UNKNOWN")


def test_a_key_that_the_register_does_not_have_is_not_believed() -> None:
    other_name = signer(WELDING_SCHOOL, "#k2")
    other_key = result(WELDER)
    swapped = VerificationResult(
        other_key.unverified_credential, other_key.checks, NOW, {f"{did(WELDING_SCHOOL)}#k1": other_name.public_key}
    )
    for found in (result(WELDER, by=other_name), swapped):
        assert (kind(asked(found)), last(asked(found))) == (Kind.UNKNOWN, "KEY_NOT_LISTED")


Edit = Callable[[Files], object]


def school(files: Files) -> dict[str, Any]:
    record: dict[str, Any] = next(entry for entry in files[XA_ISSUERS]["issuers"] if entry["slug"] == CARE_SCHOOL)
    return record


def accreditation(files: Files) -> dict[str, Any]:
    entry: dict[str, Any] = school(files)["accreditations"][0]
    return entry


def key(files: Files) -> dict[str, Any]:
    entry: dict[str, Any] = school(files)["keys"][0]
    return entry


def stop(by: str, **more: object) -> Edit:
    record = {
        "id": "urn:s",
        "of": {"issuer": did(CARE_SCHOOL)},
        "from": "2026-11-01",
        "until": None,
        "reason": "inspection",
        "reviewBy": "2027-01-01",
    }
    return lambda files: files[f"states/{by}/suspensions.json"].update(
        suspensions=[{**record, "affectsIssuedBefore": True, **more}]
    )


def test_j12_a_certificate_from_before_its_key_is_invalid() -> None:
    files = shipped()
    key(files).update({"from": "2026-05-11"})
    outcome = asked(result(training()), files=files)
    assert (kind(outcome), last(outcome)) == (Kind.INVALID, "KEY_NOT_IN_USE")
    key(files).update({"from": "2026-05-10"})
    assert isinstance(asked(result(training()), files=files), Recognised)


@pytest.mark.parametrize(
    ("edit", "code", "wanted"),
    [
        (lambda files: school(files).update(accreditations=[]), "ACC_NONE", Kind.INVALID),
        (lambda files: accreditation(files).update(action="attest"), "ACC_NONE", Kind.INVALID),
        (lambda files: accreditation(files).update(by="urn:nobody"), "ACC_NO_MANDATE", Kind.INVALID),
        (lambda files: accreditation(files).update(scope={"fields": ["07"]}), "SCOPE_OUTSIDE", Kind.INVALID),
        (lambda files: accreditation(files).update(scope={"nqf": ["3"]}), "SCOPE_OUTSIDE", Kind.INVALID),
        (lambda files: accreditation(files).update(scope={"qualifications": []}), "SCOPE_OUTSIDE", Kind.INVALID),
        (lambda files: accreditation(files).update(periods=[{"from": "2026-05-11"}]), "ACC_NOT_IN_FORCE", Kind.INVALID),
        (
            lambda files: accreditation(files).update(periods=[{"from": "2024-01-01", "until": "2026-05-09"}]),
            "ACC_NOT_IN_FORCE",
            Kind.INVALID,
        ),
        (lambda files: key(files).update(until="2026-05-09"), "KEY_NOT_IN_USE", Kind.INVALID),
        (lambda files: key(files).update(compromisedSince="2026-11-01"), "KEY_COMPROMISED", Kind.UNKNOWN),
        (
            lambda files: files["partnership/parties.json"]["parties"][0].update(until="2026-05-09"),
            "STATE_NOT_PARTY",
            Kind.INVALID,
        ),
        (
            lambda files: files["partnership/parties.json"]["parties"][1].update(until="2026-11-19"),
            "STATE_UNKNOWN",
            Kind.UNKNOWN,
        ),
        (stop("XA"), "SUSPENDED_HOME", Kind.INVALID),
        (stop("XA", affectsIssuedBefore=False, **{"from": "2026-05-01", "until": "2026-06-01"}), "SUSPENDED_HOME", Kind.INVALID),
        (stop("XB"), "SUSPENDED_HERE", Kind.REFUSED),
        (stop("XB", of={"state": "XA"}), "SUSPENDED_HERE", Kind.REFUSED),
    ],
)
def test_the_register_decides_who_was_entitled(edit: Edit, code: str, wanted: Kind) -> None:
    files = shipped()
    edit(files)
    outcome = asked(result(training()), files=files)
    assert (last(outcome), kind(outcome)) == (code, wanted)


@pytest.mark.parametrize(
    "edit",
    [
        stop("XC"),
        stop("XB", affectsIssuedBefore=False),
        stop("XB", until="2026-11-10"),
    ],
)
def test_what_does_not_reach_the_certificate_changes_nothing(edit: Edit) -> None:
    files = shipped()
    edit(files)
    assert isinstance(asked(result(training()), files=files), Recognised)


def test_a_credential_without_a_day_of_issue_cannot_be_checked() -> None:
    outcome = asked(result(training(issued=None)))
    assert (kind(outcome), last(outcome)) == (Kind.UNKNOWN, "ISSUE_DAY_MISSING")


@pytest.mark.parametrize(("minutes", "code"), [(4, "RULE_GRANTS"), (6, "BUNDLE_CLOCK"), (600_000, "BUNDLE_CLOCK")])
def test_a_clock_that_was_set_back_makes_nothing_young_again(minutes: int, code: str) -> None:
    outcome = recognize(Dossier(result(training())), "XB", NOW, bundle=bundle(), now=NOW - timedelta(minutes=minutes))
    assert last(outcome) == code
    assert code != "BUNDLE_CLOCK" or kind(outcome) is Kind.UNKNOWN


def test_lists_too_old_say_neither_yes_nor_no_whatever_else_they_say() -> None:
    files = shipped()
    stop("XB")(files)
    for lists in (bundle(), bundle_of(files)):
        found = recognize(Dossier(result(training())), "XB", NOW, bundle=lists, now=NOW + timedelta(days=46))
        assert (kind(found), last(found)) == (Kind.UNKNOWN, "BUNDLE_RED")


def language_files() -> Files:
    """Return lists in which the care school of Aravel may also award the language certificate that Belmora asks for."""
    files = shipped()
    accreditation(files)["scope"] = {}
    files["states/XB/qualifications.json"]["qualifications"] = [
        {"id": LANGUAGE, "names": {"en": "Language of Belmora B1"}, "field": "0909", "nqf": "", "isco": ""}
    ]
    return files


LANGUAGE = "urn:comity:XB:q:LANGUAGE-B1"


def test_a_condition_is_met_by_a_good_certificate_of_the_same_person() -> None:
    main = result(training(WELDING_SCHOOL, WELDING, id="did:example:worker"))
    language = result(training(CARE_SCHOOL, LANGUAGE, id="did:example:worker"))
    assert isinstance(asked(main, "XB", language, files=language_files()), Recognised)


@pytest.mark.parametrize(
    "language",
    [
        result(training(CARE_SCHOOL, LANGUAGE, id="did:example:another")),
        result(training(CARE_SCHOOL, LANGUAGE)),
        result(training(CARE_SCHOOL, "urn:x:another", id="did:example:worker")),
        result(training("somebody-else", LANGUAGE, id="did:example:worker")),
        result(training(CARE_SCHOOL, LANGUAGE, id="did:example:worker"), {"status": RevokedError("x")}),
        result(training(CARE_SCHOOL, LANGUAGE, id="did:example:worker"), by=signer(CARE_SCHOOL, "#k9")),
    ],
)
def test_a_condition_is_not_met_by_anything_less(language: VerificationResult) -> None:
    main = result(training(WELDING_SCHOOL, WELDING, id="did:example:worker"))
    assert isinstance(asked(main, "XB", language, files=language_files()), PartiallyRecognised)


def test_two_papers_without_a_subject_are_not_taken_for_one_persons() -> None:
    language = result(training(CARE_SCHOOL, LANGUAGE))
    assert isinstance(asked(result(WELDER), "XB", language, files=language_files()), PartiallyRecognised)


def shown(*qualifications: str) -> tuple[Shown, ...]:
    credentials = [result(training(qualification=one)).require() for one in qualifications]
    return tuple(Shown(read_claim(credential), credential, None) for credential in credentials)


def test_a_tree_of_conditions_names_what_any_branch_asks() -> None:
    def leaf(name: str) -> dict[str, Any]:
        return {"id": name, "texts": {"en": name}, "qualifications": [name]}

    tree = {"allOf": [leaf("a"), {"anyOf": [leaf("b"), leaf("c")]}]}
    assert [(one.id, one.is_alternative) for one in unmet(tree, (), NOW)] == [("a", False), ("b", True), ("c", True)]
    assert [one.id for one in unmet(tree, shown("b"), NOW)] == ["a"]
    assert unmet(tree, shown("a", "c"), NOW) == ()
    assert unmet({}, (), NOW) == ()


def test_asking_for_a_day_uses_the_rules_of_that_day() -> None:
    early = datetime(2025, 2, 1, tzinfo=UTC)
    found = recognize(Dossier(result(training(issued="2025-01-15"))), "XB", early, bundle=bundle(), now=NOW)
    assert last(found) == "NO_RULE"
