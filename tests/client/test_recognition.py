"""Recognition in the browser and in Python: the same outcome, the same reasons, for every generated dossier."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, Final

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
from tests.trust.world import (
    CARE_SCHOOL,
    CAREGIVING,
    NOW,
    SHIPYARD,
    WELDING,
    WELDING_SCHOOL,
    Files,
    did,
    published,
    result,
    shipped,
    training,
    work,
)
from trust.bundle import Bundle, open_bundle
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
    lists, bundles = [], []
    for files in variants():
        held, root = published(files)
        encoded = {path: base64.b64encode(content).decode() for path, content in held.files.items()}
        lists.append({"files": encoded, "root": base64.b64encode(root).decode()})
        bundles.append(open_bundle(held, root=root, now=NOW))
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


def test_the_shipped_qualifications_are_among_what_was_asked() -> None:
    assert {CAREGIVING, WELDING} <= {str(document["credentialSubject"]["achievement"]["id"]) for document in DOCUMENTS[:3]}
