"""The lists as other ecosystems ask for them; requests and answers against the schemas of TRQP where these are at hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import jsonschema
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from comity.compose import HOUSES
from registry.errors import STATUS
from registry.facades.lote import lote
from registry.facades.routes import Facades, router
from registry.facades.signing import Certificates, Exports
from tests.shared_vectors import shared_json
from tests.trust.test_scenarios import authority, issuer, rule, suspended
from tests.trust.world import CARE_SCHOOL, CAREGIVING, NOW, SHIPYARD, WELDING, Files, Keys, bundle_of, did, shipped
from web.joining import join
from web.pages import Pages
from web.problems import Problems

BASE: Final = "https://skills.example"
CARE: Final = did(CARE_SCHOOL)
NSC: Final = "urn:comity:XA:authority:nsc"
METHOD: Final = f"{did('skills-council')}#k1"


class AuthorityKeys(Keys):
    """Only the key of the one authority of XA lies here."""

    def verification_methods(self) -> tuple[str, ...]:
        return (METHOD,)


def browser_of(
    change: Callable[[Files], object], now: datetime = NOW, certificates: Certificates = lambda _state, _key: ()
) -> TestClient:
    """Return a browser before the shipped lists after a change."""
    files = shipped()
    change(files)
    lists, pages = bundle_of(files), Pages(HOUSES)
    app = FastAPI()
    Problems(pages, STATUS).install(app)
    join(app, router(Facades(lambda: lists, lambda: now, pages, Exports(AuthorityKeys(), BASE, timedelta(days=7), certificates))))
    return TestClient(app, base_url=BASE, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def browser() -> TestClient:
    return browser_of(lambda _: None)


def ask(browser: TestClient, question: str, **members: Any) -> dict[str, Any]:  # noqa: ANN401
    """Ask, and check question and answer against the protocol's schemas where these are at hand."""
    asked = {"entity_id": CARE, "authority_id": "XA", "action": "issue", "resource": CAREGIVING, **members}
    answer: dict[str, Any] = browser.post(f"/trqp/{question}", json=asked).json()
    for kind, document in (("request", asked), ("response", answer)):
        schema = shared_json("data", "trqp", f"trqp_{question}_{kind}.schema.json")
        jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(document)
    assert {name: answer[name] for name in asked} == asked
    return answer


def code(answer: dict[str, Any]) -> str:
    return str(answer["message"].partition(":")[0])


@pytest.mark.parametrize("named", ["XA", NSC])
def test_an_issuer_is_authorized_by_its_state_and_by_the_authority(browser: TestClient, named: str) -> None:
    answer = ask(browser, "authorization", authority_id=named)
    assert (answer["authorized"], code(answer)) == (True, "ACC_ACTIVE")
    assert "Sunder Bay Care Training Centre" in answer["message"]
    assert answer["time_evaluated"] == f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    assert "time_requested" not in answer


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"action": "assess"}, "ACC_NONE"),
        ({"action": "whatever"}, "ACC_NONE"),
        ({"resource": WELDING}, "SCOPE_OUTSIDE"),
        ({"resource": "isced-f:0732"}, "SCOPE_OUTSIDE"),
        ({"resource": "urn:unknown"}, "SCOPE_OUTSIDE"),
        ({"entity_id": "did:web:nobody.example"}, "ISSUER_UNKNOWN"),
        ({"authority_id": "XB"}, "ISSUER_UNKNOWN"),
        ({"context": {"time": "2020-01-01T00:00:00Z"}}, "STATE_NOT_PARTY"),
    ],
)
def test_what_is_not_authorized_says_why(browser: TestClient, asked: dict[str, Any], expected: str) -> None:
    answer = ask(browser, "authorization", **asked)
    assert (answer["authorized"], code(answer)) == (False, expected)


def test_an_employer_is_authorized_to_attest_an_occupation(browser: TestClient) -> None:
    listed = issuer(shipped(), SHIPYARD, "XC")["accreditations"][0]["scope"]["occupations"][0]
    answer = ask(browser, "authorization", entity_id=did(SHIPYARD), authority_id="XC", action="attest", resource=f"isco08:{listed}")
    assert answer["authorized"] is True


def test_the_moment_that_is_asked_for_decides() -> None:
    def end(files: Files) -> None:
        issuer(files)["accreditations"][0]["periods"] = [{"from": "2025-06-01", "until": "2026-08-31"}]

    browser = browser_of(end)
    for time, expected in (("2026-05-01T10:00:00Z", True), ("2026-09-01T00:00:00Z", False), ("2026-05-01T10:00:00+00:00", True)):
        answer = ask(browser, "authorization", context={"time": time, "locator": "x"})
        assert answer["authorized"] is expected
        assert answer["time_requested"][:19] == time[:19]


