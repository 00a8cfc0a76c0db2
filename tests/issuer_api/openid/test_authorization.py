"""Authorization code: pushed requests, PKCE, `iss`, `scope` and `authorization_details`; the worker signs in and agrees."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient

from issuer_api.delivery import claim_url
from issuer_api.issuing import find_issued
from issuer_api.openid.metadata import PRE_AUTHORIZED
from issuer_api.openid.signing_in import MAX_TRIES
from tests.issuer_api.house import CENTRE, COURSE, House
from tests.issuer_api.openid.dpop_keys import jkt_of
from tests.issuer_api.openid.test_offers_and_tokens import refused
from tests.issuer_api.openid.trial import Trying
from tests.issuer_api.openid.wallet import VERIFIER, Wallet, new_key, offer_of

ALICE = {"user": "alice", "password": "alice", "decision": "approve"}
DETAILS = json.dumps([{"type": "openid_credential", "credential_configuration_id": "course"}])


def pushed(wallet: Wallet, **changes: Any) -> str:  # noqa: ANN401  # texts, or `...`
    answer = wallet.push(**changes)
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store"), answer.text
    return str(answer.json()["request_uri"])


def coded(wallet: Wallet, **changes: Any) -> str:  # noqa: ANN401  # texts, or `...`
    """Return a code that alice agreed to."""
    back = wallet.redirected(wallet.sign_in(pushed(wallet, **{"scope": "course", **changes}), **ALICE))
    return back["code"]


def test_scope_code_token_copy(trying: Trying) -> None:
    back = trying.redirected(trying.sign_in(pushed(trying, scope="course openid"), **ALICE))
    assert (back["state"], back["iss"]) == ("st&te", trying.issuer)
    answer = trying.exchange(back["code"])
    assert answer.status_code == 200
    assert "authorization_details" not in answer.json()
    copy = trying.fetch("course", trying.proof(trying.nonce(), iss="a-wallet"))
    assert trying.verified(copy.json()["credentials"][0]["credential"]).verified


def test_authorization_details_give_an_identifier(trying: Trying) -> None:
    said = trying.exchange(coded(trying, scope=..., authorization_details=DETAILS)).json()
    [identifier] = said["authorization_details"][0]["credential_identifiers"]
    assert trying.fetch("course", credential_configuration_id=..., credential_identifier=identifier).status_code == 200


def test_an_offer_leads_to_the_certificate_that_it_holds_out(trying: Trying) -> None:
    made = trying.offered(grant="authorization_code", claims={"name": "Sari"})
    state = offer_of(made["offer"])["grants"]["authorization_code"]["issuer_state"]
    trying.exchange(coded(trying, scope=..., issuer_state=state))
    copy = trying.fetch("course").json()["credentials"][0]["credential"]
    assert "Sari" in str(trying.opened(copy).claims)
    refused(trying.push(issuer_state="guessed"), "invalid_request")
    refused(trying.push(issuer_state=state, scope="course-deferred"), "invalid_scope")


def test_a_wallet_that_does_not_push_is_served_too(trying: Trying) -> None:
    params = {
        "response_type": "code",
        "client_id": "a-wallet",
        "redirect_uri": "http://127.0.0.1:9/x?y=1",
        "code_challenge": "c" * 43,
        "code_challenge_method": "S256",
        "scope": "course",
    }
    page = trying.client.get(f"{trying.issuer}/authorize", params=params)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    name = page.text.partition('name="request" value="')[2].partition('"')[0]
    answer = trying.client.post(f"{trying.issuer}/authorize", data={"request": name, **ALICE}, follow_redirects=False)
    assert answer.headers["location"].startswith("http://127.0.0.1:9/x?y=1&code=")


def test_a_code_is_good_once_and_its_second_use_ends_the_token(trying: Trying) -> None:
    code = coded(trying)
    assert trying.exchange(code).status_code == 200
    access = trying.access
    refused(trying.exchange(code), "invalid_grant")
    trying.access = access
    refused(trying.fetch("course"), "invalid_token", 401)


@pytest.mark.parametrize(
    "changes",
    [{"code_verifier": "w" * 43}, {"code_verifier": ...}, {"client_id": "other"}, {"redirect_uri": "https://other.example/"}],
    ids=str,
)
def test_a_stolen_code_is_nothing_without_the_rest(trying: Trying, changes: dict[str, Any]) -> None:
    code = coded(trying)
    refused(trying.exchange(code, **changes), "invalid_grant")
    assert trying.exchange(code).status_code == 200


def test_a_code_can_be_bound_to_a_dpop_key(trying: Trying) -> None:
    trying.dpop = new_key()
    code = coded(trying, dpop_jkt=jkt_of(trying.dpop))
    right, trying.dpop = trying.dpop, new_key()
    refused(trying.exchange(code), "invalid_grant")
    trying.dpop = right
    assert trying.exchange(code).json()["token_type"] == "DPoP"  # noqa: S105  # no password


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"client_id": ...}, "invalid_request"),
        ({"state": "s" * 1001}, "invalid_request"),
        ({"code_challenge": ...}, "invalid_request"),
        ({"code_challenge_method": "plain", "code_challenge": VERIFIER}, "invalid_request"),
        ({"request_uri": "urn:x"}, "invalid_request"),
        ({"scope": "openid"}, "invalid_scope"),
        ({"authorization_details": "{"}, "invalid_authorization_details"),
        ({"redirect_uri": "javascript:alert(1)"}, "invalid_request"),
        ({"redirect_uri": "http://wallet.example/"}, "invalid_request"),
        ({"redirect_uri": "https://wallet.example/#x"}, "invalid_request"),
        ({"redirect_uri": "https://user@wallet.example/"}, "invalid_request"),
        ({"redirect_uri": "https://[::1/"}, "invalid_request"),
        ({"redirect_uri": "https:///x"}, "invalid_request"),
        ({"redirect_uri": ...}, "invalid_request"),
    ],
    ids=str,
)
def test_i13_a_request_that_cannot_be_answered_is_refused_where_it_is_pushed(
    trying: Trying, changes: dict[str, Any], code: str
) -> None:
    refused(trying.push(**{"scope": "course", **changes}), code)


@pytest.mark.parametrize("address", ["http://localhost:1/a", "http://[::1]:2/", "eudi-wallet.app:/back", "https://w.example/b?c=d"])
def test_addresses_of_wallets(trying: Trying, address: str) -> None:
    assert trying.push(scope="course", redirect_uri=address).status_code == 201


def test_who_says_no_goes_back_without_a_code(trying: Trying) -> None:
    uri = pushed(trying, scope="course")
    back = trying.redirected(trying.sign_in(uri, decision="deny"))
    assert (back["error"], back["state"], back["iss"]) == ("access_denied", "st&te", trying.issuer)
    again = trying.client.get(f"{trying.issuer}/authorize", params={"client_id": "a-wallet", "request_uri": uri})
    refused(again, "invalid_request")


def test_a_wrong_password_is_said_and_five_end_the_request(trying: Trying) -> None:
    uri = pushed(trying, scope="course")
    for _ in range(MAX_TRIES):
        answer = trying.sign_in(uri, user="alice", password="bob")  # noqa: S106  # wrong on purpose
        assert (answer.status_code, "go together" in answer.text) == (422, True)
    assert trying.redirected(trying.sign_in(uri, **ALICE))["error"] == "access_denied"


def test_another_client_s_request_is_not_shown(trying: Trying) -> None:
    params = {"client_id": "other", "request_uri": pushed(trying, scope="course")}
    refused(trying.client.get(f"{trying.issuer}/authorize", params=params), "invalid_request")
    refused(trying.client.get(f"{trying.issuer}/authorize", params={**params, "request_uri": "urn:x"}), "invalid_request")


def test_only_this_page_may_lead_away(trying: Trying) -> None:
    page = trying.client.get(
        f"{trying.issuer}/authorize", params={"client_id": "a-wallet", "request_uri": pushed(trying, scope="course")}
    )
    assert "form-action" not in page.headers["content-security-policy"]
    assert "form-action 'self'" in trying.client.get("/").headers["content-security-policy"]


class TestClaimLink:
    """In the product the worker signs in with her claim link."""

    @pytest.fixture
    def wallet(self, house: House) -> Iterator[Wallet]:
        with TestClient(house.app, base_url=house.issuer.base_url) as client:
            yield Wallet(client, f"{house.issuer.base_url}/issuers/{CENTRE}", house.now[0])

    def test_it_is_her_certificate_that_the_wallet_gets(self, house: House, wallet: Wallet) -> None:
        mine, other, _ = house.issue()
        _, subject = find_issued(house.issuer, CENTRE, mine)
        link = claim_url(house.issuer, mine, subject)
        uri = pushed(wallet, scope=COURSE)
        for wrong in ("", "https://x.example/claim/ab", f"{link}x"):
            assert wallet.sign_in(uri, claim=wrong).status_code == 422
        back = wallet.redirected(wallet.sign_in(uri, claim=link))
        assert wallet.exchange(back["code"]).status_code == 200
        copies = wallet.fetch(COURSE).json()["credentials"]
        assert mine in str(Trying.opened(copies[0]["credential"]).claims)
        made = house.program().post(
            "/issuer/api/v1/offers",
            json={"credential_configuration_id": COURSE, "credential_id": other, "grant": "authorization_code"},
        )
        state = offer_of(made.json()["offer"])["grants"]["authorization_code"]["issuer_state"]
        assert wallet.sign_in(pushed(wallet, issuer_state=state), claim=link).status_code == 422

    def test_the_claim_link_gives_an_offer_for_a_wallet_of_any_maker(self, house: House, wallet: Wallet) -> None:
        mine, *_ = house.issue()
        _, subject = find_issued(house.issuer, CENTRE, mine)
        address = f"{claim_url(house.issuer, mine, subject)}/other-wallet"
        assert "openid-credential-offer" not in wallet.client.get(address).text
        page = wallet.client.post(address).text
        link = page.partition('href="openid-credential-offer://?credential_offer_uri=')[2].partition('"')[0]
        offer = wallet.client.get(unquote(link)).json()
        code = offer["grants"][PRE_AUTHORIZED]["pre-authorized_code"]
        assert wallet.token(**{"grant_type": PRE_AUTHORIZED, "pre-authorized_code": code}).status_code == 200
        assert mine in str(Trying.opened(wallet.fetch(COURSE).json()["credentials"][0]["credential"]).claims)
        assert wallet.client.post(f"{house.issuer.base_url}/claim/guessed-code/other-wallet").status_code == 404
