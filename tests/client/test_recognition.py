"""Recognition in the browser and in Python: the same outcome, the same reasons, for every generated dossier."""

from __future__ import annotations

import base64
import copy
import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any, Final

from credentials import jcs
from credentials.errors import (
    ExpiredError,
    FetchError,
    ProofVerificationError,
    RevokedError,
    StatusRetrievalError,
    SuspendedError,
    VCError,
)
from credentials.verify import Check, CheckOutcome, VerificationResult
from tests.client.node import run_node
from tests.trust.test_bundle import renewed
from tests.trust.test_endorsements import endorsement
from tests.trust.test_scenarios import chained, delegated, language, nurse, standing
from tests.trust.world import (
    CARE_SCHOOL,
    CAREGIVING,
    NOW,
    SHIPYARD,
    WELDING,
    WELDING_SCHOOL,
    Files,
    collecting,
    did,
    published,
    read_all,
    result,
    shipped,
    signer,
    training,
    witnessed,
    work,
)
from trust.bundle import Bundle, open_bundle
from trust.decisions import digest_multibase
from trust.endorsements import CoCertification, co_certification
from trust.outcomes import Outcome
from trust.recognition import Dossier, recognize

CODES: Final = {RevokedError: "REVOKED", SuspendedError: "SUSPENDED", ExpiredError: "EXPIRED"}
PROBLEMS: Final[tuple[Mapping[str, VCError], ...]] = (
    {},
    {"status": RevokedError("x")},
    {"status": SuspendedError("x")},
    {"status": StatusRetrievalError("x")},
    {"validity-period": ExpiredError("x")},
    {"schema": FetchError("x")},
    {"proof": ProofVerificationError("x")},
    {"issuer-key": FetchError("x")},
)
DOCUMENTS: Final = (
    training(),
    training(WELDING_SCHOOL, WELDING),
    training(CARE_SCHOOL, WELDING),
    training(CARE_SCHOOL, "urn:nobody:knows"),
    training(issued="2019-01-01"),
    training(issued=None),
    training(assessmentRoute="RPL"),
    work(),
    witnessed("co-worker"),
    training("stranger"),
)
MOMENTS: Final = (NOW, NOW + timedelta(days=20), NOW + timedelta(days=200))
OUTCOMES: Final = {CheckOutcome.PASSED: "passed", CheckOutcome.FAILED: "failed", CheckOutcome.COULD_NOT_CHECK: "unknown"}


def variants() -> Iterator[Files]:
    """Yield the shipped lists, and others in which one thing is different."""
    yield shipped()
    stopped = ({"issuer": did(CARE_SCHOOL)}, {"issuer": did(SHIPYARD)}, {"state": "XA"})
    for of, since, reaches, by in product(stopped, ("2026-01-01", "2026-11-01"), (True, False), ("XA", "XB")):
        files = shipped()
        stop = {"id": f"urn:comity:{by}:stop:1", "by": by, "of": of, "from": since, "until": None, "affectsIssuedBefore": reaches}
        files[f"states/{by}/suspensions.json"]["suspensions"] = [{**stop, "reason": "inspection", "reviewBy": "2027-01-01"}]
        yield files
    yield from _with_other_issuers()
    yield from _with_other_rules()


def _with_other_issuers() -> Iterator[Files]:
    def edited(**members: Any) -> Files:  # noqa: ANN401  # any JSON
        files = shipped()
        for issuer in files["states/XA/issuers.json"]["issuers"]:
            issuer.update(members)
        return files

    yield edited(accreditations=[])
    yield collecting()
    for length in (3, 4):
        chain = shipped()
        chained(chain, length)
        yield chain
    yield delegated(shipped(), by="urn:comity:XA:authority:regional")
    lapsed = shipped()
    for issuer in lapsed["states/XA/issuers.json"]["issuers"]:
        for entry in issuer["accreditations"]:
            entry["periods"] = [{"from": "2020-01-01", "until": "2026-08-01"}]
    yield lapsed
    stolen = shipped()
    for issuer in stolen["states/XA/issuers.json"]["issuers"]:
        issuer["keys"][0]["compromisedSince"] = "2026-06-01"
    yield stolen
    left = shipped()
    left["partnership/parties.json"]["parties"][0]["until"] = "2026-10-01"
    yield left
    moved = shipped()
    for issuer in moved["states/XA/issuers.json"]["issuers"]:
        issuer["keys"][0]["from"] = "2026-09-01"
    yield moved