@pytest.mark.parametrize(
    "time", ["yesterday", "2026-05-01", "2026-05-01T10:00:00", "2026-05-01T10:00:00+02:00", "2026-13-01T10:00:00Z"]
)
def test_a_time_that_is_none_is_refused(browser: TestClient, time: str) -> None:
    asked = {"entity_id": CARE, "authority_id": "XA", "action": "issue", "resource": CAREGIVING, "context": {"time": time}}
    answer = browser.post("/trqp/authorization", json=asked)
    assert (answer.status_code, answer.json()["pointer"]) == (422, "/context/time")


@pytest.mark.parametrize("asked", [{}, {"entity_id": ""}, {"entity_id": 7}, {"context": "now"}, {"resource": "x" * 400}])
def test_a_question_of_another_form_is_refused(browser: TestClient, asked: dict[str, Any]) -> None:
    good = {"entity_id": CARE, "authority_id": "XA", "action": "issue", "resource": CAREGIVING}
    assert browser.post("/trqp/recognition", json=(good | asked) if asked else {}).status_code == 422


def test_the_home_state_s_stop_ends_the_authorization() -> None:
    browser = browser_of(lambda files: files.update(suspended("XA", {"issuer": CARE})))
    assert code(ask(browser, "authorization")) == "SUSPENDED_HOME"
    here = browser_of(lambda files: files.update(suspended("XB", {"issuer": CARE})))
    assert ask(here, "authorization")["authorized"] is True


def test_an_authority_that_the_lists_do_not_know_is_not_found(browser: TestClient) -> None:
    asked = {"entity_id": CARE, "authority_id": "urn:nobody", "action": "issue", "resource": CAREGIVING}
    for question in ("authorization", "recognition"):
        assert browser.post(f"/trqp/{question}", json=asked).status_code == 404


@pytest.mark.parametrize(
    ("asked", "expected", "recognized"),
    [
        ({"authority_id": "XB"}, "RULE_GRANTS", True),
        ({"authority_id": "XA"}, "HOME", True),
        ({"authority_id": "XB", "entity_id": NSC}, "RULE_GRANTS", True),
        ({"authority_id": "XB", "resource": "urn:unknown"}, "NO_RULE", False),
        ({"authority_id": "XB", "entity_id": "XC"}, "NO_RULE", False),
        ({"authority_id": "XB", "context": {"time": "2020-01-01T00:00:00Z"}}, "STATE_NOT_PARTY", False),
    ],
)
def test_a_state_recognizes_another_for_a_qualification(
    browser: TestClient, asked: dict[str, Any], expected: str, *, recognized: bool
) -> None:
    answer = ask(browser, "recognition", **{"entity_id": "XA", **asked})
    assert (code(answer), answer["recognized"]) == (expected, recognized)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda files: rule(files, "XB").update(mode="none"), "RULE_REFUSES"),
        (lambda files: rule(files, "XB").update(mode="caseByCase"), "CASE_BY_CASE"),
        (
            lambda files: rule(files, "XB").update(
                requires={"id": "urn:c1", "texts": {"en": "x"}, "language": {"code": "de", "min": "B1"}}
            ),
            "RULE_CONDITIONAL",
        ),
        (lambda files: files.update(suspended("XB", {"state": "XA"})), "SUSPENDED_HERE"),
    ],
)
def test_what_is_not_recognized_without_conditions_is_no(change: Callable[[Files], object], expected: str) -> None:
    answer = ask(browser_of(change), "recognition", entity_id="XA", authority_id="XB")
    assert (code(answer), answer["recognized"]) == (expected, False)


def test_what_several_states_define_together_is_recognized_in_each() -> None:
    joint = "urn:comity:joint:q:CARE@2026"

    def define(files: Files) -> None:
        files["partnership/qualifications.json"] = {
            "qualifications": [
                {"id": joint, "states": ["XA", "XB"], "names": {"en": "Care"}, "field": "0913", "nqf": "2", "isco": "5322"}
            ]
        }

    answer = ask(browser_of(define), "recognition", entity_id="XA", authority_id="XB", resource=joint)
    assert (code(answer), answer["recognized"]) == ("JOINT", True)


def test_lists_that_are_too_old_say_neither_yes_nor_no() -> None:
    browser = browser_of(lambda _: None, NOW + timedelta(days=60))
    asked = {"entity_id": CARE, "authority_id": "XA", "action": "issue", "resource": CAREGIVING}
    for question in ("authorization", "recognition"):
        assert browser.post(f"/trqp/{question}", json=asked).status_code == 503


