"""The vault and another deployment: its issuer's offers are taken and its verifier's questions answered, carried by the relay."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Route, expect
from playwright.sync_api import Page as Tab
from starlette.testclient import TestClient

from comity.clock import now
from comity.conformance.serving import conformance_composition
from tests.browser.test_pages import violations
from tests.browser.test_vault import device, exchanged, home, make, shown
from tests.browser.test_vault_questions import QUERY, bring, picture
from tests.conftest import Served

pytestmark = pytest.mark.browser
FOREIGN: Final = "https://foreign.example"
TITLE: Final = "Course"
UNLISTED: Final = "Not in the partnership\u2019s register"


@pytest.fixture(scope="module")
def foreign() -> Iterator[TestClient]:
    """Another deployment, under a name of its own."""
    with (
        conformance_composition(FOREIGN, now) as composition,
        TestClient(composition.app, base_url=FOREIGN, follow_redirects=False) as client,
    ):
        yield client


@pytest.fixture
def tab(browser: Browser, served: Served, foreign: TestClient) -> Iterator[Tab]:
    """A phone with an empty vault; what the relay would send goes to the other deployment, and everybody else is silent."""

    def carry(route: Route) -> None:
        asked = json.loads(route.request.post_data or "")
        if not asked["url"].startswith(f"{FOREIGN}/"):
            route.fulfill(status=424, json={"type": "https://comity.example/problems#FETCH_ERROR"})
            return
        headers = {"Accept": asked["accept"]} | ({"Content-Type": asked["type"]} if "type" in asked else {})
        headers |= {name: asked[name.lower()] for name in ("Authorization", "DPoP") if name.lower() in asked}
        method = "POST" if "content" in asked else "GET"
        answer = foreign.request(method, asked["url"], headers=headers, content=asked.get("content"))
        media_type = answer.headers.get("content-type", "").partition(";")[0]
        content = base64.urlsafe_b64encode(answer.content).decode().rstrip("=")
        nonce = answer.headers.get("dpop-nonce", "")
        route.fulfill(json={"status": answer.status_code, "type": media_type, "content": content, "dpop_nonce": nonce})

    def visit(route: Route) -> None:
        asked = route.request
        headers = {name: value for name, value in asked.headers.items() if name in {"accept", "content-type", "origin"}}
        answer = foreign.request(asked.method, asked.url, headers=headers, content=asked.post_data_buffer)
        route.fulfill(status=answer.status_code, headers=dict(answer.headers), body=answer.content)

    context, made = device(browser, viewport={"width": 320, "height": 800})
    context.route(f"{FOREIGN}/**", visit)
    context.route("**/wallet/api/v1/relay", carry)
    make(made, served)
    shown(made, "home")
    yield made
    context.close()


def take(tab: Tab, foreign: TestClient, configuration: str, *, number: bool = False) -> None:
    offer = {"credential_configuration_id": configuration, "tx_code": number}
    made = foreign.post("/issuer/api/v1/offers", json=offer).json()
    home(tab)
    tab.fill("#link", made["offer"])
    tab.click("[data-add-link] button")
    if number:
        shown(tab, "number")
        expect(tab.locator("[data-number-from]")).to_contain_text("foreign.example")
        tab.fill("#number", made["tx_code"])
        tab.click("[data-number-form] button")
    shown(tab, "offer")
    expect(tab.locator("[data-from]")).to_contain_text("foreign.example")
    expect(tab.locator("[data-from]")).to_contain_text(UNLISTED)


def test_g10_and_h9_a_foreign_certificate_is_taken_and_shown_to_a_foreign_verifier(tab: Tab, foreign: TestClient) -> None:
    fetched: list[str] = []
    tab.on("request", lambda asked: fetched.append(asked.post_data or "") if asked.url.endswith("/relay") else None)
    take(tab, foreign, "course", number=True)
    expect(tab.locator("[data-card] [data-tag]")).to_have_text("Valid")
    picture(tab, "foreign-offer")
    assert violations(tab) == []
    tab.click("[data-keep]")
    shown(tab, "certificate")
    expect(tab.locator("[data-card] [data-tag]")).to_have_text("Valid")
    exchanged(tab)
    for prefix, mode, name, tag in (
        ("x509_san_dns", "direct_post.jwt", "foreign.example", UNLISTED),
        ("decentralized_identifier", "direct_post", "foreign.example", UNLISTED),
        ("redirect_uri", "direct_post", "Somebody unknown", "Nobody knows who this is"),
    ):
        asked = foreign.post(
            "/verifier/api/v1/requests", json={"response_mode": mode, "client_id_prefix": prefix, "dcql_query": QUERY}
        ).json()
        bring(tab, asked["request"])
        shown(tab, "question-asked")
        expect(tab.locator("[data-who]")).to_have_text(name)
        expect(tab.locator("[data-tag]")).to_have_text(tag)
        expect(tab.locator("[data-doubt]")).to_be_visible()
        if prefix == "redirect_uri":
            picture(tab, "unknown")
            assert violations(tab) == []
        tab.click("[data-show-form] button[type=submit]")
        shown(tab, "home")
        expect(tab.locator("[data-status]")).to_contain_text(f"Shown to {name}")
        answer = foreign.get(f"/verifier/api/v1/requests/{asked['id']}").json()
        assert (answer["state"], answer["report"]["verified"]) == ("answered", True), answer
        assert answer["report"]["presentations"][0]["claims"].keys() >= {"name"}
    for _ in range(200):  # its three copies were all shown: the issuer gives others
        if sum("/notification" in one for one in fetched) == 2:
            break
        tab.wait_for_timeout(100)
    assert sum('/credential"' in one for one in fetched) == 2
    asked = foreign.post(
        "/verifier/api/v1/requests", json={"response_mode": "direct_post", "client_id_prefix": "x509_hash", "dcql_query": QUERY}
    ).json()
    bring(tab, asked["request"])
    tab.click("[data-show-form] button[type=submit]")
    shown(tab, "home")
    assert foreign.get(f"/verifier/api/v1/requests/{asked['id']}").json()["report"]["verified"] is True
    tab.evaluate("location.hash = 'shown'")
    expect(tab.locator("[data-consent-list] li")).to_have_count(4)
    expect(tab.locator("[data-broken]")).to_be_hidden()


def test_the_holder_signs_in_at_the_foreign_issuer_and_comes_back(tab: Tab, foreign: TestClient) -> None:
    offer = {"credential_configuration_id": "course", "grant": "authorization_code"}
    tab.fill("#link", foreign.post("/issuer/api/v1/offers", json=offer).json()["offer"])
    tab.click("[data-add-link] button")
    shown(tab, "sign-in")
    expect(tab.locator("[data-host]")).to_contain_text("Sign in at foreign.example")
    assert violations(tab) == []
    tab.click("[data-go]")
    tab.fill("input[name=user]", "alice")
    tab.fill("input[name=password]", "alice")
    tab.click("button[value=approve]")
    shown(tab, "offer")
    assert "code=" not in tab.url
    expect(tab.locator("[data-from]")).to_contain_text(UNLISTED)
    expect(tab.locator("[data-card] [data-tag]")).to_have_text("Valid")
    tab.click("[data-keep]")
    shown(tab, "certificate")
    tab.goto(f"{tab.url.partition('#')[0]}?code=x&state=y")
    expect(tab.locator("[data-status]")).to_contain_text("Nothing is given for this link")


def test_a_mobile_document_is_shown_in_parts(tab: Tab, foreign: TestClient) -> None:
    take(tab, foreign, "course_mso_mdoc")
    expect(tab.locator("[data-card] [data-tag]")).to_have_text("Valid")
    expect(tab.locator("[data-card]")).to_contain_text("foreign.example")
    expect(tab.locator("[data-names]")).to_contain_text("Alice")
    picture(tab, "mobile-offer")
    tab.click("[data-keep]")
    shown(tab, "certificate")
    exchanged(tab)
    metadata = foreign.get("/.well-known/openid-credential-issuer/issuers/school").json()
    described = metadata["credential_configurations_supported"]["course_mso_mdoc"]
    [namespace] = {claim["path"][0] for claim in described["credential_metadata"]["claims"]}
    claims = [{"path": [namespace, "name"]}]
    query = {"id": "course", "format": "mso_mdoc", "meta": {"doctype_value": described["doctype"]}, "claims": claims}
    for mode in ("direct_post", "direct_post.jwt"):
        message = {"response_mode": mode, "client_id_prefix": "x509_hash", "dcql_query": {"credentials": [query]}}
        asked = foreign.post("/verifier/api/v1/requests", json=message).json()
        bring(tab, asked["request"])
        shown(tab, "question-asked")
        expect(tab.locator("[data-claims]")).to_have_text("Your nameAlice")
        expect(tab.locator("[data-kept]")).to_contain_text("Qualification")
        picture(tab, "mobile")
        tab.click("[data-show-form] button[type=submit]")
        shown(tab, "home")
        answer = foreign.get(f"/verifier/api/v1/requests/{asked['id']}").json()
        assert (answer["state"], answer["report"]["verified"]) == ("answered", True), answer
        [presentation] = answer["report"]["presentations"]
        assert presentation["claims"][namespace].keys() == {"name"}, presentation


def test_other_forms_are_taken_and_shown_and_a_silent_issuer_is_told(tab: Tab, foreign: TestClient) -> None:
    for credential_format in ("jwt_vc_json", "ldp_vc"):
        configuration = f"course_{credential_format}"
        take(tab, foreign, configuration)
        expect(tab.locator("[data-card] [data-tag]")).to_have_text("Valid")
        expect(tab.locator("[data-card] .cred__title")).to_have_text(TITLE)
        tab.click("[data-keep]")
        shown(tab, "certificate")
        exchanged(tab)
        query = {"id": "course", "format": credential_format, "meta": {"type_values": [["OpenBadgeCredential"]]}}
        message = {"response_mode": "direct_post.jwt", "client_id_prefix": "x509_hash", "dcql_query": {"credentials": [query]}}
        asked = foreign.post("/verifier/api/v1/requests", json=message).json()
        bring(tab, asked["request"])
        shown(tab, "question-asked")
        expect(tab.locator("[data-whole]")).to_be_visible()
        expect(tab.locator("[data-claims]")).to_contain_text("Alice")
        picture(tab, f"whole-{credential_format}")
        assert violations(tab) == []
        tab.click("[data-show-form] button[type=submit]")
        shown(tab, "home")
        answer = foreign.get(f"/verifier/api/v1/requests/{asked['id']}").json()
        assert (answer["state"], answer["report"]["verified"]) == ("answered", True), answer
    home(tab)
    tab.fill("#link", "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Felsewhere.example%2Foffer")
    tab.click("[data-add-link] button")
    expect(tab.locator("[data-status]")).to_contain_text("They did not answer")


def answering(tab: Tab, ending: str, status: int, answer: dict[str, Any]) -> None:
    """Have whoever is asked at an address that ends so answer this."""

    def said(route: Route) -> None:
        if not json.loads(route.request.post_data or "")["url"].endswith(ending):
            return route.fallback()
        content = base64.urlsafe_b64encode(json.dumps(answer).encode()).decode().rstrip("=")
        return route.fulfill(json={"status": status, "type": "application/json", "content": content, "dpop_nonce": ""})

    tab.route("**/wallet/api/v1/relay", said)


def bring_offer(tab: Tab, foreign: TestClient, configuration: str) -> None:
    made = foreign.post("/issuer/api/v1/offers", json={"credential_configuration_id": configuration}).json()
    home(tab)
    tab.fill("#link", made["offer"])
    tab.click("[data-add-link] button")


def test_what_is_ready_later_is_waited_for_over_closing_the_page(tab: Tab, foreign: TestClient) -> None:
    bring_offer(tab, foreign, "course-deferred")
    expect(tab.locator("[data-status]")).to_contain_text("not ready yet")
    waiting = tab.locator("[data-later-list] > *")
    expect(waiting).to_have_count(1)
    expect(waiting).to_contain_text("From foreign.example. Asked for again from")
    picture(tab, "later")
    assert violations(tab) == []
    tab.goto("about:blank")
    tab.go_back()
    expect(tab.locator("[data-status]")).to_contain_text("It is ready")
    picture(tab, "later-ready")
    tab.click("[data-later-list] a")
    shown(tab, "offer")
    expect(tab.locator("[data-from]")).to_contain_text("foreign.example")
    expect(tab.locator("[data-card] [data-tag]")).to_have_text("Valid")
    tab.click("[data-keep]")
    shown(tab, "certificate")
    home(tab)
    expect(tab.locator("[data-papers] a")).to_have_count(1)
    expect(tab.locator("[data-later]")).to_be_hidden()
    bring_offer(tab, foreign, "course-deferred")
    answering(tab, "/deferred_credential", 400, {"error": "invalid_transaction_id"})
    expect(waiting).to_contain_text("foreign.example does not give this any more. Ask them for a new offer.")
    picture(tab, "later-over")
    tab.click("[data-drop]")
    expect(tab.locator("[data-status]")).to_contain_text("not waited for any more")
    expect(waiting).to_have_count(0)


def test_an_offer_for_certified_hardware_is_left_to_another_wallet(tab: Tab, foreign: TestClient) -> None:
    metadata = foreign.get("/.well-known/openid-credential-issuer/issuers/school").json()
    proofs = metadata["credential_configurations_supported"]["course"]["proof_types_supported"]
    proofs["jwt"]["key_attestations_required"] = {"key_storage": ["iso_18045_high"]}
    answering(tab, "/.well-known/openid-credential-issuer/issuers/school", 200, metadata)
    bring_offer(tab, foreign, "course")
    shown(tab, "elsewhere")
    expect(tab.locator("[data-why]")).to_contain_text("foreign.example gives this only to phones that prove")
    expect(tab.locator("[data-other]")).to_have_attribute("href", re.compile("^openid-credential-offer://"))
    picture(tab, "elsewhere")
    assert violations(tab) == []
    tab.unroute_all()
    tab.click(".trail a")
    take(tab, foreign, "course")  # what was not taken is not used up, and what is not kept is said to be
    tab.click("[data-leave]")
    expect(tab.locator("[data-status]")).to_contain_text("It is not kept.")
    expect(tab.locator("[data-papers] a")).to_have_count(0)