def _with_other_rules() -> Iterator[Files]:
    condition = {"id": "c", "texts": {"en": "A test"}, "language": {"code": "en", "min": "B1"}}
    options = {"id": "o", "texts": {"en": "Choose"}, "options": [{"en": "course"}, {"en": "test"}]}
    for members in (
        {"mode": "none"},
        {"mode": "caseByCase"},
        {"mode": "levelOnly", "validity": {"years": 2}},
        {"mode": "conditional", "requires": {"allOf": [condition, {"anyOf": [condition, options]}]}},
        {"inForce": {"from": "2026-12-01", "until": None}},
        {"cohort": {"from": "2020-01-01", "until": "2026-01-01"}},
        {"scope": {"fields": ["0"]}},
        {"from": ["XC"]},
        {"purpose": "study"},
    ):
        files = shipped()
        for state in ("XA", "XB", "XC"):
            for rule in files[f"states/{state}/rules.json"]["rules"]:
                rule.update(members)
        yield files


def _verified(found: VerificationResult) -> dict[str, Any]:
    assert found.unverified_credential is not None
    checks = {check.name: {"outcome": OUTCOMES[check.outcome], **_code(check)} for check in found.checks}
    key = next(iter(found.keys.values()))
    return {"document": found.unverified_credential.document, "key": key.multibase, "checks": checks}


def _code(check: Check) -> dict[str, str]:
    code = CODES.get(type(check.problem)) if check.problem else None
    return {"code": code} if code else {}


def _told(outcome: Outcome) -> dict[str, Any]:
    said = {name: value for name, value in outcome.to_json().items() if name != "bundleHash"}
    return {**said, "reasons": [{name: value for name, value in step.items() if name != "message"} for step in said["reasons"]]}


def test_the_same_outcome_with_the_same_reasons_for_thousands_of_dossiers() -> None:
    lists, bundles = zip(*(_opened(files) for files in variants()), strict=True)
    shown = [result(document, problems) for document in DOCUMENTS for problems in PROBLEMS]
    dossiers, expected = [], []
    for (number, bundle), verified in product(enumerate(bundles), shown):
        for state, moment in zip(("XA", "XB", "XC", "XB", "XX"), (*MOMENTS, NOW, NOW), strict=True):
            dossiers.append({"list": number, "verified": _verified(verified), "state": state, **_times(moment)})
            expected.append(_told(_recognized(verified, state, moment, bundle)))
    said = run_node("recognize.mjs", given=json.dumps({"lists": lists, "dossiers": dossiers}))
    differing = [(index, one, other) for index, (one, other) in enumerate(zip(said, expected, strict=True)) if one != other]
    assert [json.dumps(one) for one in differing[:1]] == []
    assert len(expected) > 1000
    assert len({json.dumps(outcome["reasons"][-1]["code"]) for outcome in expected}) > 15


def _times(moment: datetime) -> dict[str, str]:
    return {"at": moment.astimezone(UTC).isoformat(), "now": moment.astimezone(UTC).isoformat()}


def _recognized(verified: VerificationResult, state: str, moment: datetime, bundle: Bundle) -> Outcome:
    return recognize(Dossier(verified), state, moment, bundle=bundle, now=moment)


BOARD: Final = "labour-skills-board"
PERSON: Final = "did:example:worker"
LISTS: Final[tuple[Mapping[str, Any], ...]] = (
    {},
    {"compromisedSince": "2026-01-01"},
    {"until": "2026-10-15"},
    {"publicKeyMultibase": signer("somebody-else").public_key.multibase},
)
"""What is different about the key with which a board signs."""


def lists_of_boards() -> Iterator[Files]:
    for members in LISTS:
        files = shipped()
        for state in ("XA", "XB", "XC"):
            for authority in files[f"states/{state}/authorities.json"]["authorities"]:
                for key in authority.get("keys", ()):
                    key.update(members)
        yield files
    for threshold in ("all", 5, None):
        files = shipped()
        if threshold is None:
            del files["partnership/parties.json"]["coCertification"]
        else:
            files["partnership/parties.json"]["coCertification"] = {"threshold": threshold, "legalBasis": "Article 9"}
        yield files