def test_an_authority_s_accreditations_are_exported_as_recognized_entities(browser: TestClient) -> None:
    answer = browser.get("/registry/recognized-entities/XA/nsc")
    document = answer.json()
    assert document["type"] == ["VerifiableCredential", "RecognizedEntityCredential"]
    assert document["issuer"]["name"] == "Aravel National Skills Council"
    listed = {entity["id"]: entity for entity in document["credentialSubject"]}
    expected = {
        entry["did"]
        for entry in shipped()["states/XA/issuers.json"]["issuers"]
        if any(one["by"] == NSC for one in entry["accreditations"])
    }
    assert listed.keys() == expected
    action = listed[CARE]["recognizedTo"][0]
    assert (action["type"], action["action"]) == ("RecognizedAction", "issue")
    assert action["outputValidation"]["type"] == "JsonSchema"
    assert action["outputValidation"]["digestMultibase"].startswith("uEi")
    assert action["accreditation"].keys() <= {
        *("type", "limitQualification", "limitField", "limitNQFLevel", "limitOccupation", "limitAssessmentRoute")
    }
    assert listed[CARE]["recognizedIn"]["id"] == f"{BASE}/trust/bundle#states/XA/issuers.json"
    assert document["validFrom"] < document["validUntil"]
    assert browser.get("/registry/recognized-entities/XA/nobody").status_code == 404


def test_what_has_ended_is_exported_no_more() -> None:
    def end(files: Files) -> None:
        issuer(files)["accreditations"][0]["periods"] = [{"from": "2025-01-01", "until": "2026-08-31"}]

    document = browser_of(end).get("/registry/recognized-entities/XA/nsc?unsigned=true").json()
    assert CARE not in {entity["id"] for entity in document["credentialSubject"]}


def test_a_state_s_issuers_are_exported_as_a_list_of_trusted_entities(browser: TestClient) -> None:
    document = browser.get("/registry/lote/XA?unsigned=true").json()
    assert document.keys() == {"LoTE"}
    scheme = document["LoTE"]["ListAndSchemeInformation"]
    required = {"LoTEVersionIdentifier", "LoTESequenceNumber", "SchemeOperatorName", "ListIssueDateTime", "NextUpdate"}
    assert required <= scheme.keys()
    assert (scheme["LoTEVersionIdentifier"], scheme["SchemeTerritory"]) == (1, "XA")
    assert {"lang": "en", "value": "Aravel"} in scheme["SchemeOperatorName"]
    entities = document["LoTE"]["TrustedEntitiesList"]
    assert len(entities) == len(shipped()["states/XA/issuers.json"]["issuers"])
    for entity in entities:
        assert entity["TrustedEntityInformation"].keys() == {"TEName", "TEAddress", "TEInformationURI"}
        for service in entity["TrustedEntityServices"]:
            information = service["ServiceInformation"]
            assert information["ServiceStatus"].endswith("/granted")
            assert information["ServiceDigitalIdentity"]["PublicKeyValues"][0]["kty"] == "OKP"
            assert information["StatusStartingTime"].endswith("Z")
    assert browser.get("/registry/lote/XX").status_code == 404


def test_the_list_keeps_the_history_of_a_service() -> None:
    files = shipped()
    issuer(files)["accreditations"] = [
        {
            **issuer(files)["accreditations"][0],
            "periods": [
                {"from": "2025-01-01", "until": "2025-06-30"},
                {"from": "2025-07-01", "until": "2026-03-31"},
                {"from": "2026-06-01", "until": "2027-06-01"},
                {"from": "2028-06-01", "until": None},
            ],
        }
    ]
    document = lote(bundle_of(files).states["XA"], bundle_of(files), BASE, NOW, timedelta(days=7))
    services = [
        service
        for entity in document["LoTE"]["TrustedEntitiesList"]
        if entity["TrustedEntityInformation"]["TEAddress"]["TEElectronicAddress"][0]["uriValue"] == CARE
        for service in entity["TrustedEntityServices"]
    ]
    turns = [services[0]["ServiceInformation"], *services[0]["ServiceHistory"]]
    assert [(turn["StatusStartingTime"][:10], turn["ServiceStatus"].rpartition("/")[2]) for turn in turns] == [
        ("2026-06-01", "granted"),
        ("2026-04-01", "withdrawn"),
        ("2025-01-01", "granted"),
    ]


def test_a_state_without_issuers_has_a_list_without_entities() -> None:
    files = shipped()
    files["states/XA/issuers.json"] = {"issuers": []}
    files["states/XA/authorities.json"]["authorities"] = [authority(files)]
    bundle = bundle_of(files)
    assert "TrustedEntitiesList" not in lote(bundle.states["XA"], bundle, BASE, NOW, timedelta(days=7))["LoTE"]