def decision(on: VerificationResult, outcome: str, slug: str = BOARD, day: str = "2026-10-01", **told: object) -> dict[str, Any]:
    document = training(slug, issued=day) | {"id": f"urn:uuid:decision-{outcome}-{day}", "validUntil": "2030-01-01T00:00:00Z"}
    document["type"] = ["VerifiableCredential", "RecognitionDecisionCredential"]
    decided = {
        "of": {"digestMultibase": digest_multibase(on.require().document)},
        "state": "XC",
        "outcome": outcome,
        "localTitle": [{"@language": "en", "@value": "Home carer"}],
        "nqfLevel": "4",
        "condition": [{"id": "practice", "text": [{"@language": "en", "@value": "six months of practice"}]}],
        "reason": "the course had no practice",
        "legalBasis": "Article 12",
        "appeal": "Calentia Tribunal",
        **told,
    }
    return document | {"credentialSubject": {"id": PERSON, "recognitionDecision": decided}}


def papers_on(main: VerificationResult) -> Iterator[tuple[VerificationResult, ...]]:
    """Yield what may be shown beside a certificate: decisions and endorsements, good ones and those that nobody weighs."""
    yield ()
    whole = base64.urlsafe_b64encode(b"\x12\x20" + sha256(jcs.canonicalize(main.require().document)).digest()).decode().rstrip("=")
    for outcome in ("recognised", "partly", "refused", "perhaps"):
        yield (result(decision(main, outcome)),)
    for told in (
        {"state": "XB"},
        {"of": {"digestMultibase": f"u{whole}"}},
        {"of": {"digestMultibase": "uEi"}},
        {"of": 1},
        {"purpose": "study"},
    ):
        yield (result(decision(main, "recognised", **told)),)
    yield (result(decision(main, "recognised"), {"status": RevokedError("x")}),)
    yield (result(decision(main, "recognised", slug=CARE_SCHOOL)),)
    yield (result(decision(main, "refused")), result(decision(main, "recognised", day="2026-10-20")))
    yield tuple(
        result(endorsement(slug, main, day)) for slug, day in product(("skills-office", BOARD), ("2026-10-01", "2026-11-01"))
    )
    yield (result(endorsement("skills-council", main)), result(endorsement(BOARD, main, digestMultibase="uEi")))
    yield (result(endorsement(BOARD, main), {"status": RevokedError("x")}), result(endorsement("skills-office", main)))
    yield (result(endorsement(BOARD, main), {"validity-period": ExpiredError("x")}), result(decision(main, "recognised")))


def test_decisions_and_endorsements_are_weighed_alike() -> None:
    lists, bundles = zip(*(_opened(files) for files in lists_of_boards()), strict=True)
    mains = (result(training()), result(work()), result(training(), {"status": RevokedError("x")}), result(training("stranger")))
    dossiers, expected = [], []
    for (number, bundle), main in product(enumerate(bundles), mains):
        shown = replace(main, checks=tuple(Check(check.name, CheckOutcome.PASSED) for check in main.checks))
        for papers, state, moment in product(papers_on(shown), ("XB", "XC"), (NOW, MOMENTS[2])):
            beside = [_verified(paper) for paper in papers]
            dossiers.append({"list": number, "verified": _verified(main), "state": state, "beside": beside, **_times(moment)})
            dossier = Dossier(main, papers)
            counted = co_certification(dossier, moment, bundle=bundle, now=moment)
            outcome = _told(recognize(dossier, state, moment, bundle=bundle, now=moment))
            expected.append({**outcome, "certified": _counted(counted)})
    said = run_node("recognize.mjs", given=json.dumps({"lists": lists, "dossiers": dossiers}))
    differing = [(one, other) for one, other in zip(said, expected, strict=True) if one != other]
    assert [json.dumps(one) for one in differing[:1]] == []
    codes = {outcome["reasons"][-1]["code"] for outcome in expected}
    assert {"DECISION_GRANTS", "DECISION_CONDITIONAL", "DECISION_REFUSES", "REVOKED", "ISSUER_UNKNOWN"} <= codes
    assert {2, 3} <= {len(outcome["certified"]["certified"]) for outcome in expected if outcome["certified"]}


def _opened(files: Files, corridor: tuple[str, ...] | None = None) -> tuple[dict[str, Any], Bundle]:
    held, root = published(files)
    encoded = {path: base64.b64encode(content).decode() for path, content in held.files.items()}
    lists = {"files": encoded, "root": base64.b64encode(root).decode(), "corridor": corridor}
    return lists, open_bundle(held, root=root, now=NOW, corridor=corridor)


def test_a_state_that_was_late_to_sign_is_unknown_in_the_browser_too(tmp_path: Path) -> None:
    lists, dossiers, expected = [], [], []
    main, now = result(training()), NOW + timedelta(days=60)
    papers = tuple(result(endorsement(slug, main)) for slug in ("skills-office", BOARD))
    for number, in_time in enumerate(("XA", "XB", "XC")):
        publisher = renewed(tmp_path / in_time, 60, in_time)
        held = read_all(tmp_path / in_time)
        files = {path: base64.b64encode(content).decode() for path, content in held.files.items()}
        lists.append({"files": files, "root": base64.b64encode(publisher.root()).decode()})
        bundle = open_bundle(held, root=publisher.root(), now=now)
        for state in ("XA", "XB", "XC"):
            beside = [_verified(paper) for paper in papers]
            dossiers.append({"list": number, "verified": _verified(main), "state": state, "beside": beside, **_times(now)})
            dossier = Dossier(main, papers)
            told = _told(recognize(dossier, state, now, bundle=bundle, now=now))
            expected.append({**told, "certified": _counted(co_certification(dossier, now, bundle=bundle, now=now))})
    said = run_node("recognize.mjs", given=json.dumps({"lists": lists, "dossiers": dossiers}))
    assert said == expected
    assert [one["outcome"] for one in said] == ["recognised", *["not-recognised"] * 8]
    assert [one["certified"] and one["certified"]["certified"] for one in said[::3]] == [["XA"], None, None]


def test_with_the_lists_of_some_states_alone_it_says_what_python_says() -> None:
    corridors = (("XA", "XB"), ("XB",), ("XB", "XC"))
    lists, bundles = zip(*(_opened(files, kept) for files in list(variants())[::6] for kept in corridors), strict=True)
    documents = (*DOCUMENTS[:4], training(CARE_SCHOOL, "urn:comity:XC:q:CARE@2026"), work(), training("stranger"))
    shown = [result(document, problems) for document in documents for problems in PROBLEMS]
    others = (result(work()), result(training("stranger")), result(training(), {"proof": ProofVerificationError("x")}))
    dossiers, expected = [], []
    for place, ((number, bundle), verified) in enumerate(product(enumerate(bundles), shown)):
        beside = others[place % 4 : place % 4 + 1]
        for state, moment in (("XA", NOW), ("XB", NOW), ("XC", NOW), ("XB", NOW - timedelta(minutes=6))):
            told = {"list": number, "verified": _verified(verified), "state": state, **_times(moment)}
            dossiers.append({**told, "beside": [_verified(one) for one in beside]})
            outcome = recognize(Dossier(verified, beside), state, moment, bundle=bundle, now=moment)
            expected.append({**_told(outcome), "certified": None})
    said = run_node("recognize.mjs", given=json.dumps({"lists": lists, "dossiers": dossiers}))
    differing = [(one, other) for one, other in zip(said, expected, strict=True) if one != other]
    assert [json.dumps(one) for one in differing[:1]] == []
    assert {"NOT_KEPT", "RULE_GRANTS", "HOME", "REVOKED", "BUNDLE_CLOCK"} <= {
        outcome["reasons"][-1]["code"] for outcome in expected
    }


def _counted(found: CoCertification | None) -> dict[str, Any] | None:
    if found is None:
        return None
    told = found.to_json()
    told["endorsements"] = [one["id"] for one in told["endorsements"]]
    return {name: told[name] for name in ("certified", "parties", "needed", "legalBasis", "endorsements")}


SHIPYARD_YEARS: Final = "urn:uuid:years-in-a-shipyard"


def _dossiers(count: int) -> Iterator[tuple[VerificationResult, tuple[VerificationResult, ...]]]:
    """Yield certificates with others beside them, drawn from good and bad ones of one person, of another and of nobody."""
    drawn = random.Random(7)  # noqa: S311  # the same each time
    seen = witnessed("client")
    seen["credentialSubject"]["workExperience"] |= {"id": SHIPYARD_YEARS, "attestationBasis": "saw-daily"}
    mains = [result(training(id=PERSON)), result(work()), result(training()), result(seen)]
    languages = [language(level, code) for level, code in (("B2", "bx"), ("A2", "bx"), ("B1", "cx"), ("fluent", "bx"))]
    others = [*languages, *(standing(day) for day in ("2026-01-01", "2026-08-09", "2026-10-01")), *_attestations()]
    others += [result(work(), {"status": RevokedError("x")}), result(training()), result(training("stranger", id=PERSON))]
    others += [result(training(id="did:example:another")), result(training(CARE_SCHOOL, WELDING, id=PERSON)), mains[0]]
    for _ in range(count):
        yield drawn.choice(mains), tuple(drawn.sample(others, drawn.randrange(7)))


def _attestations() -> Iterator[VerificationResult]:
    roles = ("employer", "co-worker", "union", "supervisor", "self")
    days = (("2023-06-01", "2026-04-30"), ("2025-01-01", "2025-01-31"), ("2026-02-01", "2026-01-01"), ("2024-02-30", "2025-01-01"))
    for (start, end), role in product(days, roles):
        told = witnessed(role)
        experience = told["credentialSubject"]["workExperience"]
        experience |= {"startDate": start, "endDate": end, "attestationBasis": "saw-daily", "id": SHIPYARD_YEARS}
        experience["attestation"] |= {"independenceGroup": role, "evidence": ["u1"] if role == "union" else []}
        experience["attestation"]["reciprocal"] = role == "co-worker" and start == "2025-01-01"
        yield result(told)


def test_the_other_certificates_of_a_person_are_weighed_alike() -> None:
    asking = nurse(shipped())
    practice = asking["states/XB/rules.json"]["rules"][0]["requires"]["allOf"][1]["anyOf"]
    month = {**practice[0]["workExperience"], "months": 1}
    shorter = copy.deepcopy(asking)
    shorter["states/XB/rules.json"]["rules"][0]["requires"]["allOf"] = [
        {"id": level, "texts": {"en": level}, "workExperience": {**month, "evidenceLevel": level}} for level in ("E1", "E2", "E3")
    ]
    qualified = copy.deepcopy(asking)
    qualified["states/XB/rules.json"]["rules"][0]["requires"] = {
        "anyOf": [{"id": "q", "texts": {"en": "q"}, "qualifications": [WELDING]}, practice[1]]
    }
    lists, bundles = zip(*(_opened(files) for files in (asking, shorter, qualified)), strict=True)
    dossiers, expected = [], []
    for place, (main, others) in enumerate(_dossiers(1500)):
        state, moment = ("XB", "XB", "XB", "XA")[place % 4], MOMENTS[place % 2]
        beside = [_verified(one) for one in others]
        told = {"list": place % 3, "verified": _verified(main), "state": state, **_times(moment)}
        dossiers.append({**told, "beside": beside, "compared": place % 5 == 0})
        dossier, bundle = Dossier(main, others, compared=place % 5 == 0), bundles[place % 3]
        counted = _counted(co_certification(dossier, moment, bundle=bundle, now=moment))
        expected.append({**_told(recognize(dossier, state, moment, bundle=bundle, now=moment)), "certified": counted})
    said = run_node("recognize.mjs", given=json.dumps({"lists": lists, "dossiers": dossiers}))
    differing = [(index, one, other) for index, (one, other) in enumerate(zip(said, expected, strict=True)) if one != other]
    assert [json.dumps(one) for one in differing[:1]] == []
    codes = Counter(step["code"] for outcome in expected for step in outcome["reasons"])
    assert {"RULE_GRANTS", "RULE_CONDITIONAL", "EVIDENCE_E1", "EVIDENCE_E2", "EVIDENCE_E3"} <= set(codes)
    assert len({json.dumps([one["id"] for one in outcome.get("conditions", ())]) for outcome in expected}) > 8


def test_the_shipped_qualifications_are_among_what_was_asked() -> None:
    assert {CAREGIVING, WELDING} <= {str(document["credentialSubject"]["achievement"]["id"]) for document in DOCUMENTS[:3]}
